// Keys that work on every page: "/" and Ctrl+K (on a Mac ⌘K) go to the search field, or where none is to be seen to the page for
// searching; "c" goes to the field for messages; "?" shows all keys, on the help page where there is no sheet. Single characters can be
// switched off (WCAG 2.1.4), and never act while somebody types.
import { closest, isComposing } from './page.js';

const OFF = 'single-keys-off';

/** @param {import('./account_storage.js').AccountStorage} storage keeps whether single characters are switched off */
export function startKeys(storage) {
  const sheet = document.getElementById('keys');
  const single = document.getElementById('single-keys');
  if (single instanceof HTMLInputElement) {
    single.checked = !storage.read(OFF);
    single.addEventListener('change', () => {
      if (single.checked) storage.remove(OFF);
      else storage.keep(OFF, true);
    });
  }
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isComposing(event)) return;
    const character = isTyping(event.target) || storage.read(OFF) ? '' : characterOf(event);
    if (storage.account && (character === '/' || isSearch(event))) goToSearch(event);
    if (character.toLowerCase() === 'c') goToField(event);
    if (character !== '?') return;
    if (sheet instanceof HTMLDialogElement) show(event, sheet);
    else location.assign('/help#keys');
  });
  document.addEventListener('click', (event) => {
    if (closest(event, '[data-opens-keys]') && sheet instanceof HTMLDialogElement) show(event, sheet);
    if (event.target === sheet && sheet instanceof HTMLDialogElement) sheet.close(); // beside the sheet
  });
}

/**
 * The character that a key wrote; empty where a shortcut of the browser or the system is meant.
 * @param {{ key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean }} event
 */
export function characterOf({ key, ctrlKey, metaKey, altKey }) {
  return key.length === 1 && !ctrlKey && !metaKey && !altKey ? key : '';
}

/** @param {{ key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean }} event */
export function isSearch({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  return key.toLowerCase() === 'k' && (ctrlKey || metaKey) && !shiftKey && !altKey;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');
}

/** @param {KeyboardEvent} event */
function goToSearch(event) {
  const input = document.getElementById('search') ?? document.getElementById('side-search');
  event.preventDefault();
  if (input instanceof HTMLInputElement && input.checkVisibility()) {
    input.focus();
    input.select();
  } else {
    location.assign('/search');
  }
}

/** @param {KeyboardEvent} event */
function goToField(event) {
  const field = document.getElementById('text');
  if (!(field instanceof HTMLTextAreaElement) || document.querySelector('dialog[open]')) return;
  event.preventDefault();
  field.focus();
}

/**
 * @param {Event} event
 * @param {HTMLDialogElement} sheet
 */
function show(event, sheet) {
  event.preventDefault();
  if (!sheet.open) sheet.showModal();
}
