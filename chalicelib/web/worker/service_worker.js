// The service worker, at /sw.js: shows pushes, and a page without a network. It keeps nothing but that page's shell, which has
// no word of anybody's in it. `v` is the version of our files, `lang` the reader's language, `account` whose browser this is:
// another version, language or account is another script, which takes this one's place.
const worker = /** @type {ServiceWorkerScope} */ (/** @type {unknown} */ (self));
const given = new URL(worker.location.href).searchParams;
const version = given.get('v') ?? '';
const account = given.get('account') ?? '';
const CACHE = `shell-${version}-${given.get('lang') ?? 'en'}`;
const PAGE = '/offline';
const BLANK = { title: 'Webtop', author: '', text: '', count: 1, tag: 'webtop', url: '/chats' };
const FILES = [
  ...['tokens.css', 'base.css', 'card.css', 'components.css', 'offline.css', 'icon.svg'],
  ...['offline.js', 'offline_copy.js', 'account_storage.js', 'times.js'],
];
const SHELL = FILES.map((name) => `/static/${version}/${name}`);

worker.addEventListener('install', (event) => {
  worker.skipWaiting();
  event.waitUntil(fillShell());
});

worker.addEventListener('activate', (event) => event.waitUntil(Promise.all([
  dropOldShells(),
  worker.registration.navigationPreload?.enable(),
])));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') event.respondWith(pageOrOffline(event));
  else if (SHELL.includes(new URL(request.url).pathname)) event.respondWith(ofShell(request));
});

worker.addEventListener('push', (event) => event.waitUntil(show(read(event.data))));

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data?.url ?? '/chats'));
});

worker.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(subscribeAnew(event)));

/** The page is asked for by nobody, so that it is nobody's. */
async function fillShell() {
  const cache = await worker.caches.open(CACHE);
  const page = await worker.fetch(`${PAGE}?lang=${given.get('lang') ?? 'en'}`, { credentials: 'omit' });
  if (!page.ok) throw new TypeError(`${PAGE} answered ${page.status}`);
  await Promise.all([cache.put(PAGE, page), cache.addAll(SHELL)]);
}

async function dropOldShells() {
  const names = await worker.caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => worker.caches.delete(name)));
}

/** @param {FetchLike} event */
async function pageOrOffline(event) {
  try {
    return (await event.preloadResponse) ?? (await worker.fetch(event.request));
  } catch {
    const cache = await worker.caches.open(CACHE);
    return (await cache.match(PAGE)) ?? Response.error();
  }
}

/** @param {Request} request of a file that never changes under its address */
async function ofShell(request) {
  const cache = await worker.caches.open(CACHE);
  return (await cache.match(request.url)) ?? worker.fetch(request);
}

/**
 * @param {{ json(): any } | null} data
 * @returns {Record<string, any> | null} null for what isn't ours
 */
function read(data) {
  try {
    const push = data?.json();
    return typeof push?.text === 'string' ? push : null;
  } catch {
    return null;
  }
}

/**
 * A push of somebody who used this browser before shows nothing.
 * @param {Record<string, any> | null} push
 */
async function show(push) {
  if (push && push.account_id !== account) return;
  const { title, author, text, count, tag, url } = { ...BLANK, ...push };
  await worker.registration.showNotification(count > 1 ? `${title} (${count})` : title, {
    body: author ? `${author}: ${text}` : text,
    tag,
    icon: `/static/${version}/icon-192.png`,
    badge: `/static/${version}/icon-192.png`,
    data: { url },
  });
  await worker.navigator?.setAppBadge?.();
}

/**
 * The chat where it is open already; else a new window, for what stands in another one is somebody's work.
 * @param {string} url
 */
async function openPage(url) {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = windows.find((client) => new URL(client.url).pathname === url);
  if (!there) return worker.clients.openWindow(url);
  there.postMessage({ type: 'push.opened', url });
  return there.focus();
}

/**
 * The browser gave the subscription another address.
 * @param {{ newSubscription?: PushSubscription | null, oldSubscription?: PushSubscription | null }} event
 */
async function subscribeAnew({ newSubscription, oldSubscription }) {
  const subscription = newSubscription ?? (oldSubscription && await worker.registration.pushManager.subscribe(oldSubscription.options));
  if (!subscription) return;
  await worker.fetch('/api/v1/push-subscriptions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Webtop-Account': account },
    body: JSON.stringify(subscription),
  });
}
