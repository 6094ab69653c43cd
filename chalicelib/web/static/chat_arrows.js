// Arrows go through the messages. Of all of them one is a stop of Tab, and what is in it; so Tab comes past them soon. Code that
// scrolls stays one, for keys have no other way to its end.
import { closest, find, isComposing } from './page.js';

const MESSAGE = '.message, .event';
const STOPS = ':is(a, button, summary, input):not([tabindex="-1"])';
const OWN_ARROWS = 'details, input, textarea, .picker';

export function startArrows() {
  const list = find('#messages');
  /** @type {HTMLElement | undefined} */
  let current;

  const all = () => /** @type {HTMLElement[]} */ ([...list.children].filter((node) => node.matches(MESSAGE)));
  const arrange = () => {
    const nodes = all();
    const isHere = list.contains(document.activeElement);
    if (!current?.isConnected || !isHere) current = nodes.at(-1);
    for (const node of nodes) if (node !== current) leaveOut(node);
    if (current) takeIn(current);
  };

  arrange();
  new MutationObserver(arrange).observe(list, { childList: true, subtree: true });
  list.addEventListener('focusin', (event) => {
    const node = closest(event, MESSAGE);
    if (!node || node === current) return;
    if (current) leaveOut(current);
    current = node;
    takeIn(node);
  });
  list.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const here = closest(event, MESSAGE);
    if (!here || closest(event, OWN_ARROWS)) return;
    const nodes = all();
    const next = { ArrowUp: nodes.indexOf(here) - 1, ArrowDown: nodes.indexOf(here) + 1, Home: 0, End: nodes.length - 1 }[event.key];
    const node = next === undefined ? undefined : nodes[next];
    if (!node) return;
    event.preventDefault();
    node.focus();
  });
}

/** @param {HTMLElement} node */
function leaveOut(node) {
  node.tabIndex = -1;
  for (const stop of node.querySelectorAll(STOPS)) stop.setAttribute('tabindex', '-1');
}

/** @param {HTMLElement} node */
function takeIn(node) {
  node.tabIndex = 0;
  for (const stop of node.querySelectorAll(':is(a, button, summary, input)[tabindex="-1"]')) stop.removeAttribute('tabindex');
}
