// Draws messages and events from the API's Message. User text goes in as text; `html` is the server's cleaned rendering.
import { drawFiles } from './chat_file_view.js';
import { fitText, reactors } from './chat_text.js';
import { find, cloneTemplate } from './page.js';
import { clock } from './times.js';

const data = (/** @type {HTMLElement} */ node) => /** @type {any} */ (node.dataset);

/** @returns {ChatData} the chat that the page shows, and whose page it is */
export const chatData = () => data(find('.chat'));

/** @returns {Words} */
export const words = () => data(find('#words'));

/** @returns {Person[]} everybody in the chat; read anew, as the roster is replaced when people come and go */
export const roster = () => [...document.querySelectorAll('#roster > li')].map((item) => data(/** @type {HTMLElement} */ (item)));

/** @param {string | undefined} id */
export const person = (id) => roster().find((member) => member.id === id);

/** @param {Drawable} message */
export function draw(message) {
  return message.kind === 'event' ? drawEvent(message) : drawMessage(message);
}

/** @param {Drawable} message */
function drawEvent(message) {
  const node = cloneTemplate('event');
  node.id = `m-${message.seq}`;
  node.dataset.seq = String(message.seq);
  node.dataset.at = message.created_at;
  node.classList.toggle('outside', isOutside(message.event ?? {}));
  setHtml(find('.what', HTMLElement, node), message.html || escaped(message.text ?? ''));
  setTime(node, message.created_at);
  return node;
}

/** @param {Drawable} message */
function drawMessage(message) {
  const author = message.author ?? { account_id: '', name: words().everybody ?? '', role: 'member', via: 'webtop' };
  const mine = author.account_id === chatData().me;
  const outside = author.role === 'external';
  const node = cloneTemplate(mine ? 'mine' : outside ? 'outside' : 'member');
  node.classList.toggle('outside', outside);
  Object.assign(node.dataset, { id: message.id ?? '', seq: message.seq ?? '', author: author.account_id, at: message.created_at });
  if (message.seq) node.id = `m-${message.seq}`;
  drawAuthor(node, author, mine);
  if (message.seq) setAddresses(node, message);
  setTime(node, message.created_at);
  update(node, message);
  return node;
}

/**
 * @param {HTMLElement} node
 * @param {Author} author
 * @param {boolean} mine
 */
function drawAuthor(node, author, mine) {
  const known = person(author.account_id);
  const avatar = find('.avatar', HTMLElement, node);
  avatar.className = `avatar tint-${known?.tint ?? tint(author.account_id)}${author.role === 'external' ? ' outside' : ''}`;
  find('*', HTMLElement, avatar).textContent = known?.initials || initials(author.name);
  drawPicture(avatar, known?.picture);
  find('.author', HTMLElement, node).textContent = mine ? words().you ?? '' : author.name;
  const from = node.querySelector('.from');
  if (!from) return;
  find('.badge', HTMLElement, from).textContent = words()[`via${author.via.charAt(0).toUpperCase()}${author.via.slice(1)}`] ?? '';
  find('.org', HTMLElement, from).textContent = known?.organization ?? '';
}

/**
 * A person's picture over their initials, which stay where it doesn't come.
 * @param {HTMLElement} avatar
 * @param {string} [url]
 */
export function drawPicture(avatar, url) {
  avatar.querySelector('img')?.remove();
  if (url) avatar.append(Object.assign(new Image(36, 36), { alt: '', loading: 'lazy', decoding: 'async', src: url }));
}

/**
 * Where its links and forms go, for those who open them elsewhere.
 * @param {HTMLElement} node
 * @param {Drawable} message
 */
function setAddresses(node, { id, seq }) {
  const here = `/chats/${chatData().chat}`;
  find('.whole a', HTMLAnchorElement, node).href = `${here}/messages/${id}/mail`;
  const forms = /** @type {Record<string, string>} */ ({ delete: `${here}/messages/${id}/delete` });
  const links = /** @type {Record<string, string>} */ ({ link: `${here}?at=${seq}`, react: `${here}?react=${id}#m-${seq}`, reply: `${here}?reply=${id}#write`, edit: `${here}?edit=${id}#write` });
  for (const part of node.querySelectorAll('[data-do]')) {
    if (part instanceof HTMLFormElement) part.action = forms[part.dataset.do ?? ''] ?? '';
    else if (part instanceof HTMLAnchorElement) part.href = links[part.dataset.do ?? ''] ?? '';
  }
}

const AFTER_DELETING = '.more, .quote, .whole, .files, .reactions, .delivery, .deliveries, .tools, .floating, .picker';

/**
 * Text, edit mark, reactions, deletion: all that may change after a message was written.
 * @param {HTMLElement} node
 * @param {Drawable} message
 */
export function update(node, message) {
  if (message.kind === 'event') {
    setHtml(find('.what', HTMLElement, node), message.html);
    if (message.event?.ended_at) node.querySelector('.ends-call')?.remove();
    return;
  }
  const text = find('.text', HTMLElement, node);
  node.querySelector('.edited')?.remove();
  if (message.deleted_at) {
    text.textContent = words().deleted ?? '';
    text.className = 'text deleted';
    for (const gone of node.querySelectorAll(AFTER_DELETING)) gone.remove();
    return;
  }
  if (!message.has_mail) node.querySelector('.whole')?.remove();
  setHtml(text, message.html);
  fitText(text);
  if (message.edited_at) {
    const edited = document.createElement('span');
    edited.className = 'edited';
    edited.textContent = ` ${words().edited}`;
    text.after(edited);
  }
  drawQuote(node, message.reply_to);
  drawFiles(node, message.files ?? []);
  const reactions = (message.reactions ?? []).map((reaction) => drawReaction(reaction, node.dataset.id ?? ''));
  find('.reactions', HTMLElement, node).replaceChildren(...reactions);
}

