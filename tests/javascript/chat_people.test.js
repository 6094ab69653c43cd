// Which rows beside the thread are asked for, once for many events.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ChangedRows } from '../../chalicelib/web/static/chat_people.js';

test('rows of many events are asked for at once, each once', () => {
  const changed = new ChangedRows();
  changed.add({ people: ['inv1'], chats: ['here'] });
  changed.add({ people: ['inv2', 'inv1'], deliveries: ['7'] });
  assert.deepEqual(changed.take(), { people: ['inv1', 'inv2'], chats: ['here'], deliveries: ['7'] });
  assert.deepEqual(changed.take(), {});
});

test('all is more than any row', () => {
  const changed = new ChangedRows();
  changed.add({ people: ['inv1'] });
  changed.add({ people: ['all'] });
  changed.add({ people: ['inv2'] });
  assert.deepEqual(changed.take(), { people: ['all'] });
});

test('so many rows that an address can\'t name them are all', () => {
  const changed = new ChangedRows();
  changed.add({ people: Array.from({ length: 250 }, (_, index) => `invitation${index}`), chats: ['here'] });
  assert.deepEqual(changed.take(), { people: ['all'], chats: ['here'] });
});

test('what could not be shown yet is asked for with what comes then', () => {
  const changed = new ChangedRows();
  changed.add({ people: ['inv1'] });
  const taken = changed.take();
  changed.add({ people: ['inv2'] });
  changed.add(taken);
  assert.deepEqual(changed.take(), { people: ['inv2', 'inv1'] });
});
