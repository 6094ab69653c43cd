// What is written and not sent: of one chat, and where it is said in the lists. This browser alone keeps it; see account_storage.js.

const LONGEST = 160;
const NEW_CHAT = 'draft:new-chat';
const OF_ROWS = ['email', 'invitee_name', 'locale', 'history', 'history_last', 'history_since'];
const OF_PAGE = ['account', 'key', 'workspace_id'];

/** @param {import('./account_storage.js').AccountStorage} storage */
export function startDrafts(storage) {
  const mark = () => {
    for (const row of document.querySelectorAll('[data-draft] [data-chat]:not([aria-current])')) {
      if (row instanceof HTMLElement) markRow(row, draftOf(storage.read(`draft:${row.dataset.chat}`)));
    }
  };
  mark();
  if (/^\/chats\/(?!new$)\w+$/.test(location.pathname) && storage.read(NEW_CHAT)?.sent) storage.remove(NEW_CHAT);
  addEventListener('chats:renewed', mark);
  addEventListener('pageshow', mark); // Back shows the list as it was
}

/**
 * One line of it; empty where there is nothing to be seen.
 * @param {unknown} kept
 */
export function draftOf(kept) {
  return typeof kept === 'string' ? kept.trim().replaceAll(/\s+/g, ' ').slice(0, LONGEST) : '';
}

/**
 * @param {HTMLElement} row
 * @param {string} draft
 */
function markRow(row, draft) {
  const word = row.closest('[data-draft]')?.getAttribute('data-draft') ?? '';
  row.querySelector('.draft')?.remove();
  const place = row.querySelector('.what') ?? row.querySelector('.name');
  if (!draft || !place) return;
  const mark = document.createElement('span');
  mark.className = 'draft';
  mark.textContent = word;
  if (place.matches('.what')) place.replaceChildren(mark, ` ${draft}`);
  else place.after(mark);
}

/** @typedef {import('./chat_mentions.js').PickedName} PickedName */

/** Of one chat: the draft, who is picked in it, and edits that aren't saved. */
export class ChatDrafts {
  #storage;
  #name;
  #names;
  #kept = '';

  /**
   * @param {import('./account_storage.js').AccountStorage} storage
   * @param {string} chatId
   */
  constructor(storage, chatId) {
    this.#storage = storage;
    this.#name = `draft:${chatId}`;
    this.#names = `${this.#name}:names`;
  }

  /** @returns {string} */
  read() {
    return this.#storage.read(this.#name) ?? '';
  }

  /** @returns {PickedName[]} */
  names() {
    return this.#storage.read(this.#names) ?? [];
  }

  /**
   * @param {string} text
   * @param {PickedName[]} names
   */
  keep(text, names) {
    if (text) this.#storage.keep(this.#name, text);
    else if (this.read() !== this.#kept) return; // another tab's by now
    else this.#storage.remove(this.#name);
    this.#kept = text;
    if (names.length) this.#storage.keep(this.#names, names);
    else this.#storage.remove(this.#names);
  }

  /**
   * Calls back with the draft that another tab sent or took back: it isn't to be sent from here once more.
   * @param {EventTarget} page
   * @param {(text: string) => void} callback
   */
  onRemoved(page, callback) {
    this.#storage.onRemoved(page, (name) => { if (name === this.#name) callback(this.#kept); });
  }

  /**
   * What the edit of a message came to.
   * @param {string} id
   * @returns {string | undefined}
   */
  edit(id) {
    return this.#storage.read(this.#editOf(id));
  }

  /**
   * Outlives the page, and going on with something else.
   * @param {{ id: string, text: string }} message as it is
   * @param {string} text
   */
  keepEdit(message, text) {
    if (text === message.text) this.dropEdit(message.id);
    else this.#storage.keep(this.#editOf(message.id), text);
  }

  /** @param {string} id */
  dropEdit(id) {
    this.#storage.remove(this.#editOf(id));
  }

  /** @param {string} id */
  #editOf(id) {
    return `${this.#name}:edit:${id}`;
  }
}

/** What stands in the form of a new chat, until the chat is there. */
export class NewChatDraft {
  #storage;
  #form;

  /**
   * @param {import('./account_storage.js').AccountStorage} storage
   * @param {HTMLFormElement} form
   */
  constructor(storage, form) {
    this.#storage = storage;
    this.#form = form;
  }

  /** @param {boolean} [sent] it is on its way, and forgotten once a chat is shown */
  keep(sent = false) {
    const all = [...new FormData(this.#form)];
    const fields = all.filter(([name, value]) => typeof value === 'string' && name !== 'do' && !OF_PAGE.includes(name));
    const begun = fields.some(([name, value]) => ['email', 'address'].includes(name) && value);
    if (begun) this.#storage.keep(NEW_CHAT, { fields, sent });
    else this.#storage.remove(NEW_CHAT);
  }

  /** Puts back what stands beside the list, and answers what the server makes the rows of; null if nothing was begun. */
  restore() {
    /** @type {[string, string][] | undefined} */
    const kept = this.#storage.read(NEW_CHAT)?.fields;
    if (!kept?.length) return null;
    for (const [name, value] of kept) {
      const field = OF_ROWS.includes(name) ? null : this.#form.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) field.value = value;
    }
    const current = [...new FormData(this.#form)].filter(([name]) => OF_PAGE.includes(name));
    const rows = kept.filter(([name]) => OF_ROWS.includes(name));
    return new URLSearchParams([...current.map(([name, value]) => [name, String(value)]), ...rows, ['do', 'add']]);
  }
}
