// New things without reloading: over the live connection; while there is none, by asking again and again, with back-off.
// Whatever was missed is asked for by seq, so nothing is lost and nothing comes twice.
import { Refused } from './api.js';

const MOST = 100; // the API's messages for one question
const LATELY = 50;

/**
 * What Gaps and Live need of the thread.
 * @typedef {Pick<import('./chat_thread.js').Thread, 'lastSeq' | 'isBefore' | 'has' | 'take' | 'readElsewhere'>} Shown
 */

/** Asks for what was missed. */
export class Gaps {
  /** @type {Promise<void> | null} */
  #running = null;
  #given;

  /**
   * @param {object} given
   * @param {(query: string) => Promise<{ items: Message[] }>} given.read messages of the chat
   * @param {Shown} given.thread
   * @param {() => void} given.renew shows the lists beside the thread anew
   * @param {boolean} given.english whether events may be shown as they come, for they come in English
   */
  constructor(given) {
    this.#given = given;
  }

  /**
   * All after the last seq that we have; with `changes` also what was edited, deleted or reacted to lately. One at a time.
   * @param {boolean} [changes]
   */
  catchUp(changes = false) {
    const running = this.#running ??= this.#ask(changes).finally(() => { if (this.#running === running) this.#running = null; });
    return running;
  }

  /** What is asked for may never be answered: the next time is asked anew. */
  giveUp() {
    this.#running = null;
  }

  /**
   * Takes new messages in; where one before them is missing, or says in English what happened, asks for all since the last.
   * @param {Message} message
   */
  arrived(message) {
    const { thread, english } = this.#given;
    if (thread.isBefore(message.seq)) return;
    const foreign = message.kind === 'event' && !english;
    if (!foreign && message.seq <= thread.lastSeq() + 1) {
      thread.take([message]);
      return;
    }
    const missing = () => (thread.lastSeq() < message.seq ? this.catchUp() : undefined);
    this.catchUp().then(missing).catch(() => {}); // whoever looks next time asks again
  }

  /** @param {boolean} changes */
  async #ask(changes) {
    const { read, thread, renew } = this.#given;
    for (let more = true; more;) {
      const { items } = await read(`after=${thread.lastSeq()}&limit=${MOST}`);
      thread.take(items);
      more = items.length === MOST;
    }
    if (!changes) return;
    const { items } = await read(`limit=${LATELY}`);
    thread.take(items, { quiet: true });
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
export class Live {
  /** @type {import('./live_connection.js').Connection | null} */
  #connection = null;
  #opening = false;
  #tries = 0;
  #broken = false;
  #sockets = true;
  #over = false;
  #polls = 0;
  #typed = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #saying;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #looking;
  #given;

  /**
   * @param {object} given
   * @param {Pick<ChatData, 'chat' | 'me'>} given.chat
   * @param {Gaps} given.gaps
   * @param {Shown} given.thread
   * @param {LiveView} given.view
   * @param {(listener: { heard(event: LiveEvent): void, lost(): void }) => Promise<import('./live_connection.js').Connection>} given.connect
   * @param {{ renew(): void, countElsewhere(id: string, mentions: boolean): void }} given.people
   * @param {{ heard(id: string, name: string): void, stopped(id: string | undefined): void }} given.typists
   * @param {(id: string) => string | undefined} given.nameOf somebody in the chat
   * @param {(message: Message) => void} given.delivered one's own message is there
   * @param {() => void} given.back the connection was broken, and isn't any more
   * @param {() => boolean} given.hidden whether nobody looks at the page
   * @param {() => number} [given.random]
   */
  constructor(given) {
    this.#given = { random: Math.random, ...given };
  }

  start() {
    this.#connect();
  }

  offline() {
    this.#sayBroken();
    this.#lost();
  }

