// Messages that the server doesn't have yet: shown at once, kept in the browser, sent one after the other until it has them.
// Each has one Idempotency-Key for all tries, from whichever tab, so it is stored once.
import { Refused } from './api.js';

const MOST = 50;
const KEY_LIFE = 23 * 60 * 60 * 1000; // the server knows a key for 24 hours; older messages wait for their author's word
const LONGEST_PAUSE = 30_000;
const MOST_FAILURES = 5;
const FILE_WAITING = 'file_waiting';

/**
 * @typedef {object} Entry a message on its way
 * @property {string} key
 * @property {string} text
 * @property {string} [reply_to]
 * @property {import('./chat_files.js').SentFile[]} [files] in the store already
 * @property {string[]} [mentions] the accounts that were picked, in the order of their names
 * @property {string} at when it was written
 * @property {string} [refused] why it is not tried any more
 * @property {boolean} [kept] outlives this page
 * @property {boolean} [busy] on the line now
 * @property {boolean} [asked] its author said to send it again
 * @property {number} [failures] of the server over this very message
 */

/**
 * @typedef {object} PendingView how the messages that wait are shown
 * @property {(entry: Entry) => void} show
 * @property {(entry: Entry) => void} sending
 * @property {(entry: Entry, why: string) => void} failed why: the server's reason; empty when there was no answer
 * @property {(entry: Entry) => void} remove
 */

export class Outbox {
  /** @type {Map<string, Entry>} by key, oldest first */
  #entries = new Map();
  #sending = false;
  #pauses = 0;
  #notBefore = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #ports;
  #kept;

  /**
   * @param {object} given
   * @param {string} given.chatId
   * @param {import('./account_storage.js').AccountStorage} given.storage
   * @param {import('./api.js').Call} given.call
   * @param {PendingView} given.view
   * @param {EventTarget} given.page the window, which hears what other tabs do
   * @param {(message: Message) => void} given.onSent
   * @param {(error: Refused) => void} given.onRefused
   * @param {Pick<LockManager, 'request'>} [given.locks]
   * @param {() => number} [given.random]
   */
  constructor(given) {
    this.#ports = { random: Math.random, ...given };
    this.#kept = `unsent:${given.chatId}:`;
  }

  start() {
    this.#load();
    this.#ports.storage.onRemoved(this.#ports.page, (name) => {
      if (name.startsWith(this.#kept)) this.#takeAway(this.#entries.get(name.slice(this.#kept.length)));
    });
    this.#sendAll();
  }

