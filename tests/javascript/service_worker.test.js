// The service worker, played in Node on surroundings of its own: pushes, presses, and what it keeps.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import vm from 'node:vm';

const WORKER = new URL('../../chalicelib/web/worker/service_worker.js', import.meta.url);
const OFFLINE = new URL('../../chalicelib/web/templates/offline.html', import.meta.url);
const CARD = new URL('../../chalicelib/web/templates/card.html', import.meta.url);
const BASE = new URL('../../chalicelib/web/templates/base.html', import.meta.url);
const STATIC = new URL('../../chalicelib/web/static/', import.meta.url);
const code = await readFile(WORKER, 'utf8');
const CHAT = 'abcdefgh234567ij';

/** @param {{ query?: string, windows?: any[], network?: (url: string) => Response }} [given] */
function started({ query = '?v=v1&lang=de&account=mara', windows = [], network = () => new Response('page') } = {}) {
  /** @type {Record<string, (event: any) => void>} */
  const listeners = {};
  /** @type {any} */
  const seen = { shown: [], opened: [], asked: [], kept: new Map(), deleted: [] };
  /** @param {string} name */
  const cache = (name) => ({
    put: async (/** @type {string} */ url, /** @type {Response} */ answer) => seen.kept.set(`${name} ${url}`, answer),
    addAll: async (/** @type {string[]} */ urls) => { for (const url of urls) seen.kept.set(`${name} ${url}`, new Response(url)); },
    match: async (/** @type {string} */ url) => seen.kept.get(`${name} ${url.replace('https://chat.test', '')}`),
  });
  const self = {
    location: { href: `https://chat.test/sw.js${query}` },
    addEventListener: (/** @type {string} */ type, /** @type {any} */ listener) => { listeners[type] = listener; },
    skipWaiting: async () => {},
    fetch: async (/** @type {any} */ request, /** @type {any} */ options) => {
      seen.asked.push([request.url ?? request, options]);
      return network(request.url ?? request);
    },
    caches: {
      open: async (/** @type {string} */ name) => cache(name),
      keys: async () => ['shell-v0-de', 'shell-v1-de'],
      delete: async (/** @type {string} */ name) => seen.deleted.push(name),
    },
    clients: { matchAll: async () => windows, openWindow: async (/** @type {string} */ url) => seen.opened.push(url) },
    registration: {
      showNotification: async (/** @type {string} */ title, /** @type {any} */ options) => seen.shown.push([title, options]),
      pushManager: { subscribe: async () => ({ endpoint: 'new' }) },
    },
  };
  vm.runInNewContext(code, { self, URL, Response, JSON, Promise, TypeError });
  /**
   * @param {string} type
   * @param {any} [event]
   */
  async function happens(type, event = {}) {
    /** @type {Promise<unknown>[]} */
    const waits = [];
    /** @type {any} */
    let answer;
    listeners[type]?.({ ...event, waitUntil: (/** @type {any} */ done) => waits.push(done), respondWith: (/** @type {any} */ done) => { answer = done; } });
    await Promise.all(waits);
    return answer;
  }
  return { seen, happens, push: (/** @type {object} */ payload) => happens('push', { data: { json: () => payload } }) };
}

test('a push is shown with who wrote, in place of the one before of its chat', async () => {
  const { seen, push } = started();
  await push({ account_id: 'mara', chat_id: CHAT, title: 'Harbour', author: 'Tom', text: 'Shall we?', count: 3, tag: CHAT, url: `/chats/${CHAT}` });
  const [[title, options]] = seen.shown;
  assert.equal(title, 'Harbour (3)');
  assert.equal(options.body, 'Tom: Shall we?');
  assert.equal(options.tag, CHAT);
  assert.equal(options.data.url, `/chats/${CHAT}`);
});

test('in a chat of two the title says who wrote', async () => {
  const { seen, push } = started();
  await push({ account_id: 'mara', title: 'Tom', author: '', text: 'Hello', count: 1 });
  assert.deepEqual([seen.shown[0][0], seen.shown[0][1].body], ['Tom', 'Hello']);
});

test('a push of another account shows nothing of it', async () => {
  const { seen, push } = started();
  await push({ account_id: 'tom', title: 'Secret', text: 'of Tom' });
  assert.deepEqual(seen.shown, []);
});

