// The composer: hands messages to the outbox, keeps drafts, counts, mentions, replies and edits.
import { Refused } from './api.js';
import { Mentions, namesIn } from './chat_mentions.js';
import { drawUnsent, person, words } from './chat_view.js';
import { ChatDrafts } from './drafts.js';
import { closest, find, isComposing, typeInto } from './page.js';

const LIMIT = 4000;

/** @typedef {import('./chat_mentions.js').PickedName} PickedName */

export class Composer {
  #form = find('#compose', HTMLFormElement);
  #field = find('#text', HTMLTextAreaElement);
  #button = find('#send', HTMLButtonElement);
  #about = find('#about');
  #replyTo = find('#reply-to', HTMLInputElement);
  #error = find('#text-error');
  #mentions = new Mentions(this.#field, () => this.#onInput());
  #words = words();
  /** @type {{ id: string, text: string, draft?: string, names?: PickedName[] } | null} the message that is edited, and what stood in the field before */
  #editing = null;
  #drafts;
  #call;
  #outbox;
  #thread;
  #typing;
  #files;
  /** @type {boolean} to be sent as soon as its files are in the store */
  #waits = false;

  /**
   * @param {object} given
   * @param {string} given.chatId
   * @param {import('./api.js').Call} given.call
   * @param {import('./account_storage.js').AccountStorage} given.storage
   * @param {import('./chat_outbox.js').Outbox} given.outbox
   * @param {import('./chat_thread.js').Thread} given.thread
   * @param {import('./chat_files.js').ChosenFiles} given.files
   * @param {() => void} given.typing tells the others that somebody writes
   */
  constructor({ chatId, call, storage, outbox, thread, files, typing }) {
    this.#drafts = new ChatDrafts(storage, chatId);
    this.#call = call;
    this.#outbox = outbox;
    this.#thread = thread;
    this.#typing = typing;
    this.#files = files;
  }

