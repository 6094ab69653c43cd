// The bytes of a file on their way to the store, with their progress. The store takes what was signed and nothing else.

/**
 * @typedef {object} Upload as the API answers it
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} fields
 */

/**
 * Resolves when the store has the bytes; rejects when it refuses them, the line breaks, or `signal` aborts.
 * @param {Upload} upload
 * @param {File} file
 * @param {object} how
 * @param {AbortSignal} how.signal
 * @param {(part: number) => void} how.onProgress from 0 to 1
 * @returns {Promise<void>}
 */
export function sendFile(upload, file, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of what has gone out
    const failed = () => reject(new Error('upload'));
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener('load', () => (request.status === 201 ? resolve() : failed()));
    for (const event of ['error', 'abort', 'timeout']) request.addEventListener(event, failed);
    signal.addEventListener('abort', () => request.abort());
    request.open(upload.method, upload.url);
    request.send(formOf(upload.fields, file));
  });
}

/**
 * The file stands last: the store reads no further.
 * @param {Record<string, string>} fields
 * @param {File} file
 */
export function formOf(fields, file) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', file);
  return form;
}
