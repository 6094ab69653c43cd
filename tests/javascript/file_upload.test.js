// Bytes on their way to the store: the form it takes, and what its answers mean.
import assert from 'node:assert/strict';
import test from 'node:test';
import { formOf, sendFile } from '../../chalicelib/web/static/file_upload.js';

const UPLOAD = { method: 'POST', url: 'https://store.example/', fields: { key: 'in/f1', policy: 'p' } };
const file = new File(['bytes'], 'plan.pdf');

/**
 * A request that the test answers.
 * @param {import('node:test').TestContext} t
 * @param {(request: any) => void} play
 */
function played(t, play) {
  const before = globalThis.XMLHttpRequest;
  t.after(() => { globalThis.XMLHttpRequest = before; });
  globalThis.XMLHttpRequest = /** @type {any} */ (class extends EventTarget {
    upload = new EventTarget();
    status = 0;
    open() {}
    abort() { this.dispatchEvent(new Event('abort')); }
    send() { play(this); }
  });
}

/** @param {AbortController} [stop] @param {number[]} [parts] */
const send = (stop = new AbortController(), parts = []) => sendFile(UPLOAD, file, { signal: stop.signal, onProgress: (part) => { parts.push(part); } });

test('the file stands last in the form', () => {
  assert.deepEqual([...formOf(UPLOAD.fields, file)].map(([name]) => name), ['key', 'policy', 'file']);
});

test('its progress is told, and 201 is the end', async (t) => {
  const parts = /** @type {number[]} */ ([]);
  played(t, (request) => {
    request.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded: 1, total: 4 }));
    request.status = 201;
    request.dispatchEvent(new Event('load'));
  });
  await send(undefined, parts);
  assert.deepEqual(parts, [0.25]);
});

for (const [what, play] of /** @type {[string, (request: any) => void][]} */ ([
  ['a refusal of the store', (request) => { request.status = 403; request.dispatchEvent(new Event('load')); }],
  ['a line that breaks', (request) => request.dispatchEvent(new Event('error'))],
])) {
  test(`${what} fails`, async (t) => {
    played(t, play);
    await assert.rejects(send());
  });
}

test('who cancels ends it', async (t) => {
  const stop = new AbortController();
  played(t, () => stop.abort());
  await assert.rejects(send(stop));
});
