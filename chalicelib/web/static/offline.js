// The page without a network: what this browser kept of the last chats, to read, and the drafts. Nothing is sent from here.
import { ownersStorage } from './account_storage.js';
import { copies } from './offline_copy.js';
import { localTimes } from './times.js';

const list = /** @type {HTMLElement} */ (document.getElementById('kept'));
const words = list.dataset;
const here = location.pathname.match(/^\/chats\/([a-z2-7]{16})$/)?.[1];
const storage = ownersStorage();
const kept = storage ? copies(storage) : [];

list.replaceChildren(...kept.map(drawn));
const nothing = document.getElementById('nothing');
if (nothing) nothing.hidden = kept.length > 0;
localTimes(document);
addEventListener('online', () => location.reload());

/** @param {ReturnType<typeof copies>[number]} chat */
function drawn({ id, title, messages, draft, unsent }) {
  const box = element('details', 'kept-chat');
  box.open = id === here || kept.length === 1;
  const summary = element('summary');
  summary.append(text('b', title || (words.chat ?? '')));
  if (draft || unsent.length) summary.append(text('span', words.draft ?? '', 'badge'));
  box.append(summary, ...messages.map(line));
  for (const waiting of unsent) box.append(own(words.unsent, waiting));
  if (draft) box.append(own(words.draft, draft));
  return box;
}

/** @param {import('./offline_copy.js').CopiedMessage} message */
function line({ author, at, text: said }) {
  const node = element('article', 'kept-message');
  const by = element('p', 'small');
  const when = element('time');
  when.dateTime = at;
  when.dataset.form = 'moment';
  by.append(text('b', author), ' ', when);
  node.append(by, text('p', said || (words.deleted ?? ''), said ? 'said' : 'said soft'));
  return node;
}

/**
 * @param {string | undefined} label
 * @param {string} said
 */
function own(label, said) {
  const node = element('article', 'kept-message own');
  node.append(text('p', label ?? '', 'small'), text('p', said, 'said'));
  return node;
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} [className]
 */
function element(name, className = '') {
  const node = document.createElement(name);
  node.className = className;
  return node;
}

/**
 * @param {keyof HTMLElementTagNameMap} name
 * @param {string} said text of people
 * @param {string} [className]
 */
function text(name, said, className = '') {
  const node = element(name, className);
  node.textContent = said;
  node.dir = 'auto';
  return node;
}
