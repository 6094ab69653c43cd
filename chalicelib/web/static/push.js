// Notifications of this browser: turned on by a press, never by arriving; kept in step with the server at each visit.

/**
 * @typedef {'on' | 'off' | 'blocked' | 'home-screen' | 'unsupported'} PushState
 * `home-screen`: an iPhone or iPad, which shows them to what is on its Home Screen alone
 */

const KEPT = 'push';
const ASKED = 'push-asked';
const RENEWED_AFTER = 24 * 60 * 60 * 1000;

export class BrowserPush {
  #call;
  #storage;
  #registered;
  #window;
  #now;

  /**
   * @param {object} given
   * @param {import('./api.js').Call} given.call
   * @param {import('./account_storage.js').AccountStorage} given.storage
   * @param {() => Promise<ServiceWorkerRegistration | undefined>} given.registered
   * @param {any} [given.window]
   * @param {() => number} [given.now]
   */
  constructor({ call, storage, registered, window = globalThis, now = Date.now }) {
    this.#call = call;
    this.#storage = storage;
    this.#registered = registered;
    this.#window = window;
    this.#now = now;
  }

  /** @returns {Promise<PushState>} */
  async state() {
    const { navigator, Notification, PushManager } = this.#window;
    if (!PushManager || !Notification || !navigator.serviceWorker) return onApple(navigator) ? 'home-screen' : 'unsupported';
    if (Notification.permission === 'denied') return 'blocked';
    return (await this.#subscription()) && this.#storage.read(KEPT) ? 'on' : 'off';
  }

  /** From a press: browsers let nothing else ask. */
  async turnOn() {
    if (await this.#window.Notification.requestPermission() !== 'granted') return;
    const { key } = await this.#call('GET', '/push-key');
    const registration = await this.#registered();
    if (!registration) throw new TypeError('There is no service worker.');
    await (await this.#subscription())?.unsubscribe(); // it may be bound to a key that isn't ours any more
    await this.#send(await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }), key);
    await this.#sendTimeZone();
  }

  async turnOff() {
    const kept = this.#storage.read(KEPT);
    this.#storage.remove(KEPT);
    await (await this.#subscription())?.unsubscribe();
    if (kept) await this.#call('DELETE', `/push-subscriptions/${kept.id}`).catch(() => {}); // it may be gone already
  }

  /**
   * What the browser has and what this account knows are made the same: a subscription that somebody else left here ends, one
   * with another address is told to the server.
   */
  async renew() {
    const subscription = await this.#subscription();
    const kept = this.#storage.read(KEPT);
    if (!subscription && !kept) return;
    if (!subscription || !kept) {
      await this.turnOff();
    } else if (kept.endpoint !== subscription.endpoint || this.#now() - kept.at > RENEWED_AFTER) {
      const { key } = await this.#call('GET', '/push-key');
      if (key === kept.key) await this.#send(subscription, key);
      else await this.turnOn();
    }
  }

  /** Whether this person may be asked now: they never were, here, and there is something to turn on. */
  async mayAsk() {
    if (this.#storage.read(ASKED)) return false;
    const state = await this.state();
    return state === 'home-screen' || (state === 'off' && this.#window.Notification.permission === 'default');
  }

  asked() {
    this.#storage.keep(ASKED, true);
  }

  /** @returns {Promise<PushSubscription | null | undefined>} */
  async #subscription() {
    const registration = await this.#window.navigator.serviceWorker?.getRegistration();
    return registration?.pushManager?.getSubscription();
  }

  /**
   * @param {PushSubscription} subscription
   * @param {string} key
   */
  async #send(subscription, key) {
    const { id } = await this.#call('POST', '/push-subscriptions', subscription.toJSON());
    this.#storage.keep(KEPT, { id, key, endpoint: subscription.endpoint, at: this.#now() });
  }

  /** Quiet hours are counted in it. Whoever chose one keeps it. */
  async #sendTimeZone() {
    const { account } = await this.#call('GET', '/me');
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (account.time_zone === 'UTC' && here && here !== 'UTC') await this.#call('PATCH', '/me', { time_zone: here }).catch(() => {});
  }
}

/**
 * Asks after the first message was sent, once, beside the chat.
 * @param {BrowserPush} push
 */
export function startPushPrompt(push) {
  const box = document.getElementById('push-ask');
  if (!box) return () => {};
  const close = () => {
    push.asked();
    box.hidden = true;
  };
  box.querySelector('[data-do="on"]')?.addEventListener('click', () => {
    push.turnOn().catch(() => {}).finally(close);
  });
  for (const button of box.querySelectorAll('[data-do="later"]')) button.addEventListener('click', close);
  return async () => {
    if (box.hidden && await push.mayAsk()) ask(box, await push.state());
  };
}

/**
 * @param {HTMLElement} box
 * @param {PushState} state
 */
function ask(box, state) {
  box.dataset.state = state;
  box.hidden = false;
}

/** @param {Navigator} navigator */
function onApple({ userAgent, maxTouchPoints }) {
  return /iPhone|iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
}
