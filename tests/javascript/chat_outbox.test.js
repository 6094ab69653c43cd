// The outbox: in order, one at a time, each stored once; what fails for the moment is tried again, what is refused stays.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AccountStorage } from '../../chalicelib/web/static/account_storage.js';
import { Refused } from '../../chalicelib/web/static/api.js';
import { Outbox } from '../../chalicelib/web/static/chat_outbox.js';
import { memoryStorage, message, pass, settled, storageEvent } from './fakes.js';

const HOUR = 60 * 60 * 1000;

/**
 * A page of Ida's with the chat, on a clock that the test moves. The server behind it answers each POST as the test says.
 * @param {import('node:test').TestContext} t
 * @param {object} [given]
 * @param {Storage} [given.store] what earlier pages left
 * @param {(body: any, key: string) => unknown} [given.answers] throws or returns; undefined: it is stored
 * @param {Pick<LockManager, 'request'>} [given.locks]
 */
function page(t, { store = memoryStorage(), answers = () => undefined, locks } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-11-27T10:00:00Z') });
  return another(store, answers, locks);
}

/**
 * One more page of hers, on the same clock.
 * @param {Storage} store
 * @param {(body: any, key: string) => unknown} answers
 * @param {Pick<LockManager, 'request'>} [locks]
 */
function another(store, answers, locks) {
  /** @type {Map<string, string>} by key, as the page shows it: sending, or why it failed */
  const shown = new Map();
  /** @type {import('../../chalicelib/web/static/chat_outbox.js').Entry[]} */
  const entries = [];
  /** @type {{ text: string, key: string, body: any }[]} */
  const posts = [];
  /** @type {Message[]} */
  const sent = [];
  /** @type {Refused[]} */
  const refused = [];
  const window = new EventTarget();
  const storage = new AccountStorage({ account: 'ida', store: () => store });
  const outbox = new Outbox({
    chatId: 'here',
    storage,
    page: window,
    random: () => 0.5,
    ...locks && { locks },
    view: {
      show: (entry) => { shown.set(entry.key, 'shown'); entries.push(entry); },
      sending: ({ key }) => { shown.set(key, 'sending'); },
      failed: ({ key }, why) => { shown.set(key, why || 'broken'); },
      remove: ({ key }) => { shown.delete(key); },
    },
    onSent: (stored) => { sent.push(stored); },
    onRefused: (error) => { refused.push(error); },
    call: async (method, path, body, headers) => {
      assert.deepEqual([method, path], ['POST', '/chats/here/messages']);
      const key = headers?.['Idempotency-Key'] ?? '';
      const { text } = /** @type {{ text: string }} */ (body);
      posts.push({ text, key, body });
      return await answers(body, key) ?? message(posts.length, { text });
    },
  });
  return { outbox, storage, store, window, shown, entries, posts, sent, refused, texts: () => posts.map(({ text }) => text) };
}

const broken = () => { throw new TypeError('Failed to fetch'); };

/**
 * @param {number} status
 * @param {string} [code]
 * @param {number} [retryAfter]
 */
const no = (status, code = 'test', retryAfter = 0) => new Refused(status, { code, detail: 'As the test says.' }, retryAfter);

test('messages are sent in the order in which they were written, one at a time', async (t) => {
  /** @type {((value?: unknown) => void)[]} */
  const waiting = [];
  const { outbox, texts, sent, shown, storage } = page(t, { answers: () => new Promise((done) => { waiting.push(done); }) });
  outbox.start();
  assert.equal(outbox.add('first'), true);
  assert.equal(outbox.add('second', 'id-7'), true);
  await settled();
  assert.deepEqual(texts(), ['first']);
  assert.deepEqual([...shown.values()], ['sending', 'sending']);
  waiting[0]?.();
  await settled();
  assert.deepEqual(texts(), ['first', 'second']);
  waiting[1]?.();
  await settled();
  assert.deepEqual(sent.map(({ text }) => text), ['first', 'second']);
  assert.equal(shown.size, 0);
  assert.deepEqual(storage.names(''), []);
});

