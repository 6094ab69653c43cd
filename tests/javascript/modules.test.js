// The pages' modules: no circle, nothing happens at import, and no page loads more of them than it did.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import test from 'node:test';

const STATIC = new URL('../../chalicelib/web/static/', import.meta.url);
const TEMPLATES = new URL('../../chalicelib/web/templates/', import.meta.url);

/** The entries, and how many modules a page loads through each: a page on a phone waits for every one of them. */
const MOST = { 'home.js': 3, 'shell.js': 8, 'settings.js': 12, 'offline.js': 4, 'join.js': 5, 'join_waiting.js': 1, 'passwords.js': 1, 'chat_new.js': 12, 'slack_invite.js': 8, 'chat.js': 27 };

/** What a page loads once it stands, or when somebody asks for it: nobody waits for these. With what they bring along themselves. */
const LATER = { 'chat_arrows.js': 'chat.js', 'chat_emojis.js': 'chat.js' };

const files = (await readdir(STATIC)).filter((name) => name.endsWith('.js')).sort();
/** @type {Map<string, string[]>} */
const imports = new Map();
for (const file of files) {
  const text = await readFile(new URL(file, STATIC), 'utf8');
  imports.set(file, [...text.matchAll(/^(?:import|export)\b[^;]*?'\.\/(.+?)';$/gm)].map((match) => match[1] ?? ''));
}

/**
 * Everything that a module brings along, itself too; fails where a way leads back.
 * @param {string} file
 * @param {string[]} way
 * @returns {Set<string>}
 */
function reached(file, way = []) {
  assert.ok(!way.includes(file), `a circle: ${[...way, file].join(' → ')}`);
  const imported = imports.get(file);
  assert.ok(imported, `${way.at(-1)} imports ${file}, which isn't there`);
  return new Set([file, ...imported.flatMap((next) => [...reached(next, [...way, file])])]);
}

test('no module imports itself, directly or through others', () => {
  for (const file of files) reached(file);
});

test('a circle would be seen', () => {
  imports.set('one.js', ['two.js']).set('two.js', ['one.js']);
  assert.throws(() => reached('one.js'), /a circle: one.js → two.js → one.js/);
  imports.delete('one.js');
  imports.delete('two.js');
});

test('imports are found as they are written here', () => {
  assert.deepEqual(imports.get('api.js'), []);
  assert.deepEqual(imports.get('menu.js'), ['page.js']);
  assert.deepEqual(imports.get('chat_live.js'), ['api.js']);
});

test('each entry is named by a template, and nothing else is', async () => {
  const named = new Set();
  for (const template of (await readdir(TEMPLATES)).filter((name) => name.endsWith('.html'))) {
    const text = await readFile(new URL(template, TEMPLATES), 'utf8');
    for (const match of text.matchAll(/<script[^>]*static\('(.+?)'\)/g)) named.add(match[1]);
  }
  assert.deepEqual([...named].sort(), Object.keys(MOST).sort());
});

test('every module belongs to a page', () => {
  assert.deepEqual([...new Set(Object.keys({ ...MOST, ...LATER }).flatMap((entry) => [...reached(entry)]))].sort(), files);
});

for (const [later, entry] of Object.entries(LATER)) {
  test(`${later} is loaded by ${entry}, but not with it`, async () => {
    assert.ok((await readFile(new URL(entry, STATIC), 'utf8')).includes(`import('./${later}')`));
    assert.ok(!reached(entry).has(later));
  });
}

for (const [entry, most] of Object.entries(MOST)) {
  test(`${entry} loads at most ${most} modules`, () => {
    assert.ok(reached(entry).size <= most, [...reached(entry)].join(', '));
  });
}

for (const file of files.filter((name) => !(name in MOST))) {
  test(`${file} touches no page at import`, async () => {
    assert.equal(typeof document, 'undefined');
    const module = await import(new URL(file, STATIC).href);
    assert.ok(Object.keys(module).length, `${basename(file)} exports nothing`);
  });
}

test('what scripts copy or must find by id stands in a template', async () => {
  const templates = await Promise.all((await readdir(TEMPLATES)).map((name) => readFile(new URL(name, TEMPLATES), 'utf8')));
  const all = templates.join('\n');
  const wanted = new Set();
  for (const file of files) {
    const text = await readFile(new URL(file, STATIC), 'utf8');
    for (const [, name] of text.matchAll(/\bcloneTemplate\('([\w-]+)'/g)) wanted.add(`piece-${name}`);
    for (const [, id] of text.matchAll(/\bfind\('#([\w-]+)'/g)) wanted.add(id);
  }
  assert.ok(wanted.size > 30);
  wanted.delete('f-name'); // a macro makes it of the field's name
  assert.deepEqual([...wanted].filter((id) => !all.includes(`id="${id}"`) && !all.includes(`'${id}'`)), []);
});

test('whoever listens for keys leaves those of an input method alone, by the one test for it', async () => {
  const listening = [];
  for (const file of files) {
    const text = await readFile(new URL(file, STATIC), 'utf8');
    if (file !== 'page.js') assert.doesNotMatch(text, /\.isComposing|keyCode/, file);
    if (!/'key(?:down|up|press)'/.test(text)) continue;
    listening.push(file);
    assert.match(text, /import \{[^}]*\bisComposing\b[^}]*\} from '\.\/page\.js'/, file);
  }
  assert.ok(listening.length >= 7, listening.join(', '));
});
