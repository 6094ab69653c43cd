// What the modules are given in a browser, as little of it as they use: a storage, a socket, a server.

/** As the browser's: entries are its own properties. `quota` is the most characters that it holds. */
class MemoryStorage {
  #quota;

  constructor(quota = Infinity) {
    this.#quota = quota;
  }

  /** @param {string} key */
  getItem(key) {
    return Object.hasOwn(this, key) ? Reflect.get(this, key) : null;
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  setItem(key, value) {
    const before = Object.entries(this).filter(([name]) => name !== key).flat().join('').length;
    if (before + key.length + value.length > this.#quota) throw new DOMException('It is full.', 'QuotaExceededError');
    Reflect.set(this, key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    Reflect.deleteProperty(this, key);
  }
}

/** @param {number} [quota] */
export function memoryStorage(quota) {
  return /** @type {Storage} */ (/** @type {unknown} */ (new MemoryStorage(quota)));
}

/**
 * What a window hears when another tab changed the storage.
 * @param {string | null} key null: all of it was emptied
 * @param {string | null} newValue
 */
export function storageEvent(key, newValue) {
  return Object.assign(new Event('storage'), { key, newValue });
}

/** A WebSocket whose far side is the test: it opens, hears, answers and dies when told to. */
export class FakeSocket extends EventTarget {
  static OPEN = 1;
  readyState = 0;
  closed = 0;
  /** @type {any[]} events that were sent to it */
  sent = [];

  /** @param {string} url */
  constructor(url) {
    super();
    this.url = url;
  }

  open() {
    this.readyState = FakeSocket.OPEN;
    this.dispatchEvent(new Event('open'));
  }

  /** @param {object} event */
  says(event) {
    this.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(event) }));
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  /** As a browser's: what is closed already isn't closed again. */
  close() {
    this.closed += 1;
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }
}

/**
 * Resolves once everything that waits for nothing but its turn has had it. Timers of the test's own clock don't run.
 * @returns {Promise<void>}
 */
export function settled() {
  return new Promise((done) => { setImmediate(done); });
}

/**
 * Lets so much time pass on the test's own clock, bit by bit, so that what follows from a timer gets its turn before the next.
 * @param {import('node:test').TestContext} t
 * @param {number} milliseconds
 */
export async function pass(t, milliseconds) {
  for (let left = milliseconds; left > 0; left -= 500) {
    t.mock.timers.tick(Math.min(500, left));
    await settled();
  }
}

/**
 * @param {number} seq
 * @param {Partial<Message>} [more]
 * @returns {Message}
 */
export function message(seq, more = {}) {
  const author = { account_id: 'dana', name: 'Dana', role: 'external', via: 'webtop' };
  const text = `number ${seq}`;
  return {
    id: `id-${seq}`, seq, chat_id: 'here', author, kind: 'text', text, html: text, reactions: [], created_at: '2026-11-27T10:00:00Z',
    ...more,
  };
}
