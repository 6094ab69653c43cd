// What the offline page shows of a chat: its last fifty messages as text, of the last ten chats, kept for this account alone.

const COPY = 'offline:';
const MOST_CHATS = 10;
const MOST_MESSAGES = 50;
const MOST_CHARACTERS = 40_000;
const PAUSE = 1000;

/**
 * @typedef {object} CopiedMessage
 * @property {string} author
 * @property {string} at
 * @property {string} text
 *
 * @typedef {object} ChatCopy
 * @property {string} title
 * @property {CopiedMessage[]} messages oldest first
 */

/**
 * Keeps a copy, and of older chats no more than there is room for.
 * @param {import('./account_storage.js').AccountStorage} storage
 * @param {string} chatId
 * @param {ChatCopy} copy
 */
export function keepCopy(storage, chatId, { title, messages }) {
  const kept = messages.slice(-MOST_MESSAGES);
  while (kept.length && JSON.stringify(kept).length > MOST_CHARACTERS) kept.shift();
  const others = storage.names(COPY).filter((name) => name !== COPY + chatId);
  for (const name of others.slice(0, Math.max(0, others.length - MOST_CHATS + 1))) storage.remove(name);
  storage.keep(COPY + chatId, { title, messages: kept });
}

/**
 * One isn't in that chat any more.
 * @param {import('./account_storage.js').AccountStorage} storage
 * @param {string} chatId
 */
export function dropCopy(storage, chatId) {
  storage.remove(COPY + chatId);
}

/**
 * Everything that is kept, the newest chat first; a chat without messages where there is only a draft.
 * @param {import('./account_storage.js').AccountStorage} storage
 */
export function copies(storage) {
  const drafts = storage.names('draft:').map((name) => name.slice('draft:'.length));
  const chats = storage.names(COPY).reverse().map((name) => name.slice(COPY.length));
  return [...new Set([...chats, ...drafts])].map((id) => {
    /** @type {ChatCopy | undefined} */
    const copy = storage.read(COPY + id);
    const unsent = storage.names(`unsent:${id}:`).map((name) => String(storage.read(name)?.text ?? ''));
    return { id, title: copy?.title ?? '', messages: copy?.messages ?? [], draft: String(storage.read(`draft:${id}`) ?? ''), unsent };
  });
}

/**
 * Copies what the page shows of its chat: now, after each change, and when the page is left.
 * @param {object} given
 * @param {import('./account_storage.js').AccountStorage} given.storage
 * @param {string} given.chatId
 */
export function startCopying({ storage, chatId }) {
  const list = document.getElementById('messages');
  if (!list || list.closest('.chat')?.classList.contains('gone')) return;
  const title = document.querySelector('.chat .title')?.textContent ?? '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const copy = () => {
    clearTimeout(timer);
    timer = undefined;
    keepCopy(storage, chatId, { title, messages: shown(list) });
  };
  new MutationObserver(() => { timer ??= setTimeout(copy, PAUSE); }).observe(list, { childList: true, subtree: true, characterData: true });
  document.addEventListener('visibilitychange', () => { if (document.hidden && timer) copy(); });
  addEventListener('pagehide', () => { if (timer) copy(); });
  copy();
}

/**
 * Those that the server has; without a text where the author took it back.
 * @param {HTMLElement} list
 * @returns {CopiedMessage[]}
 */
function shown(list) {
  return [...list.querySelectorAll('.message[id^="m-"]')].slice(-MOST_MESSAGES).map((node) => ({
    author: node.querySelector('.author')?.textContent ?? '',
    at: node.querySelector('time')?.dateTime ?? '',
    text: node.querySelector('.text:not(.deleted)')?.textContent ?? '',
  }));
}
