// What every page with a script gets: the `scripted` mark, no form sent twice. And how scripts find what the templates promise.

/**
 * The first element that fits. The templates promise that it is there; it is an error when it isn't.
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {new () => T} [kind]
 * @param {ParentNode} [root]
 * @returns {T}
 */
export function find(selector, kind, root = document) {
  const node = root.querySelector(selector);
  if (!isA(node, kind)) throw new TypeError(`The page has no ${selector}.`);
  return node;
}

/**
 * The nearest element, from where an event happened outwards, that fits; null if none does.
 * @template {Element} [T=HTMLElement]
 * @param {Event} event
 * @param {string} selector
 * @param {new () => T} [kind]
 * @returns {T | null}
 */
export function closest({ target }, selector, kind) {
  const node = target instanceof Element ? target.closest(selector) : null;
  return isA(node, kind) ? node : null;
}

/**
 * Puts text into a field as typing does: Ctrl+Z takes it out again, and it is told as input.
 * @param {HTMLTextAreaElement} field gets the focus
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
export function typeInto(field, text, start = field.selectionStart, end = field.selectionEnd) {
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, end);
  if (!text && start === end) return;
  if (text ? document.execCommand('insertText', false, text) : document.execCommand('delete')) return;
  field.setRangeText(text, start, end, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/**
 * Whether a key belongs to what is being composed by an input method, and so to nothing of the page. WebKit ends the
 * composition before the key that confirmed it: only its code tells.
 * @param {KeyboardEvent} event
 */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/**
 * @template {Element} T
 * @param {Element | null} node
 * @param {new () => T} [kind]
 * @returns {node is T}
 */
function isA(node, kind) {
  return node instanceof (kind ?? HTMLElement);
}

/**
 * A copy of what a <template> holds.
 * @template {Element} [T=HTMLElement]
 * @param {string} name
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function cloneTemplate(name, kind) {
  const node = find(`#piece-${name}`, HTMLTemplateElement).content.firstElementChild?.cloneNode(true);
  if (!(node instanceof (kind ?? HTMLElement))) throw new TypeError(`The template of ${name} is empty.`);
  return /** @type {T} */ (node);
}

/** Marks the page, and guards its forms. */
export function startPage() {
  document.documentElement.classList.add('scripted');
  document.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (event.defaultPrevented || !button || button.getAttribute('formtarget') === '_blank') return;
    if (button.getAttribute('aria-busy') === 'true') event.preventDefault();
    else button.setAttribute('aria-busy', 'true');
  });
  // Back from the browser's cache: nothing is busy any more.
  addEventListener('pageshow', () => {
    for (const button of document.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy');
  });
}

/**
 * Says it to whoever listens to the page.
 * @param {string} text
 */
export function announce(text) {
  const log = document.getElementById('announce');
  if (!log) return;
  const line = document.createElement('p');
  line.textContent = text;
  log.append(line);
  while (log.childElementCount > 5) log.firstElementChild?.remove();
}
