// Calls of our own JSON API, with the session's cookie, for the account that the page was made for and no other.
// A refusal becomes `Refused`; a broken line, or no answer in half a minute, whatever fetch makes of it.

const LONGEST = 30_000;

export class Refused extends Error {
  /**
   * @param {number} status
   * @param {Problem} problem
   * @param {number} [retryAfter] seconds that the server asks us to wait; 0 when it doesn't
   */
  constructor(status, problem, retryAfter = 0) {
    super(problem.detail || problem.title || String(status));
    this.status = status;
    this.code = problem.code;
    this.retryAfter = retryAfter;
  }
}

/**
 * @callback Call resolves to what the API answered, null for 204
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */

/**
 * @param {object} given
 * @param {string} given.account
 * @param {() => void} given.sessionEnded called when the server knows no session any more
 * @param {typeof globalThis.fetch} [given.fetch]
 * @returns {Call}
 */
export function createApi({ account, sessionEnded, fetch = globalThis.fetch }) {
  return async function call(method, path, body, headers = {}) {
    /** @type {Record<string, string>} */
    const all = { Accept: 'application/json', 'Webtop-Account': account, ...headers };
    if (body !== undefined) all['Content-Type'] = 'application/json';
    const answer = await fetch(`/api/v1${path}`, {
      method,
      headers: all,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(LONGEST),
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (answer.status === 204) return null;
    if (answer.ok) return answer.json();
    const problem = await answer.json().catch(() => ({}));
    if (answer.status === 401) sessionEnded();
    throw new Refused(answer.status, problem, Number(answer.headers.get('Retry-After')) || 0);
  };
}
