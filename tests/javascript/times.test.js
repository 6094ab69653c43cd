// Times in the reader's own zone: as short in lists as they are clear, and never of a year that isn't said.
import assert from 'node:assert/strict';
import test from 'node:test';
import { day, moment, whenever } from '../../chalicelib/web/static/times.js';

/**
 * @param {import('node:test').TestContext} t
 * @param {string} [lang]
 */
function today(t, lang = 'en') {
  t.mock.timers.enable({ apis: ['Date'], now: new Date(2026, 10, 20, 10).getTime() });
  const given = globalThis;
  Object.assign(given, { document: { documentElement: { lang } } });
  t.after(() => Reflect.deleteProperty(given, 'document'));
}

/** @param {[number, number, number, number]} parts */
const at = (...parts) => new Date(...parts).toISOString();

test('of today the time, of the week the weekday, else the day', (t) => {
  today(t);
  assert.equal(whenever(at(2026, 10, 20, 8)), '08:00');
  assert.equal(whenever(at(2026, 10, 19, 23)), 'Thu');
  assert.equal(whenever(at(2026, 10, 14, 1)), 'Sat');
  assert.equal(whenever(at(2026, 10, 13, 23)), '13 Nov');
  assert.equal(whenever(at(2025, 10, 19, 9)), '19 Nov 2025');
});

test('a day of another year says which', (t) => {
  today(t, 'de');
  assert.equal(day(at(2026, 10, 19, 9)), 'Donnerstag, 19. November');
  assert.equal(day(at(2025, 10, 19, 9)), 'Mittwoch, 19. November 2025');
  assert.equal(moment(at(2025, 10, 19, 9)), 'Mittwoch, 19. November 2025, 09:00');
});
