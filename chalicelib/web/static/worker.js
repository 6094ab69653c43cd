// Registers the service worker, for whoever is signed in: what it does stands in chalicelib/web/worker/service_worker.js.

const PATIENCE = 20_000;

/**
 * Resolves to its registration; to nothing where the browser has none, doesn't want it, or can't start it.
 * @param {string} account
 * @returns {Promise<ServiceWorkerRegistration | undefined>}
 */
export async function registerWorker(account) {
  const version = import.meta.url.match(/\/static\/([^/]+)\//)?.[1];
  if (!account || !version || !navigator.serviceWorker) return undefined;
  const given = new URLSearchParams({ v: version, lang: document.documentElement.lang, account });
  try {
    await navigator.serviceWorker.register(`/sw.js?${given}`);
    return await Promise.race([navigator.serviceWorker.ready, nothingAfter(PATIENCE)]);
  } catch {
    return undefined;
  }
}

/**
 * @param {number} milliseconds
 * @returns {Promise<undefined>}
 */
function nothingAfter(milliseconds) {
  return new Promise((resolve) => { setTimeout(() => resolve(undefined), milliseconds); });
}

/**
 * What is on the screen needs no notification any more.
 * @param {string} tag
 */
export async function closeNotifications(tag) {
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const notification of await registration?.getNotifications?.({ tag }) ?? []) notification.close();
  await /** @type {any} */ (navigator).clearAppBadge?.().catch(() => {});
}
