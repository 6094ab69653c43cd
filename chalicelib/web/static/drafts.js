// In the lists of chats: where something is written and not sent. Drafts are kept by this browser alone; see account_storage.js.

const LONGEST = 160;

/** @param {import('./account_storage.js').AccountStorage} storage */
export function startDrafts(storage) {
  const mark = () => {
    for (const row of document.querySelectorAll('[data-draft] [data-chat]:not([aria-current])')) {
      if (row instanceof HTMLElement) markRow(row, draftOf(storage.read(`draft:${row.dataset.chat}`)));
    }
  };
  mark();
  addEventListener('chats:renewed', mark);
  addEventListener('pageshow', mark); // Back shows the list as it was
}

/**
 * One line of it; empty where there is nothing to be seen.
 * @param {unknown} kept
 */
export function draftOf(kept) {
  return typeof kept === 'string' ? kept.trim().replaceAll(/\s+/g, ' ').slice(0, LONGEST) : '';
}

/**
 * @param {HTMLElement} row
 * @param {string} draft
 */
function markRow(row, draft) {
  const word = row.closest('[data-draft]')?.getAttribute('data-draft') ?? '';
  row.querySelector('.draft')?.remove();
  const place = row.querySelector('.what') ?? row.querySelector('.name');
  if (!draft || !place) return;
  const mark = document.createElement('span');
  mark.className = 'draft';
  mark.textContent = word;
  if (place.matches('.what')) place.replaceChildren(mark, ` ${draft}`);
  else place.after(mark);
}