/**
 * @param {HTMLElement} node
 * @param {ReplyTarget} [reply]
 */
function drawQuote(node, reply) {
  node.querySelector('.quote')?.remove();
  if (!reply) return;
  const quote = cloneTemplate('quote');
  if (reply.author && quote.lastChild) {
    find('b', HTMLElement, quote).textContent = reply.author.name;
    quote.lastChild.textContent = ` ${reply.text ?? ''}`;
  } else {
    quote.textContent = words().before ?? '';
  }
  find('.text', HTMLElement, node).before(quote);
}

/**
 * @param {Reaction} reaction
 * @param {string} id
 */
function drawReaction(reaction, id) {
  const { emoji, count, mine } = reaction;
  const form = cloneTemplate('reaction', HTMLFormElement);
  form.action = `/chats/${chatData().chat}/messages/${id}/react`;
  find('[name="emoji"]', HTMLInputElement, form).value = emoji;
  find('.emoji', HTMLElement, form).textContent = emoji;
  find('.n', HTMLElement, form).textContent = String(count);
  find('.reactors', HTMLElement, form).textContent = reactors(reaction, words().you ?? '', nameOfOther);
  const button = find('button', HTMLButtonElement, form);
  button.classList.toggle('mine', mine);
  button.value = mine ? '0' : '1';
  button.setAttribute('aria-pressed', String(mine));
  return form;
}

/** @param {string} id */
function nameOfOther(id) {
  return id === chatData().me ? undefined : person(id)?.name;
}

/**
 * A line of `kind` in the list, which is no message.
 * @param {string} kind
 * @param {string} says
 */
export function drawLine(kind, says) {
  const line = document.createElement('li');
  line.className = `line ${kind}`;
  const text = document.createElement('span');
  text.textContent = says;
  line.append(text);
  return line;
}

/**
 * What went wrong with a message, with its buttons or, where they lead nowhere, without.
 * @param {string} why the reason; empty for a broken connection
 * @param {boolean} buttons
 */
export function drawUnsent(why, buttons) {
  const line = cloneTemplate('unsent');
  if (why) find('.why', HTMLElement, line).textContent = why;
  if (!buttons) for (const button of line.querySelectorAll('button')) button.remove();
  return line;
}

/**
 * @param {HTMLElement} node
 * @param {string} html
 */
function setHtml(node, html) {
  const parsed = new DOMParser().parseFromString(html ?? '', 'text/html');
  node.replaceChildren(...parsed.body.childNodes);
}

/** @param {string} text */
export function escaped(text) {
  const node = document.createElement('p');
  node.textContent = text;
  return node.outerHTML;
}

/**
 * @param {HTMLElement} node
 * @param {string} when
 */
function setTime(node, when) {
  const time = find('time', HTMLTimeElement, node);
  time.dateTime = new Date(when).toISOString();
  time.textContent = clock(when);
}

/**
 * Stitches for what concerns people from outside; members who are added and names of chats are inside matters.
 * @param {{ type?: string, by?: unknown }} event
 */
function isOutside({ type, by }) {
  return !['chat.renamed', 'call.started'].includes(type ?? '') && !(type === 'participant.joined' && by);
}

/**
 * The same as the server's (CRC-32 of the id), for people who aren't in the roster any more.
 * @param {string} id
 */
export function tint(id) {
  let crc = -1;
  for (const byte of new TextEncoder().encode(id ?? '')) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ((crc ^ -1) >>> 0) % 6;
}

/**
 * The same as the server's, of domain/names.py.
 * @param {string} name
 */
export function initials(name) {
  const all = (name ?? '').split(/\s+/);
  const parts = all.filter((part) => /^[\p{L}\p{N}]/u.test(part));
  const [first, last] = parts.length ? [parts[0], parts.length > 1 ? parts.at(-1) : ''] : [name ?? '', ''];
  return [first, last].map((part) => [...part ?? ''][0] ?? '').join('').toUpperCase();
}

/**
 * How the live connection fares, above the thread, as Live wants it shown; and who writes, below it.
 */
export class ConnectionView {
  #page = find('.chat');
  #place = find('#connection');
  #onGone;

  /** @param {() => void} onGone what else is to be done once one isn't in the chat any more */
  constructor(onGone) {
    this.#onGone = onGone;
  }

  /** @param {'socket' | 'polling'} live */
  state(live) {
    this.#page.dataset.live = live;
  }

  broken() {
    this.#place.replaceChildren(cloneTemplate('broken'));
  }

  back() {
    const line = cloneTemplate('back');
    this.#place.replaceChildren(line);
    setTimeout(() => line.remove(), 4000);
  }

  gone() {
    const line = cloneTemplate('broken');
    find('p', HTMLElement, line).textContent = words().gone ?? '';
    this.#place.replaceChildren(line);
    find('.composer').inert = true;
    this.#onGone();
  }

  /** @param {string[]} names of those who write now */
  typing([first, ...more]) {
    const { typing, typingMany = '' } = words();
    find('#typing').textContent = more.length ? typingMany : first === undefined ? '' : `${first.split(' ')[0]} ${typing}`;
  }
}
