// The composer: sends without reloading, keeps drafts and what couldn't be sent, counts, mentions, replies and edits.
import { call, Refused } from './api.js';
import { chat, draw, escaped, person, piece, words } from './chat_view.js';
import * as live from './chat_live.js';
import { suggestions } from './chat_mentions.js';
import * as thread from './chat_thread.js';

const LIMIT = 4000;
const form = document.getElementById('compose');
const field = document.getElementById('text');
const button = document.getElementById('send');
const about = document.getElementById('about');
const replyTo = document.getElementById('reply-to');
const list = document.getElementById('messages');
const keys = { draft: `draft:${chat.chat}`, unsent: `unsent:${chat.chat}` };
const unsent = new Map();
let queue = Promise.resolve();
let editing = null;

export function start() {
  if (!field.value) field.value = sessionStorage.getItem(keys.draft) ?? '';
  const edited = form.action.match(/\/messages\/([^/]+)\/edit$/);
  if (edited) editing = { id: edited[1] };
  suggestions(field, document.getElementById('mention')); // first, so that Enter completes a name before it sends
  field.addEventListener('input', onInput);
  field.addEventListener('keydown', onKey);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  document.getElementById('about-close').addEventListener('click', (event) => {
    event.preventDefault();
    leaveMode();
  });
  document.getElementById('emojis').addEventListener('click', (event) => {
    const emoji = event.target.closest('button')?.value;
    if (!emoji) return;
    insert(emoji);
    document.getElementById('emoji-menu').open = false;
  });
  for (const kept of JSON.parse(sessionStorage.getItem(keys.unsent) ?? '[]')) showUnsent(kept);
  addEventListener('chat:back', () => [...unsent.values()].filter((entry) => !entry.refused).forEach(send));
  const wrong = document.querySelector('[aria-invalid="true"]');
  if (wrong || matchMedia('(hover: hover)').matches) (wrong ?? field).focus({ preventScroll: !wrong });
  onInput();
}

export function insert(text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.focus();
  onInput();
}

function onInput() {
  const over = [...field.value].length - LIMIT;
  document.getElementById('left').textContent = over > 0 ? `${over} ${words.left}` : '';
  button.disabled = over > 0;
  if (!editing) sessionStorage.setItem(keys.draft, field.value);
  if (field.value) live.typing();
  if (!CSS.supports('field-sizing', 'content')) {
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
  }
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === 'Enter' && !event.shiftKey && matchMedia('(hover: hover)').matches) {
    event.preventDefault();
    if (!button.disabled) submit();
  } else if (event.key === 'Escape' && !about.hidden) {
    leaveMode();
  } else if (event.key === 'ArrowUp' && !field.value) {
    const mine = [...list.querySelectorAll('.message.mine[data-id]:not(.pending)')].at(-1);
    mine?.querySelector('[data-do="edit"]')?.click();
  }
}

function submit() {
  const text = field.value.trim();
  if (!text) return;
  document.getElementById('text-error').replaceChildren();
  if (editing) {
    saveEdit(text);
    return;
  }
  const entry = { key: crypto.randomUUID(), text, reply_to: replyTo.disabled ? undefined : replyTo.value, at: new Date().toISOString() };
  leaveMode();
  field.value = '';
  onInput();
  showUnsent(entry, false);
  thread.toEnd();
  send(entry);
}

async function saveEdit(text) {
  const { id } = editing;
  button.setAttribute('aria-busy', 'true');
  try {
    const message = await call('PATCH', `${thread.path}/messages/${id}`, { text });
    thread.take([message], { quiet: true });
    leaveMode();
  } catch (error) {
    refuse(error);
  }
  button.removeAttribute('aria-busy');
}

function refuse(error) {
  const line = piece('unsent');
  line.querySelector('.why').textContent = error instanceof Refused ? error.message : line.querySelector('.why').textContent;
  for (const action of line.querySelectorAll('button')) action.remove();
  document.getElementById('text-error').replaceChildren(line);
}

/** One at a time, so that they arrive in the order in which they were written. */
function send(entry) {
  if (entry.waits || entry.busy) return;
  entry.waits = true;
  mark(entry, 'sending');
  queue = queue.then(() => post(entry));
}

async function post(entry) {
  entry.waits = false;
  entry.busy = true;
  try {
    const body = entry.reply_to ? { text: entry.text, reply_to: entry.reply_to } : { text: entry.text };
    const message = await call('POST', `${thread.path}/messages`, body, { 'Idempotency-Key': entry.key });
    drop(entry);
    live.arrived([message]);
  } catch (error) {
    entry.refused = error instanceof Refused && error.status < 500 && error.status !== 429;
    mark(entry, 'unsent', error instanceof Refused ? `${words.refused} ${error.message}` : null);
    keep();
    live.refused(error);
    if (error instanceof Refused && error.status === 429) setTimeout(() => send(entry), (error.retryAfter || 5) * 1000);
  }
  entry.busy = false;
}

/** Shown at once, in second colour, until the server has it. */
function showUnsent(entry, failed = true) {
  const me = { account_id: chat.me, name: words.you, role: person(chat.me)?.role ?? 'member', via: 'webtop' };
  const node = draw({ kind: 'text', author: me, html: escaped(entry.text), created_at: entry.at, reactions: [] });
  node.classList.add('pending');
  entry.node = node;
  unsent.set(entry.key, entry);
  list.append(node);
  thread.arrange();
  if (failed) mark(entry, 'unsent');
}

function mark(entry, state, why) {
  clearTimeout(entry.slow);
  const place = entry.node.querySelector('.reactions');
  if (state === 'sending') {
    place.replaceChildren();
    entry.slow = setTimeout(() => place.replaceChildren(piece('sending')), 300);
    return;
  }
  const line = piece('unsent');
  if (why) line.querySelector('.why').textContent = why;
  line.querySelector('.again').addEventListener('click', () => send(entry));
  line.querySelector('.drop').addEventListener('click', () => {
    drop(entry);
    field.focus();
  });
  line.setAttribute('role', 'alert');
  place.replaceChildren(line);
}

function drop(entry) {
  clearTimeout(entry.slow);
  entry.node.remove();
  unsent.delete(entry.key);
  keep();
  thread.arrange();
}

function keep() {
  const failed = [...unsent.values()].map(({ key, text, reply_to, at, refused }) => ({ key, text, reply_to, at, refused }));
  if (failed.length) sessionStorage.setItem(keys.unsent, JSON.stringify(failed));
  else sessionStorage.removeItem(keys.unsent);
}

/** Our own message came back over the socket before its answer did. */
export function delivered(message) {
  const entry = [...unsent.values()].find((one) => one.busy && one.text === message.text);
  if (entry) drop(entry);
}

export function replyMode(id, name, text) {
  leaveMode();
  replyTo.value = id;
  replyTo.disabled = false;
  showMode(name, text);
}

export function editMode(id, text) {
  leaveMode();
  editing = { id, draft: field.value };
  field.value = text;
  showMode('', words.editing);
  button.querySelector('span').textContent = words.save;
  onInput();
}

function showMode(name, text) {
  const line = document.createElement('span');
  const bold = document.createElement('b');
  bold.textContent = name;
  line.append(bold, ` ${text}`);
  about.querySelector('p').replaceChildren(line);
  about.hidden = false;
  field.focus();
}

function leaveMode() {
  if (editing) field.value = editing.draft ?? sessionStorage.getItem(keys.draft) ?? '';
  editing = null;
  replyTo.value = '';
  replyTo.disabled = true;
  about.hidden = true;
  button.querySelector('span').textContent = words.send;
  onInput();
}
