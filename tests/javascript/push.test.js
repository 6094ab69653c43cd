// Notifications of a browser: when they may be asked for, and that browser, storage and server say the same.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AccountStorage } from '../../chalicelib/web/static/account_storage.js';
import { BrowserPush } from '../../chalicelib/web/static/push.js';
import { memoryStorage } from './fakes.js';

const DAY = 24 * 60 * 60 * 1000;

/** @param {any} [given] */
function browser({ permission = 'default', answer = 'granted', store = memoryStorage(), account = 'mara', agent = 'Chrome', supported = true, key = 'key' } = {}) {
  const world = { permission, subscribed: /** @type {any} */ (null), calls: /** @type {any[]} */ ([]), made: 0, now: 1_000_000, key };
  const subscription = (/** @type {string} */ endpoint) => ({
    endpoint,
    toJSON() { return { endpoint: this.endpoint }; },
    unsubscribe: async () => { world.subscribed = null; },
  });
  const pushManager = {
    getSubscription: async () => world.subscribed,
    subscribe: async () => { world.made += 1; return (world.subscribed = subscription(`https://push.test/${world.made}`)); },
  };
  const registration = /** @type {any} */ ({ pushManager });
  const window = {
    navigator: { userAgent: agent, maxTouchPoints: 0, serviceWorker: { getRegistration: async () => registration } },
    ...(supported ? {
      PushManager: class {},
      Notification: {
        get permission() { return world.permission; },
        requestPermission: async () => (world.permission = answer),
      },
    } : {}),
  };
  const storage = new AccountStorage({ account, store: () => store, now: () => world.now });
  const call = async (/** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body) => {
    world.calls.push([method, path, body]);
    if (path === '/push-key') return { key: world.key };
    if (path === '/push-subscriptions') return { id: `id of ${body.endpoint}` };
    return path === '/me' ? { account: { time_zone: 'Asia/Tokyo' } } : null;
  };
  const push = new BrowserPush({ call, storage, registered: async () => registration, window, now: () => world.now });
  return { push, world, storage, store };
}

const paths = (/** @type {any} */ world) => world.calls.map((/** @type {any} */ [method, path]) => `${method} ${path}`);

test('turned on, the browser subscribes with our key and tells the server', async () => {
  const { push, world } = browser();
  assert.equal(await push.state(), 'off');
  await push.turnOn();
  assert.equal(await push.state(), 'on');
  assert.deepEqual(paths(world), ['GET /push-key', 'POST /push-subscriptions', 'GET /me']);
});

test('who says no to the browser is asked for nothing more', async () => {
  const { push, world } = browser({ answer: 'denied' });
  await push.turnOn();
  assert.equal(await push.state(), 'blocked');
  assert.deepEqual(world.calls, []);
  assert.equal(await push.mayAsk(), false);
});

test('turned off, browser and server forget it', async () => {
  const { push, world } = browser();
  await push.turnOn();
  await push.turnOff();
  assert.equal(world.subscribed, null);
  assert.equal(await push.state(), 'off');
  assert.equal(paths(world).at(-1), 'DELETE /push-subscriptions/id of https://push.test/1');
});

test('a person is asked once, and not where they decided already', async () => {
  const { push } = browser();
  assert.equal(await push.mayAsk(), true);
  push.asked();
  assert.equal(await push.mayAsk(), false);
  assert.equal(await browser({ permission: 'granted' }).push.mayAsk(), false);
  assert.equal(await browser({ supported: false }).push.mayAsk(), false);
});

test('an iPhone is told about the Home Screen', async () => {
  const { push } = browser({ supported: false, agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)' });
  assert.equal(await push.state(), 'home-screen');
  assert.equal(await push.mayAsk(), true);
});

test('a visit renews what is a day old or has another address, and nothing else', async () => {
  const { push, world } = browser();
  await push.renew();
  assert.deepEqual(world.calls, []);
  await push.turnOn();
  world.calls.length = 0;
  await push.renew();
  assert.deepEqual(world.calls, []);
  world.now += DAY + 1;
  await push.renew();
  assert.deepEqual(paths(world), ['GET /push-key', 'POST /push-subscriptions']);
  world.subscribed.endpoint = 'https://push.test/moved';
  await push.renew();
  assert.equal(/** @type {any} */ (world.calls).at(-1)[2].endpoint, 'https://push.test/moved');
});

test('with another key of ours the browser subscribes anew', async () => {
  const { push, world } = browser();
  await push.turnOn();
  world.key = 'new key';
  world.now += DAY + 1;
  await push.renew();
  assert.equal(world.made, 2);
});

test('what somebody else left in this browser ends with the first visit of another account', async () => {
  const first = browser();
  await first.push.turnOn();
  const second = browser({ store: first.store, account: 'tom', permission: 'granted' });
  second.world.subscribed = { endpoint: 'of mara', unsubscribe: async () => { second.world.subscribed = null; } };
  await second.push.renew();
  assert.equal(second.world.subscribed, null);
  assert.deepEqual(second.world.calls, []);
});

test('a permission that was taken back is told to the server', async () => {
  const { push, world } = browser();
  await push.turnOn();
  world.subscribed = null;
  await push.renew();
  assert.equal(paths(world).at(-1), 'DELETE /push-subscriptions/id of https://push.test/1');
});
