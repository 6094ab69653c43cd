// What the browser keeps, such as drafts and messages that aren't sent yet. This module alone touches localStorage.
// Every entry belongs to one account: it is read and written by pages of that account alone, and goes at sign-out, when
// another account signs in, and when the session ended elsewhere. It survives closing the tab, and its size is bounded.

const OWNER = 'webtop:account';
const PREFIX = 'webtop:kept:';
const MOST_CHARACTERS = 2_000_000; // browsers give a site about 2.5 million
const LIFE = 30 * 24 * 60 * 60 * 1000;
const MAKES_ROOM = ['offline:', 'draft:']; // copies to read without a network first: they can be had again

export class AccountStorage {
  /** @type {Storage | null} null where the browser keeps nothing, e.g. because its user forbids it; the pages work without */
  #store;
  /** @type {string} the beginning of each key of this account */
  #own;
  #now;

  /**
   * Opening it makes sure that nothing is there but this account's own.
   * @param {object} given
   * @param {string} given.account whose page this is; empty when nobody is signed in
   * @param {() => Storage} given.store may throw, as `localStorage` does where it is forbidden
   * @param {() => number} [given.now]
   */
  constructor({ account, store, now = Date.now }) {
    this.account = account;
    this.#own = `${PREFIX}${account}:`;
    this.#now = now;
    this.#store = usable(store);
    this.#takeOver();
  }

  /** False once somebody else signed in, or this person signed out, in another tab. */
  isOwner() {
    return !this.#store || this.#store.getItem(OWNER) === this.account;
  }

  /**
   * The value kept under `name`, or undefined.
   * @param {string} name
   */
  read(name) {
    return this.account && this.isOwner() ? parsed(this.#store?.getItem(this.#own + name))?.value : undefined;
  }

  /**
   * Keeps a value that JSON can write. False if it can't be kept; the oldest copies and drafts make room, nothing else does.
   * @param {string} name
   * @param {unknown} value
   */
  keep(name, value) {
    const store = this.#store;
    if (!this.account || !store || !this.isOwner()) return false;
    const text = JSON.stringify({ at: this.#now(), value });
    const others = this.#entries().filter((entry) => entry.name !== name);
    let size = others.reduce((sum, { length }) => sum + length, this.#own.length + name.length + text.length);
    const spare = MAKES_ROOM.flatMap((start) => others.filter((entry) => entry.name.startsWith(start)));
    for (const { key, length } of spare) {
      if (size <= MOST_CHARACTERS) break;
      store.removeItem(key);
      size -= length;
    }
    if (size > MOST_CHARACTERS) return false;
    try {
      store.setItem(this.#own + name, text);
      return true;
    } catch {
      return false;
    }
  }

  /** @param {string} name */
  remove(name) {
    this.#store?.removeItem(this.#own + name);
  }

  /**
   * The names that begin with `start`, oldest entry first.
   * @param {string} start
   */
  names(start) {
    return this.isOwner() ? this.#entries().filter(({ name }) => name.startsWith(start)).map(({ name }) => name) : [];
  }

  /** Nothing of this account stays: its session ended. */
  forget() {
    for (const key of this.#keys(this.#own)) this.#store?.removeItem(key);
    if (this.#store && this.isOwner()) this.#store.removeItem(OWNER);
  }

  /**
   * Calls back with the name of an entry that another tab of this account removed.
   * @param {EventTarget} page
   * @param {(name: string) => void} callback
   */
  onRemoved(page, callback) {
    page.addEventListener('storage', (event) => {
      const { key, newValue } = /** @type {StorageEvent} */ (event);
      if (key?.startsWith(this.#own) && newValue === null) callback(key.slice(this.#own.length));
    });
  }

  /**
   * Calls back when another tab signed in, signed out, or emptied the storage.
   * @param {EventTarget} page
   * @param {() => void} callback
   */
  onOwner(page, callback) {
    page.addEventListener('storage', (event) => {
      const { key } = /** @type {StorageEvent} */ (event);
      if (key === OWNER || key === null) callback();
    });
  }

  #takeOver() {
    const store = this.#store;
    if (!store) return;
    for (const key of this.#keys(PREFIX)) if (!this.account || !key.startsWith(this.#own)) store.removeItem(key);
    for (const { name, at } of this.#entries()) if (!(this.#now() - at < LIFE)) this.remove(name);
    if (!this.account) store.removeItem(OWNER);
    else if (!this.isOwner()) store.setItem(OWNER, this.account);
  }

  #entries() {
    const entries = this.#keys(this.#own).map((key) => {
      const text = this.#store?.getItem(key) ?? '';
      return { key, name: key.slice(this.#own.length), length: key.length + text.length, at: Number(parsed(text)?.at) };
    });
    return entries.sort((first, second) => first.at - second.at);
  }

  /** @param {string} start */
  #keys(start) {
    return this.#store ? Object.keys(this.#store).filter((key) => key.startsWith(start)) : [];
  }
}

/**
 * The storage of whoever is signed in here, for the one page that the server makes for nobody; null when that is nobody.
 * @param {() => Storage} [store]
 * @param {() => number} [now]
 */
export function ownersStorage(store = () => localStorage, now = Date.now) {
  const account = usable(store)?.getItem(OWNER);
  return account ? new AccountStorage({ account, store, now }) : null;
}

/**
 * The storage of whoever this page was made for. The page goes once they aren't signed in any more: when another tab changed
 * that, and when Back brings it up again. `sessionEnded` is for whoever learns from the server that the session is over.
 */
export function startAccount() {
  const storage = new AccountStorage({ account: document.body.dataset.account ?? '', store: () => localStorage });
  let signingOut = false; // who signs out is on the way to another page already
  document.addEventListener('submit', ({ target }) => {
    if (target instanceof Element && target.getAttribute('action')?.endsWith('/sign-out')) signingOut = true;
  });
  const check = () => {
    if (!storage.isOwner() && !signingOut) location.replace(whereabouts(location));
  };
  if (storage.account) {
    storage.onOwner(window, check);
    addEventListener('pageshow', () => {
      signingOut = false;
      check();
    });
  }

  function sessionEnded() {
    storage.forget();
    if (signingOut) return;
    location.assign(`/sign-in?notice=ended&next=${encodeURIComponent(whereabouts(location))}`);
  }
  return { storage, sessionEnded };
}

/**
 * Where somebody is, or wanted to go, as a path that any way of signing in keeps: no server sees what follows a #, so the
 * message that it names comes into the query.
 * @param {Pick<Location, 'pathname' | 'search' | 'hash'>} place
 */
export function whereabouts({ pathname, search, hash }) {
  const seq = /^#m-(\d+)$/.exec(hash)?.[1];
  const query = new URLSearchParams(search);
  if (!seq) return pathname + search;
  query.delete('before');
  query.set('at', seq);
  return `${pathname}?${query}`;
}

/**
 * To be read isn't enough.
 * @param {() => Storage} opened
 */
function usable(opened) {
  try {
    const store = opened();
    store.setItem(`${PREFIX}?`, 'x'.repeat(100));
    store.removeItem(`${PREFIX}?`);
    return store;
  } catch {
    return null;
  }
}

/** @param {string | null | undefined} text */
function parsed(text) {
  try {
    return JSON.parse(text ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}
