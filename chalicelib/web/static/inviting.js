// Both forms that invite: a chosen or dropped file is read at once, and a saved line goes into the field. And what the list of a
// new chat says, and how its rows are numbered.
import { find } from './page.js';

export function startInviting() {
  document.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement && target.matches('[data-drop] input[type="file"]')) readChosen(target);
    if (target instanceof HTMLSelectElement && target.dataset.fills && target.value) {
      find(`#${target.dataset.fills}`, HTMLTextAreaElement).value = target.value;
    }
  });
  document.addEventListener('dragover', onDrag);
  document.addEventListener('dragleave', onDrag);
  document.addEventListener('drop', onDrag);
}

/** @param {DragEvent} event */
function onDrag(event) {
  const form = event.target instanceof Element ? event.target.closest('form:has([data-drop])') : null;
  if (!form || !event.dataTransfer?.types.includes('Files')) return;
  event.preventDefault();
  const place = find('[data-drop]', HTMLElement, form);
  place.classList.toggle('over', event.type === 'dragover');
  const [first] = event.dataTransfer.files;
  if (event.type !== 'drop' || !first) return;
  const single = new DataTransfer();
  single.items.add(first);
  const input = find('input[type="file"]', HTMLInputElement, place);
  input.files = single.files;
  readChosen(input);
}

/** @param {HTMLInputElement} input */
function readChosen(input) {
  const place = input.closest('[data-drop]');
  if (place && input.files?.length) find('[data-file-button]', HTMLButtonElement, place).click();
}

/**
 * The sentence for none, for one, or for many with their number in it.
 * @param {number} n
 * @param {[string, string, string]} sentences
 */
export function counted(n, [none, single, many]) {
  return n > 1 ? many.replaceAll('{n}', String(n)) : n ? single : none;
}

/**
 * A day such as 2026-01-31 as the page's language writes it.
 * @param {string} day
 */
export function longDay(day) {
  const form = /** @type {const} */ ({ day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return new Date(day).toLocaleDateString(document.documentElement.lang, form);
}

/**
 * @param {HTMLElement} row
 * @param {number} index
 */
export function renumber(row, index) {
  for (const button of row.querySelectorAll('[name="do"]')) {
    if (button instanceof HTMLButtonElement) button.value = button.value.replace(/:.*/, `:${index}`);
  }
  for (const field of row.querySelectorAll('.field > select, .field > input')) {
    if (!(field instanceof HTMLSelectElement || field instanceof HTMLInputElement)) continue;
    field.id = `${field.name}-${index}`;
    if (field.previousElementSibling instanceof HTMLLabelElement) field.previousElementSibling.htmlFor = field.id;
  }
}
