// Draws messages and events from the API's Message. User text goes in as text; `html` is the server's cleaned rendering.
import { clock } from './times.js';

export const chat = document.querySelector('.chat').dataset;
export const words = document.getElementById('words').dataset;
export const piece = (name) => document.getElementById(`piece-${name}`).content.firstElementChild.cloneNode(true);

/** Everybody in the chat, by account id; read anew, as the roster is replaced when people come and go. */
export function person(id) {
  const entry = [...document.getElementById('roster').children].find((item) => item.dataset.id === id);
  return entry?.dataset;
}

export function roster() {
  return [...document.getElementById('roster').children].map((item) => item.dataset);
}

export function draw(message) {
  return message.kind === 'event' ? drawEvent(message) : drawMessage(message);
}

function drawEvent(message) {
  const node = piece('event');
  node.id = `m-${message.seq}`;
  node.dataset.seq = message.seq;
  node.dataset.at = message.created_at;
  node.classList.toggle('outside', isOutside(message.event ?? {}));
  setHtml(node.querySelector('.what'), message.html || escaped(message.text));
  setTime(node, message.created_at);
  return node;
}

function drawMessage(message) {
  const author = message.author ?? { account_id: '', name: words.everybody, role: 'member' };
  const mine = author.account_id === chat.me;
  const node = piece(mine ? 'mine' : author.role === 'external' ? 'outside' : 'member');
  node.classList.toggle('outside', author.role === 'external');
  Object.assign(node.dataset, { id: message.id ?? '', seq: message.seq ?? '', author: author.account_id, at: message.created_at });
  if (message.seq) node.id = `m-${message.seq}`;
  const known = person(author.account_id) ?? {};
  const avatar = node.querySelector('.avatar');
  avatar.className = `avatar tint-${known.tint ?? tint(author.account_id)}${author.role === 'external' ? ' outside' : ''}`;
  avatar.firstElementChild.textContent = known.initials || initials(author.name);
  node.querySelector('.author').textContent = mine ? words.you : author.name;
  const from = node.querySelector('.from');
  if (from) {
    from.querySelector('.badge').textContent = { slack: 'Slack', teams: 'Teams' }[author.via] ?? 'Webtop';
    from.querySelector('.org').textContent = known.organization ?? '';
  }
  if (message.seq) address(node, message);
  setTime(node, message.created_at);
  update(node, message);
  return node;
}

/** Where its links and forms go, for those who open them elsewhere. */
function address(node, { id, seq }) {
  const here = `/chats/${chat.chat}`;
  const forms = { delete: `${here}/messages/${id}/delete` };
  const links = { link: `#m-${seq}`, react: `${here}?react=${id}#m-${seq}`, reply: `${here}?reply=${id}#write`, edit: `${here}?edit=${id}#write` };
  for (const part of node.querySelectorAll('[data-do]')) {
    if (part.tagName === 'FORM') part.action = forms[part.dataset.do];
    else part.href = links[part.dataset.do];
  }
}

/** Text, edit mark, reactions, deletion: all that may change after a message was written. */
export function update(node, message) {
  if (message.kind === 'event') return;
  const text = node.querySelector('.text');
  node.querySelector('.edited')?.remove();
  if (message.deleted_at) {
    text.textContent = words.deleted;
    text.className = 'text deleted';
    for (const gone of node.querySelectorAll('.quote, .reactions, .delivery, .deliveries, .tools, .floating, .picker')) gone.remove();
    return;
  }
  setHtml(text, message.html);
  if (message.edited_at) {
    const edited = document.createElement('span');
    edited.className = 'edited';
    edited.textContent = ` ${words.edited}`;
    text.after(edited);
  }
  drawQuote(node, message.reply_to);
  const reactions = (message.reactions ?? []).map((reaction) => drawReaction(reaction, node.dataset.id));
  node.querySelector('.reactions').replaceChildren(...reactions);
}

/** Quotes of a message say what it says now, and nothing once it is deleted. */
export function requote({ id, text, deleted_at }) {
  for (const quote of document.querySelectorAll(`.quote[data-of="${CSS.escape(id)}"]`)) {
    quote.lastChild.textContent = deleted_at ? '' : text;
  }
}

function drawQuote(node, reply) {
  node.querySelector('.quote')?.remove();
  if (!reply) return;
  const quote = piece('quote');
  if (reply.author) {
    quote.dataset.of = reply.id;
    quote.querySelector('b').textContent = reply.author.name;
    quote.lastChild.textContent = reply.text ?? '';
  } else {
    quote.textContent = words.before;
  }
  node.querySelector('.text').before(quote);
}

function drawReaction({ emoji, count, mine }, id) {
  const form = piece('reaction');
  form.action = `/chats/${chat.chat}/messages/${id}/react`;
  form.querySelector('[name="emoji"]').value = emoji;
  form.querySelector('.emoji').textContent = emoji;
  form.querySelector('.n').textContent = count;
  const button = form.querySelector('button');
  button.classList.toggle('mine', mine);
  button.value = mine ? '0' : '1';
  button.setAttribute('aria-pressed', String(mine));
  return form;
}

function setHtml(node, html) {
  const parsed = new DOMParser().parseFromString(html ?? '', 'text/html');
  for (const block of parsed.body.querySelectorAll('p, ul, ol, li, pre')) block.dir = 'auto';
  node.replaceChildren(...parsed.body.childNodes);
  letScroll(node);
}

/** Long lines of code scroll within themselves, by keyboard too. */
export function letScroll(root) {
  for (const code of root.querySelectorAll('pre')) code.tabIndex = 0;
}

export function escaped(text) {
  const node = document.createElement('p');
  node.dir = 'auto';
  node.textContent = text;
  return node.outerHTML;
}

function setTime(node, when) {
  const time = node.querySelector('time');
  time.dateTime = when;
  time.textContent = clock(when);
}

/** Stitches for what concerns people from outside; members who are added and names of chats are inside matters. */
function isOutside({ type, by }) {
  return type !== 'chat.renamed' && !(type === 'participant.joined' && by);
}

/** The same as the server's (CRC-32 of the id), for people who aren't in the roster any more. */
function tint(id) {
  let crc = -1;
  for (const byte of new TextEncoder().encode(id ?? '')) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ((crc ^ -1) >>> 0) % 6;
}

function initials(name) {
  const all = (name ?? '').split(/\s+/);
  const parts = all.filter((part) => /^[\p{L}\p{N}]/u.test(part));
  const [first, last] = parts.length ? [parts[0], parts.length > 1 ? parts.at(-1) : ''] : [name ?? '', ''];
  return [first, last].map((part) => [...part][0] ?? '').join('').toUpperCase();
}
