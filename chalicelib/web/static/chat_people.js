// What stands beside the thread: the people panel, which opens without a reload, and the list of chats. Of both the rows that
// changed are fetched anew, as the server renders them.
import { closeMenus, flashLabel } from './menu.js';
import { announce, closest, find, isComposing } from './page.js';
import { localTimes } from './times.js';

const DELIVERIES = ':scope > .deliveries, :scope > .delivery:not(.unsent, .sending)';
const RENEWED = ['people-sections', 'roster', 'titles', 'readers', 'side-inbox', 'side-chats', 'people-button'];
const ALL = ['all'];
const SOON = 400;
const AGAIN = 5000;
const MOST_ROWS = 40; // of more, all: an address has its limits

/**
 * Which rows changed, by list: people and invitations, chats, one's own messages (by seq). `all` where they aren't known.
 * @typedef {{ people?: string[], chats?: string[], deliveries?: string[] }} Changes
 */

/** What is to be fetched anew, once for many events. */
export class ChangedRows {
  /** @type {Map<string, Set<string>>} */
  #rows = new Map();

  /** @param {Changes} changes */
  add(changes) {
    for (const [list, rows] of Object.entries(changes)) {
      this.#rows.set(list, new Set([...this.#rows.get(list) ?? [], ...rows]));
    }
  }

  /**
   * Hands out what was added, and begins anew.
   * @returns {Changes}
   */
  take() {
    const taken = Object.fromEntries([...this.#rows].map(([list, rows]) => [list, rows.has('all') || rows.size > MOST_ROWS ? ALL : [...rows]]));
    this.#rows.clear();
    return taken;
  }
}

export class PeoplePanel {
  #app = find('.chat-app');
  #panel = find('#people');
  #button = find('#people-button');
  #wide = matchMedia('(width >= 1120px) and (height >= 480px)');
  #phone = matchMedia('(width < 720px) or (height < 480px)');
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;
  #changed = new ChangedRows();
  #isFetching = false;
  #account;
  #sessionEnded;
  #call;

  /**
   * @param {object} given
   * @param {string} given.account whose page this is
   * @param {() => void} given.sessionEnded
   * @param {import('./api.js').Call} given.call
   */
  constructor({ account, sessionEnded, call }) {
    this.#account = account;
    this.#sessionEnded = sessionEnded;
    this.#call = call;
  }

  start() {
    this.#button.addEventListener('click', (event) => {
      if (this.#phone.matches) return;
      event.preventDefault();
      const { classList } = this.#app;
      this.#show(!(this.#wide.matches ? !classList.contains('people-closed') : classList.contains('people-open')));
    });
    this.#panel.addEventListener('click', (event) => {
      if (this.#phone.matches || !closest(event, '#people-close')) return;
      event.preventDefault();
      this.#show(false);
      this.#button.focus();
    });
    document.addEventListener('click', (event) => this.#copyLink(event));
    document.addEventListener('click', openFold);
    this.#panel.addEventListener('toggle', focusOpened, true);
    this.#panel.addEventListener('keydown', closeFold);
    const named = location.hash.startsWith('#fix-') && document.getElementById(location.hash.slice(1));
    if (named instanceof HTMLDetailsElement) named.open = true;
  }

  /**
   * Soon, once for many events, and not while somebody types in the panel or has a menu open there.
   * @param {Changes} [changes] everything, where it isn't known
   */
  renew(changes = { people: ALL, chats: ALL, deliveries: ALL }) {
    this.#changed.add(changes);
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#fetch(), SOON);
  }

  /**
   * A message came in another chat.
   * @param {string} id
   * @param {boolean} mentions somebody; perhaps oneself, which the server knows
   */
  countElsewhere(id, mentions) {
    const row = document.querySelector(`#side-chats [data-chat="${CSS.escape(id)}"]`);
    const item = row?.closest('li');
    if (!row || !item || mentions) {
      this.renew({ chats: [id] });
      return;
    }
    row.classList.add('unread');
    item.parentElement?.prepend(item);
    if (row.querySelector('.count-mention')) return;
    let count = row.querySelector('.count');
    if (!count) {
      count = document.createElement('span');
      count.className = 'count';
      row.append(count);
    }
    count.textContent = String((Number.parseInt(count.textContent ?? '', 10) || 0) + 1);
  }

  /** @param {boolean} open */
  #show(open) {
    this.#app.classList.toggle('people-open', open);
    this.#app.classList.toggle('people-closed', !open);
    const first = this.#panel.querySelector('summary, a');
    if (open && first instanceof HTMLElement) first.focus();
  }

  async #fetch() {
    this.#waiting = undefined;
    if (this.#isBusy() || this.#isFetching) {
      this.renew({});
      return;
    }
    const changes = this.#changed.take();
    this.#isFetching = true;
    const fresh = await this.#answered(changes);
    this.#isFetching = false;
    if (!fresh) return;
    if (fresh.body.dataset.account !== this.#account) this.#sessionEnded();
    else if (this.#isBusy()) this.renew(changes); // by now
    else this.#replace(fresh);
  }

  /**
   * What the server made of them; null where it made nothing. What it couldn't answer now is asked for again.
   * @param {Changes} changes
   */
  async #answered(changes) {
    const asked = new URLSearchParams(Object.entries(changes).map(([list, rows]) => [list, rows.join()]));
    try {
      const answer = await fetch(`${location.pathname}/fragments?${asked}`, { credentials: 'same-origin', signal: AbortSignal.timeout(30_000) });
      if (answer.ok) return new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (answer.status < 429) return null;
    } catch {
      // No network: as if the server were busy.
    }
    this.#changed.add(changes);
    this.#waiting ??= setTimeout(() => this.#fetch(), AGAIN);
    return null;
  }

