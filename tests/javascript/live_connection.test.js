// One live connection: it opens or fails, it is asked when quiet, and its end is told once.
import assert from 'node:assert/strict';
import test from 'node:test';
import { openConnection } from '../../chalicelib/web/static/live_connection.js';
import { FakeSocket, settled } from './fakes.js';

/** @param {import('node:test').TestContext} t */
async function connecting(t) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  /** @type {FakeSocket[]} */
  const sockets = [];
  class Socket extends FakeSocket {
    /** @param {string} url */
    constructor(url) {
      super(url);
      sockets.push(this);
    }
  }
  /** @type {LiveEvent[]} */
  const onEvent = [];
  const ends = { times: 0 };
  const promise = openConnection({
    ticket: async () => ({ url: 'wss://there/?ticket=1' }),
    onEvent: (event) => onEvent.push(event),
    onClose: () => { ends.times += 1; },
    Socket: /** @type {typeof WebSocket} */ (/** @type {unknown} */ (Socket)),
  });
  await settled();
  const [socket] = sockets;
  assert.ok(socket);
  return { promise, socket, onEvent, ends };
}

/** @param {import('node:test').TestContext} t */
async function connected(t) {
  const opening = await connecting(t);
  opening.socket.open();
  return { ...opening, connection: await opening.promise };
}

test('it opens with its ticket, and says what it is told to', async (t) => {
  const { socket, connection } = await connected(t);
  assert.equal(socket.url, 'wss://there/?ticket=1');
  connection.say({ action: 'typing' });
  assert.deepEqual(socket.sent, [{ action: 'typing' }]);
});

test('events are heard, pongs are not', async (t) => {
  const { socket, onEvent } = await connected(t);
  socket.says({ type: 'typing', chat_id: 'here' });
  socket.says({ type: 'pong' });
  assert.deepEqual(onEvent, [{ type: 'typing', chat_id: 'here' }]);
});

test('without a ticket there is no connection', async () => {
  const refused = new Error('No.');
  const given = { ticket: () => Promise.reject(refused), onEvent: () => {}, onClose: () => assert.fail('it never was') };
  await assert.rejects(openConnection(given), refused);
});

test('one that closes at once fails, and was never lost', async (t) => {
  const { promise, socket, ends } = await connecting(t);
  socket.close();
  await assert.rejects(promise, TypeError);
  assert.equal(ends.times, 0);
});

test('one that does not open within twenty seconds fails', async (t) => {
  const { promise, socket } = await connecting(t);
  t.mock.timers.tick(19_999);
  assert.equal(socket.closed, 0);
  t.mock.timers.tick(1);
  await assert.rejects(promise, TypeError);
  assert.ok(socket.closed);
});

test('one that is quiet is asked, and counts as lost when it does not answer, within a minute', async (t) => {
  const { socket, ends } = await connected(t);
  t.mock.timers.tick(25_000);
  assert.deepEqual(socket.sent, [{ action: 'ping' }]);
  assert.equal(ends.times, 0);
  t.mock.timers.tick(15_000);
  assert.equal(ends.times, 1);
  assert.ok(socket.closed);
});

test('one that answers lives on', async (t) => {
  const { socket, ends } = await connected(t);
  for (let minutes = 0; minutes < 5; minutes += 1) {
    t.mock.timers.tick(25_000);
    socket.says({ type: 'pong' });
  }
  assert.equal(socket.sent.length, 5);
  assert.equal(ends.times, 0);
});

test('what is heard is an answer, too', async (t) => {
  const { socket, ends } = await connected(t);
  t.mock.timers.tick(25_000);
  socket.says({ type: 'read', chat_id: 'elsewhere' });
  t.mock.timers.tick(24_999);
  assert.equal(ends.times, 0);
  assert.equal(socket.sent.length, 1);
});

test('it says that it lives however much is heard, for the other side knows it from that alone', async (t) => {
  const { socket, ends } = await connected(t);
  for (let seconds = 0; seconds < 100; seconds += 5) {
    t.mock.timers.tick(5000);
    socket.says({ type: 'read', chat_id: 'elsewhere' });
  }
  assert.deepEqual(socket.sent, Array(4).fill({ action: 'ping' }));
  assert.equal(ends.times, 0);
});

test('it can be asked at once', async (t) => {
  const { socket, connection, ends } = await connected(t);
  connection.ask();
  assert.deepEqual(socket.sent, [{ action: 'ping' }]);
  t.mock.timers.tick(15_000);
  assert.equal(ends.times, 1);
});

test('its end is told once, and nothing is heard after it', async (t) => {
  const { socket, onEvent, ends } = await connected(t);
  socket.close();
  socket.says({ type: 'typing', chat_id: 'here' });
  t.mock.timers.tick(60_000);
  assert.equal(ends.times, 1);
  assert.deepEqual(onEvent, []);
});

test('closed from here, it is not lost, and says nothing any more', async (t) => {
  const { socket, connection, ends } = await connected(t);
  connection.close();
  connection.say({ action: 'typing' });
  t.mock.timers.tick(60_000);
  assert.deepEqual(socket.sent, []);
  assert.equal(ends.times, 0);
});
