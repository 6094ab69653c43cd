// What is pasted is what was meant: cells and paragraphs as text, though they come with a picture of them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { pastedFiles } from '../../chalicelib/web/static/chat_files.js';

/**
 * @param {string} text
 * @param {string[]} names of files
 */
function pasted(text, ...names) {
  const files = names.map((name) => ({ name }));
  const clipboard = { files, getData: (/** @type {string} */ type) => (type === 'text/plain' ? text : '') };
  return pastedFiles(/** @type {any} */ (clipboard)).map(({ name }) => name);
}

test('a picture is a file', () => {
  assert.deepEqual(pasted('', 'image.png'), ['image.png']);
  assert.deepEqual(pastedFiles(null), []);
});

test('cells of Excel and paragraphs of Word are text, though a picture comes along', () => {
  assert.deepEqual(pasted('1\t2\r\n3\t4', 'image.png'), []);
  assert.deepEqual(pasted('As agreed.', 'image.png'), []);
});

test('files that were copied are files, though their names come as text', () => {
  assert.deepEqual(pasted('plan.pdf', 'plan.pdf'), ['plan.pdf']);
  assert.deepEqual(pasted('plan.pdf\rfront.png', 'plan.pdf', 'front.png'), ['plan.pdf', 'front.png']);
});
