// What the browser keeps, such as drafts and messages that aren't sent yet. This module alone touches localStorage.
// Every entry belongs to one account: it is read and written by pages of that account alone, and goes at sign-out, when
// another account signs in, and when the session ended elsewhere. It survives closing the tab, and its size is bounded.

/** The account that this page was made for; empty when nobody is signed in. */
export const account = document.body.dataset.account ?? '';

const OWNER = 'webtop:account';
const PREFIX = 'webtop:kept:';
const OWN = `${PREFIX}${account}:`;
const MOST_CHARACTERS = 2_000_000; // browsers give a site about 2.5 million
const LIFE = 30 * 24 * 60 * 60 * 1000;
const DRAFT = 'draft:';

/** Null where the browser keeps nothing, e.g. because its user forbids it. The pages work without. */
const storage = opened();

function opened() {
  try {
    localStorage.setItem(`${PREFIX}?`, 'x'.repeat(100)); // to be read isn't enough
    localStorage.removeItem(`${PREFIX}?`);
    return localStorage;
  } catch {
    return null;
  }
}

/** False once somebody else signed in, or this person signed out, in another tab. */
export function isOwner() {
  return !storage || storage.getItem(OWNER) === account;
}

/** The value kept under `name`, or undefined. */
export function read(name) {
  return account && isOwner() ? parsed(storage?.getItem(OWN + name))?.value : undefined;
}

/** Keeps a value that JSON can write. False if it can't be kept; the oldest drafts make room, nothing else does. */
export function keep(name, value) {
  if (!account || !storage || !isOwner()) return false;
  const text = JSON.stringify({ at: Date.now(), value });
  const others = own().filter((entry) => entry.name !== name);
  let size = others.reduce((sum, { length }) => sum + length, OWN.length + name.length + text.length);
  for (const { key, length } of others.filter((entry) => entry.name.startsWith(DRAFT))) {
    if (size <= MOST_CHARACTERS) break;
    storage.removeItem(key);
    size -= length;
  }
  if (size > MOST_CHARACTERS) return false;
  try {
    storage.setItem(OWN + name, text);
    return true;
  } catch {
    return false;
  }
}

export function remove(name) {
  storage?.removeItem(OWN + name);
}

/** The names that begin with `start`, oldest entry first. */
export function names(start) {
  return isOwner() ? own().filter(({ name }) => name.startsWith(start)).map(({ name }) => name) : [];
}

/** Calls back with the name of an entry that another tab of this account removed. */
export function onRemoved(callback) {
  addEventListener('storage', ({ key, newValue }) => {
    if (key?.startsWith(OWN) && newValue === null) callback(key.slice(OWN.length));
  });
}

/** The session ended elsewhere: nothing of this account stays, and the next thing to do is to sign in. */
export function sessionEnded() {
  for (const key of keys(OWN)) storage.removeItem(key);
  if (storage && isOwner()) storage.removeItem(OWNER);
  if (signingOut) return;
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}${location.hash}`);
}

/** Each page makes sure that nothing is there but its own account's. */
function takeOver() {
  if (!storage) return;
  for (const key of keys(PREFIX)) if (!account || !key.startsWith(OWN)) storage.removeItem(key);
  for (const { name, at } of own()) if (!(Date.now() - at < LIFE)) remove(name);
  if (!account) storage.removeItem(OWNER);
  else if (!isOwner()) storage.setItem(OWNER, account);
}

function own() {
  const entries = keys(OWN).map((key) => {
    const text = storage.getItem(key) ?? '';
    return { key, name: key.slice(OWN.length), length: key.length + text.length, at: parsed(text)?.at };
  });
  return entries.sort((one, other) => one.at - other.at);
}

function keys(start) {
  return storage ? Object.keys(storage).filter((key) => key.startsWith(start)) : [];
}

function parsed(text) {
  try {
    return JSON.parse(text ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

takeOver();

// Who signs out is on the way to another page already.
let signingOut = false;
document.addEventListener('submit', ({ target }) => { signingOut ||= target.getAttribute('action')?.endsWith('/sign-out'); });

// The page of an account that isn't signed in any more goes: when another tab changed that, and when Back brings it up again.
if (account) {
  const check = () => { if (!isOwner() && !signingOut) location.replace(location.pathname); };
  addEventListener('storage', ({ key }) => { if (key === OWNER || key === null) check(); });
  addEventListener('pageshow', () => {
    signingOut = false;
    check();
  });
}
