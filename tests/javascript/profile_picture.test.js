// One's own picture is cut here as the server cuts it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { middle } from '../../chalicelib/web/static/profile_picture.js';

test('the square lies in the middle of what is longer', () => {
  assert.deepEqual(middle(640, 480), { left: 80, top: 0, side: 480 });
  assert.deepEqual(middle(480, 641), { left: 0, top: 80, side: 480 });
  assert.deepEqual(middle(1, 1), { left: 0, top: 0, side: 1 });
});
