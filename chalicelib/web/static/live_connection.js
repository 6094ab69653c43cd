// One live connection: a WebSocket opened with a one-time ticket. When it was quiet for a while it is asked whether it still
// lives; without an answer it counts as lost, for a connection can die without a word.
import { call } from './api.js';

const OPENING = 20_000;
const QUIET = 25_000;
const ANSWER = 15_000; // all in all well below a minute

/**
 * Resolves once it is open, to `{say(event), ask(), close()}`; fails if it can't be opened.
 * `heard(event)` gets each event; `lost()` is called once after it was open, unless it was closed from here.
 */
export async function openConnection({ heard, lost }) {
  const { url } = await call('POST', '/socket-tickets', {});
  const socket = new WebSocket(url);
  let timer = 0;
  let over = null;

  function end() {
    clearTimeout(timer);
    const tell = over;
    over = null;
    socket.close();
    tell?.();
  }
  function say(event) {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(event));
  }
  function wait(milliseconds, then) {
    clearTimeout(timer);
    timer = setTimeout(then, milliseconds);
  }
  function ask() {
    say({ action: 'ping' });
    wait(ANSWER, end);
  }

  await new Promise((opened, failed) => {
    over = () => failed(new TypeError('The live connection could not be opened.'));
    wait(OPENING, end);
    socket.addEventListener('open', opened);
    socket.addEventListener('close', end);
  });
  over = lost;
  wait(QUIET, ask);
  socket.addEventListener('message', ({ data }) => {
    if (!over) return;
    wait(QUIET, ask);
    const event = JSON.parse(data);
    if (event.type !== 'pong') heard(event);
  });
  return { say, ask, close: () => { over = null; end(); } };
}
