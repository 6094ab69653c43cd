// The joining page and its like need no script; with one, menus close by themselves and nothing is sent twice.
import { startAccount, whereabouts } from './account_storage.js';
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

/** Where somebody wanted to go may end in "#m-8", which no server sees: it comes along, in every link and form with a `next`. */
function carryMessage() {
  const next = new URLSearchParams(location.search).get('next');
  if (!next || !location.hash || !URL.canParse(next, location.origin)) return;
  const { pathname, search } = new URL(next, location.origin);
  const kept = whereabouts({ pathname, search, hash: location.hash });
  for (const field of document.querySelectorAll('[name="next"]')) if (field instanceof HTMLInputElement) field.value = kept;
  for (const link of document.querySelectorAll('a[href*="next="]')) {
    if (!(link instanceof HTMLAnchorElement)) continue;
    const url = new URL(link.href);
    url.searchParams.set('next', kept);
    link.href = url.href;
  }
}
