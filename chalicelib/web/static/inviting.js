// Both forms that invite: a chosen or dropped file is read at once, and a saved line goes into the field.
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
