// What a message says, so that it fits: long ones fold, code scrolls within itself and can be copied. And who reacted.
import { announce, cloneTemplate, closest, find } from './page.js';

const MOST_CHARACTERS = 1500;
const MOST_LINES = 25;
const DONE = 2000; // milliseconds in which a button says that it has copied

export function startTexts() {
  const list = find('#messages');
  list.addEventListener('click', (event) => {
    const copies = closest(event, '.copy-code', HTMLButtonElement);
    const more = closest(event, '.more', HTMLButtonElement);
    if (copies) copyCode(copies);
    if (more) unfold(more, more.getAttribute('aria-expanded') === 'false');
  });
  // What is focused below the fold comes to be seen.
  list.addEventListener('focusin', (event) => {
    const more = closest(event, '.text.folded')?.parentElement?.querySelector('.more');
    if (more instanceof HTMLButtonElement) unfold(more, true);
  });
}

/**
 * Once its words are there, and anew whenever they change; one that was unfolded stays so.
 * @param {HTMLElement} text
 */
export function fitText(text) {
  for (const code of text.querySelectorAll('pre')) wrapCode(code);
  text.parentElement?.querySelector('.more')?.remove();
  text.classList.toggle('folded', false);
  if (!isLong(text.textContent ?? '')) return;
  const more = cloneTemplate('more', HTMLButtonElement);
  text.after(more);
  const isNamed = location.hash !== '' && text.closest('.message')?.id === location.hash.slice(1);
  show(text, more, isNamed || 'unfolded' in text.dataset);
}

/**
 * By what it says and not by its height, which isn't known before it is on the page.
 * @param {string} text
 */
export function isLong(text) {
  return text.length > MOST_CHARACTERS || text.split('\n').length > MOST_LINES;
}

/**
 * Where the message begins stays in its place.
 * @param {HTMLButtonElement} more
 * @param {boolean} wanted
 */
function unfold(more, wanted) {
  const text = find('.text', HTMLElement, more.closest('.content') ?? document);
  const box = find('#thread');
  const before = text.getBoundingClientRect().top;
  if (wanted) text.dataset.unfolded = '';
  else delete text.dataset.unfolded;
  show(text, more, wanted);
  box.scrollTop += text.getBoundingClientRect().top - before;
}

/**
 * @param {HTMLElement} text
 * @param {HTMLButtonElement} more
 * @param {boolean} whole
 */
function show(text, more, whole) {
  text.classList.toggle('folded', !whole);
  more.setAttribute('aria-expanded', String(whole));
  more.textContent = (whole ? more.dataset.less : more.dataset.more) ?? '';
}

/** @param {HTMLElement} code */
function wrapCode(code) {
  code.tabIndex = 0; // scrolls by keyboard too
  const box = document.createElement('div');
  box.className = 'code';
  code.replaceWith(box);
  box.append(code, cloneTemplate('copy-code'));
}

/** @param {HTMLButtonElement} button */
async function copyCode(button) {
  const code = find('pre', HTMLElement, button.parentElement ?? document);
  try {
    await navigator.clipboard.writeText((code.textContent ?? '').replace(/\n$/, ''));
  } catch {
    getSelection()?.selectAllChildren(code); // where nothing may be copied, it is selected
    return;
  }
  announce(button.dataset.done ?? '');
  button.classList.add('done');
  setTimeout(() => button.classList.remove('done'), DONE);
}

/**
 * "You, Priya, +2": oneself first; who left the chat is counted only. The same as the server's.
 * @param {Reaction} reaction
 * @param {string} you
 * @param {(id: string) => string | undefined} nameOf the name of anybody else in the chat
 */
export function reactors({ count, mine, account_ids: ids }, you, nameOf) {
  const known = [...(mine ? [you] : []), ...ids.map(nameOf).filter((name) => name !== undefined)];
  return [...known, ...(count > known.length ? [`+${count - known.length}`] : [])].join(', ');
}
