// What one does with a message: react, reply, edit, delete, link; a tap shows the row of actions on touch screens. With one that
// the server doesn't have yet: try again, or delete.
import { chatData, draw, drawUnsent, escaped, person, words } from './chat_view.js';
import { close } from './menu.js';
import { announce, closest, find, cloneTemplate, isComposing } from './page.js';

/** @typedef {import('./chat_outbox.js').Entry} Entry */

const SLOW = 2000; // milliseconds after which it is said that a message is still on its way
const LONG = 500; // milliseconds after which a press is a long one
const NOT_TAPPED = 'a, button, summary, input, .tools, .floating';

export class Actions {
  #list = find('#messages');
  #call;
  #thread;
  #composer;

  /**
   * @param {object} given
   * @param {import('./api.js').Call} given.call
   * @param {import('./chat_thread.js').Thread} given.thread
   * @param {import('./chat_compose.js').Composer} given.composer
   */
  constructor({ call, thread, composer }) {
    this.#call = call;
    this.#thread = thread;
    this.#composer = composer;
  }

  start() {
    this.#list.addEventListener('click', (event) => this.#onClick(event));
    this.#list.addEventListener('submit', (event) => this.#onSubmit(event));
    this.#list.addEventListener('pointerup', (event) => this.#onTap(event));
    this.#list.addEventListener('pointerdown', tellReactors);
    document.addEventListener('click', (event) => {
      if (!closest(event, '.floating, [data-do="react"]')) this.#closePicker();
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !isComposing(event)) this.#closePicker(true);
    });
  }

  /** @param {Event} event */
  #onClick(event) {
    const action = closest(event, '[data-do]');
    const node = closest(event, '.message');
    if (!action || !node || action.tagName === 'FORM') return;
    const menu = closest(event, 'details[data-menu]', HTMLDetailsElement);
    if (menu) close(menu);
    const what = action.dataset.do;
    event.preventDefault();
    if (what === 'link' && action instanceof HTMLAnchorElement) this.#copy(node, action.href);
    if (what === 'react') this.#openPicker(node);
    if (what === 'reply') this.#reply(node);
    if (what === 'edit') this.#edit(Number(node.dataset.seq));
  }

  /**
   * Where nothing can be copied, the address of the page becomes the link.
   * @param {HTMLElement} node the message
   * @param {string} href
   */
  async #copy(node, href) {
    try {
      await navigator.clipboard.writeText(href);
    } catch {
      location.assign(href);
      return;
    }
    const line = cloneTemplate('copied');
    find('.content', HTMLElement, node).append(line);
    announce(line.textContent?.trim() ?? '');
    setTimeout(() => line.remove(), 3000);
  }

  /** @param {HTMLElement} node the message */
  #reply(node) {
    const [name, text] = ['.author', '.text'].map((part) => find(part, HTMLElement, node).textContent ?? '');
    this.#composer.replyMode(node.dataset.id ?? '', name ?? '', text?.slice(0, 140) ?? '');
  }

  /** @param {number} seq */
  async #edit(seq) {
    const message = await this.#thread.refresh(seq);
    if (message && !message.deleted_at) this.#composer.editMode(message);
  }

  /** @param {SubmitEvent} event */
  async #onSubmit(event) {
    const form = event.target;
    const node = closest(event, '.message');
    if (!(form instanceof HTMLFormElement) || !node) return;
    const reacts = form.action.endsWith('/react');
    if (!reacts && form.dataset.do !== 'delete') return;
    event.preventDefault();
    const message = `${this.#thread.path}/messages/${node.dataset.id}`;
    try {
      if (reacts) {
        const data = new FormData(form, event.submitter);
        this.#closePicker(true);
        const emoji = encodeURIComponent(String(data.get('emoji')));
        await this.#call(data.get('on') === '1' ? 'PUT' : 'DELETE', `${message}/reactions/${emoji}`);
      } else {
        if (!confirm(words().delete)) return;
        await this.#call('DELETE', message);
      }
      await this.#thread.refresh(Number(node.dataset.seq));
    } catch (error) {
      sayFailed(node, error instanceof Error ? error.message : '');
    }
  }

  /** @param {PointerEvent} event */
  #onTap(event) {
    if (event.pointerType !== 'touch' || closest(event, NOT_TAPPED, Element)) return;
    const node = closest(event, '.message');
    for (const open of this.#list.querySelectorAll('.message.open')) if (open !== node) open.classList.remove('open');
    node?.classList.toggle('open');
  }

  /** @param {HTMLElement} node the message */
  #openPicker(node) {
    this.#closePicker();
    const picker = cloneTemplate('picker');
    picker.classList.add('floating');
    node.append(picker);
    const box = find('#thread').getBoundingClientRect();
    picker.classList.toggle('above', picker.getBoundingClientRect().bottom > box.bottom);
    find('button', HTMLElement, picker).focus();
  }

  /** @param {boolean} [focus] whether the button that opened it gets the focus */
  #closePicker(focus = false) {
    const open = this.#list.querySelector('.floating');
    const back = open?.closest('.message')?.querySelector('[data-do="react"]');
    open?.remove();
    if (focus && back instanceof HTMLElement) back.focus();
  }
}