  /** @param {Document} fresh */
  #replace(fresh) {
    const restore = this.#whereOneWas();
    for (const id of RENEWED) {
      const [old, renewed] = [document.getElementById(id), fresh.getElementById(id)];
      if (!old || !renewed) continue;
      const parts = document.adoptNode(renewed);
      if (fillIn(parts)) old.replaceChildren(...parts.childNodes);
      else this.renew({ people: ALL, chats: ALL });
    }
    dispatchEvent(new Event('chats:renewed'));
    drawDeliveries(fresh);
    localTimes(this.#panel);
    const seam = fresh.getElementById('seam');
    if (seam) find('#seam').className = seam.className;
    restore();
  }

  #isBusy() {
    return Boolean(this.#panel.querySelector('details[open] :is(input, textarea), details[data-menu][open]'));
  }

  /** Scrolled, unfolded and focused as before; what was focused may be gone, its row may have moved, its name isn't its alone. */
  #whereOneWas() {
    const panel = this.#panel;
    const fold = () => {
      const node = panel.querySelector('.shown-there');
      return node instanceof HTMLDetailsElement ? node : undefined;
    };
    const top = find('.people-list', HTMLElement, panel).scrollTop;
    const unfolded = fold()?.open;
    const active = document.activeElement;
    const focused = active && panel.contains(active) ? identityOf(active) : null;
    return () => {
      const renewed = fold();
      if (renewed && unfolded) renewed.open = true;
      if (focused !== null) {
        const all = /** @type {HTMLElement[]} */ ([...panel.querySelectorAll('a, button, summary, [tabindex]')]);
        (all.find((node) => identityOf(node) === focused) ?? this.#button).focus({ preventScroll: true });
      }
      find('.people-list', HTMLElement, panel).scrollTop = top;
    };
  }

  /**
   * An invitation's link is asked for first; where that or copying fails, the link leads to a page with it.
   * @param {Event} event
   */
  async #copyLink(event) {
    const link = closest(event, '[data-copy-link]', HTMLAnchorElement);
    if (!link || !navigator.clipboard) return;
    event.preventDefault();
    try {
      const { url } = await this.#call('GET', new URL(link.href).pathname); // the page and the API name it alike
      await navigator.clipboard.writeText(url);
      const { copied = '' } = find('#words').dataset;
      const label = [...link.childNodes].find((node) => node.nodeType === Node.TEXT_NODE);
      if (label) flashLabel(label, copied);
      announce(copied);
    } catch {
      location.assign(link.href);
    }
  }
}

/**
 * "Fix address" in a menu opens the folded form in its row.
 * @param {Event} event
 */
function openFold(event) {
  const opener = closest(event, '[data-opens]');
  const fold = document.getElementById(opener?.dataset.opens ?? '');
  if (!(fold instanceof HTMLDetailsElement)) return;
  event.preventDefault();
  closeMenus();
  fold.open = true;
}

/**
 * The field of what was just opened: the address to fix, or of whom to invite.
 * @param {Event} event
 */
function focusOpened({ target: fold }) {
  if (!(fold instanceof HTMLDetailsElement) || !fold.open || !fold.matches('.fix, .invite')) return;
  const field = fold.querySelector('input:not([type="hidden"]), textarea');
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
  field.focus();
  field.select();
}

/**
 * Escape folds away the form of an address; the focus goes back to the row's menu.
 * @param {KeyboardEvent} event
 */
function closeFold(event) {
  const fold = closest(event, '.fix[open]', HTMLDetailsElement);
  if (!fold || event.key !== 'Escape' || isComposing(event)) return;
  event.preventDefault();
  fold.open = false;
  const ways = [fold.querySelector('summary'), fold.closest('li')?.querySelector('.menu > summary')];
  const back = ways.find((node) => node instanceof HTMLElement && node.checkVisibility());
  if (back instanceof HTMLElement) back.focus();
}

/**
 * Rows that didn't change are those that the page has; false where it hasn't got one of them.
 * @param {Element} parts
 */
function fillIn(parts) {
  const places = [...parts.querySelectorAll('[data-kept]')];
  const rows = places.map(({ id }) => document.getElementById(id));
  if (rows.includes(null)) return false;
  for (const [index, place] of places.entries()) place.replaceWith(rows[index] ?? place);
  return true;
}

/**
 * How one's own messages fare elsewhere, as the server says it.
 * @param {Document} fresh
 */
function drawDeliveries(fresh) {
  for (const told of fresh.querySelectorAll('#deliveries > li')) {
    const reactions = document.getElementById(`m-${told instanceof HTMLElement ? told.dataset.seq : ''}`)?.querySelector('.reactions');
    if (!reactions) continue;
    const [old, now] = [reactions.parentElement?.querySelector(DELIVERIES), told.firstElementChild];
    if (old?.textContent === now?.textContent) continue;
    old?.remove();
    if (now) reactions.after(now);
  }
}

/** @param {Element} node */
function identityOf(node) {
  return `${node.closest('li')?.id ?? ''} ${node.getAttribute('aria-label') ?? node.textContent}`;
}
