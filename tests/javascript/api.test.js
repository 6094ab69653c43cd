// One call of the API: what goes out, and what each answer becomes.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Refused, createApi } from '../../chalicelib/web/static/api.js';

/**
 * An API whose server answers so.
 * @param {() => Response} answer
 */
function api(answer) {
  /** @type {{ url: string, options: any }[]} */
  const asked = [];
  const ended = { times: 0 };
  const call = createApi({
    account: 'ida',
    sessionEnded: () => { ended.times += 1; },
    fetch: async (url, options) => {
      asked.push({ url: String(url), options });
      return answer();
    },
  });
  return { call, asked, ended };
}

/**
 * @param {Promise<unknown>} promise
 * @returns {Promise<Refused>}
 */
async function refusal(promise) {
  const error = await promise.then(() => null, (reason) => reason);
  assert.ok(error instanceof Refused);
  return error;
}

test('a call says for which account it is, and carries JSON only where there is some', async () => {
  const { call, asked } = api(() => Response.json({ url: 'wss://there' }));
  assert.deepEqual(await call('POST', '/socket-tickets', {}, { 'Idempotency-Key': 'k' }), { url: 'wss://there' });
  await call('GET', '/me');
  const [post, get] = asked;
  assert.equal(post?.url, '/api/v1/socket-tickets');
  assert.deepEqual(post?.options.headers, {
    'Accept': 'application/json', 'Webtop-Account': 'ida', 'Content-Type': 'application/json', 'Idempotency-Key': 'k',
  });
  assert.equal(post?.options.body, '{}');
  assert.equal(post?.options.credentials, 'same-origin');
  assert.ok(post?.options.signal instanceof AbortSignal);
  assert.deepEqual(get?.options.headers, { 'Accept': 'application/json', 'Webtop-Account': 'ida' });
  assert.equal(get?.options.body, null);
});

test('204 is null', async () => {
  assert.equal(await api(() => new Response(null, { status: 204 })).call('DELETE', '/x'), null);
});

test('a refusal has its sentence, its code and how long to wait', async () => {
  const problem = { code: 'too_many', title: 'No', detail: 'Wait a little.' };
  const { call, ended } = api(() => Response.json(problem, { status: 429, headers: { 'Retry-After': '7' } }));
  const { message, status, code, retryAfter } = await refusal(call('POST', '/x', {}));
  assert.deepEqual({ message, status, code, retryAfter }, { message: 'Wait a little.', status: 429, code: 'too_many', retryAfter: 7 });
  assert.equal(ended.times, 0);
});

test('a gateway that speaks no JSON refuses, too', async () => {
  const { message, status, code, retryAfter } = await refusal(api(() => new Response('Endpoint request timed out', { status: 504 })).call('GET', '/x'));
  assert.deepEqual({ message, status, code, retryAfter }, { message: '504', status: 504, code: undefined, retryAfter: 0 });
});

test('401 ends the session on this page', async () => {
  const { call, ended } = api(() => Response.json({ title: 'Sign in.' }, { status: 401 }));
  assert.equal((await refusal(call('GET', '/me'))).message, 'Sign in.');
  assert.equal(ended.times, 1);
});

test('a broken line is no refusal', async () => {
  const { call } = api(() => { throw new TypeError('Failed to fetch'); });
  await assert.rejects(call('GET', '/x'), TypeError);
});

test('an answer that was cut is no refusal', async () => {
  await assert.rejects(api(() => new Response('', { status: 201 })).call('POST', '/x', {}), SyntaxError);
});
