// Emoji by name: what is offered and replaced while somebody types, and that the list is whole.
import assert from 'node:assert/strict';
import test from 'node:test';
import { emojiNamed, matching, typedName } from '../../chalicelib/web/static/chat_emojis.js';
import { EMOJI_GROUPS } from '../../chalicelib/web/static/emoji_table.js';

test('a name is begun by two characters behind a colon at a word\'s edge', () => {
  assert.deepEqual(typedName('so :ta'), { name: 'ta', isClosed: false });
  assert.deepEqual(typedName(':+1'), { name: '+1', isClosed: false });
  assert.deepEqual(typedName('(:TADA:'), { name: 'tada', isClosed: true });
  for (const none of ['', ':', ':t', 'at 10:30', '10:30:', 'a:tada:', 'https://a', '::ta', 'so :ta da', ': )', ':)']) assert.equal(typedName(none), null, none);
});

test('in code nothing is replaced', () => {
  assert.equal(typedName('run `:tada:'), null);
  assert.equal(typedName('```\n:tada:'), null);
  assert.deepEqual(typedName('`a` :tada:'), { name: 'tada', isClosed: true });
  assert.deepEqual(typedName('```\na\n```\n:tada:'), { name: 'tada', isClosed: true });
});

test('names are Slack\'s', () => {
  assert.equal(emojiNamed('tada'), '🎉');
  assert.equal(emojiNamed('+1'), emojiNamed('thumbsup'));
  assert.equal(emojiNamed('heart'), '❤️');
  assert.equal(emojiNamed('party-parrot'), undefined);
  assert.equal(emojiNamed('constructor'), undefined);
});

test('what begins so comes before what has it in its name', () => {
  const hits = matching('heart').map(({ names }) => names[0] ?? '');
  const within = hits.findIndex((name) => !name.startsWith('heart'));
  assert.ok(within > 0 && hits.includes('blue_heart'));
  assert.equal(matching('Party popper').length, 0);
  assert.equal(matching('ok hand')[0]?.emoji, '👌');
  assert.deepEqual(matching('xyzzy'), []);
});

test('all emoji are there, once', () => {
  const all = Object.values(EMOJI_GROUPS).flatMap((entries) => entries.split('|').map((entry) => entry.split(' ')[0]));
  assert.ok(all.length > 1800);
  assert.equal(new Set(all).size, all.length);
  assert.ok(Object.keys(EMOJI_GROUPS).length === 9);
});
