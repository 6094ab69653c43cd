// "/" and Ctrl+K (on a Mac ⌘K) go to the search field; where the menu is folded away, to the page for searching.

export function startSearch() {
  document.addEventListener('keydown', onKey);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (!(isSlash(event) || isPalette(event)) || event.defaultPrevented || event.isComposing) return;
  const input = document.getElementById('search') ?? document.getElementById('side-search');
  if (!(input instanceof HTMLInputElement)) return;
  event.preventDefault();
  if (!input.checkVisibility()) {
    location.assign('/search');
    return;
  }
  input.focus();
  input.select();
}

/** @param {KeyboardEvent} event */
function isSlash({ key, ctrlKey, metaKey, altKey, target }) {
  const typing = target instanceof Element && target.matches('input, textarea, select, [contenteditable]');
  return key === '/' && !ctrlKey && !metaKey && !altKey && !typing;
}

/** @param {KeyboardEvent} event */
function isPalette({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  return key.toLowerCase() === 'k' && (ctrlKey || metaKey) && !shiftKey && !altKey;
}
