// What fits what is typed: a listbox at the field, which keeps the focus. Arrows, Enter or Tab, Escape; or the pointer.
import { isComposing } from './page.js';

export class Suggestions {
  #field;
  #box;
  #complete;
  #onHide;
  #chosen = -1;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {HTMLElement} box
   * @param {(option: HTMLElement) => void} complete what choosing does
   * @param {() => void} [onHide]
   */
  constructor(field, box, complete, onHide = () => {}) {
    this.#field = field;
    this.#box = box;
    this.#complete = complete;
    this.#onHide = onHide;
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', box.id);
    field.addEventListener('keydown', (event) => this.#onKey(event), true); // before the page's own keys
    box.addEventListener('mousedown', (event) => event.preventDefault());
    box.addEventListener('click', ({ target }) => {
      const option = target instanceof Element ? target.closest('[role="option"]') : null;
      if (option instanceof HTMLElement) this.#choose(option);
    });
  }

  /**
   * @param {HTMLElement[]} options each with an id
   * @param {number} [first] chosen at once; with -1 Enter means what it always does, until one is walked to
   */
  show(options, first = 0) {
    this.#box.replaceChildren(...options);
    this.#box.hidden = false;
    this.#field.setAttribute('aria-controls', this.#box.id);
    this.#field.removeAttribute('aria-activedescendant');
    this.#chosen = -1;
    if (first >= 0) this.#walkTo(first);
  }

  hide() {
    if (this.#box.hidden) return;
    this.#box.hidden = true;
    this.#field.removeAttribute('aria-activedescendant');
    this.#onHide();
  }

  /** @param {number} index */
  #walkTo(index) {
    const options = [...this.#box.children];
    this.#chosen = (index + options.length) % options.length;
    options.forEach((node, at) => node.setAttribute('aria-selected', String(at === this.#chosen)));
    options[this.#chosen]?.scrollIntoView({ block: 'nearest' });
    this.#field.setAttribute('aria-activedescendant', options[this.#chosen]?.id ?? '');
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.#box.hidden || isComposing(event)) return;
    const option = this.#box.children[this.#chosen];
    if (event.key === 'ArrowDown') this.#walkTo(this.#chosen + 1);
    else if (event.key === 'ArrowUp') this.#walkTo(Math.max(this.#chosen, 0) - 1);
    else if ((event.key === 'Enter' || event.key === 'Tab') && option instanceof HTMLElement) this.#choose(option);
    else if (event.key === 'Escape') this.hide();
    else {
      if (event.key === 'Enter') this.hide();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {HTMLElement} option */
  #choose(option) {
    this.hide();
    this.#complete(option);
  }
}
