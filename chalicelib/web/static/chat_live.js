// New things without reloading: over the live connection; while there is none, by asking again and again, with back-off.
// Whatever was missed is asked for by seq, so nothing is lost and nothing comes twice.
import { Refused } from './api.js';

const MOST = 100; // the API's messages for one question
const LATELY = 50;

/**
 * What Backfill and LiveUpdates need of the thread.
 * @typedef {Pick<import('./chat_thread.js').Thread, 'lastSeq' | 'isOlderThanShown' | 'has' | 'upsert' | 'change' | 'readElsewhere'>} MessageList
 */

/** Asks for what was missed. */
export class Backfill {
  /** @type {Promise<void> | null} */
  #running = null;
  #ports;

  /**
   * @param {object} given
   * @param {(query: string) => Promise<{ items: Message[] }>} given.read messages of the chat
   * @param {MessageList} given.thread
   * @param {() => void} given.renew shows the lists beside the thread anew
   * @param {boolean} given.english whether events may be shown as they come, for they come in English
   */
  constructor(given) {
    this.#ports = given;
  }

  /**
   * All after the last seq that we have; with `changes` also what was edited, deleted or reacted to lately. One at a time.
   * @param {boolean} [changes]
   */
  catchUp(changes = false) {
    const running = this.#running ??= this.#fetchMissed(changes).finally(() => { if (this.#running === running) this.#running = null; });
    return running;
  }

  /** What is asked for may never be answered: the next time is asked anew. */
  reset() {
    this.#running = null;
  }

  /**
   * Takes new messages in; where one before them is missing, or says in English what happened, asks for all since the last.
   * @param {Message} message
   */
  onMessage(message) {
    const { thread, english } = this.#ports;
    if (thread.isOlderThanShown(message.seq)) return;
    const foreign = message.kind === 'event' && !english;
    if (!foreign && message.seq <= thread.lastSeq() + 1) {
      thread.upsert([message]);
      return;
    }
    const missing = () => (thread.lastSeq() < message.seq ? this.catchUp() : undefined);
    this.catchUp().then(missing).catch(() => {}); // whoever looks next time asks again
  }

  /** @param {boolean} changes */
  async #fetchMissed(changes) {
    const { read, thread, renew } = this.#ports;
    for (let more = true; more;) {
      const { items } = await read(`after=${thread.lastSeq()}&limit=${MOST}`);
      thread.upsert(items);
      more = items.length === MOST;
    }
    if (!changes) return;
    const { items } = await read(`limit=${LATELY}`);
    thread.upsert(items, { quiet: true });
    renew();
  }
}

/**
 * @typedef {object} LiveView how the state of the connection is shown
 * @property {(live: 'socket' | 'polling') => void} state
 * @property {() => void} broken
 * @property {() => void} back
 * @property {() => void} gone one isn't in the chat any more
 */

/** Keeps the connection, and deals out what comes over it. */
export class LiveUpdates {
  /** @type {import('./live_connection.js').Connection | null} */
  #connection = null;
  #opening = false;
  #tries = 0;
  #broken = false;
  #sockets = true;
  #left = false;
  #polls = 0;
  #typed = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #warning;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #nextLook;
  #ports;

  /**
   * @param {object} given
   * @param {Pick<ChatData, 'chat' | 'me'>} given.chat
   * @param {Backfill} given.backfill
   * @param {MessageList} given.thread
   * @param {LiveView} given.view
   * @param {(listener: { onEvent(event: LiveEvent): void, onClose(): void }) => Promise<import('./live_connection.js').Connection>} given.connect
   * @param {{ renew(changes: import('./chat_people.js').Changes): void, countElsewhere(id: string, mentions: boolean): void }} given.people
   * @param {{ add(id: string, name: string): void, remove(id: string | undefined): void }} given.typingUsers
   * @param {(id: string) => string | undefined} given.nameOf somebody in the chat
   * @param {(file: MessageFile) => void} given.onFile a file of a message is ready, or blocked
   * @param {(message: Message) => void} given.onDelivered one's own message is there
   * @param {() => void} given.onRestored the connection was broken, and isn't any more
   * @param {() => boolean} given.hidden whether nobody looks at the page
   * @param {() => number} [given.random]
   */
  constructor(given) {
    this.#ports = { random: Math.random, ...given };
  }

  start() {
    this.#connect();
  }

  offline() {
    this.#showBroken();
    this.#retryLater();
  }

  /** The connection may have died without a word while there was no network: asked at once, as everything that was missed. */
  online() {
    this.#tries = 0;
    this.#ports.backfill.reset();
    this.#connection?.ask();
    this.#look(true);
  }

  /** Back from another window or a phone's sleep: a connection may be dead, and one may have been removed from the chat. */
  wake() {
    if (this.#connection) {
      this.#connection.ask();
      this.#look(true);
    } else {
      this.#connect();
    }
  }

  /**
   * What the server says no to: of a chat that isn't there for us any more.
   * @param {unknown} error
   */
  onRefused(error) {
    if (error instanceof Refused && [403, 404].includes(error.status)) this.#leave();
  }

