// Whoever asked to be let in need not ask the page: it goes on once there is an answer. It is looked at while somebody sees it,
// and ever more seldom.
const FIRST = 5000;
const LONGEST = 60_000;

const waiting = document.querySelector('[data-waits]');
const address = waiting?.getAttribute('data-waits') ?? '';
let pause = FIRST;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

if (address) {
  lookLater();
  document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
}

function lookLater() {
  clearTimeout(timer);
  timer = setTimeout(look, pause);
  pause = Math.min(pause * 1.5, LONGEST);
}

async function look() {
  if (!document.hidden && await isAnswered()) location.replace(address);
  else lookLater();
}

/** Or the page is another person's by now. False, too, where the server can't be asked: the next time tells. */
async function isAnswered() {
  try {
    const answer = await fetch(address, { credentials: 'same-origin' });
    if (answer.status >= 429) return false;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    return page.body.dataset.account !== document.body.dataset.account || !page.querySelector('[data-waits]');
  } catch {
    return false;
  }
}
