// Small functions over what people type and are called.
import assert from 'node:assert/strict';
import test from 'node:test';
import { begun, fits } from '../../chalicelib/web/static/chat_mentions.js';
import { initials, tint } from '../../chalicelib/web/static/chat_view.js';
import { counted } from '../../chalicelib/web/static/inviting.js';
import { nextRow } from '../../chalicelib/web/static/menu.js';
import people from './people.json' with { type: 'json' };

test('a name is begun after an @ that stands by itself', () => {
  assert.deepEqual(['@', 'Hi @da', 'Hi @Dana Sm', '(@da', 'dana@acme', '@da\n', `@${'x'.repeat(41)}`, ''].map(begun),
    ['', 'da', 'Dana Sm', null, null, null, null, null]);
});

test('any part of a name may be begun, in any case', () => {
  assert.deepEqual(['', 'DA', 'sm', 'dana s', 'ana', 'smith d'].map((typed) => fits('Dana Smith', typed)),
    [true, true, true, true, false, false]);
});

test('arrows go around in a menu, and into it from outside', () => {
  assert.deepEqual([0, 2, -1].map((here) => nextRow('ArrowDown', here, 3)), [1, 0, 0]);
  assert.deepEqual([0, 2, -1].map((here) => nextRow('ArrowUp', here, 3)), [2, 1, 2]);
  assert.deepEqual(['Home', 'End'].map((key) => nextRow(key, 1, 3)), [0, 2]);
});

test('none, one and many have a sentence each', () => {
  /** @type {[string, string, string]} */
  const sentences = ['Nobody', 'One', '{n} people'];
  assert.deepEqual([0, 1, 2, 12].map((n) => counted(n, sentences)), ['Nobody', 'One', '2 people', '12 people']);
});

test('initials and colours are those that the server gives; tests/test_javascript.py holds it against the same', () => {
  for (const [name, expected] of Object.entries(people.initials)) assert.equal(initials(name), expected, name);
  for (const [id, expected] of Object.entries(people.tints)) assert.equal(tint(id), expected, id);
});
