// What every page with a script gets: a look at whose things the browser keeps, the `scripted` mark, times of the reader's own zone, no form sent twice.
import './account_storage.js';
import { localTimes } from './times.js';

document.documentElement.classList.add('scripted');
localTimes(document);

document.addEventListener('submit', (event) => {
  if (event.defaultPrevented) return;
  const button = event.submitter;
  if (!button) return;
  if (button.getAttribute('aria-busy') === 'true') {
    event.preventDefault();
    return;
  }
  button.setAttribute('aria-busy', 'true');
});

// A menu that closes takes along the question that one of its rows asks.
document.addEventListener('toggle', ({ target: menu }) => {
  if (!menu.matches?.('details') || menu.open) return;
  for (const question of menu.querySelectorAll('.ask-first:popover-open')) question.hidePopover();
}, true);

// Back from the browser's cache: nothing is busy any more.
addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy');
});
