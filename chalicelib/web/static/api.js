// Calls of our own JSON API, with the session's cookie. A refusal becomes `Refused`, a broken line `TypeError`, as fetch does.
export class Refused extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.detail || problem.title || String(status));
    this.status = status;
    this.code = problem.code;
    this.retryAfter = retryAfter;
  }
}

export async function call(method, path, body, headers = {}) {
  const options = { method, headers: { Accept: 'application/json', ...headers }, credentials: 'same-origin' };
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(`/api/v1${path}`, options);
  if (answer.status === 204) return null;
  const content = await answer.json().catch(() => ({}));
  if (answer.ok) return content;
  if (answer.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}${location.hash}`);
  throw new Refused(answer.status, content, Number(answer.headers.get('Retry-After')) || 0);
}