  start() {
    const field = this.#field;
    if (!field.value) field.value = this.#drafts.read();
    this.#pick(this.#drafts.names());
    this.#drafts.onRemoved(window, (text) => { if (!this.#editing && field.value === text) this.#setText(''); });
    const edited = this.#form.action.match(/\/messages\/([^/]+)\/edit$/)?.[1];
    if (edited) this.#editing = { id: edited, text: field.value };
    this.#field.required = false; // files need no words; nothing at all isn't sent
    this.#files.start();
    this.#mentions.start(); // first, so that Enter completes a name before it sends
    field.addEventListener('input', () => this.#onInput());
    field.addEventListener('keydown', (event) => this.#onKey(event));
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    find('#about-close').addEventListener('click', (event) => {
      event.preventDefault();
      this.#cancel();
    });
    find('#emojis').addEventListener('click', (event) => {
      const emoji = closest(event, 'button', HTMLButtonElement)?.value;
      if (!emoji) return;
      this.#insert(emoji);
      find('#emoji-menu', HTMLDetailsElement).open = false;
    });
    const wrong = document.querySelector('[aria-invalid="true"]');
    const row = rowOfPanel();
    if (wrong instanceof HTMLElement) wrong.focus();
    else if (row) row.focus();
    else if (canHover() && !cameForPeople()) field.focus({ preventScroll: true });
    this.#onInput();
  }

  focus() {
    this.#field.focus();
  }

  /** A file came, went, or is in the store: what waited for it goes now. */
  onFiles() {
    if (!this.#waits || this.#files.isBusy) return;
    this.#waits = false;
    find('#left').textContent = '';
    if (this.#files.isReady) this.#submit();
  }

  /**
   * What is written next answers this message.
   * @param {string} id
   * @param {string} name of its author
   * @param {string} text its beginning
   */
  replyMode(id, name, text) {
    this.#leaveMode();
    this.#replyTo.value = id;
    this.#replyTo.disabled = false;
    this.#showMode(name, text);
  }

  /** @param {Pick<Message, 'id' | 'text' | 'mentions'>} message */
  editMode({ id, text, mentions = [] }) {
    this.#leaveMode();
    this.#editing = { id, text, draft: this.#field.value, names: this.#mentions.picked.names() };
    this.#setText(this.#drafts.edit(id) ?? text);
    this.#pick(namesIn(this.#field.value, mentions, (account) => person(account)?.name));
    this.#showMode('', this.#words.editing ?? '');
    this.#setLabel(this.#words.save, 'check');
    document.querySelector(`#messages [data-id="${CSS.escape(id)}"]`)?.classList.add('edited-now');
    this.#onInput();
  }

  /** @param {string} text */
  #insert(text) {
    typeInto(this.#field, text);
  }

  /**
   * Instead of all that is there. Where one isn't writing, the focus stays.
   * @param {string} text
   */
  #setText(text) {
    const field = this.#field;
    if (document.activeElement === field) typeInto(field, text, 0, field.value.length);
    else field.value = text;
    this.#mentions.hide(); // nobody types a name here
    this.#onInput();
  }

  /** @param {PickedName[]} [names] who is picked in what the field holds now */
  #pick(names = []) {
    this.#mentions.picked.restart(this.#field.value, names);
  }

  #onInput() {
    const { value, style, selectionStart } = this.#field;
    this.#mentions.picked.follow(value, selectionStart);
    const over = [...value].length - LIMIT;
    find('#left').textContent = over > 0 ? `${over} ${this.#words.left}` : '';
    this.#button.disabled = over > 0;
    if (this.#editing) this.#drafts.keepEdit(this.#editing, value);
    else this.#drafts.keep(value, this.#mentions.picked.names());
    if (value) this.#typing();
    if (!CSS.supports('field-sizing', 'content')) {
      style.height = 'auto';
      style.height = `${this.#field.scrollHeight}px`;
    }
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.defaultPrevented || isComposing(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && canHover()) {
      event.preventDefault();
      if (!this.#button.disabled) this.#submit();
    } else if (event.key === 'Escape' && !this.#about.hidden) {
      this.#cancel();
    } else if (event.key === 'ArrowUp' && !this.#field.value) {
      const mine = [...document.querySelectorAll('#messages .message.mine:not(.pending) [data-do="edit"]')].at(-1);
      if (mine instanceof HTMLElement) mine.click();
    }
  }

  #submit() {
    const text = this.#field.value.trim();
    this.#error.replaceChildren();
    if (this.#editing) {
      this.#saveEdit(this.#editing.id, text);
      return;
    }
    if (!text && !this.#files.count) return;
    this.#waits = this.#files.isBusy;
    if (!this.#files.isReady) {
      find('#left').textContent = this.#waits ? this.#words.fileWaits ?? '' : '';
      return;
    }
    if (!this.#outbox.add(text, this.#replyTo.disabled ? undefined : this.#replyTo.value, this.#files.take(), this.#mentions.picked.ids())) {
      this.#refuse(this.#words.full ?? '');
      return;
    }
    this.#leaveMode();
    this.#setText('');
    this.#thread.scrollToEnd();
  }

  #cancel() {
    if (this.#editing) this.#drafts.dropEdit(this.#editing.id);
    this.#leaveMode();
  }

  /**
   * @param {string} id
   * @param {string} text
   */
  async #saveEdit(id, text) {
    this.#button.setAttribute('aria-busy', 'true');
    try {
      const message = await this.#call('PATCH', `${this.#thread.path}/messages/${id}`, { text, mentions: this.#mentions.picked.ids() });
      this.#thread.upsert([message], { quiet: true });
      this.#cancel();
    } catch (error) {
      this.#refuse(error instanceof Refused ? error.message : '');
    }
    this.#button.removeAttribute('aria-busy');
  }

  /** @param {string} why */
  #refuse(why) {
    this.#error.replaceChildren(drawUnsent(why, false));
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  #showMode(name, text) {
    const line = document.createElement('span');
    const bold = document.createElement('b');
    bold.textContent = name;
    line.append(bold, ` ${text}`);
    find('p', HTMLElement, this.#about).replaceChildren(line);
    this.#about.hidden = false;
    this.#field.focus();
  }

  #leaveMode() {
    const edited = this.#editing;
    this.#editing = null;
    if (edited) {
      const names = edited.names ?? this.#drafts.names();
      this.#setText(edited.draft ?? this.#drafts.read());
      this.#pick(names);
    }
    this.#replyTo.value = '';
    this.#replyTo.disabled = true;
    this.#about.hidden = true;
    this.#setLabel(this.#words.send, 'send');
    document.querySelector('.edited-now')?.classList.remove('edited-now');
    this.#onInput();
  }

  /**
   * @param {string | undefined} label of the button that sends
   * @param {string} icon
   */
  #setLabel(label, icon) {
    find('span', HTMLElement, this.#button).textContent = label ?? '';
    find('use', SVGUseElement, this.#button).setAttribute('href', `#i-${icon}`);
  }
}

/** The row of an invitation where a button of the panel was pressed. */
function rowOfPanel() {
  return location.hash.startsWith('#i-') ? document.getElementById(location.hash.slice(1)) : null;
}

/** Whose next key isn't for a message. */
function cameForPeople() {
  return new URLSearchParams(location.search).get('people') === '1';
}

/** A mouse and, so we take it, a keyboard of its own. */
function canHover() {
  return matchMedia('(hover: hover)').matches;
}
