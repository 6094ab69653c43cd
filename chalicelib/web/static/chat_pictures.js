// Pictures large: one after the other, by keys, buttons and swiping. Without it a picture is a link.
import { closest, find, isComposing } from './page.js';

const SWIPE = 50; // pixels

export class PictureViewer {
  #dialog = find('#viewer', HTMLDialogElement);
  #image = find('#viewer img', HTMLImageElement);
  /** @type {HTMLAnchorElement | null} */
  #shown = null;
  #from = 0;

  start() {
    find('#messages').addEventListener('click', (event) => {
      const link = closest(event, '.files .picture', HTMLAnchorElement);
      if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.#show(link);
      this.#dialog.showModal();
    });
    this.#dialog.addEventListener('keydown', (event) => {
      if (isComposing(event)) return;
      if (event.key === 'ArrowLeft') this.#step(-1);
      if (event.key === 'ArrowRight') this.#step(1);
    });
    this.#dialog.addEventListener('click', (event) => {
      const button = closest(event, '[data-step]');
      if (button) this.#step(Number(button.dataset.step));
      else if (event.target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener('pointerdown', ({ clientX }) => { this.#from = clientX; });
    this.#dialog.addEventListener('pointerup', ({ clientX, pointerType }) => {
      const way = clientX - this.#from;
      if (pointerType !== 'mouse' && Math.abs(way) > SWIPE) this.#step(way < 0 ? 1 : -1);
    });
    this.#dialog.addEventListener('close', () => this.#shown?.focus());
  }

  /** @param {number} by */
  #step(by) {
    const all = pictures();
    const next = this.#shown ? all[all.indexOf(this.#shown) + by] : undefined;
    if (next) this.#show(next);
  }

  /** @param {HTMLAnchorElement} link */
  #show(link) {
    this.#shown = link;
    const small = find('img', HTMLImageElement, link);
    const id = link.closest('[data-file]')?.getAttribute('data-file') ?? '';
    this.#image.src = `/api/v1/files/${id}?inline=1`;
    this.#image.alt = small.alt;
    find('#viewer .name', HTMLAnchorElement).textContent = link.closest('[data-file]')?.querySelector('.name')?.textContent ?? '';
    find('#viewer .name', HTMLAnchorElement).href = link.href;
    const all = pictures();
    find('#viewer [data-step="-1"]', HTMLButtonElement).disabled = all[0] === link;
    find('#viewer [data-step="1"]', HTMLButtonElement).disabled = all.at(-1) === link;
  }
}

/** @returns {HTMLAnchorElement[]} those on the page, in order */
function pictures() {
  return [...document.querySelectorAll('#messages .files .picture')].filter((link) => link instanceof HTMLAnchorElement);
}
