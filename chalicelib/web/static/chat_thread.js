// The list of messages: in order of seq, each once; days and groups; older ones on scrolling up; unread and newest.
import { whereabouts } from './account_storage.js';
import { fitText } from './chat_text.js';
import { chatData, draw, drawLine, update, words } from './chat_view.js';
import { announce, find, cloneTemplate } from './page.js';
import { day, dayKey } from './times.js';

const GROUP = 5 * 60 * 1000;

export class Thread {
  /** @type {Map<number, HTMLElement>} by seq */
  #known = new Map();
  #box = find('#thread');
  #list = find('#messages');
  #newest = find('#newest');
  #chat = chatData();
  #title = document.title.replace(/^\(\d+\) /, '');
  #last = 0;
  #unseen = 0;
  #older = 'older' in this.#chat;
  #loading = false;
  #arranging = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #marking;
  #call;
  #renew;

  /**
   * @param {object} given
   * @param {import('./api.js').Call} given.call
   * @param {(changes: import('./chat_people.js').Changes) => void} given.renew shows the lists beside the thread anew
   */
  constructor({ call, renew }) {
    this.#call = call;
    this.#renew = renew;
    this.path = `/chats/${this.#chat.chat}`;
  }

  start() {
    for (const node of this.#nodes()) if (node.dataset.seq) this.#known.set(Number(node.dataset.seq), node);
    this.#last = this.#known.size ? Math.max(...this.#known.keys()) : Number(this.#chat.lastSeq) || 0;
    if (new URLSearchParams(location.search).has('before')) location.replace(location.pathname);
    const named = /^#m-(\d+)$/.exec(location.hash)?.[1];
    if (named && this.isOlderThanShown(Number(named))) location.replace(whereabouts(location)); // the server finds its page
    document.querySelector('.older')?.toggleAttribute('hidden', true);
    for (const text of this.#list.querySelectorAll('.message .text')) fitText(/** @type {HTMLElement} */ (text));
    this.arrange();
    this.#box.addEventListener('scroll', () => this.#onScroll(), { passive: true });
    this.#newest.addEventListener('click', () => {
      this.scrollToEnd();
      find('#text').focus();
    });
    document.addEventListener('visibilitychange', () => this.#markSeen());
    addEventListener('focus', () => this.#markSeen());
    (this.#known.get(Number(named)) ?? document.getElementById('unread'))?.scrollIntoView({ block: 'center' });
    this.#onScroll();
    this.#markSeen();
  }

  lastSeq() {
    return this.#last;
  }

  /**
   * What is older than the first that is shown comes on scrolling up, without gaps.
   * @param {number} seq
   */
  isOlderThanShown(seq) {
    return seq < (this.#known.size ? Math.min(...this.#known.keys()) : this.#last);
  }

  /** @param {number} seq */
  has(seq) {
    return this.#known.has(seq);
  }

  /**
   * Puts in messages from the API; already known ones are brought up to date. Keeps the place where the reader is.
   * @param {Message[]} messages
   * @param {{ quiet?: boolean }} [how] quiet: nothing of it is new to the reader
   */
  upsert(messages, { quiet = false } = {}) {
    const stick = this.#atEnd() && !quiet;
    this.#keepPlace(() => {
      for (const message of messages) {
        const shown = this.#known.get(message.seq);
        if (shown) {
          update(shown, message);
          continue;
        }
        const node = this.#insert(message);
        if (!quiet) this.#notify(message, node);
      }
      document.querySelector('.empty-card')?.toggleAttribute('hidden', Boolean(this.#list.querySelector('.message')));
    });
    this.arrange();
    if (stick) this.scrollToEnd();
    this.#onScroll();
  }

  /**
   * One that the server doesn't have yet; it stands below all that it has.
   * @param {HTMLElement} node
   */
  append(node) {
    this.#list.append(node);
    this.arrange();
  }

  /**
   * Brings one message up to date, e.g. after one's own reaction.
   * @param {number} seq
   * @returns {Promise<Message | undefined>}
   */
  async refresh(seq) {
    const { items } = await this.#call('GET', `${this.path}/messages?before=${seq + 1}&limit=1`);
    if (items[0]?.seq === seq) this.upsert(items, { quiet: true });
    return items[0];
  }

  /**
   * One that changed meanwhile. What happened comes in English over the socket: on another page it is asked for anew.
   * @param {Message} message
   */
  change(message) {
    if (!this.has(message.seq)) return;
    const foreign = message.kind === 'event' && document.documentElement.lang !== 'en';
    if (foreign) this.refresh(message.seq).catch(() => {}); // the page shows it when it is opened again
    else this.upsert([message], { quiet: true });
  }

  scrollToEnd() {
    this.#box.scrollTop = 0;
    requestAnimationFrame(() => { this.#box.scrollTop = 0; });
  }

  /** Day lines and groups (same author, five minutes), from the reader's own calendar; once per frame. */
  arrange() {
    if (this.#arranging) return;
    this.#arranging = true;
    requestAnimationFrame(() => {
      this.#arranging = false;
      this.#keepPlace(() => this.#rearrange());
    });
  }

  /**
   * Another window of the same person has read up to there.
   * @param {number} seq
   */
  readElsewhere(seq) {
    if (seq < this.#last || !this.#unseen) return;
    this.#unseen = 0;
    this.#showUnseen();
  }

  #nodes() {
    return /** @type {HTMLElement[]} */ ([...this.#list.children]);
  }

  #atEnd() {
    return Math.abs(this.#box.scrollTop) < 60;
  }

  /**
   * At the end the box stays there by itself; elsewhere what the reader looks at doesn't move.
   * @param {() => void} change
   */
  #keepPlace(change) {
    const anchor = this.#atEnd() ? undefined : this.#visibleNode();
    const before = anchor?.getBoundingClientRect().top ?? 0;
    change();
    if (anchor?.isConnected) this.#box.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  /** @param {Message} message */
  #insert(message) {
    const node = draw(message);
    this.#known.set(message.seq, node);
    const pending = this.#list.querySelector('.pending');
    if (message.seq > this.#last) {
      this.#last = message.seq;
      this.#list.insertBefore(node, pending);
      return node;
    }
    const next = this.#nodes().find((other) => Number(other.dataset.seq) > message.seq);
    this.#list.insertBefore(node, next ?? pending);
    return node;
  }

  /**
   * @param {Message} message
   * @param {HTMLElement} node
   */
  #notify(message, node) {
    if (message.author?.account_id === this.#chat.me) return;
    const text = find('.text, .what', HTMLElement, node).textContent ?? '';
    announce(message.kind === 'event' ? text : `${message.author?.name ?? ''}: ${text}`);
    if (message.kind === 'event' || (this.#atEnd() && this.#isLookedAt())) return;
    if (!document.getElementById('unread')) {
      const line = drawLine('unread', words().new ?? '');
      line.id = 'unread';
      this.#list.insertBefore(line, node);
    }
    this.#unseen += 1;
    this.#showUnseen();
  }

  #rearrange() {
    for (const line of this.#list.querySelectorAll('.line.day')) line.remove();
    /** @type {{ key: string, author: string | undefined, time: number } | undefined} */
    let before;
    for (const node of this.#nodes()) {
      const at = node.dataset.at;
      if (!at) {
        if (before) before.author = undefined;
        continue;
      }
      const key = dayKey(at);
      if (key !== before?.key) node.before(drawLine('day', day(at)));
      const author = node.classList.contains('message') ? node.dataset.author : undefined;
      const time = Date.parse(at);
      const follows = author && before?.author === author && before.key === key && time - before.time < GROUP;
      node.classList.toggle('grouped', Boolean(follows));
      before = { key, author, time };
    }
  }

  #onScroll() {
    this.#newest.hidden = this.#atEnd();
    if (this.#atEnd()) this.#markSeen();
    const above = this.#box.scrollHeight - this.#box.clientHeight + this.#box.scrollTop;
    if (above < 400) this.#loadOlder();
  }

  async #loadOlder() {
    if (!this.#older || this.#loading) return;
    this.#loading = true;
    const first = Math.min(...this.#known.keys());
    const bars = cloneTemplate('bars');
    this.#list.before(bars);
    try {
      const { items } = await this.#call('GET', `${this.path}/messages?before=${first}&limit=50`);
      this.upsert(items, { quiet: true });
      this.#older = items.length === 50;
    } catch {
      document.querySelector('.older')?.toggleAttribute('hidden', false);
      this.#older = false;
    }
    bars.remove();
    this.#loading = false;
  }

  #isLookedAt() {
    return !document.hidden && document.hasFocus();
  }

  /** The reader is here and at the end: nothing is unread; the server is told a little later, once. */
  #markSeen() {
    if (!this.#isLookedAt() || !this.#atEnd()) return;
    this.#unseen = 0;
    this.#showUnseen();
    const row = document.querySelector(`#side-chats [data-chat="${CSS.escape(this.#chat.chat)}"]`);
    row?.classList.remove('unread');
    row?.querySelector('.count')?.remove();
    clearTimeout(this.#marking);
    this.#marking = setTimeout(() => this.#mark(), 600);
  }

  #mark() {
    if (!this.#last || this.#last === Number(this.#box.dataset.read)) return;
    this.#box.dataset.read = String(this.#last);
    const called = document.querySelector('#side-inbox .count-mention, #side-chats [aria-current] .count-mention');
    this.#call('PUT', `${this.path}/read`, { seq: this.#last }).then(
      () => { if (called) this.#renew({ chats: [this.#chat.chat] }); },
      () => { delete this.#box.dataset.read; },
    );
  }

  #showUnseen() {
    document.title = this.#unseen ? `(${this.#unseen}) ${this.#title}` : this.#title;
    const { newest = '' } = words();
    find('span', HTMLElement, this.#newest).textContent = this.#unseen ? `${newest}, ${this.#unseen}` : newest;
    const icon = find('#favicon', HTMLLinkElement);
    icon.href = icon.href.replace(/icon(-unread)?\.svg/, this.#unseen ? 'icon-unread.svg' : 'icon.svg');
  }

  #visibleNode() {
    const top = this.#box.getBoundingClientRect().top;
    return this.#nodes().find((node) => node.dataset.seq && node.getBoundingClientRect().bottom > top);
  }
}
