// One live connection: a WebSocket opened with a one-time ticket. It is asked again and again whether it still lives, which
// tells the other side that we do; without an answer it counts as lost, for a connection can die without a word. And who is
// heard of over it as writing.

const OPENING = 20_000;
const EVERY = 25_000; // the server takes a minute's silence for the end
const ANSWER = 15_000; // all in all well below a minute

/**
 * @typedef {object} Connection
 * @property {(event: object) => void} say
 * @property {() => void} ask whether the other side still lives
 * @property {() => void} close
 */

/**
 * Resolves once it is open; fails if it can't be opened.
 * @param {object} given
 * @param {() => Promise<{ url: string }>} given.ticket
 * @param {(event: LiveEvent) => void} given.onEvent gets each event
 * @param {() => void} given.onClose is called once after it was open, unless it was closed from here
 * @param {typeof WebSocket} [given.Socket]
 * @returns {Promise<Connection>}
 */
export async function openConnection({ ticket, onEvent, onClose, Socket = WebSocket }) {
  const { url } = await ticket();
  const socket = new Socket(url);
  const [deadline, nextAsk] = [alarm(), alarm()];
  /** @type {(() => void) | null} what its end means; null after it */
  let over = null;

  function end() {
    deadline.clear();
    nextAsk.clear();
    const tell = over;
    over = null;
    socket.close();
    tell?.();
  }
  /** @param {object} event */
  function say(event) {
    if (socket.readyState === Socket.OPEN) socket.send(JSON.stringify(event));
  }
  function ask() {
    say({ action: 'ping' });
    deadline.set(ANSWER, end);
    nextAsk.set(EVERY, ask);
  }

  await new Promise((opened, failed) => {
    over = () => failed(new TypeError('The live connection could not be opened.'));
    deadline.set(OPENING, end);
    socket.addEventListener('open', opened);
    socket.addEventListener('close', end);
  });
  over = onClose;
  deadline.clear();
  nextAsk.set(EVERY, ask);
  socket.addEventListener('message', ({ data }) => {
    if (!over) return;
    deadline.clear();
    const event = JSON.parse(data);
    if (event.type !== 'pong') onEvent(event);
  });
  return { say, ask, close: () => { over = null; end(); } };
}

/** A timer that begins anew whenever it is set. */
function alarm() {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const clear = () => clearTimeout(timer);
  /**
   * @param {number} milliseconds
   * @param {() => void} then
   */
  function set(milliseconds, then) {
    clear();
    timer = setTimeout(then, milliseconds);
  }
  return { set, clear };
}

/** Who writes now; whoever isn't heard of for six seconds doesn't any more. */
export class TypingUsers {
  /** @type {Map<string, { name: string, timer: ReturnType<typeof setTimeout> }>} by account */
  #names = new Map();
  #show;

  /** @param {(names: string[]) => void} show */
  constructor(show) {
    this.#show = () => show([...this.#names.values()].map(({ name }) => name));
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  add(id, name) {
    clearTimeout(this.#names.get(id)?.timer);
    this.#names.set(id, { name, timer: setTimeout(() => this.remove(id), 6000) });
    this.#show();
  }

  /** @param {string | undefined} id */
  remove(id) {
    const typist = this.#names.get(id ?? '');
    if (!typist) return;
    clearTimeout(typist.timer);
    this.#names.delete(id ?? '');
    this.#show();
  }
}
