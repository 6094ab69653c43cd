// Files of a message: a picture in its own place, anything else by name and size; what is being checked or blocked, said. Pictures
// large.
import { closest, cloneTemplate, find, isComposing } from './page.js';

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const SWIPE = 50; // pixels

/**
 * @param {HTMLElement} node the message
 * @param {MessageFile[]} files
 */
export function drawFiles(node, files) {
  const list = find('.files', HTMLElement, node);
  const shown = [...list.querySelectorAll('[data-file]')].map((item) => item.getAttribute('data-shown')).join(' ');
  if (shown === files.map(mark).join(' ')) return; // a picture that is there isn't loaded again
  list.replaceChildren(...files.map(drawFile));
}

/**
 * One that is ready, or blocked, in the message that the server has; before that nobody is given it.
 * @param {MessageFile} file
 */
export function updateFile(file) {
  for (const item of document.querySelectorAll(`.message:not(.pending) [data-file="${CSS.escape(file.id)}"]`)) item.replaceWith(drawFile(file));
}

/** @param {{ type?: string }} file */
export function isPicture({ type }) {
  return PICTURES.includes(type ?? '');
}

/** @param {number} size in bytes */
export function fileSize(size) {
  const [unit, divisor] = size < 1024 * 1024 ? ['kilobyte', 1024] : ['megabyte', 1024 * 1024];
  const number = new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: String(unit), maximumFractionDigits: 1 });
  return number.format(Math.max(0.1, size / Number(divisor)));
}

/** @param {MessageFile} file */
function mark({ id, state, type }) {
  return `${id}:${state}:${type ?? ''}`;
}

/** @param {MessageFile} file */
function drawFile(file) {
  const node = cloneTemplate('file');
  const isReady = file.state === 'ready';
  node.dataset.file = file.id;
  node.dataset.shown = mark(file);
  node.dataset.state = file.state;
  const name = find('.name', HTMLAnchorElement, node);
  name.textContent = file.name;
  if (isReady) name.href = `/files/${file.id}`;
  else name.removeAttribute('href'); // nobody is given it
  find('.note', HTMLElement, node).textContent = [fileSize(file.size), said(file)].filter(Boolean).join(' · ');
  const picture = find('.picture', HTMLAnchorElement, node);
  if (!isReady || !isPicture(file)) {
    picture.remove();
    return node;
  }
  picture.href = name.href;
  const image = find('img', HTMLImageElement, picture);
  image.alt = file.alt ?? file.name;
  if (file.width && file.height) Object.assign(image, { width: file.width, height: file.height });
  image.src = `/api/v1/files/${file.id}?${file.preview_url ? 'preview' : 'inline'}=1`;
  return node;
}

/** @param {MessageFile} file */
function said({ state, checked }) {
  const { fileChecking, fileBlocked, fileUnchecked } = find('#words').dataset;
  if (state === 'blocked') return fileBlocked;
  if (state !== 'ready') return fileChecking;
  return checked === false ? fileUnchecked : '';
}

/** Pictures large: one after the other, by keys, buttons and swiping. Without it a picture is a link. */
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
