// Messages that the server doesn't have yet: shown at once, kept in the browser, sent one after the other until it has them.
// Each has one Idempotency-Key for all tries, from whichever tab, so it is stored once.
import * as storage from './account_storage.js';
import { call, Refused } from './api.js';
import { chat, draw, escaped, person, piece, words } from './chat_view.js';
import * as thread from './chat_thread.js';

const KEPT = `unsent:${chat.chat}:`;
const MOST = 50;
const KEY_LIFE = 23 * 60 * 60 * 1000; // the server knows a key for 24 hours; older messages wait for their author's word
const LONGEST_PAUSE = 30_000;
const MOST_FAILURES = 5;
const list = document.getElementById('messages');
const entries = new Map();
let sending = false;
let pauses = 0;
let notBefore = 0;
let timer = 0;

export function start() {
  load();
  storage.onRemoved((name) => { if (name.startsWith(KEPT)) takeAway(entries.get(name.slice(KEPT.length))); });
  addEventListener('chat:back', () => {
    load();
    for (const entry of entries.values()) entry.failures = Math.min(entry.failures ?? 0, MOST_FAILURES - 1); // one more try
    pauses = 0;
    sendAll();
  });
  addEventListener('beforeunload', (event) => {
    if ([...entries.values()].some(({ kept, refused }) => !kept && !refused)) event.preventDefault();
  });
  sendAll();
}

/** False when too many wait already. `mentions`: the ids of the people who are meant, where names don't tell. */
export function add(text, replyTo, mentions) {
  if (entries.size >= MOST) return false;
  const entry = { key: crypto.randomUUID(), text, reply_to: replyTo, mentions, at: new Date().toISOString() };
  keep(entry);
  show(entry);
  sendAll();
  return true;
}

/** Our own message came back over the socket before its answer did. */
export function delivered(message) {
  const entry = [...entries.values()].find((one) => one.busy && one.text === message.text);
  if (entry) drop(entry);
}

/** What other pages of this account left, those that were closed too. */
function load() {
  const kept = storage.names(KEPT).map((name) => storage.read(name)).filter((value) => value && !entries.has(value.key));
  for (const value of kept.sort((one, other) => one.at.localeCompare(other.at))) show({ ...value, kept: true });
}

function keep(entry) {
  const { key, text, reply_to, mentions, at, refused } = entry;
  entry.kept = storage.keep(KEPT + key, { key, text, reply_to, mentions, at, refused });
}

/** One at a time, so that they arrive in the order in which they were written. */
async function sendAll() {
  if (sending) return;
  clearTimeout(timer);
  let pause = notBefore - Date.now();
  if (pause > 0) {
    timer = setTimeout(sendAll, pause);
    return;
  }
  pause = 0;
  sending = true;
  try {
    for (let entry = next(); entry && !pause; entry = next()) pause = await inTurn(() => send(entry));
  } finally {
    sending = false;
  }
  if (pause) timer = setTimeout(sendAll, pause);
}

function next() {
  return [...entries.values()].find(goesByItself);
}

function goesByItself({ refused, failures, at, asked }) {
  return !refused && !(failures >= MOST_FAILURES) && (asked || Date.now() - Date.parse(at) < KEY_LIFE);
}

/** One tab of this account at a time. Where a browser has no locks, the key alone keeps a message from being stored twice. */
function inTurn(work) {
  return navigator.locks ? navigator.locks.request(`webtop:send:${storage.account}:${chat.chat}`, work) : work();
}

/** The milliseconds to wait before the next try; 0 when this one is sent, refused for good, or not ours to send any more. */
async function send(entry) {
  if (!storage.isOwner() || (entry.kept && !storage.read(KEPT + entry.key))) {
    takeAway(entry);
    return 0;
  }
  entry.busy = true;
  try {
    const body = { text: entry.text, reply_to: entry.reply_to, mentions: entry.mentions }; // what is undefined isn't sent
    const message = await call('POST', `${thread.path}/messages`, body, { 'Idempotency-Key': entry.key });
    drop(entry);
    dispatchEvent(new CustomEvent('chat:sent', { detail: message }));
    pauses = 0;
    return 0;
  } catch (error) {
    return entries.has(entry.key) ? failed(entry, error) : 0;
  } finally {
    entry.busy = false;
  }
}

function failed(entry, error) {
  const answered = error instanceof Refused;
  const why = answered ? `${words.refused} ${error.message}` : '';
  if (answered && !passes(error)) {
    entry.refused = why;
    if (entry.kept) keep(entry);
    mark(entry, why);
    dispatchEvent(new CustomEvent('chat:refused', { detail: error }));
    return 0;
  }
  if (answered && error.status >= 500) entry.failures = (entry.failures ?? 0) + 1; // what fails alone holds up no other
  mark(entry, why);
  pauses += 1;
  const asked = (error.retryAfter ?? 0) * 1000; // by the server; not even a connection that is back makes it shorter
  notBefore = Date.now() + asked;
  return Math.max(asked, Math.min(LONGEST_PAUSE, 500 * 2 ** pauses) * (0.8 + Math.random() * 0.4));
}

/** The server, or what stands before it, says no for the moment only. */
function passes({ status, code }) {
  return status >= 500 || [408, 425, 429].includes(status) || code === 'in_progress';
}

/** In second colour until the server has it. */
function show(entry) {
  const me = { account_id: chat.me, name: words.you, role: person(chat.me)?.role ?? 'member', via: 'webtop' };
  const node = draw({ kind: 'text', author: me, html: escaped(entry.text), created_at: entry.at, reactions: [] });
  node.classList.add('pending');
  entry.node = node;
  entries.set(entry.key, entry);
  list.append(node);
  thread.arrange();
  if (goesByItself(entry)) markSending(entry);
  else mark(entry, entry.refused);
}

const placeOf = (entry) => entry.node.querySelector('.reactions');

function markSending(entry) {
  placeOf(entry).replaceChildren();
  entry.slow = setTimeout(() => placeOf(entry).replaceChildren(piece('sending')), 300);
}

/** Said once, however often it is tried again by itself. */
function mark(entry, why) {
  clearTimeout(entry.slow);
  const line = piece('unsent');
  if (why) line.querySelector('.why').textContent = why;
  if (placeOf(entry).querySelector('.unsent .why')?.textContent === line.querySelector('.why').textContent) return;
  line.querySelector('.again').addEventListener('click', () => sendAgain(entry));
  line.querySelector('.drop').addEventListener('click', () => {
    drop(entry);
    document.getElementById('text').focus();
  });
  line.setAttribute('role', 'alert');
  placeOf(entry).replaceChildren(line);
}

function sendAgain(entry) {
  Object.assign(entry, { refused: undefined, failures: 0, asked: true });
  pauses = 0;
  notBefore = 0;
  markSending(entry);
  sendAll();
}

function drop(entry) {
  storage.remove(KEPT + entry.key);
  takeAway(entry);
}

/** From this page alone. */
function takeAway(entry) {
  if (!entry || !entries.delete(entry.key)) return;
  clearTimeout(entry.slow);
  entry.node.remove();
  thread.arrange();
}