  /** Tells the others that somebody writes, at most every three seconds. */
  typing() {
    if (!this.#connection || Date.now() - this.#typed < 3000) return;
    this.#typed = Date.now();
    this.#connection.say({ action: 'typing', chat_id: this.#ports.chat.chat });
  }

  async #connect() {
    if (this.#connection || this.#opening || !this.#sockets) return;
    this.#opening = true;
    const onClose = () => {
      this.#connection = null;
      this.#retryLater();
    };
    try {
      this.#connection = await this.#ports.connect({ onEvent: (event) => this.#onEvent(event), onClose });
    } catch (error) {
      this.#sockets = !(error instanceof Refused && [404, 405, 501].includes(error.status));
      this.#retryLater();
      return;
    } finally {
      this.#opening = false;
    }
    this.#ports.view.state('socket');
    this.#look(this.#tries > 0 || this.#broken);
  }

  /** Looks again, later and later, and says so when it lasts. */
  #retryLater() {
    if (this.#left) return;
    this.#tries += 1;
    this.#ports.view.state('polling');
    if (this.#sockets && !this.#broken) this.#warning ??= setTimeout(() => this.#showBroken(), 2500);
    clearTimeout(this.#nextLook);
    const wait = this.#pause() * (0.8 + this.#ports.random() * 0.4);
    this.#nextLook = setTimeout(() => this.#look((this.#polls += 1) % 5 === 0), wait);
  }

  #pause() {
    if (!this.#sockets) return this.#ports.hidden() ? 15_000 : 2500;
    return Math.min(this.#tries < 12 ? 8000 : 30_000, 400 * 1.6 ** this.#tries);
  }

  /**
   * Catches up; back when that went well over a connection that lives, or where asking is all there is.
   * @param {boolean} changes
   */
  async #look(changes) {
    clearTimeout(this.#nextLook);
    try {
      await this.#ports.backfill.catchUp(changes || (this.#broken && Boolean(this.#connection)));
    } catch (error) {
      this.onRefused(error);
      if (this.#left) return;
      this.#showBroken();
      this.#retryLater();
      this.#connect();
      return;
    }
    if (this.#left) return; // learnt meanwhile
    if (this.#connection || !this.#sockets) this.#onRestored();
    else this.#connect();
    if (!this.#sockets) this.#retryLater();
  }

  /** Removed, or left in another window: nothing more to show or to ask for. */
  #leave() {
    this.#left = true;
    this.#sockets = false;
    clearTimeout(this.#nextLook);
    this.#cancelWarning();
    this.#connection?.close();
    this.#connection = null;
    this.#ports.view.gone();
  }

  #cancelWarning() {
    clearTimeout(this.#warning);
    this.#warning = undefined;
  }

  #showBroken() {
    this.#cancelWarning();
    if (this.#broken || this.#left) return;
    this.#broken = true;
    this.#ports.view.broken();
  }

  #onRestored() {
    this.#cancelWarning();
    this.#tries = 0;
    if (this.#connection) this.#ports.view.state('socket');
    if (!this.#broken) return;
    this.#broken = false;
    this.#ports.onRestored();
    this.#ports.view.back();
  }

  /** @param {LiveEvent} event */
  #onEvent(event) {
    const { chat, people, backfill } = this.#ports;
    if (event.chat_id !== chat.chat) {
      this.#onEventElsewhere(event);
    } else if (event.type === 'participant.left' && event.participant?.account_id === chat.me) {
      this.#leave();
    } else {
      this.#onEventHere(event);
      if (!/^(invitation|participant|chat)\./.test(event.type)) return;
      people.renew({ people: [event.invitation_id ?? event.participant?.account_id ?? 'all'], chats: [chat.chat] });
      if (!event.message) backfill.catchUp().catch(() => {});
    }
  }

  /** @param {LiveEvent} event */
  #onEventElsewhere({ type, chat_id, message }) {
    const { chat, people } = this.#ports;
    if (type === 'read') people.renew({ chats: [chat_id] });
    if (type !== 'message.created' || message?.author?.account_id === chat.me) return;
    people.countElsewhere(chat_id, Boolean(message?.html?.includes('class="mention"')));
  }

  /** @param {LiveEvent} event */
  #onEventHere({ type, message, file, account_id, name, seq }) {
    const { chat, people, thread, typingUsers, nameOf, onFile } = this.#ports;
    if (file) onFile(file);
    if (type === 'message.created' && message) {
      this.#onMessage(message);
    } else if (type === 'delivery.changed') {
      if (message) people.renew({ deliveries: [String(message.seq)] });
    } else if (message) {
      thread.change(message);
    } else if (type === 'typing' && account_id) {
      if (account_id !== chat.me) typingUsers.add(account_id, nameOf(account_id) ?? name ?? '');
    } else if (type === 'read' && seq !== undefined) {
      thread.readElsewhere(seq);
    }
  }

  /** @param {Message} message */
  #onMessage(message) {
    const author = message.author?.account_id;
    if (author === this.#ports.chat.me) this.#ports.onDelivered(message);
    this.#ports.typingUsers.remove(author);
    this.#ports.backfill.onMessage(message);
  }
}
