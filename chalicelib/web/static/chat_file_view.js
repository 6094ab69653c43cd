// Files of a message: a picture in its own place, anything else by name and size; what is being checked or blocked, said.
import { cloneTemplate, find } from './page.js';

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

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
