// Calls of our own JSON API, with the session's cookie, for the account that the page was made for and no other.
// A refusal becomes `Refused`; a broken line, or no answer in half a minute, whatever fetch makes of it.
import { account, sessionEnded } from './account_storage.js';

const LONGEST = 30_000;

export class Refused extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.detail || problem.title || String(status));
    this.status = status;
    this.code = problem.code;
    this.retryAfter = retryAfter;
  }
}

export async function call(method, path, body, headers = {}) {
  const options = {
    method,
    headers: { Accept: 'application/json', 'Webtop-Account': account, ...headers },
    credentials: 'same-origin',
    signal: AbortSignal.timeout(LONGEST),
  };
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(`/api/v1${path}`, options);
  if (answer.status === 204) return null;
  if (answer.ok) return answer.json();
  const content = await answer.json().catch(() => ({}));
  if (answer.status === 401) sessionEnded();
  throw new Refused(answer.status, content, Number(answer.headers.get('Retry-After')) || 0);
}
