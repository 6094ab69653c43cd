// Emoji by name: what begins like `:tad` is offered, `:tada:` becomes 🎉, and a sheet shows all of them. Loaded when it is asked for.
import { EMOJI_GROUPS } from './emoji_table.js';
import { find, isComposing, typeInto } from './page.js';
import { Suggestions } from './suggestions.js';

const MOST = 8;
const ALL = Object.entries(EMOJI_GROUPS).map(([group, entries]) => ({ group, emojis: entries.split('|').map(parsed) }));
const BY_NAME = new Map(ALL.flatMap(({ emojis }) => emojis.flatMap(({ emoji, names }) => names.map((name) => [name, emoji]))));

/** @typedef {{ emoji: string, names: string[] }} Named */

/** @param {string} entry */
function parsed(entry) {
  const [emoji = '', names = ''] = entry.split(' ');
  return { emoji, names: names.split(',') };
}

/**
 * The name that is begun, or was just closed, at the end of `before`; null where none is, and inside of code.
 * @param {string} before
 */
export function typedName(before) {
  const match = /(?:^|[^\w:]):([\w+'’&.-]{1,60})(:?)$/.exec(before);
  const isCode = ((before.split('\n').at(-1) ?? '').match(/`/g)?.length ?? 0) % 2 > 0 || (before.match(/^```/gm)?.length ?? 0) % 2 > 0;
  if (!match || isCode || (!match[2] && (match[1] ?? '').length < 2)) return null;
  return { name: (match[1] ?? '').toLowerCase(), isClosed: match[2] === ':' };
}

/** @param {string} name */
export const emojiNamed = (name) => BY_NAME.get(name);

/**
 * Those of which a name begins so come first, then those that have it in a name.
 * @param {string} typed
 * @returns {Named[]}
 */
export function matching(typed) {
  const wanted = typed.trim().toLowerCase().replaceAll(' ', '_').replaceAll(':', '');
  const all = ALL.flatMap(({ emojis }) => emojis);
  const first = all.filter(({ names }) => names.some((name) => name.startsWith(wanted)));
  return [...first, ...all.filter((named) => !first.includes(named) && named.names.some((name) => name.includes(wanted)))];
}

/** Offers names in a listbox above the field: arrows, Enter or Tab, Escape. */
export class EmojiNames {
  #field;
  #suggestions;
  #length = 0;

  /** @param {HTMLTextAreaElement} field */
  constructor(field) {
    this.#field = field;
    this.#suggestions = new Suggestions(field, find('#suggest-named'), ({ dataset }) => this.#complete(dataset.emoji ?? ''));
    field.addEventListener('blur', () => this.hide());
    field.addEventListener('click', () => this.hide());
  }

  /** @param {Event} event what was typed; what was undone isn't replaced again */
  look(event) {
    const field = this.#field;
    const typed = document.activeElement === field ? typedName(field.value.slice(0, field.selectionStart)) : null;
    const fitting = typed && !typed.isClosed ? matching(typed.name).slice(0, MOST) : [];
    const emoji = typed?.isClosed ? emojiNamed(typed.name) : undefined;
    this.#length = typed ? typed.name.length + 1 + Number(typed.isClosed) : 0;
    if (emoji && event instanceof InputEvent && event.inputType === 'insertText') this.#complete(emoji);
    else if (fitting.length) this.#suggestions.show(fitting.map(drawOption));
    else this.hide();
  }

  hide() {
    this.#suggestions.hide();
  }

  /** @param {string} emoji */
  #complete(emoji) {
    const end = this.#field.selectionStart;
    this.hide();
    typeInto(this.#field, emoji, end - this.#length, end);
  }
}

/**
 * @param {Named} named
 * @param {number} index
 */
function drawOption({ emoji, names }, index) {
  const row = document.createElement('div');
  row.className = 'menu-row';
  row.id = `suggest-named-${index}`;
  row.dataset.emoji = emoji;
  row.setAttribute('role', 'option');
  row.textContent = `${emoji} :${names[0]}:`;
  return row;
}

/** All emoji by groups in the sheet of the composer, with a field to search them; arrows go through what is shown. */
export class EmojiSheet {
  #sheet = find('#emojis');
  #search = find('#emoji-search', HTMLInputElement);
  #shown = find('#emoji-shown');
  #few = [...this.#shown.children];

  constructor() {
    this.#search.addEventListener('input', () => this.#draw());
    this.#sheet.addEventListener('keydown', (event) => this.#onKey(event));
    const menu = find('#emoji-menu', HTMLDetailsElement);
    menu.addEventListener('toggle', () => { if (menu.open) this.#open(); });
    if (menu.open) this.#open();
  }

  #open() {
    this.#search.value = '';
    this.#draw();
    if (matchMedia('(hover: hover)').matches) this.#search.focus(); // elsewhere a keyboard would come up
  }

  #draw() {
    const typed = this.#search.value.trim();
    if (typed) {
      const hits = matching(typed);
      this.#shown.replaceChildren(...hits.map(drawEmoji));
      find('#emoji-none').hidden = hits.length > 0;
    } else {
      this.#shown.replaceChildren(...this.#few, ...ALL.flatMap(({ group, emojis }) => [this.#title(group), ...emojis.map(drawEmoji)]));
      find('#emoji-none').hidden = true;
    }
    this.#stopAt(this.#buttons()[0]);
    this.#shown.scrollTop = 0;
  }

  /** @param {string} group */
  #title(group) {
    const title = document.createElement('p');
    title.textContent = this.#shown.dataset[group] ?? '';
    return title;
  }

  #buttons() {
    return [...this.#shown.querySelectorAll('button')];
  }

  /**
   * Of all of them one is a stop of Tab.
   * @param {HTMLButtonElement} [button]
   */
  #stopAt(button) {
    for (const other of this.#shown.querySelectorAll('button:not([tabindex="-1"])')) other.setAttribute('tabindex', '-1');
    button?.setAttribute('tabindex', '0');
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (isComposing(event)) return;
    const isSearch = event.target === this.#search;
    const buttons = this.#buttons();
    const here = buttons.findIndex((button) => button === event.target);
    if (isSearch && event.key === 'Enter') {
      event.preventDefault(); // the field is in the form of the message
      if (this.#search.value) buttons[0]?.click();
      return;
    }
    const next = isSearch ? (event.key === 'ArrowDown' ? buttons[0] : undefined) : neighbour(buttons, here, event.key);
    if (!next && !(event.key === 'ArrowUp' && here >= 0)) return;
    event.preventDefault();
    event.stopPropagation(); // the menu's own arrows go one by one
    if (next) this.#stopAt(next);
    (next ?? this.#search).focus();
  }
}

/**
 * Where a key leads from a button; upwards of the first row nowhere.
 * @param {HTMLButtonElement[]} buttons
 * @param {number} here
 * @param {string} key
 */
function neighbour(buttons, here, key) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (step) return buttons[here + step];
  if (key === 'Home' || key === 'End') return buttons.at(key === 'Home' ? 0 : -1);
  const own = buttons[here];
  if (!own || !['ArrowUp', 'ArrowDown'].includes(key)) return undefined;
  const others = key === 'ArrowDown' ? buttons.slice(here + 1) : buttons.slice(0, here).reverse();
  const row = others.find((button) => button.offsetTop !== own.offsetTop)?.offsetTop;
  const beside = others.filter((button) => button.offsetTop === row);
  return beside.sort((first, second) => Math.abs(first.offsetLeft - own.offsetLeft) - Math.abs(second.offsetLeft - own.offsetLeft))[0];
}

/** @param {Named} named */
function drawEmoji({ emoji, names }) {
  const button = document.createElement('button');
  button.type = 'button';
  button.value = emoji;
  button.textContent = emoji;
  button.title = `:${names[0]}:`;
  button.tabIndex = -1;
  return button;
}