test('an answer goes with the message that it answers, and each message has a key of its own', async (t) => {
  const { outbox, posts } = page(t);
  outbox.add('plain');
  outbox.add('reply', 'id-7');
  await settled();
  assert.deepEqual(posts.map(({ body }) => body), [{ text: 'plain' }, { text: 'reply', reply_to: 'id-7' }]);
  assert.equal(new Set(posts.map(({ key }) => key)).size, 2);
});

for (const [name, error] of /** @type {[string, () => unknown][]} */ ([
  ['no answer', () => new TypeError('Failed to fetch')],
  ['an answer that was cut', () => new SyntaxError('Unexpected end of JSON input')],
  ['500', () => no(500)],
  ['503', () => no(503)],
  ['408', () => no(408)],
  ['429', () => no(429)],
  ['409, still being worked on', () => no(409, 'in_progress')],
])) {
  test(`${name}: tried retry by itself with the same key`, async (t) => {
    let tries = 0;
    const { outbox, posts, shown } = page(t, { answers: () => { if ((tries += 1) <= 2) throw error(); } });
    outbox.add('Once, please');
    await settled();
    assert.equal(posts.length, 1);
    assert.deepEqual([...shown.values()], [error() instanceof Refused ? 'As the test says.' : 'broken']);
    await pass(t, 3000);
    assert.equal(posts.length, 3);
    assert.equal(new Set(posts.map(({ key }) => key)).size, 1);
    assert.equal(shown.size, 0);
  });
}

test('files go with their message, which waits until the store has told of them; a page later still', async (t) => {
  const store = memoryStorage();
  let isThere = false;
  const answers = () => { if (!isThere) throw new Refused(409, { code: 'file_waiting', detail: 'Not here yet.' }); };
  const first = page(t, { store, answers });
  first.outbox.start();
  first.outbox.add('', undefined, [{ id: 'f1', name: 'plan.pdf', size: 9 }]);
  await settled();
  assert.deepEqual([...first.shown.values()], ['sending']);
  isThere = true;
  const next = another(store, answers);
  next.outbox.start();
  await settled();
  assert.deepEqual(next.posts.map(({ body }) => body), [{ text: '', files: ['f1'] }]);
});

test('pauses grow to half a minute and no further', async (t) => {
  /** @type {number[]} */
  const at = [];
  const { outbox } = page(t, { answers: () => { at.push(Date.now()); broken(); } });
  outbox.add('Do you read me?');
  await settled();
  await pass(t, 180_000);
  const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000]);
});

test('after one that went through, and when the connection is back, pauses begin anew', async (t) => {
  /** @type {number[]} */
  const at = [];
  let breaks = true;
  const { outbox, shown } = page(t, { answers: () => { at.push(Date.now()); if (breaks) broken(); } });
  outbox.add('first');
  await settled();
  await pass(t, 20_000);
  breaks = false;
  await pass(t, 16_000);
  assert.equal(shown.size, 0);
  for (const begin of [() => outbox.add('second'), () => outbox.resume()]) {
    breaks = true;
    at.length = 0;
    begin();
    await settled();
    await pass(t, 8000);
    assert.deepEqual(at.map((time) => time - (at[0] ?? 0)), [0, 1000, 3000, 7000]);
  }
});

test('a refusal stays with its reason, holds up no other, and is not tried again by itself or by a later page', async (t) => {
  const store = memoryStorage();
  const answers = (/** @type {any} */ { text }) => { if (text === 'Not like this') throw no(422); };
  const { outbox, texts, shown, refused } = page(t, { store, answers });
  outbox.add('Not like this');
  outbox.add('But this');
  await settled();
  await pass(t, 200_000);
  outbox.resume();
  await settled();
  assert.deepEqual(texts(), ['Not like this', 'But this']);
  assert.deepEqual([...shown.values()], ['As the test says.']);
  assert.deepEqual(refused.map(({ status }) => status), [422]);
  const later = another(store, answers);
  later.outbox.start();
  await settled();
  assert.deepEqual([...later.shown.values()], ['As the test says.']);
  assert.deepEqual(later.texts(), []);
});

