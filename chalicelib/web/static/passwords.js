// What was typed into a password field, for whoever asks to see it. Hidden again when it is sent, so that browsers keep it as a
// password, and when the page is left, so that nobody who comes back to it reads it.

for (const button of document.querySelectorAll('[data-shows]')) {
  button.addEventListener('click', () => {
    const field = fieldOf(button);
    if (field) show(button, field.type === 'password');
  });
}
document.addEventListener('submit', hideAll);
addEventListener('pagehide', hideAll);

function hideAll() {
  for (const button of document.querySelectorAll('[data-shows]')) show(button, false);
}

/**
 * @param {Element} button
 * @param {boolean} visible
 */
function show(button, visible) {
  const [toShow, toHide] = button.children;
  const field = fieldOf(button);
  if (!field) return;
  field.type = visible ? 'text' : 'password';
  toShow?.toggleAttribute('hidden', visible);
  toHide?.toggleAttribute('hidden', !visible);
}

/** @param {Element} button */
function fieldOf(button) {
  const field = document.getElementById(button.getAttribute('data-shows') ?? '');
  return field instanceof HTMLInputElement ? field : null;
}
