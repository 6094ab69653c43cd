// The composer: hands messages to the outbox, keeps drafts, counts, mentions, replies and edits.
import * as storage from './account_storage.js';
import { call, Refused } from './api.js';
import { chat, piece, words } from './chat_view.js';
import * as live from './chat_live.js';
import { suggestions } from './chat_mentions.js';
import * as outbox from './chat_outbox.js';
import * as thread from './chat_thread.js';

const LIMIT = 4000;
const form = document.getElementById('compose');
const field = document.getElementById('text');
const button = document.getElementById('send');
const about = document.getElementById('about');
const replyTo = document.getElementById('reply-to');
const list = document.getElementById('messages');
const DRAFT = `draft:${chat.chat}`;
let editing = null;
let picked = () => [];

export function start() {
  if (!field.value) field.value = storage.read(DRAFT) ?? '';
  const edited = form.action.match(/\/messages\/([^/]+)\/edit$/);
  if (edited) editing = { id: edited[1] };
  picked = suggestions(field, document.getElementById('mention')); // first, so that Enter completes a name before it sends
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
  outbox.start();
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
  if (!editing) keepDraft();
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
    [...list.querySelectorAll('.message.mine:not(.pending) [data-do="edit"]')].at(-1)?.click();
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
  if (!outbox.add(text, replyTo.disabled ? undefined : replyTo.value, meant())) {
    refuse(words.full);
    return;
  }
  leaveMode();
  field.value = '';
  onInput();
  thread.toEnd();
}

function keepDraft() {
  if (field.value) storage.keep(DRAFT, field.value);
  else storage.remove(DRAFT);
}

/** Which of two people of one name is meant; nothing where nobody was picked from the list. */
function meant() {
  const ids = picked();
  return ids.length ? ids.slice(0, 20) : undefined;
}

async function saveEdit(text) {
  const { id } = editing;
  button.setAttribute('aria-busy', 'true');
  try {
    const message = await call('PATCH', `${thread.path}/messages/${id}`, { text, mentions: meant() });
    thread.take([message], { quiet: true });
    leaveMode();
  } catch (error) {
    refuse(error instanceof Refused ? error.message : '');
  }
  button.removeAttribute('aria-busy');
}

function refuse(why) {
  const line = piece('unsent');
  if (why) line.querySelector('.why').textContent = why;
  for (const action of line.querySelectorAll('button')) action.remove();
  document.getElementById('text-error').replaceChildren(line);
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
  bold.dir = 'auto';
  const said = document.createElement('span');
  said.textContent = text;
  said.dir = 'auto';
  line.append(bold, ' ', said);
  about.querySelector('p').replaceChildren(line);
  about.hidden = false;
  field.focus();
}

function leaveMode() {
  if (editing) field.value = editing.draft ?? storage.read(DRAFT) ?? '';
  editing = null;
  replyTo.value = '';
  replyTo.disabled = true;
  about.hidden = true;
  button.querySelector('span').textContent = words.send;
  onInput();
}
