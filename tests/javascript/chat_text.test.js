// What a message says: when it is too long to be shown whole, and who reacted to it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { isLong, reactors } from '../../chalicelib/web/static/chat_text.js';

test('a text is long by its characters or by its lines', () => {
  assert.equal(isLong('a'.repeat(1500)), false);
  assert.equal(isLong('a'.repeat(1501)), true);
  assert.equal(isLong('\n'.repeat(24)), false);
  assert.equal(isLong('\n'.repeat(25)), true);
});

const NAMES = /** @type {Record<string, string>} */ ({ p: 'Priya', d: 'Dana' });

/**
 * @param {Partial<Reaction>} reaction
 */
const said = (reaction) => reactors({ emoji: '👍', count: 0, mine: false, account_ids: [], ...reaction }, 'You', (id) => NAMES[id]);

test('who reacted: oneself first, then those who are in the chat; of the rest their number', () => {
  assert.equal(said({ count: 1, account_ids: ['p'] }), 'Priya');
  assert.equal(said({ count: 3, mine: true, account_ids: ['d', 'me', 'p'] }), 'You, Dana, Priya');
  assert.equal(said({ count: 2, account_ids: ['gone', 'p'] }), 'Priya, +1');
  assert.equal(said({ count: 1, account_ids: ['gone'] }), '+1');
  assert.equal(said({ count: 40, mine: true, account_ids: ['p', 'd'] }), 'You, Priya, Dana, +37');
});