  /** The connection may have died without a word while there was no network: asked at once, as everything that was missed. */
  online() {
    this.#tries = 0;
    this.#given.gaps.giveUp();
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
  refused(error) {
    if (error instanceof Refused && [403, 404].includes(error.status)) this.#gone();
  }

  /** Tells the others that somebody writes, at most every three seconds. */
  typing() {
    if (!this.#connection || Date.now() - this.#typed < 3000) return;
    this.#typed = Date.now();
    this.#connection.say({ action: 'typing', chat_id: this.#given.chat.chat });
  }

  async #connect() {
    if (this.#connection || this.#opening || !this.#sockets) return;
    this.#opening = true;
    const lost = () => {
      this.#connection = null;
      this.#lost();
    };
    try {
      this.#connection = await this.#given.connect({ heard: (event) => this.#hear(event), lost });
    } catch (error) {
      this.#sockets = !(error instanceof Refused && [404, 405, 501].includes(error.status));
      this.#lost();
      return;
    } finally {
      this.#opening = false;
    }
    this.#given.view.state('socket');
    this.#look(this.#tries > 0 || this.#broken);
  }

  /** Looks again, later and later, and says so when it lasts. */
  #lost() {
    if (this.#over) return;
    this.#tries += 1;
    this.#given.view.state('polling');
    if (this.#sockets && !this.#broken) this.#saying ??= setTimeout(() => this.#sayBroken(), 2500);
    clearTimeout(this.#looking);
    const wait = this.#pause() * (0.8 + this.#given.random() * 0.4);
    this.#looking = setTimeout(() => this.#look((this.#polls += 1) % 5 === 0), wait);
  }

  #pause() {
    if (!this.#sockets) return this.#given.hidden() ? 15_000 : 2500;
    return Math.min(this.#tries < 12 ? 8000 : 30_000, 400 * 1.6 ** this.#tries);
  }

  /**
   * Catches up; back when that went well over a connection that lives, or where asking is all there is.
   * @param {boolean} changes
   */
  async #look(changes) {
    clearTimeout(this.#looking);
    try {
      await this.#given.gaps.catchUp(changes || (this.#broken && Boolean(this.#connection)));
    } catch (error) {
      this.refused(error);
      if (this.#over) return;
      this.#sayBroken();
      this.#lost();
      this.#connect();
      return;
    }
    if (this.#over) return; // learnt meanwhile
    if (this.#connection || !this.#sockets) this.#restored();
    else this.#connect();
    if (!this.#sockets) this.#lost();
  }

  /** Removed, or left in another window: nothing more to show or to ask for. */
  #gone() {
    this.#over = true;
    this.#sockets = false;
    clearTimeout(this.#looking);
    this.#sayNothing();
    this.#connection?.close();
    this.#connection = null;
    this.#given.view.gone();
  }

  #sayNothing() {
    clearTimeout(this.#saying);
    this.#saying = undefined;
  }

  #sayBroken() {
    this.#sayNothing();
    if (this.#broken || this.#over) return;
    this.#broken = true;
    this.#given.view.broken();
  }

  #restored() {
    this.#sayNothing();
    this.#tries = 0;
    if (this.#connection) this.#given.view.state('socket');
    if (!this.#broken) return;
    this.#broken = false;
    this.#given.back();
    this.#given.view.back();
  }

  /** @param {LiveEvent} event */
  #hear(event) {
    const { chat, people, gaps } = this.#given;
    if (event.chat_id !== chat.chat) {
      this.#hearElsewhere(event);
    } else if (event.type === 'participant.left' && event.participant?.account_id === chat.me) {
      this.#gone();
    } else {
      this.#hearHere(event);
      if (!/^(invitation|participant|chat)\./.test(event.type)) return;
      people.renew();
      if (!event.message) gaps.catchUp().catch(() => {});
    }
  }

  /** @param {LiveEvent} event */
  #hearElsewhere({ type, chat_id, message }) {
    const { chat, people } = this.#given;
    if (type === 'read') people.renew();
    if (type !== 'message.created' || message?.author?.account_id === chat.me) return;
    people.countElsewhere(chat_id, Boolean(message?.html?.includes('class="mention"')));
  }

  /** @param {LiveEvent} event */
  #hearHere({ type, message, account_id, name, seq }) {
    const { chat, people, thread, typists, nameOf } = this.#given;
    if (type === 'message.created' && message) {
      this.#arrived(message);
    } else if (type === 'delivery.changed') {
      people.renew();
    } else if (message) {
      if (thread.has(message.seq)) thread.take([message], { quiet: true });
    } else if (type === 'typing' && account_id) {
      if (account_id !== chat.me) typists.heard(account_id, nameOf(account_id) ?? name ?? '');
    } else if (type === 'read' && seq !== undefined) {
      thread.readElsewhere(seq);
    }
  }

  /** @param {Message} message */
  #arrived(message) {
    const author = message.author?.account_id;
    if (author === this.#given.chat.me) this.#given.delivered(message);
    this.#given.typists.stopped(author);
    this.#given.gaps.arrived(message);
  }
}