test('a push that says nothing we know still shows that there is something', async () => {
  const { seen, happens } = started();
  await happens('push', { data: { json: () => { throw new SyntaxError('no JSON'); } } });
  await happens('push', { data: null });
  assert.deepEqual(seen.shown.map((/** @type {any} */ [title]) => title), ['Webtop', 'Webtop']);
});

test('a press focuses the chat where it is open, and opens it where it is not', async () => {
  /** @type {string[]} */
  const told = [];
  const open = { url: `https://chat.test/chats/${CHAT}#m-3`, postMessage: () => told.push('told'), focus: async () => told.push('focused') };
  const other = { url: 'https://chat.test/settings', postMessage: () => told.push('no'), focus: async () => told.push('no') };
  const notification = { close: () => told.push('closed'), data: { url: `/chats/${CHAT}` } };
  const first = started({ windows: [other, open] });
  await first.happens('notificationclick', { notification });
  assert.deepEqual(told, ['closed', 'told', 'focused']);
  assert.deepEqual(first.seen.opened, []);
  const second = started({ windows: [other] });
  await second.happens('notificationclick', { notification });
  assert.deepEqual(second.seen.opened, [`/chats/${CHAT}`]);
});

test('what it keeps is the shell, asked for by nobody, and old shells go', async () => {
  const { seen, happens } = started();
  await happens('install');
  await happens('activate');
  assert.deepEqual(seen.asked.map((/** @type {any} */ [url, options]) => [url, options.credentials]), [['/offline?lang=de', 'omit']]);
  assert.deepEqual(seen.deleted, ['shell-v0-de']);
  const kept = [...seen.kept.keys()];
  assert.ok(kept.includes('shell-v1-de /offline'));
  assert.ok(kept.every((key) => key === 'shell-v1-de /offline' || key.startsWith('shell-v1-de /static/v1/')));
});

test('without a network a page is the offline page; with one it is itself, and nothing of it is kept', async () => {
  let online = true;
  const { seen, happens } = started({ network: (url) => {
    if (!online) throw new TypeError('offline');
    return new Response(`page of ${url}`);
  } });
  await happens('install');
  const size = seen.kept.size;
  const request = { method: 'GET', mode: 'navigate', url: `https://chat.test/chats/${CHAT}` };
  assert.equal(await (await happens('fetch', { request })).text(), `page of https://chat.test/chats/${CHAT}`);
  online = false;
  assert.match(await (await happens('fetch', { request })).text(), /offline/);
  assert.equal(seen.kept.size, size);
  assert.equal(await happens('fetch', { request: { ...request, method: 'POST' } }), undefined);
  assert.equal(await happens('fetch', { request: { method: 'GET', mode: 'cors', url: 'https://chat.test/api/v1/chats' } }), undefined);
});

test('every file that the offline page needs is in the shell', async () => {
  const { seen, happens } = started();
  await happens('install');
  const kept = new Set([...seen.kept.keys()].map((key) => key.split('/').pop()));
  const page = (await Promise.all([OFFLINE, CARD, BASE].map((url) => readFile(url, 'utf8')))).join('\n');
  const named = [...page.matchAll(/(?:rel="stylesheet" href|src)="\{\{ static\('(.+?)'\) \}\}"/g)].map(([, name]) => name ?? '');
  const imports = new Set(named.filter((name) => name.endsWith('.js')));
  for (const name of imports) {
    const text = await readFile(new URL(name, STATIC), 'utf8');
    for (const [, next] of text.matchAll(/from '\.\/(.+?)'/g)) imports.add(next ?? '');
  }
  assert.deepEqual([...new Set([...named, ...imports])].filter((name) => !kept.has(name)), []);
});

test('a subscription that the browser renewed is told to the server', async () => {
  const { seen, happens } = started();
  await happens('pushsubscriptionchange', { newSubscription: null, oldSubscription: { options: {} } });
  const [[url, options]] = seen.asked;
  assert.equal(url, '/api/v1/push-subscriptions');
  assert.equal(options.headers['Webtop-Account'], 'mara');
  assert.equal(options.body, '{"endpoint":"new"}');
});
