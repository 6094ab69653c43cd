// Which keys mean a shortcut of ours, and what of a draft is shown.
import assert from 'node:assert/strict';
import test from 'node:test';
import { draftOf } from '../../chalicelib/web/static/drafts.js';
import { characterOf, isSearch } from '../../chalicelib/web/static/keys.js';

const NONE = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

test('a character counts alone, with Shift as keyboards need it', () => {
  assert.equal(characterOf({ ...NONE, key: '?' }), '?');
  assert.equal(characterOf({ ...NONE, key: '/' }), '/');
  assert.equal(characterOf({ ...NONE, key: 'Enter' }), '');
  for (const held of ['ctrlKey', 'metaKey', 'altKey']) assert.equal(characterOf({ ...NONE, key: '/', [held]: true }), '');
});

test('Ctrl+K and ⌘K search, and nothing near them', () => {
  assert.ok(isSearch({ ...NONE, key: 'k', ctrlKey: true }));
  assert.ok(isSearch({ ...NONE, key: 'K', metaKey: true }));
  assert.ok(!isSearch({ ...NONE, key: 'k' }));
  assert.ok(!isSearch({ ...NONE, key: 'k', ctrlKey: true, shiftKey: true }));
  assert.ok(!isSearch({ ...NONE, key: 'k', ctrlKey: true, altKey: true }));
});

test('a draft is one line, of bounded length; nothing to be seen is none', () => {
  assert.equal(draftOf('  Dear all,\n\n as we said '), 'Dear all, as we said');
  assert.equal(draftOf(' \n '), '');
  assert.equal(draftOf(undefined), '');
  assert.equal(draftOf({ text: 'x' }), '');
  assert.equal(draftOf('x'.repeat(500)).length, 160);
});
