// The joining page and its like need no script; with one, menus close by themselves and nothing is sent twice.
import './menu.js';

document.querySelector('[data-joins]')?.form.addEventListener('submit', () => {
  document.body.classList.add('joining');
});
