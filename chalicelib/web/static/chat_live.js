// New things without reloading: over the live connection; while there is none, by asking again and again, with back-off.
// Whatever was missed is asked for by seq, so nothing is lost and nothing comes twice.
import { call, Refused } from './api.js';
import { chat, person, piece, requote, roster, words } from './chat_view.js';
import { delivered } from './chat_outbox.js';
import { renew } from './chat_people.js';
import * as thread from './chat_thread.js';
import { openConnection } from './live_connection.js';

const page = document.querySelector('.chat');
const place = document.getElementById('connection');
let connection = null;
let opening = false;
let tries = 0;
let broken = false;
let sockets = true;
let over = false;
let catching = null;
let polls = 0;
let saying = 0;
let looking = 0;
let typed = 0;
const typists = new Map();

export function start() {
  connect();
  addEventListener('offline', () => {
    sayBroken();
    lost();
  });
  addEventListener('online', online);
  addEventListener('chat:sent', ({ detail }) => arrived([detail]));
  addEventListener('chat:refused', ({ detail }) => { if (detail.status === 404) refused(detail); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) wake(); });
}

/** The connection may have died without a word while there was no network: asked at once, as everything that was missed. */
function online() {
  tries = 0;
  catching = null;
  connection?.ask();
  look(true);
}

/** Back from another window or a phone's sleep: a connection may be dead, and one may have been removed from the chat. */
function wake() {
  if (!connection) {
    connect();
    return;
  }
  connection.ask();
  look(true);
}

async function connect() {
  if (connection || opening || !sockets) return;
  opening = true;
  try {
    connection = await openConnection({ heard: hear, lost: () => { connection = null; lost(); } });
  } catch (error) {
    sockets = !(error instanceof Refused && [404, 405, 501].includes(error.status));
    lost();
    return;
  } finally {
    opening = false;
  }
  page.dataset.live = 'socket';
  look(tries > 0 || broken);
}

/** Looks again, later and later, and says so when it lasts. */
function lost() {
  if (over) return;
  tries += 1;
  page.dataset.live = 'polling';
  if (sockets && !saying && !broken) saying = setTimeout(sayBroken, 2500);
  const wait = sockets ? Math.min(tries < 12 ? 8000 : 30000, 400 * 1.6 ** tries) : (document.hidden ? 15000 : 2500);
  clearTimeout(looking);
  looking = setTimeout(() => look((polls += 1) % 5 === 0), wait * (0.8 + Math.random() * 0.4));
}

/** Catches up; back when that went well over a connection that lives, or where asking is all there is. */
async function look(changes) {
  clearTimeout(looking);
  try {
    await catchUp(changes || (broken && Boolean(connection)));
  } catch (error) {
    refused(error);
    if (over) return;
    sayBroken();
    lost();
    connect();
    return;
  }
  if (connection) {
    restored();
  } else if (sockets) {
    connect();
  } else {
    restored();
    lost();
  }
}

/** What the server says no to: of a chat that isn't there for us any more. */
function refused(error) {
  if (error instanceof Refused && [403, 404].includes(error.status)) gone();
}

/** Removed, or left in another window: nothing more to show or to ask for. */
function gone() {
  over = true;
  sockets = false;
  clearTimeout(looking);
  clearTimeout(saying);
  connection?.close();
  connection = null;
  const line = piece('broken');
  line.querySelector('p').textContent = words.gone;
  place.replaceChildren(line);
  document.querySelector('.composer').inert = true;
}

function sayBroken() {
  clearTimeout(saying);
  saying = 0;
  if (broken || over) return;
  broken = true;
  place.replaceChildren(piece('broken'));
}

function restored() {
  clearTimeout(saying);
  saying = 0;
  tries = 0;
  if (connection) page.dataset.live = 'socket';
  if (!broken) return;
  broken = false;
  dispatchEvent(new Event('chat:back'));
  place.replaceChildren(piece('back'));
  setTimeout(() => { if (!broken && !over) place.replaceChildren(); }, 4000);
}

/** All after the last seq that we have; with `changes` also what was edited, deleted or reacted to lately. One at a time. */
function catchUp(changes = false) {
  const running = catching ??= (async () => {
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
  })().finally(() => { if (catching === running) catching = null; });
  return running;
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
    if (['read', 'message.edited', 'message.deleted'].includes(type)) renew(); // what is unread or mentions somebody may be less
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
    requote(message);
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
  if (!connection || Date.now() - typed < 3000 || roster().length < 2) return;
  typed = Date.now();
  connection.say({ action: 'typing', chat_id: chat.chat });
}