test('what was refused goes when its author says so again, with the same key', async (t) => {
  let refuses = true;
  const { outbox, posts, shown, entries } = page(t, { answers: () => { if (refuses) throw no(422); } });
  outbox.add('Now?');
  await settled();
  refuses = false;
  assert.ok(entries[0]);
  outbox.retry(entries[0]);
  assert.deepEqual([...shown.values()], ['sending']);
  await settled();
  assert.equal(shown.size, 0);
  assert.equal(posts[0]?.key, posts[1]?.key);
});

test('as long as the server asks to wait, nothing is sent, not even when the connection is back', async (t) => {
  let answer = /** @type {() => unknown} */ (() => { throw no(429, 'too_many', 300); });
  const { outbox, posts, entries } = page(t, { answers: () => answer() });
  outbox.add('Too fast');
  await settled();
  answer = () => undefined;
  outbox.resume();
  await pass(t, 299_000);
  assert.equal(posts.length, 1);
  await pass(t, 1000);
  assert.equal(posts.length, 2);
  answer = () => { throw no(429, 'too_many', 300); };
  outbox.add('And again');
  await settled();
  const [, second] = entries;
  assert.ok(second);
  outbox.retry(second); // its author's word counts more
  await settled();
  assert.equal(posts.length, 4);
});

test('one over which the server breaks holds up no other: after five tries it waits for a word', async (t) => {
  const { outbox, texts, shown } = page(t, { answers: ({ text }) => { if (text === 'poison') throw no(500); } });
  outbox.add('poison');
  outbox.add('medicine');
  await settled();
  await pass(t, 120_000);
  assert.deepEqual(texts(), [...Array(5).fill('poison'), 'medicine']);
  assert.deepEqual([...shown.values()], ['As the test says.']);
  outbox.resume();
  await settled();
  await pass(t, 120_000);
  assert.deepEqual(texts().slice(6), ['poison']);
});

test('a broken line is nobody\'s fault: it is tried for as long as its key lives', async (t) => {
  let breaks = true;
  const { outbox, shown } = page(t, { answers: () => { if (breaks) broken(); } });
  outbox.add('Do you read me?');
  await settled();
  await pass(t, HOUR);
  breaks = false;
  await pass(t, 31_000);
  assert.equal(shown.size, 0);
});

test('one older than its key waits for its author', async (t) => {
  const store = memoryStorage();
  const first = page(t, { store, answers: broken });
  first.outbox.add('Yesterday\'s news');
  await settled();
  t.mock.timers.setTime(Date.now() + 23 * HOUR);
  const later = another(store, () => undefined);
  later.outbox.start();
  await settled();
  assert.deepEqual(later.texts(), []);
  assert.deepEqual([...later.shown.values()], ['broken']);
  assert.ok(later.entries[0]);
  later.outbox.retry(later.entries[0]);
  await settled();
  assert.deepEqual(later.texts(), ['Yesterday\'s news']);
});

test('what an earlier page left is sent by the next one, oldest first', async (t) => {
  const store = memoryStorage();
  const first = page(t, { store, answers: broken });
  first.outbox.add('first');
  await settled();
  t.mock.timers.tick(1);
  first.outbox.add('second');
  const later = another(store, () => undefined);
  later.outbox.start();
  await settled();
  assert.deepEqual(later.texts(), ['first', 'second']);
  assert.deepEqual(later.posts.map(({ key }) => key), first.entries.map(({ key }) => key));
  assert.deepEqual(later.storage.names(''), []);
});

test('what another page has sent by now is not sent by this one', async (t) => {
  const store = memoryStorage();
  let line = false;
  const first = page(t, { store, answers: () => { if (!line) broken(); } });
  first.outbox.start();
  first.outbox.add('Once');
  await settled();
  const second = another(store, () => undefined);
  second.outbox.start();
  await settled();
  assert.deepEqual(second.texts(), ['Once']);
  line = true;
  await pass(t, 60_000);
  assert.equal(first.posts.length, 1);
  assert.equal(first.shown.size, 0);
});

