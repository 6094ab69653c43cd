// Folded menus: arrows, Escape, focus returns, a click outside closes. Copying of fields. Works on what the server rendered.
import { closest, find, isComposing } from './page.js';

const MENU = 'details[data-menu]';
const ROWS = '.sheet :is(a, button, summary, input, select, textarea):not([disabled], [type="hidden"])';

export function startMenus() {
  document.addEventListener('toggle', onToggle, true);
  document.addEventListener('click', (event) => closeMenus((menu) => !contains(menu, event.target)));
  document.addEventListener('keydown', onKey);
  document.addEventListener('focusout', (event) => {
    const menu = closest(event, `${MENU}[open]`, HTMLDetailsElement);
    if (menu && event.relatedTarget && !contains(menu, event.relatedTarget)) close(menu);
  });
  document.addEventListener('click', copyField);
  document.addEventListener('focusin', (event) => closest(event, 'input[data-select]', HTMLInputElement)?.select());
}

/**
 * @param {HTMLDetailsElement} menu
 * @param {boolean} [focus] whether its button gets the focus
 */
export function close(menu, focus = false) {
  menu.open = false;
  if (focus) menu.querySelector('summary')?.focus();
}

/** @param {(menu: HTMLDetailsElement) => boolean} [which] all, if nothing else is said */
export function closeMenus(which = () => true) {
  for (const menu of document.querySelectorAll(`${MENU}[open]`)) {
    if (menu instanceof HTMLDetailsElement && which(menu)) close(menu);
  }
}

/**
 * @param {Node} menu
 * @param {EventTarget | null} target
 */
function contains(menu, target) {
  return target instanceof Node && menu.contains(target);
}

/** @param {Event} event */
function onToggle({ target: menu }) {
  if (!(menu instanceof HTMLDetailsElement)) return;
  if (!menu.open) {
    // A menu that closes takes along the question that one of its rows asks.
    for (const question of menu.querySelectorAll('.ask-first:popover-open')) {
      if (question instanceof HTMLElement) question.hidePopover();
    }
  } else if (menu.matches(MENU)) {
    closeMenus((other) => other !== menu && !other.contains(menu));
    flipWhereTight(menu);
  }
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const menu = closest(event, MENU, HTMLDetailsElement);
  if (!menu || isComposing(event)) return;
  if (event.key === 'Escape' && menu.open) {
    event.preventDefault();
    close(menu, true);
    return;
  }
  if (event.key === 'Tab' || (event.target instanceof Element && event.target.matches('input, textarea, select'))) return;
  if (!['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key) || (!menu.open && event.key !== 'ArrowDown')) return;
  event.preventDefault();
  menu.open = true;
  const rows = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll(ROWS)]).filter((row) => row.checkVisibility());
  rows.at(nextRow(event.key, rows.findIndex((row) => row === document.activeElement), rows.length))?.focus();
}

/**
 * Where a key leads in a list of `length` rows; from the last to the first and back. `here` is -1 outside of it.
 * @param {string} key
 * @param {number} here
 * @param {number} length
 */
export function nextRow(key, here, length) {
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  if (here < 0) return key === 'ArrowDown' ? 0 : length - 1;
  return (here + (key === 'ArrowDown' ? 1 : -1) + length) % length;
}

/**
 * Opens upwards where the sheet would leave the window or the box that scrolls it.
 * @param {HTMLDetailsElement} menu
 */
function flipWhereTight(menu) {
  const sheet = menu.querySelector('.sheet');
  if (!sheet || menu.matches('.invite, .side *')) return;
  const box = menu.closest('.thread, .scroll')?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
  menu.classList.toggle('flip', false);
  const own = sheet.getBoundingClientRect();
  const outer = menu.getBoundingClientRect();
  if (own.bottom > box.bottom - 4 && outer.top - own.height > box.top) menu.classList.add('flip');
}

/** @param {Event} event */
async function copyField(event) {
  const button = closest(event, '[data-copy]');
  if (!button) return;
  const from = find(`#${button.dataset.copy}`);
  const isField = from instanceof HTMLInputElement || from instanceof HTMLTextAreaElement;
  await navigator.clipboard.writeText(isField ? from.value : from.textContent ?? '');
  flashLabel(find('span', HTMLElement, button), button.dataset.done ?? '');
}

/** @type {WeakMap<Node, { before: string | null, timer?: ReturnType<typeof setTimeout> }>} */
const labels = new WeakMap();

/**
 * For two seconds; pressed again meanwhile, the label that was there first comes back.
 * @param {Node} node
 * @param {string} text
 */
export function flashLabel(node, text) {
  const { before, timer } = labels.get(node) ?? { before: node.textContent, timer: undefined };
  clearTimeout(timer);
  node.textContent = text;
  labels.set(node, { before, timer: setTimeout(() => {
    node.textContent = before;
    labels.delete(node);
  }, 2000) });
}
