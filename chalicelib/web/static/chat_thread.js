// The list of messages: in order of seq, each once; days and groups; older ones on scrolling up; unread and newest.
import { call } from './api.js';
import { chat, draw, letScroll, piece, requote, update, words } from './chat_view.js';
import { renew } from './chat_people.js';
import { announce } from './menu.js';
import { day, dayKey } from './times.js';

const box = document.getElementById('thread');
const list = document.getElementById('messages');
const newest = document.getElementById('newest');
const GROUP = 5 * 60 * 1000;
const known = new Map();
const title = document.title.replace(/^\(\d+\) /, '');
let last = 0;
let unseen = 0;
let older = 'older' in chat;
let loading = false;
let arranging = 0;
let marking = 0;

export const path = `/chats/${chat.chat}`;
export const lastSeq = () => last;
/** What is older than the first that is shown comes on scrolling up, without gaps. */
export const isBefore = (seq) => seq < (known.size ? Math.min(...known.keys()) : last);
export const nodeOf = (seq) => known.get(seq);
export const atEnd = () => Math.abs(box.scrollTop) < 60;

export function start() {
  for (const node of list.querySelectorAll('[data-seq]')) known.set(Number(node.dataset.seq), node);
  last = known.size ? Math.max(...known.keys()) : Number(chat.lastSeq) || 0;
  if (new URLSearchParams(location.search).has('before')) location.replace(location.pathname);
  const quiet = document.querySelector('.older');
  if (quiet) quiet.hidden = true;
  letScroll(list);
  arrange();
  box.addEventListener('scroll', onScroll, { passive: true });
  newest.addEventListener('click', () => {
    toEnd();
    document.getElementById('text').focus();
  });
  document.addEventListener('visibilitychange', seen);
  addEventListener('focus', seen);
  document.getElementById('unread')?.scrollIntoView({ block: 'center' });
  onScroll();
  seen();
}

/** Puts in messages from the API; already known ones are brought up to date. Keeps the place where the reader is. */
export function take(messages, { quiet = false } = {}) {
  const stick = atEnd() && !quiet;
  keepPlace(() => {
    for (const message of messages) {
      const there = known.get(message.seq);
      if (there) {
        update(there, message);
        requote(message);
        continue;
      }
      insert(message);
      if (!quiet) greet(message);
    }
    document.querySelector('.empty-card')?.toggleAttribute('hidden', Boolean(list.querySelector('.message')));
  });
  arrange();
  if (stick) toEnd();
  onScroll();
}

/** At the end the box stays there by itself; elsewhere what the reader looks at doesn't move. */
function keepPlace(change) {
  const anchor = atEnd() ? null : visibleNode();
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) box.scrollTop += anchor.getBoundingClientRect().top - before;
}

function insert(message) {
  const node = draw(message);
  known.set(message.seq, node);
  if (message.seq > last) {
    last = message.seq;
    list.insertBefore(node, list.querySelector('.pending'));
    return;
  }
  const next = [...list.querySelectorAll('[data-seq]')].find((other) => Number(other.dataset.seq) > message.seq);
  list.insertBefore(node, next ?? list.querySelector('.pending'));
}

function greet(message) {
  if (message.author?.account_id === chat.me) return;
  const text = known.get(message.seq).querySelector('.text, .what').textContent;
  announce(message.kind === 'event' ? text : `${message.author?.name ?? ''}: ${text}`);
  if (message.kind === 'event' || (atEnd() && !document.hidden && document.hasFocus())) return;
  if (!document.getElementById('unread')) list.insertBefore(unreadLine(), known.get(message.seq));
  unseen += 1;
  showUnseen();
}

function unreadLine() {
  const line = document.createElement('li');
  line.className = 'line unread';
  line.id = 'unread';
  const text = document.createElement('span');
  text.textContent = words.new;
  line.append(text);
  return line;
}

/** Day lines and groups (same author, five minutes), from the reader's own calendar; once per frame. */
export function arrange() {
  if (arranging) return;
  arranging = requestAnimationFrame(() => {
    arranging = 0;
    keepPlace(rearrange);
  });
}

function rearrange() {
  for (const line of list.querySelectorAll('.line.day')) line.remove();
  let before = null;
  for (const node of [...list.children]) {
    const at = node.dataset.at;
    if (!at) {
      if (before) before.author = null;
      continue;
    }
    const key = dayKey(at);
    if (key !== before?.key) node.before(dayLine(at));
    const author = node.classList.contains('message') ? node.dataset.author : null;
    const follows = author && before?.author === author && before.key === key && Date.parse(at) - before.time < GROUP;
    node.classList.toggle('grouped', Boolean(follows));
    before = { key, author, time: Date.parse(at) };
  }
}

function dayLine(at) {
  const line = document.createElement('li');
  line.className = 'line day';
  const text = document.createElement('span');
  text.textContent = day(at);
  line.append(text);
  return line;
}

function onScroll() {
  newest.hidden = atEnd();
  if (atEnd()) seen();
  const above = box.scrollHeight - box.clientHeight + box.scrollTop;
  if (above < 400) loadOlder();
}

async function loadOlder() {
  if (!older || loading) return;
  loading = true;
  const first = Math.min(...known.keys());
  const bars = piece('bars');
  list.before(bars);
  try {
    const { items } = await call('GET', `${path}/messages?before=${first}&limit=50`);
    take(items, { quiet: true });
    older = items.length === 50;
  } catch {
    document.querySelector('.older')?.toggleAttribute('hidden', false);
    older = false;
  }
  bars.remove();
  loading = false;
}

export function toEnd() {
  box.scrollTop = 0;
  requestAnimationFrame(() => { box.scrollTop = 0; });
}

/** The reader is here and at the end: nothing is unread; the server is told a little later, once. */
function seen() {
  if (document.hidden || !document.hasFocus() || !atEnd()) return;
  unseen = 0;
  showUnseen();
  readInList();
  clearTimeout(marking);
  marking = setTimeout(() => {
    if (last && last !== Number(box.dataset.read)) {
      box.dataset.read = last;
      const called = document.querySelector('#side-inbox .count-mention, #side-chats [aria-current] .count-mention');
      call('PUT', `${path}/read`, { seq: last }).then(() => called && renew(), () => { delete box.dataset.read; });
    }
  }, 600);
}

/** Another window of the same person has read up to there. */
export function readElsewhere(seq) {
  if (seq < last || !unseen) return;
  unseen = 0;
  showUnseen();
}

function readInList() {
  const row = document.querySelector(`#side-chats [data-chat="${CSS.escape(chat.chat)}"]`);
  row?.classList.remove('unread');
  row?.querySelector('.count')?.remove();
}

function showUnseen() {
  document.title = unseen ? `(${unseen}) ${title}` : title;
  newest.querySelector('span').textContent = unseen ? `${words.newest}, ${unseen}` : words.newest;
  const icon = document.getElementById('favicon');
  icon.href = icon.href.replace(/icon(-unread)?\.svg/, unseen ? 'icon-unread.svg' : 'icon.svg');
}

function visibleNode() {
  const top = box.getBoundingClientRect().top;
  return [...list.children].find((node) => node.dataset.seq && node.getBoundingClientRect().bottom > top);
}

/** Brings one message up to date, e.g. after one's own reaction. */
export async function refresh(seq) {
  const { items } = await call('GET', `${path}/messages?before=${seq + 1}&limit=1`);
  if (items[0]?.seq === seq) take(items, { quiet: true });
  return items[0];
}