/**
 * A long press on a reaction tells who reacted, and reacts to nothing.
 * @param {PointerEvent} event
 */
function tellReactors(event) {
  for (const told of document.querySelectorAll('.reaction.told')) told.classList.remove('told');
  const button = closest(event, 'button.reaction');
  if (event.pointerType === 'mouse' || !button) return;
  const pressed = new AbortController();
  const { signal } = pressed;
  const timer = setTimeout(() => {
    button.classList.add('told');
    button.addEventListener('click', (click) => click.preventDefault(), { once: true, signal });
  }, LONG);
  signal.addEventListener('abort', () => clearTimeout(timer));
  button.addEventListener('contextmenu', (menu) => menu.preventDefault(), { signal });
  for (const kind of ['pointerup', 'pointercancel']) button.addEventListener(kind, () => setTimeout(() => pressed.abort(), 100), { signal });
}

/**
 * For six seconds.
 * @param {HTMLElement} node the message
 * @param {string} why
 */
function sayFailed(node, why) {
  const line = drawUnsent(why, false);
  line.setAttribute('role', 'alert');
  find('.content', HTMLElement, node).append(line);
  setTimeout(() => line.remove(), 6000);
}

/**
 * Messages that the server doesn't have yet, as Outbox wants them shown: in second colour, below what it has.
 */
export class PendingMessagesView {
  /** @type {Map<string, { node: HTMLElement, slow?: ReturnType<typeof setTimeout> }>} by key */
  #shown = new Map();
  #thread;
  #retry;
  #discard;

  /**
   * @param {object} given
   * @param {import('./chat_thread.js').Thread} given.thread
   * @param {(entry: Entry) => void} given.retry
   * @param {(entry: Entry) => void} given.discard
   */
  constructor({ thread, retry, discard }) {
    this.#thread = thread;
    this.#retry = retry;
    this.#discard = discard;
  }

  /** @param {Entry} entry */
  show({ key, text, at, files = [] }) {
    const { me } = chatData();
    const author = { account_id: me, name: words().you ?? '', role: person(me)?.role ?? 'member', via: 'webtop' };
    const node = draw({ kind: 'text', author, html: text && escaped(text), created_at: at, reactions: [], files: files.map((file) => ({ ...file, state: 'checking' })) });
    node.classList.add('pending');
    this.#shown.set(key, { node });
    this.#thread.append(node);
  }

  /** @param {Entry} entry */
  sending(entry) {
    this.#line(entry)?.replaceChildren();
    const shown = this.#shown.get(entry.key);
    if (shown) shown.slow = setTimeout(() => this.#saySending(), SLOW);
  }

  /** Once, below the last that is on its way, however many are. */
  #saySending() {
    const places = [...this.#shown.values()].filter(({ slow }) => slow).map(({ node }) => find('.reactions', HTMLElement, node));
    for (const place of places) place.replaceChildren();
    places.at(-1)?.append(cloneTemplate('sending'));
  }

  /**
   * Said once, however often it is tried again by itself.
   * @param {Entry} entry
   * @param {string} why
   */
  failed(entry, why) {
    const place = this.#line(entry);
    const line = drawUnsent(why && `${words().refused} ${why}`, true);
    if (!place || place.querySelector('.unsent .why')?.textContent === find('.why', HTMLElement, line).textContent) return;
    find('.again', HTMLElement, line).addEventListener('click', () => this.#retry(entry));
    find('.drop', HTMLElement, line).addEventListener('click', () => {
      this.#discard(entry);
      find('#text').focus();
    });
    line.setAttribute('role', 'alert');
    place.replaceChildren(line);
  }

  /** @param {Entry} entry */
  remove(entry) {
    this.#line(entry);
    this.#shown.get(entry.key)?.node.remove();
    this.#shown.delete(entry.key);
    this.#thread.arrange();
  }

  /**
   * Where it is said how it fares; what was to be said there later isn't any more.
   * @param {Entry} entry
   */
  #line({ key }) {
    const shown = this.#shown.get(key);
    clearTimeout(shown?.slow);
    delete shown?.slow;
    return shown && find('.reactions', HTMLElement, shown.node);
  }
}
