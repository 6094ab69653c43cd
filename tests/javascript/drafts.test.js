// What is written and not sent: of each tab its own, and of no tab what another one wrote.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AccountStorage } from '../../chalicelib/web/static/account_storage.js';
import { ChatDrafts } from '../../chalicelib/web/static/drafts.js';
import { memoryStorage, storageEvent } from './fakes.js';

const NAMES = [{ at: 0, id: 'a', name: 'Dana' }];

/** Two tabs of one account on one chat. */
function tabs() {
  const store = memoryStorage();
  const storage = new AccountStorage({ account: 'ida', store: () => store });
  return { storage, first: new ChatDrafts(storage, 'here'), second: new ChatDrafts(storage, 'here') };
}

test('a draft is kept with who is picked in it, and goes with the text', () => {
  const { storage, first } = tabs();
  first.keep('@Dana', NAMES);
  assert.deepEqual([first.read(), first.names()], ['@Dana', NAMES]);
  first.keep('', []);
  assert.deepEqual(storage.names(''), []);
});

test('a tab that empties its field takes nothing along that another one wrote', () => {
  const { first, second } = tabs();
  second.keep('x', []);
  first.keep('A long thought', []);
  second.keep('', []);
  assert.equal(first.read(), 'A long thought');
});

test('what another tab sent is told with what stood here', () => {
  const { second } = tabs();
  const page = new EventTarget();
  /** @type {string[]} */
  const told = [];
  second.onRemoved(page, (text) => told.push(text));
  second.keep('Shall we?', []);
  page.dispatchEvent(storageEvent('webtop:kept:ida:draft:here', null));
  page.dispatchEvent(storageEvent('webtop:kept:ida:draft:there', null));
  assert.deepEqual(told, ['Shall we?']);
});

test('an edit is kept while it differs from the message', () => {
  const { storage, first } = tabs();
  first.keepEdit({ id: 'm1', text: 'nine' }, 'ten');
  assert.equal(first.edit('m1'), 'ten');
  assert.equal(first.edit('m2'), undefined);
  first.keepEdit({ id: 'm1', text: 'nine' }, 'nine');
  assert.deepEqual(storage.names(''), []);
});
