// Whoever is picked from the list is who is mentioned, wherever the name moves to; a name that is changed mentions nobody by itself.
import assert from 'node:assert/strict';
import test from 'node:test';
import { namesIn, PickedNames } from '../../chalicelib/web/static/chat_mentions.js';

const NAME = 'Dana Smith';

/**
 * @param {string} text
 * @param {[number, string][]} picks where, and whom
 */
function picked(text, ...picks) {
  const names = new PickedNames();
  names.restart(text, picks.map(([at, id]) => ({ at, id, name: NAME })));
  return names;
}

test('of two people of one name each stays who was picked, in the order of the text', () => {
  const names = picked('@Dana Smith and @Dana Smith', [16, 'second'], [0, 'first']);
  assert.deepEqual(names.ids(), ['first', 'second']);
});

for (const [text, ids] of /** @type {[string, string[] | undefined][]} */ ([
  ['Well, @Dana Smith and @Dana Smith', ['a', 'b']],
  ['@Dana Smith or perhaps @Dana Smith', ['a', 'b']],
  ['@Dana Smith and @Dana Smith, please', ['a', 'b']],
  [' and @Dana Smith', ['b']],
  ['@Dana Smith and @Dana Smyth', ['a']],
  ['@Dana Smith and @Dan Smith', ['a']],
  ['@Dana Smithers and @Dana Smith', ['b']],
  ['@DanaSmith and @Dana Smith', ['b']],
  ['', undefined],
  ['Something else', undefined],
])) {
  test(`what is picked follows the text to “${text}”`, () => {
    const names = picked('@Dana Smith and @Dana Smith', [0, 'a'], [16, 'b']);
    names.follow(text);
    assert.deepEqual(names.ids(), ids);
  });
}

test('letter by letter it moves along', () => {
  const names = picked('@Dana Smith', [0, 'a']);
  for (let length = 1; length <= 20; length += 1) names.follow(`${'x'.repeat(length)} @Dana Smith`);
  assert.deepEqual(names.names(), [{ at: 21, id: 'a', name: NAME }]);
});

test('an @ before an @ moves it, for it was written there', () => {
  const names = picked('@Dana Smith', [0, 'a']);
  names.follow('@@Dana Smith', 1);
  assert.deepEqual(names.names(), [{ at: 1, id: 'a', name: NAME }]);
  names.follow('@Dana Smith', 0);
  assert.deepEqual(names.ids(), ['a']);
});

test('what was kept for another text picks nobody', () => {
  assert.equal(picked('Hello', [0, 'a']).ids(), undefined);
  assert.equal(picked('x @Dana Smith', [0, 'a']).ids(), undefined);
});

test('no more are sent than the API takes', () => {
  const many = '@Dana Smith '.repeat(30);
  assert.equal(picked(many, ...Array.from({ length: 30 }, (_, at) => /** @type {[number, string]} */ ([at * 12, `${at}`]))).ids()?.length, 20);
});

test('whom a message mentions is picked where their names stand', () => {
  const nameOf = (/** @type {string} */ id) => ({ a: NAME, b: NAME, c: 'Bo' })[id];
  assert.deepEqual(namesIn('@Dana Smith, @Bo, @Dana Smith', ['b', 'c', 'gone', 'a'], nameOf), [
    { at: 0, id: 'b', name: NAME },
    { at: 13, id: 'c', name: 'Bo' },
    { at: 18, id: 'a', name: NAME },
  ]);
  assert.deepEqual(namesIn('@Dana', ['a'], nameOf), []);
  assert.deepEqual(namesIn('@Dana Smithers, @Dana Smith', ['a'], nameOf), [{ at: 16, id: 'a', name: NAME }]);
});
