// The chat page: makes its parts and puts them together. Each improves what the server rendered; the page works without them.
import { startAccount } from './account_storage.js';
import { createApi } from './api.js';
import { Actions, PendingMessagesView } from './chat_actions.js';
import { Composer } from './chat_compose.js';
import { PictureViewer, updateFile } from './chat_file_view.js';
import { ChosenFiles } from './chat_files.js';
import { Backfill, LiveUpdates } from './chat_live.js';
import { Outbox } from './chat_outbox.js';
import { PeoplePanel } from './chat_people.js';
import { startTexts } from './chat_text.js';
import { Thread } from './chat_thread.js';
import { ConnectionView, chatData, person, roster } from './chat_view.js';
import { startContacts } from './contacts.js';
import { startDrafts } from './drafts.js';
import { startInviting } from './inviting.js';
import { startKeys } from './keys.js';
import { TypingUsers, openConnection } from './live_connection.js';
import { startMenus } from './menu.js';
import { dropCopy, startCopying } from './offline_copy.js';
import { find, startPage } from './page.js';
import { BrowserPush, startPushPrompt } from './push.js';
import { localTimes } from './times.js';
import { closeNotifications, registerWorker } from './worker.js';

const LOOKING = 20_000; // the server believes it for half a minute

const { storage, sessionEnded } = startAccount();
startPage();
startMenus();
startKeys(storage);
startDrafts(storage);
localTimes(document);

const chat = chatData();
const chatId = chat.chat;
const { account } = storage;
const call = createApi({ account, sessionEnded });
startInviting();
startContacts(call);
const people = new PeoplePanel({ account, sessionEnded, call });
const thread = new Thread({ call, renew: (changes) => people.renew(changes) });
const backfill = new Backfill({
  read: (query) => call('GET', `${thread.path}/messages?${query}`),
  thread,
  renew: () => people.renew(),
  english: document.documentElement.lang === 'en',
});
const view = new ConnectionView(() => dropCopy(storage, chatId));
/** @type {import('./live_connection.js').Connection | undefined} */
let connection;
const push = new BrowserPush({ call, storage, registered: () => registerWorker(account) });
const askForPush = startPushPrompt(push);
const typingUsers = new TypingUsers((names) => view.typing(names));

/** @type {Outbox} */
const outbox = new Outbox({
  chatId,
  storage,
  call,
  page: window,
  locks: navigator.locks,
  view: new PendingMessagesView({ thread, retry: (entry) => outbox.retry(entry), discard: (entry) => outbox.discard(entry) }),
  onSent: (message) => {
    backfill.onMessage(message);
    askForPush();
  },
  onRefused: (error) => { if (error.status === 404) live.onRefused(error); },
});
const live = new LiveUpdates({
  chat,
  backfill,
  thread,
  view,
  typingUsers,
  people,
  connect: async (listener) => {
    connection = await openConnection({ ticket: () => call('POST', '/socket-tickets', {}), ...listener });
    sayLooking();
    return connection;
  },
  nameOf: (id) => person(id)?.name,
  onFile: updateFile,
  onDelivered: (message) => outbox.onDelivered(message),
  onRestored: () => dispatchEvent(new Event('chat:back')),
  hidden: () => document.hidden,
});
const typing = () => { if (roster().length > 1) live.typing(); };
/** @type {Composer} */
const composer = new Composer({
  chatId,
  call,
  storage,
  outbox,
  thread,
  typing,
  files: new ChosenFiles({ call, chatId, onChange: () => composer.onFiles() }),
});
const actions = new Actions({ call, thread, composer });

// A message that was looked up is shown among those around it, as the server rendered them; nothing new runs in there.
const lookedUp = new URLSearchParams(location.search).has('before') && location.hash.startsWith('#m-');
if (!lookedUp) start();

function start() {
  thread.start();
  composer.start();
  outbox.start();
  actions.start();
  people.start();
  new PictureViewer().start();
  startTexts();
  startEmojis();
  import('./chat_arrows.js').then(({ startArrows }) => startArrows()).catch(() => {}); // without it every link is a stop of Tab
  live.start();
  setInterval(sayLooking, LOOKING);
  startCopying({ storage, chatId });
  registerWorker(account).then(() => push.renew()).catch(() => {}); // the next visit does it

  addEventListener('chat:back', () => outbox.resume());
  addEventListener('offline', () => live.offline());
  addEventListener('online', () => live.online());
  document.addEventListener('visibilitychange', () => { if (!document.hidden) onLook(); });
  if (!document.hidden) closeNotifications(chatId);
  addEventListener('beforeunload', (event) => { if (outbox.hasUnkept()) event.preventDefault(); });
}

/** Emoji by name, and the sheet of all: loaded when somebody begins a name or opens the sheet. */
function startEmojis() {
  const field = find('#text', HTMLTextAreaElement);
  const menu = find('#emoji-menu', HTMLDetailsElement);
  /** @type {Promise<{ names: import('./chat_emojis.js').EmojiNames }> | undefined} */
  let loading;
  const load = () => {
    loading ??= import('./chat_emojis.js').then(({ EmojiNames, EmojiSheet }) => ({ names: new EmojiNames(field), sheet: new EmojiSheet() }));
    loading.catch(() => { loading = undefined; });
    return loading;
  };
  menu.addEventListener('toggle', () => { if (menu.open) load().catch(() => {}); });
  field.addEventListener('input', (event) => {
    if (loading || /(?:^|[^\w:]):\S\S/.test(field.value)) load().then(({ names }) => names.look(event), () => {});
  });
}

/** While somebody looks at the page, nothing is pushed to them. */
function sayLooking() {
  if (!document.hidden) connection?.say({ action: 'looking', chat_id: chatId });
}

function onLook() {
  live.wake();
  sayLooking();
  closeNotifications(chatId);
}