test('what another page deletes goes here, too, at once', async (t) => {
  const { outbox, window, shown, entries, storage } = page(t, { answers: broken });
  outbox.start();
  outbox.add('Never mind');
  await settled();
  const name = `unsent:here:${entries[0]?.key}`;
  assert.deepEqual(storage.names(''), [name]);
  window.dispatchEvent(storageEvent(`webtop:kept:ida:${name}`, null));
  assert.equal(shown.size, 0);
});

test('nothing is sent once somebody else signed in', async (t) => {
  const store = memoryStorage();
  let line = false;
  const { outbox, posts, shown } = page(t, { store, answers: () => { if (!line) broken(); } });
  outbox.add('My salary is 5000');
  await settled();
  new AccountStorage({ account: 'ole', store: () => store });
  line = true;
  await pass(t, 60_000);
  assert.equal(posts.length, 1);
  assert.equal(shown.size, 0);
  assert.equal(outbox.add('Nor this'), true);
  await settled();
  assert.equal(posts.length, 1);
});

test('what comes over the socket before its answer is there already', async (t) => {
  /** @type {((value?: unknown) => void)[]} */
  const waiting = [];
  const { outbox, shown, texts } = page(t, { answers: () => new Promise((_, fail) => { waiting.push(() => fail(no(503))); }) });
  outbox.add('Hello');
  outbox.add('Hello again');
  await settled();
  outbox.onDelivered(message(1, { text: 'Hello again' })); // on its way is the other one
  assert.equal(shown.size, 2);
  outbox.onDelivered(message(1, { text: 'Hello' }));
  assert.equal(shown.size, 1);
  waiting[0]?.(); // its answer is an error by now: nobody asks
  await settled();
  assert.deepEqual(texts(), ['Hello', 'Hello again']);
  assert.deepEqual([...shown.values()], ['sending']);
});

test('one that is deleted before its turn is never sent', async (t) => {
  const { outbox, entries, posts, storage } = page(t, { answers: broken });
  outbox.add('Hello');
  await settled();
  assert.ok(entries[0]);
  outbox.discard(entries[0]);
  await pass(t, 60_000);
  assert.equal(posts.length, 1);
  assert.deepEqual(storage.names(''), []);
});

test('fifty wait; the next one stays with its author', async (t) => {
  const { outbox } = page(t, { answers: broken });
  for (let n = 0; n < 50; n += 1) assert.equal(outbox.add(`number ${n}`), true);
  assert.equal(outbox.add('number 50'), false);
});

test('closing the page loses only what the browser could not keep', async (t) => {
  const kept = page(t, { answers: broken });
  kept.outbox.add('Kept');
  assert.equal(kept.outbox.hasUnkept(), false);
  const full = another(memoryStorage(150), broken);
  full.outbox.add('x'.repeat(200));
  await settled();
  assert.equal(full.outbox.hasUnkept(), true);
});

test('pages of one account take turns under one lock for each chat', async (t) => {
  /** @type {string[]} */
  const names = [];
  const locks = { request: async (/** @type {string} */ name, /** @type {any} */ work) => {
    names.push(name);
    return work();
  } };
  const { outbox, sent } = page(t, { locks: /** @type {any} */ (locks) });
  outbox.add('Hello');
  await settled();
  assert.deepEqual(names, ['webtop:send:ida:here']);
  assert.equal(sent.length, 1);
});

test('who was picked from the list is sent along, from another page of the account too', async (t) => {
  const { outbox, store, entries } = page(t, { answers: broken });
  outbox.add('Hi @Dana Smith', undefined, [], ['second']);
  await settled();
  assert.deepEqual(entries[0]?.mentions, ['second']);
  const later = another(store, () => undefined);
  later.outbox.start();
  await settled();
  assert.deepEqual(later.posts.map(({ body }) => body.mentions), [['second']]);
});
