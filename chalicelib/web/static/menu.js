// Folded menus: arrows, Escape, focus returns, a click outside closes. Copying of links. Works on what the server rendered.
import { call } from './api.js';
import './page.js';

const opened = () => document.querySelectorAll('details[data-menu][open]');
const rows = (menu) => [...menu.querySelectorAll('.sheet :is(a, button, input, select, textarea):not([disabled], [type="hidden"])')];

export function close(menu, focus = false) {
  menu.open = false;
  if (focus) menu.querySelector('summary').focus();
}

document.addEventListener('toggle', ({ target: menu }) => {
  if (!menu.matches?.('details[data-menu]') || !menu.open) return;
  for (const other of opened()) if (other !== menu && !other.contains(menu)) close(other);
  flipWhereTight(menu);
}, true);

document.addEventListener('click', (event) => {
  for (const menu of opened()) if (!menu.contains(event.target)) close(menu);
});

document.addEventListener('keydown', (event) => {
  const menu = event.target.closest?.('details[data-menu]');
  if (!menu) return;
  if (event.key === 'Escape' && menu.open) {
    event.preventDefault();
    close(menu, true);
    return;
  }
  if (event.key === 'Tab' || event.target.matches('input, textarea, select')) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step && !['Home', 'End'].includes(event.key)) return;
  if (!menu.open && event.key !== 'ArrowDown') return;
  event.preventDefault();
  menu.open = true;
  const all = rows(menu);
  const here = all.indexOf(document.activeElement);
  const next = event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  all[(next + all.length) % all.length]?.focus();
});

document.addEventListener('focusout', (event) => {
  const menu = event.target.closest?.('details[data-menu][open]');
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu);
});

/** Opens upwards where the sheet would leave the window or the box that scrolls it. */
function flipWhereTight(menu) {
  const sheet = menu.querySelector('.sheet');
  if (!sheet || menu.matches('.invite, .side *')) return;
  const box = menu.closest('.thread, .scroll')?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
  menu.classList.toggle('flip', false);
  const own = sheet.getBoundingClientRect();
  const around = menu.getBoundingClientRect();
  if (own.bottom > box.bottom - 4 && around.top - own.height > box.top) menu.classList.add('flip');
}

// "Fix address" in a menu opens the folded form in its row.
document.addEventListener('click', (event) => {
  const opener = event.target.closest?.('[data-opens]');
  if (!opener) return;
  const fold = document.getElementById(opener.dataset.opens);
  if (!fold) return;
  event.preventDefault();
  for (const menu of opened()) close(menu);
  fold.open = true;
  fold.querySelector('input')?.select();
});
const named = location.hash.startsWith('#fix-') && document.getElementById(location.hash.slice(1));
if (named) named.open = true;

// Copy: a field's value, or a link that is fetched first.
document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
  say(button.querySelector('span'), button.dataset.done);
});

document.addEventListener('click', async (event) => {
  const link = event.target.closest?.('[data-copy-link]');
  if (!link || !navigator.clipboard) return;
  event.preventDefault();
  try {
    const { url } = await call('GET', new URL(link.href).pathname); // the page and the API name it alike
    await navigator.clipboard.writeText(url);
    say([...link.childNodes].find((node) => node.nodeType === Node.TEXT_NODE), document.getElementById('words').dataset.copied);
    announce(document.getElementById('words').dataset.copied);
  } catch {
    location.assign(link.href);
  }
});

document.addEventListener('focusin', (event) => {
  if (event.target.matches?.('[data-select]')) event.target.select();
});

const said = new WeakMap();

/** For two seconds; pressed again meanwhile, the label that was there first comes back. */
function say(node, text) {
  const { before, timer } = said.get(node) ?? { before: node.textContent };
  clearTimeout(timer);
  node.textContent = text;
  said.set(node, { before, timer: setTimeout(() => {
    node.textContent = before;
    said.delete(node);
  }, 2000) });
}

export function announce(text) {
  const log = document.getElementById('announce');
  if (!log) return;
  const line = document.createElement('p');
  line.textContent = text;
  log.append(line);
  while (log.childElementCount > 5) log.firstChild.remove();
}
