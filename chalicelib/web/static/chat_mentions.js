// Completion of @names: a listbox above the field; arrows, Enter or Tab, Escape.
import { chatData, drawPicture, roster } from './chat_view.js';
import { closest, find, isComposing, typeInto } from './page.js';

const MOST = 6;

export class Mentions {
  #box = find('#suggest');
  #field;
  #start = -1;
  #chosen = 0;

  /** @param {HTMLTextAreaElement} field */
  constructor(field) {
    this.#field = field;
  }

  start() {
    const [field, box] = [this.#field, this.#box];
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', box.id);
    field.addEventListener('input', () => this.#look());
    field.addEventListener('click', () => this.#look());
    field.addEventListener('blur', () => setTimeout(() => this.hide(), 150));
    field.addEventListener('keydown', (event) => this.#onKey(event));
    box.addEventListener('mousedown', (event) => event.preventDefault());
    box.addEventListener('click', (event) => {
      const option = closest(event, '[role="option"]');
      if (option) this.#complete(option);
    });
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
    this.#box.replaceChildren(...fitting.map(drawOption));
    this.#box.hidden = false;
    this.#choose(0);
  }

  /** @param {number} index */
  #choose(index) {
    const options = [...this.#box.children];
    this.#chosen = (index + options.length) % options.length;
    options.forEach((node, n) => node.setAttribute('aria-selected', String(n === this.#chosen)));
    this.#field.setAttribute('aria-activedescendant', options[this.#chosen]?.id ?? '');
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.#box.hidden || isComposing(event)) return;
    const chosen = this.#box.children[this.#chosen];
    if (event.key === 'ArrowDown') this.#choose(this.#chosen + 1);
    else if (event.key === 'ArrowUp') this.#choose(this.#chosen - 1);
    else if (event.key === 'Escape') this.hide();
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen instanceof HTMLElement) this.#complete(chosen);
    else return;
    event.preventDefault();
  }

  /** @param {HTMLElement} option */
  #complete(option) {
    this.hide();
    typeInto(this.#field, `@${option.dataset.name} `, this.#start, this.#field.selectionStart);
  }

  hide() {
    this.#box.hidden = true;
    this.#field.removeAttribute('aria-activedescendant');
  }
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
function drawOption({ name, initials, tint, role, organization, picture }, index) {
  const row = document.createElement('div');
  row.className = 'menu-row';
  row.id = `suggest-${index}`;
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
  text.textContent = organization ? `${name}, ${organization}` : name;
  row.append(avatar, text);
  return row;
}