  /**
   * False when too many wait already.
   * @param {string} text
   * @param {string} [replyTo] the id of the message that this one answers
   * @param {import('./chat_files.js').SentFile[]} [files]
   * @param {string[]} [mentions]
   */
  add(text, replyTo, files = [], mentions) {
    if (this.#entries.size >= MOST) return false;
    /** @type {Entry} */
    const entry = { key: crypto.randomUUID(), text, at: new Date().toISOString() };
    if (replyTo) entry.reply_to = replyTo;
    if (files.length) entry.files = files;
    if (mentions) entry.mentions = mentions;
    this.#keep(entry);
    this.#show(entry);
    this.#sendAll();
    return true;
  }

  /** The connection is back: everything is tried at once, what failed too often once more. */
  resume() {
    this.#load();
    for (const entry of this.#entries.values()) entry.failures = Math.min(entry.failures ?? 0, MOST_FAILURES - 1);
    this.#pauses = 0;
    this.#sendAll();
  }

  /**
   * Our own message came back over the socket before its answer did.
   * @param {Message} message
   */
  onDelivered(message) {
    const entry = [...this.#entries.values()].find(({ busy, text }) => busy && text === message.text);
    if (entry) this.discard(entry);
  }

  /** Whether something would be lost if the page closed now. */
  hasUnkept() {
    return [...this.#entries.values()].some(({ kept, refused }) => !kept && !refused);
  }

  /**
   * Its author wants it sent, whatever was in the way.
   * @param {Entry} entry
   */
  retry(entry) {
    delete entry.refused;
    Object.assign(entry, { failures: 0, asked: true });
    this.#pauses = 0;
    this.#notBefore = 0;
    this.#ports.view.sending(entry);
    this.#sendAll();
  }

  /**
   * Its author doesn't want it any more, or the server has it.
   * @param {Entry} entry
   */
  discard(entry) {
    this.#ports.storage.remove(this.#kept + entry.key);
    this.#takeAway(entry);
  }

  /** What other pages of this account left, those that were closed too. */
  #load() {
    const { storage } = this.#ports;
    /** @type {Entry[]} */
    const values = storage.names(this.#kept).map((name) => storage.read(name));
    const others = values.filter((value) => value && !this.#entries.has(value.key));
    for (const value of others.sort((first, second) => first.at.localeCompare(second.at))) this.#show({ ...value, kept: true });
  }

  /** @param {Entry} entry */
  #keep(entry) {
    const { key, text, reply_to, at, refused, files, mentions } = entry;
    entry.kept = this.#ports.storage.keep(this.#kept + key, { key, text, reply_to, at, refused, files, mentions });
  }

  /** @param {Entry} entry */
  #show(entry) {
    this.#entries.set(entry.key, entry);
    this.#ports.view.show(entry);
    if (isSentAutomatically(entry)) this.#ports.view.sending(entry);
    else this.#ports.view.failed(entry, entry.refused ?? '');
  }

  /** One at a time, so that they arrive in the order in which they were written. */
  async #sendAll() {
    if (this.#sending) return;
    clearTimeout(this.#timer);
    let pause = Math.max(0, this.#notBefore - Date.now());
    if (!pause) {
      this.#sending = true;
      try {
        for (let entry = this.#next(); entry && !pause; entry = this.#next()) pause = await this.#inTurn(entry);
      } finally {
        this.#sending = false;
      }
    }
    if (pause) this.#timer = setTimeout(() => this.#sendAll(), pause);
  }

  #next() {
    return [...this.#entries.values()].find(isSentAutomatically);
  }

  /**
   * One tab of this account at a time. Where a browser has no locks, the key alone keeps a message from being stored twice.
   * @param {Entry} entry
   */
  #inTurn(entry) {
    const { locks, storage, chatId } = this.#ports;
    const work = () => this.#send(entry);
    return locks ? locks.request(`webtop:send:${storage.account}:${chatId}`, work) : work();
  }

  /**
   * The milliseconds to wait before the next try; 0 when this one is sent, refused for good, or not ours to send any more.
   * @param {Entry} entry
   * @returns {Promise<number>}
   */
  async #send(entry) {
    const { storage, call, chatId, onSent } = this.#ports;
    if (!storage.isOwner() || (entry.kept && !storage.read(this.#kept + entry.key))) {
      this.#takeAway(entry);
      return 0;
    }
    entry.busy = true;
    try {
      const message = await call('POST', `/chats/${chatId}/messages`, bodyOf(entry), { 'Idempotency-Key': entry.key });
      this.discard(entry);
      onSent(message);
      this.#pauses = 0;
      return 0;
    } catch (error) {
      return this.#entries.has(entry.key) ? this.#failed(entry, error) : 0;
    } finally {
      entry.busy = false;
    }
  }

  /**
   * @param {Entry} entry
   * @param {unknown} error
   * @returns {number} as #send
   */
  #failed(entry, error) {
    const answer = error instanceof Refused ? error : null;
    if (answer && !isTransient(answer)) {
      entry.refused = answer.message;
      if (entry.kept) this.#keep(entry);
      this.#ports.view.failed(entry, answer.message);
      this.#ports.onRefused(answer);
      return 0;
    }
    if (answer && answer.status >= 500) entry.failures = (entry.failures ?? 0) + 1; // what fails alone holds up no other
    if (answer?.code === FILE_WAITING) this.#ports.view.sending(entry); // the store is about to tell the server of it
    else this.#ports.view.failed(entry, answer?.message ?? '');
    this.#pauses += 1;
    const asked = (answer?.retryAfter ?? 0) * 1000; // by the server; not even a connection that is back makes it shorter
    this.#notBefore = Date.now() + asked;
    return Math.max(asked, Math.min(LONGEST_PAUSE, 500 * 2 ** this.#pauses) * (0.8 + this.#ports.random() * 0.4));
  }

  /**
   * From this page alone.
   * @param {Entry} [entry]
   */
  #takeAway(entry) {
    if (entry && this.#entries.delete(entry.key)) this.#ports.view.remove(entry);
  }
}

/** @param {Entry} entry */
function bodyOf({ text, reply_to, files, mentions }) {
  const chosen = files?.map(({ id, alt }) => (alt ? { id, alt } : id));
  return { text, ...(mentions && { mentions }), ...(reply_to && { reply_to }), ...(chosen && { files: chosen }) };
}

/** @param {Entry} entry */
function isSentAutomatically({ refused, failures = 0, at, asked }) {
  return refused === undefined && failures < MOST_FAILURES && (asked || Date.now() - Date.parse(at) < KEY_LIFE);
}

/**
 * The server, or what stands before it, says no for the moment only; or the store hasn't told it of a file yet.
 * @param {Refused} error
 */
function isTransient({ status, code }) {
  return status >= 500 || [408, 425, 429].includes(status) || code === 'in_progress' || code === FILE_WAITING;
}
