// The people panel: opens beside the chat without a reload, and is fetched anew when people or invitations change.
import { account, sessionEnded } from './account_storage.js';
import { localTimes } from './times.js';

const app = document.querySelector('.chat-app');
const wide = matchMedia('(width >= 1120px)');
const phone = matchMedia('(width < 720px)');
const FATE = ':scope > .deliveries, :scope > .delivery:not(.unsent, .sending)';
let waiting = 0;

export function start() {
  document.getElementById('people-button').addEventListener('click', (event) => {
    if (phone.matches) return;
    event.preventDefault();
    const open = wide.matches ? !app.classList.contains('people-closed') : app.classList.contains('people-open');
    show(!open);
  });
  document.getElementById('people').addEventListener('click', (event) => {
    if (phone.matches || !event.target.closest('#people-close')) return;
    event.preventDefault();
    show(false);
    document.getElementById('people-button').focus();
  });
}

function show(open) {
  app.classList.toggle('people-open', open);
  app.classList.toggle('people-closed', !open);
  if (open) document.querySelector('#people summary, #people a')?.focus();
}

/** Soon, once for many events, and not while somebody types in the panel or has a menu open there. */
export function renew() {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const panel = document.getElementById('people');
    if (isBusy(panel)) {
      renew();
      return;
    }
    const answer = await fetch(location.pathname, { credentials: 'same-origin' }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (fresh.body.dataset.account !== account) {
      sessionEnded();
      return;
    }
    if (isBusy(panel)) { // by now
      renew();
      return;
    }
    const restore = whereOneWas(panel);
    for (const selector of ['#people', '#roster', '.chat .titles', '.readers .who', '#side-inbox', '#side-chats']) {
      const [here, there] = [document.querySelector(selector), fresh.querySelector(selector)];
      if (here && there) here.replaceChildren(...there.childNodes);
    }
    drawFates(fresh);
    localTimes(panel);
    const rule = fresh.querySelector('.composer > :first-child');
    if (rule) document.querySelector('.composer > :first-child').className = rule.className;
    restore();
  }, 400);
}

function isBusy(panel) {
  return Boolean(panel.querySelector('details[open] :is(input, textarea), details[data-menu][open]'));
}

/** How one's own messages fare elsewhere, as the server says it. */
function drawFates(fresh) {
  for (const there of fresh.querySelectorAll('#messages .message.mine')) {
    const here = document.getElementById(there.id)?.querySelector('.reactions');
    if (!here) continue;
    const [old, now] = [here, there.querySelector('.reactions')].map((node) => node?.parentNode.querySelector(FATE));
    if (old?.textContent === now?.textContent) continue;
    old?.remove();
    if (now) here.after(now);
  }
}

/** Scrolled, unfolded and focused as before; what was focused may be gone, its row may have moved, its name isn't its alone. */
function whereOneWas(panel) {
  const top = panel.querySelector('.people-list').scrollTop;
  const unfolded = panel.querySelector('.shown-there')?.open;
  const focused = panel.contains(document.activeElement) ? means(document.activeElement) : null;
  return () => {
    const fold = panel.querySelector('.shown-there');
    if (fold && unfolded) fold.open = true;
    if (focused !== null) {
      const same = [...panel.querySelectorAll('a, button, summary, [tabindex]')].find((node) => means(node) === focused);
      (same ?? document.getElementById('people-button')).focus({ preventScroll: true });
    }
    panel.querySelector('.people-list').scrollTop = top;
  };
}

const means = (node) => `${node.closest('li')?.id ?? ''} ${node.getAttribute('aria-label') ?? node.textContent}`;
