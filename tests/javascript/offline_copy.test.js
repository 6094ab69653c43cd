// What the offline page has: fifty messages of ten chats, the drafts, within bounds, of one account.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AccountStorage, ownersStorage } from '../../chalicelib/web/static/account_storage.js';
import { copies, dropCopy, keepCopy } from '../../chalicelib/web/static/offline_copy.js';
import { memoryStorage } from './fakes.js';

/**
 * @param {any} [store]
 * @param {string} [account]
 */
function opened(store = memoryStorage(), account = 'mara') {
  let time = 1_000_000;
  return { store, storage: new AccountStorage({ account, store: () => store, now: () => (time += 1) }) };
}

/** @param {number} count */
const messages = (count, text = 'Hello') => Array.from({ length: count }, (_, number) => ({ author: 'Tom', at: '2026-11-23T09:00:00Z', text: `${text} ${number}` }));

test('the last fifty messages are kept, with the title', () => {
  const { storage } = opened();
  keepCopy(storage, 'a', { title: 'Harbour', messages: messages(70) });
  const [copy] = copies(storage);
  assert.equal(copy?.title, 'Harbour');
  assert.equal(copy?.messages.length, 50);
  assert.equal(copy?.messages.at(-1)?.text, 'Hello 69');
});

test('ten chats are kept, the newest first; an older one goes', () => {
  const { storage } = opened();
  for (let number = 0; number < 12; number += 1) keepCopy(storage, `c${number}`, { title: String(number), messages: messages(1) });
  keepCopy(storage, 'c5', { title: '5', messages: messages(2) });
  assert.deepEqual(copies(storage).map(({ id }) => id), ['c5', 'c11', 'c10', 'c9', 'c8', 'c7', 'c6', 'c4', 'c3', 'c2']);
});

test('long messages leave room for others', () => {
  const { storage } = opened();
  keepCopy(storage, 'a', { title: 'Long', messages: messages(50, 'x'.repeat(4000)) });
  const [copy] = copies(storage);
  assert.ok(copy && copy.messages.length > 5 && copy.messages.length < 11);
  assert.match(copy.messages.at(-1)?.text ?? '', / 49$/);
});

test('drafts and what waits to be sent stand with their chat, or alone', () => {
  const { storage } = opened();
  keepCopy(storage, 'a', { title: 'Harbour', messages: messages(1) });
  storage.keep('draft:a', 'I think');
  storage.keep('unsent:a:k1', { text: 'On its way' });
  storage.keep('draft:b', 'Elsewhere');
  assert.deepEqual(copies(storage).map(({ id, draft, unsent }) => [id, draft, unsent]), [['a', 'I think', ['On its way']], ['b', 'Elsewhere', []]]);
});

test('a chat that one left is dropped', () => {
  const { storage } = opened();
  keepCopy(storage, 'a', { title: 'Harbour', messages: messages(1) });
  dropCopy(storage, 'a');
  assert.deepEqual(copies(storage), []);
});

test('copies make room for drafts, and for messages that wait', () => {
  const { storage } = opened();
  for (let number = 0; number < 10; number += 1) keepCopy(storage, `c${number}`, { title: '', messages: messages(9, 'x'.repeat(4000)) });
  storage.keep('draft:old', 'kept');
  assert.ok(storage.keep('unsent:a:k', 'x'.repeat(1_900_000)));
  assert.equal(storage.read('draft:old'), 'kept');
  assert.ok(storage.names('offline:').length < 5);
});

test('another account sees nothing of it, and nothing stays after a sign-out', () => {
  const { store, storage } = opened();
  keepCopy(storage, 'a', { title: 'Harbour', messages: messages(1) });
  storage.keep('draft:a', 'Private');
  assert.equal(copies(/** @type {any} */ (ownersStorage(() => store, () => 1_000_000))).length, 1);
  opened(store, 'tom');
  assert.deepEqual(copies(/** @type {any} */ (ownersStorage(() => store, () => 1_000_000))), []);
  opened(store, '');
  assert.equal(ownersStorage(() => store, () => 1_000_000), null);
  assert.deepEqual(Object.keys(store).filter((key) => key.includes('mara')), []);
});
