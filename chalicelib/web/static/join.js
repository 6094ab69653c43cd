// The joining page and its like need no script; with one, menus close by themselves and nothing is sent twice.
import { startAccount } from './account_storage.js';
import { startMenus } from './menu.js';
import { startPage } from './page.js';
import { localTimes } from './times.js';

startAccount();
startPage();
startMenus();
localTimes(document);
carryMessage();

document.addEventListener('submit', ({ target }) => {
  if (target instanceof Element && target.querySelector('[data-joins]')) document.body.classList.add('joining');
});

/** Where somebody wanted to go may end in "#m-8", which no server sees: it comes along through every way of signing in. */
function carryMessage() {
  const way = document.querySelector('form[action="/sign-in"] [name="next"]');
  if (!(way instanceof HTMLInputElement) || !/^#m-\d+$/.test(location.hash)) return;
  way.value += location.hash;
  for (const link of document.querySelectorAll('main a[href*="next="]')) {
    if (!(link instanceof HTMLAnchorElement)) continue;
    const url = new URL(link.href);
    url.searchParams.set('next', way.value);
    link.href = url.href;
  }
}
