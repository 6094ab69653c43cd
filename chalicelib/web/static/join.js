// The joining page and its like need no script; with one, menus close by themselves and nothing is sent twice.
import './menu.js';

// Where somebody wanted to go may end in "#m-8", which no server sees: it comes along through every way of signing in.
const way = document.querySelector('form[action="/sign-in"] [name="next"]');
if (way && /^#m-\d+$/.test(location.hash)) {
  way.value += location.hash;
  for (const link of document.querySelectorAll('main a[href*="next="]')) {
    const url = new URL(link.href);
    url.searchParams.set('next', way.value);
    link.href = url.href;
  }
}

document.addEventListener('submit', ({ target }) => {
  if (target.querySelector('[data-joins]')) document.body.classList.add('joining');
});
