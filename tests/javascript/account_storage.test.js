// What the browser keeps belongs to one account, and is bounded.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AccountStorage, whereabouts } from '../../chalicelib/web/static/account_storage.js';
import { memoryStorage, storageEvent } from './fakes.js';

const DAY = 24 * 60 * 60 * 1000;

/**
 * @param {Storage} store
 * @param {string} account
 * @param {() => number} [now]
 */
const opened = (store, account, now = () => DAY) => new AccountStorage({ account, store: () => store, now });

test('what is kept is read again, by a later page too, until it is removed', () => {
  const store = memoryStorage();
  const storage = opened(store, 'ida');
  assert.equal(storage.keep('draft:1', { text: 'Hello' }), true);
  assert.deepEqual(storage.read('draft:1'), { text: 'Hello' });
  assert.deepEqual(opened(store, 'ida').read('draft:1'), { text: 'Hello' });
  storage.remove('draft:1');
  assert.equal(storage.read('draft:1'), undefined);
  assert.equal(storage.read('never'), undefined);
});

test('names come oldest first, and only those that begin so', () => {
  let now = DAY;
  const storage = opened(memoryStorage(), 'ida', () => now++);
  for (const name of ['unsent:b', 'draft:1', 'unsent:a']) storage.keep(name, name);
  assert.deepEqual(storage.names('unsent:'), ['unsent:b', 'unsent:a']);
  storage.keep('unsent:b', 'anew');
  assert.deepEqual(storage.names('unsent:'), ['unsent:a', 'unsent:b']);
});

test('another account empties it, and the page that stood open reads and writes nothing any more', () => {
  const store = memoryStorage();
  const ida = opened(store, 'ida');
  ida.keep('unsent:1', 'My salary is 5000');
  const ole = opened(store, 'ole');
  assert.deepEqual(ole.names(''), []);
  assert.ok(!JSON.stringify(store).includes('5000'));
  assert.equal(ida.isOwner(), false);
  assert.equal(ida.keep('unsent:2', 'Nor this'), false);
  assert.equal(ida.read('unsent:1'), undefined);
  assert.deepEqual(ida.names(''), []);
});

test('one account is no prefix of another', () => {
  const store = memoryStorage();
  opened(store, 'ida2').keep('draft:1', 'hers');
  assert.deepEqual(opened(store, 'ida').names(''), []);
  assert.ok(!JSON.stringify(store).includes('hers'));
});

test('a page of nobody forgets all that is kept, and nothing else of the site', () => {
  const store = memoryStorage();
  store.setItem('theme', 'dark');
  opened(store, 'ida').keep('draft:1', 'Hello');
  const nobody = opened(store, '');
  assert.equal(nobody.keep('draft:1', 'Hello'), false);
  assert.deepEqual(Object.keys(store), ['theme']);
});

test('a session that ended leaves nothing', () => {
  const store = memoryStorage();
  const storage = opened(store, 'ida');
  storage.keep('draft:1', 'Hello');
  storage.forget();
  assert.deepEqual(Object.keys(store), []);
  assert.equal(storage.isOwner(), false);
});

test('a session that ended takes nothing of whoever signed in since', () => {
  const store = memoryStorage();
  const ida = opened(store, 'ida');
  opened(store, 'ole').keep('draft:1', 'his');
  ida.forget();
  assert.equal(opened(store, 'ole').read('draft:1'), 'his');
});

test('after thirty days an entry goes; one whose time is no time goes as well', () => {
  const store = memoryStorage();
  opened(store, 'ida', () => 0).keep('draft:old', 'x');
  opened(store, 'ida', () => 10 * DAY).keep('draft:new', 'x');
  store.setItem('webtop:kept:ida:draft:broken', '{"value": 1');
  assert.deepEqual(opened(store, 'ida', () => 30 * DAY - 1).names(''), ['draft:old', 'draft:new']);
  assert.deepEqual(opened(store, 'ida', () => 30 * DAY).names(''), ['draft:new']);
});

test('old drafts make room, messages that are not sent do not', () => {
  let now = DAY;
  const storage = opened(memoryStorage(), 'ida', () => now++);
  const text = 'x'.repeat(300_000);
  assert.equal(storage.keep('unsent:1', text), true);
  for (let n = 0; n < 10; n += 1) assert.equal(storage.keep(`draft:${n}`, text), true);
  assert.deepEqual(storage.names(''), ['unsent:1', ...[5, 6, 7, 8, 9].map((n) => `draft:${n}`)]);
  assert.equal(storage.keep('unsent:2', 'x'.repeat(1_800_000)), false);
});

test('where the browser is full before we are, or keeps nothing, that is no error', () => {
  const small = opened(memoryStorage(500), 'ida');
  assert.equal(small.keep('draft:1', 'x'.repeat(500)), false);
  assert.equal(small.keep('draft:1', 'short'), true);
  const none = new AccountStorage({ account: 'ida', store: () => { throw new DOMException('No.', 'SecurityError'); } });
  assert.equal(none.keep('draft:1', 'Hello'), false);
  assert.equal(none.read('draft:1'), undefined);
  assert.deepEqual(none.names(''), []);
  assert.equal(none.isOwner(), true);
  none.remove('draft:1');
  none.forget();
  const readOnly = opened(memoryStorage(0), 'ida');
  assert.equal(readOnly.keep('draft:1', 'Hello'), false);
});

test('what another tab removes is told by name, what it writes or a stranger removes is not', () => {
  const page = new EventTarget();
  /** @type {string[]} */
  const removed = [];
  opened(memoryStorage(), 'ida').onRemoved(page, (name) => removed.push(name));
  page.dispatchEvent(storageEvent('webtop:kept:ida:unsent:1', null));
  page.dispatchEvent(storageEvent('webtop:kept:ida:unsent:2', '{}'));
  page.dispatchEvent(storageEvent('webtop:kept:ole:unsent:3', null));
  page.dispatchEvent(storageEvent(null, null));
  assert.deepEqual(removed, ['unsent:1']);
});

test('whoever signs in or out elsewhere is told of, and so is an emptied storage', () => {
  const page = new EventTarget();
  let told = 0;
  opened(memoryStorage(), 'ida').onOwner(page, () => { told += 1; });
  page.dispatchEvent(storageEvent('webtop:kept:ida:draft:1', null));
  assert.equal(told, 0);
  page.dispatchEvent(storageEvent('webtop:account', 'ole'));
  assert.equal(told, 1);
  page.dispatchEvent(storageEvent(null, null));
  assert.equal(told, 2);
});

test('where one was is a path that the server can read: no # is in it', () => {
  /** @type {(path: string) => string} */
  const kept = (path) => whereabouts(new URL(path, 'https://here.example'));
  assert.equal(kept('/chats/a'), '/chats/a');
  assert.equal(kept('/chats/a?people=1'), '/chats/a?people=1');
  assert.equal(kept('/chats/a#m-8'), '/chats/a?at=8');
  assert.equal(kept('/chats/a?people=1#m-8'), '/chats/a?people=1&at=8');
  assert.equal(kept('/chats/a?before=33#m-8'), '/chats/a?at=8');
  assert.equal(kept('/chats/a#write'), '/chats/a');
});
