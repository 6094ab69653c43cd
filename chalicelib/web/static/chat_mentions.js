// Completion of @names: a listbox above the field; arrows, Enter or Tab, Escape. Who was picked is sent along, for two may share a name.
import { chatData, drawPicture, roster, words } from './chat_view.js';
import { find, typeInto } from './page.js';
import { Suggestions } from './suggestions.js';

const MOST = 6;
const MOST_SENT = 20; // the API's

export class Mentions {
  #field;
  #suggestions;
  #start = -1;
  #onPicked;
  picked = new PickedNames();

  /**
   * @param {HTMLTextAreaElement} field
   * @param {() => void} onPicked
   */
  constructor(field, onPicked) {
    this.#field = field;
    this.#onPicked = onPicked;
    this.#suggestions = new Suggestions(field, find('#suggest'), (option) => this.#complete(option));
  }

  start() {
    const field = this.#field;
    field.addEventListener('input', () => this.#look());
    field.addEventListener('click', () => this.#look());
    field.addEventListener('blur', () => setTimeout(() => this.hide(), 150));
    find('#mention').addEventListener('click', () => this.#begin());
  }

  /** The button: an @ where one writes, apart from the word before it. */
  #begin() {
    const field = this.#field;
    const before = field.value.slice(0, field.selectionStart);
    typeInto(field, /\S$/.test(before) ? ' @' : '@');
  }

  #look() {
    const before = this.#field.value.slice(0, this.#field.selectionStart);
    const typed = begun(before);
    const { me } = chatData();
    const fitting = typed === null ? [] : roster().filter(({ id, name }) => id !== me && fits(name, typed)).slice(0, MOST);
    if (typed === null || !fitting.length) {
      this.hide();
      return;
    }
    this.#start = before.length - typed.length - 1;
    this.#suggestions.show(fitting.map(drawOption));
  }

  /** @param {HTMLElement} option */
  #complete(option) {
    const { id = '', name = '' } = option.dataset;
    const [start, end] = [this.#start, this.#field.selectionStart];
    typeInto(this.#field, `@${name} `, start, end);
    this.picked.follow(this.#field.value, this.#field.selectionStart);
    this.picked.add({ at: start, id, name });
    this.#onPicked();
  }

  hide() {
    this.#suggestions.hide();
  }
}

/**
 * @typedef {object} PickedName
 * @property {number} at where its @ stands
 * @property {string} id of the account
 * @property {string} name
 */

/** Who was picked, by where the name stands: it moves with the text before it, and goes once it is changed itself. */
export class PickedNames {
  #text = '';
  /** @type {PickedName[]} in the order of the text */
  #names = [];

  /**
   * What the field holds now: all that changed since is one piece.
   * @param {string} text
   * @param {number} [caret] where one writes; what follows it was there before
   */
  follow(text, caret = text.length) {
    const before = this.#text;
    const most = Math.min(before.length, text.length);
    const behind = sameAtEnd(before, text, Math.min(most, text.length - caret));
    let head = 0;
    while (head < most - behind && before[head] === text[head]) head += 1;
    const end = before.length - sameAtEnd(before, text, most - head);
    const moved = text.length - before.length;
    const moves = (/** @type {PickedName} */ name) => (name.at >= end ? { ...name, at: name.at + moved } : name);
    this.#text = text;
    this.#names = this.#names.filter(({ at, name }) => at + name.length + 1 <= head || at >= end).map(moves);
    this.#names = this.#names.filter((name) => this.#holds(name));
  }

  /** @param {PickedName} name */
  add(name) {
    if (this.#holds(name)) this.#names = [...this.#names, name].sort((first, second) => first.at - second.at);
  }

  /**
   * Another text, with those who are picked in it already.
   * @param {string} text
   * @param {PickedName[]} names
   */
  restart(text, names) {
    this.#text = text;
    this.#names = [];
    for (const name of names) this.add(name);
  }

  names() {
    return this.#names;
  }

  /** The accounts, in the order of their names; undefined where nobody was picked. */
  ids() {
    return this.#names.length ? this.#names.slice(0, MOST_SENT).map(({ id }) => id) : undefined;
  }

  /** @param {PickedName} name */
  #holds({ at, name }) {
    return stands(this.#text, name, at);
  }
}

/**
 * Whether this very name stands there, and not the beginning of a longer one.
 * @param {string} text
 * @param {string} name
 * @param {number} at
 */
function stands(text, name, at) {
  return text.startsWith(`@${name}`, at) && !/^[\p{L}\p{N}_]/u.test(text.slice(at + name.length + 1));
}

/**
 * How many characters both texts end with, at most `most`.
 * @param {string} first
 * @param {string} second
 * @param {number} most
 */
function sameAtEnd(first, second, most) {
  let count = 0;
  while (count < most && first.at(-1 - count) === second.at(-1 - count)) count += 1;
  return count;
}

/**
 * Those whom a message mentions, where their names stand in its text.
 * @param {string} text
 * @param {string[]} ids in the order of the names
 * @param {(id: string) => string | undefined} nameOf
 */
export function namesIn(text, ids, nameOf) {
  let from = 0;
  return ids.flatMap((id) => {
    const name = nameOf(id);
    if (!name) return [];
    let at = text.indexOf(`@${name}`, from);
    while (at >= 0 && !stands(text, name, at)) at = text.indexOf(`@${name}`, at + 1);
    if (at < 0) return [];
    from = at + name.length + 1;
    return [{ at, id, name }];
  });
}

/**
 * The name that is begun at the end of `before`, without its @; null if none is.
 * @param {string} before
 */
export function begun(before) {
  return before.match(/(?:^|\s)@([^\n@]{0,40})$/)?.[1] ?? null;
}

/**
 * Whether the name, or one of its parts, begins with what is typed.
 * @param {string} name
 * @param {string} typed
 */
export function fits(name, typed) {
  const [low, start] = [name.toLocaleLowerCase(), typed.toLocaleLowerCase()];
  return low.startsWith(start) || low.split(/\s+/).some((part) => part.startsWith(start));
}

/**
 * @param {Person} person
 * @param {number} index
 */
function drawOption(person, index) {
  const { id, name, initials, tint, role, picture } = person;
  const row = document.createElement('div');
  row.className = 'menu-row';
  row.id = `suggest-${index}`;
  row.dataset.id = id;
  row.dataset.name = name;
  row.setAttribute('role', 'option');
  const avatar = document.createElement('span');
  avatar.className = `avatar m tint-${tint}${role === 'external' ? ' outside' : ''}`;
  avatar.setAttribute('aria-hidden', 'true');
  const letters = document.createElement('span');
  letters.textContent = initials;
  avatar.append(letters);
  drawPicture(avatar, picture);
  const text = document.createElement('span');
  text.dir = 'auto';
  text.textContent = [name, ...about(person)].filter(Boolean).join(', ');
  row.append(avatar, text);
  return row;
}

/**
 * Where somebody is from; of two with one name all that tells them apart.
 * @param {Person} person
 */
function about({ name, role, via, organization, invited, joined }) {
  const same = roster().filter((other) => other.name.toLocaleLowerCase() === name.toLocaleLowerCase());
  if (same.length < 2) return [organization];
  const label = role === 'external' ? words()[`via${via.charAt(0).toUpperCase()}${via.slice(1)}`] : '';
  return [organization, label, invited, joined];
}
