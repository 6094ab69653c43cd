// New things without reloading: a WebSocket opened with a one-time ticket; while there is none, polling with back-off.
// Whatever was missed is asked for by seq, so nothing is lost and nothing comes twice.
import { call, Refused } from './api.js';
import { chat, person, piece, roster, words } from './chat_view.js';
import { delivered } from './chat_compose.js';
import { renew } from './chat_people.js';
import * as thread from './chat_thread.js';

const page = document.querySelector('.chat');
const place = document.getElementById('connection');
const PING = 4 * 60 * 1000;
let socket = null;
let tries = 0;
let broken = false;
let sockets = true;
let over = false;
let catching = null;
let polls = 0;
let saying = 0;
let typed = 0;
const typists = new Map();

export function start() {
  connect();
  addEventListener('online', connect);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) wake(); });
  setInterval(() => { if (socket?.readyState === WebSocket.OPEN) socket.send('{"action": "ping"}'); }, PING);
}

/** Back from another window or a phone's sleep: a socket may be dead without saying so, and one may have been removed. */
function wake() {
  if (socket?.readyState === WebSocket.OPEN) catchUp(true).catch(refused);
  else connect();
}

async function connect() {
  if (socket || !sockets) return;
  socket = { readyState: -1 };
  try {
    const { url } = await call('POST', '/socket-tickets', {});
    socket = new WebSocket(url);
  } catch (error) {
    socket = null;
    sockets = !(error instanceof Refused && [404, 405, 501].includes(error.status));
    lost();
    return;
  }
  socket.addEventListener('open', () => {
    page.dataset.live = 'socket';
    const again = tries > 0 || broken;
    tries = 0;
    catchUp(again).then(restored, refused);
  });
  socket.addEventListener('message', ({ data }) => hear(JSON.parse(data)));
  socket.addEventListener('close', () => {
    socket = null;
    lost();
  });
}

/** Says so when it lasts, polls meanwhile, and tries again later and later. */
function lost() {
  if (over) return;
  tries += 1;
  page.dataset.live = 'polling';
  if (sockets && !saying && !broken) saying = setTimeout(sayBroken, 2500);
  const wait = sockets ? Math.min(tries < 12 ? 8000 : 30000, 400 * 1.6 ** tries) : (document.hidden ? 15000 : 2500);
  setTimeout(async () => {
    polls += 1;
    try {
      await catchUp(polls % 5 === 0);
      if (!sockets) restored();
    } catch (error) {
      refused(error);
      if (over) return;
      if (!broken) sayBroken();
    }
    if (sockets) connect();
    else if (!socket) lost();
  }, wait * (0.8 + Math.random() * 0.4));
}

/** What the server says no to: of a chat that isn't there for us any more. */
export function refused(error) {
  if (error instanceof Refused && [403, 404].includes(error.status)) gone();
}

/** Removed, or left in another window: nothing more to show or to ask for. */
function gone() {
  over = true;
  sockets = false;
  const line = piece('broken');
  line.querySelector('p').textContent = words.gone;
  place.replaceChildren(line);
  document.querySelector('.composer').inert = true;
}

function sayBroken() {
  clearTimeout(saying);
  saying = 0;
  broken = true;
  place.replaceChildren(piece('broken'));
}

function restored() {
  clearTimeout(saying);
  saying = 0;
  dispatchEvent(new Event('chat:back'));
  if (!broken) return;
  broken = false;
  place.replaceChildren(piece('back'));
  setTimeout(() => { if (!broken) place.replaceChildren(); }, 4000);
}

/** All after the last seq that we have; with `changes` also what was edited, deleted or reacted to lately. One at a time. */
function catchUp(changes = false) {
  catching ??= (async () => {
    for (;;) {
      const { items } = await call('GET', `${thread.path}/messages?after=${thread.lastSeq()}&limit=100`);
      thread.take(items);
      if (items.length < 100) break;
    }
    if (changes) {
      const { items } = await call('GET', `${thread.path}/messages?limit=50`);
      thread.take(items, { quiet: true });
      renew();
    }
  })().finally(() => { catching = null; });
  return catching;
}

/** Takes new messages in; where one before them is missing, or says in English what happened, asks for all since the last. */
export function arrived(messages) {
  for (const message of messages) {
    if (thread.isBefore(message.seq)) continue;
    const foreign = message.kind === 'event' && document.documentElement.lang !== 'en';
    if (foreign || message.seq > thread.lastSeq() + 1) {
      catchUp().then(() => { if (thread.lastSeq() < message.seq) return catchUp(); }).catch(() => {});
    } else {
      thread.take([message]);
    }
  }
}

function hear(event) {
  const { type, message } = event;
  if (event.chat_id !== chat.chat) {
    if (type === 'message.created' && message?.author?.account_id !== chat.me) countElsewhere(event.chat_id, message);
    if (type === 'read') renew();
    return;
  }
  if (type === 'message.created' && message) {
    if (message.author?.account_id === chat.me) delivered(message);
    typists.delete(message.author?.account_id);
    showTyping();
    arrived([message]);
  } else if (type === 'delivery.changed') {
    renew();
  } else if (message) {
    if (thread.nodeOf(message.seq)) thread.take([message], { quiet: true });
  } else if (type === 'typing') {
    if (event.account_id !== chat.me) heardTyping(event.account_id, event.name);
  } else if (type === 'participant.left' && event.participant?.account_id === chat.me) {
    gone();
    return;
  } else if (type === 'read') {
    thread.readElsewhere(event.seq);
  }
  if (/^(invitation|participant|chat)\./.test(type)) {
    renew();
    if (!message) catchUp().catch(() => {});
  }
}

function countElsewhere(id, message) {
  const row = document.querySelector(`#side-chats [data-chat="${CSS.escape(id)}"]`);
  if (!row || message?.html?.includes('class="mention"')) {
    renew();
    return;
  }
  row.classList.add('unread');
  row.closest('ul').prepend(row.closest('li'));
  if (row.querySelector('.count-mention')) return;
  const count = row.querySelector('.count') ?? row.appendChild(Object.assign(document.createElement('span'), { className: 'count' }));
  count.textContent = (Number.parseInt(count.textContent, 10) || 0) + 1;
}

function heardTyping(id, name) {
  clearTimeout(typists.get(id)?.timer);
  const timer = setTimeout(() => {
    typists.delete(id);
    showTyping();
  }, 6000);
  typists.set(id, { timer, name: person(id)?.name ?? name ?? '' });
  showTyping();
}

function showTyping() {
  const line = document.getElementById('typing');
  const [first] = typists.values();
  if (!first) line.textContent = '';
  else line.textContent = typists.size > 1 ? words.typingMany : `${first.name.split(' ')[0]} ${words.typing}`;
}

/** Tells the others that somebody writes, at most every three seconds. */
export function typing() {
  if (socket?.readyState !== WebSocket.OPEN || Date.now() - typed < 3000 || roster().length < 2) return;
  typed = Date.now();
  socket.send(JSON.stringify({ action: 'typing', chat_id: chat.chat }));
}
