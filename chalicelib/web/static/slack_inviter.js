// Sends one address after the other, with a progress bar and a result for each. Without it, the form sends all at once.
import { Refused } from './api.js';
import { find, cloneTemplate } from './page.js';

const TRIES = 12;
const LONGEST_WAIT = 120;

/**
 * @typedef {object} Result what became of one address
 * @property {string} email
 * @property {string} outcome
 * @property {string} [message]
 * @property {string} [code]
 * @property {number} [retry_after] seconds
 */

export class SlackInviter {
  #form = find('form[data-send]', HTMLFormElement);
  #box = find('#sending');
  #field = find('form[data-send] [name="emails"]', HTMLTextAreaElement);
  #running = false;
  #call;

  /** @param {import('./api.js').Call} call */
  constructor(call) {
    this.#call = call;
  }

  start() {
    this.#form.addEventListener('submit', (event) => {
      const typed = addressesIn(this.#field.value);
      if (!this.#running && !typed.length) return;
      event.preventDefault();
      if (!this.#running) this.#sendAll(typed);
    });
    addEventListener('beforeunload', (event) => {
      if (this.#running) event.preventDefault();
    });
  }

  /** @param {string[]} typed */
  async #sendAll(typed) {
    this.#begin(typed.length);
    const refused = [];
    for (const [index, email] of typed.entries()) {
      const result = await this.#send(email).catch(() => null);
      if (!result) {
        this.#running = false;
        this.#field.value = [...refused, ...typed.slice(index)].join('\n');
        this.#form.submit();
        return;
      }
      this.#show(result);
      if (result.outcome === 'refused') refused.push(email);
      this.#count(index + 1, typed.length);
    }
    this.#end(refused);
  }

  /**
   * Its result; fails where the form's own way must say what is wrong. The key stays until there is an answer.
   * @param {string} email
   * @returns {Promise<Result | null>}
   */
  async #send(email) {
    let key = crypto.randomUUID();
    /** @type {Result | null} */
    let result = null;
    for (let tries = 0; tries < TRIES; tries += 1) {
      try {
        const answer = await this.#call('POST', '/slack/invitations', this.#asked(email), { 'Idempotency-Key': key });
        if (answer.mode !== 'api') throw new Refused(0, { code: 'guide' });
        const given = /** @type {Result} */ (answer.results[0]);
        result = given;
        const wait = waitOf(given);
        if (!wait || wait > LONGEST_WAIT) return result;
        key = crypto.randomUUID();
        await this.#pause(wait, email);
      } catch (error) {
        const answer = error instanceof Refused ? error : null;
        if (answer && answer.code !== 'in_progress' && answer.status < 429) throw answer;
        result = { email, outcome: 'refused', message: 'Webtop can’t be reached. Send it again.' };
        await this.#pause(answer?.retryAfter || 2 + tries, email);
      }
    }
    return result;
  }

  /** @param {string} email */
  #asked(email) {
    const given = new FormData(this.#form);
    /** @type {Record<string, unknown>} */
    const body = { emails: [email], kind: given.get('kind'), channel_ids: given.getAll('channel_ids') };
    if (given.get('expires_on')) body.expires_on = given.get('expires_on');
    const message = String(given.get('message') ?? '').trim();
    if (message) body.message = message;
    return body;
  }

  /**
   * @param {number} seconds
   * @param {string} email
   */
  async #pause(seconds, email) {
    this.#say(`Waiting ${seconds} seconds, then ${email} is sent.`);
    await new Promise((done) => { setTimeout(done, seconds * 1000); });
  }

  /** @param {number} n */
  #begin(n) {
    this.#running = true;
    this.#box.hidden = false;
    find('#all-sent').hidden = true;
    document.getElementById('results')?.parentElement?.remove();
    for (const line of document.querySelectorAll('.slack-invite .error, .slack-invite .notice.danger')) line.remove();
    this.#field.removeAttribute('aria-invalid');
    this.#part('ul').replaceChildren();
    this.#progress().hidden = false;
    this.#progress().max = n;
    this.#part('h2').textContent = 'Sending';
    this.#count(0, n);
    this.#form.hidden = true;
  }

  /** @param {Result} result */
  #show(result) {
    const row = cloneTemplate('result');
    row.className = result.outcome;
    find('use', SVGUseElement, row).setAttribute('href', `#i-${this.#table('signs')[result.outcome]}`);
    find('.address', HTMLElement, row).textContent = result.email;
    find('b', HTMLElement, row).textContent = this.#table('words')[result.outcome] ?? '';
    find('span', HTMLElement, row).textContent = result.message ? `: ${result.message}` : '';
    this.#part('ul').append(row);
  }

  /**
   * @param {number} done
   * @param {number} n
   */
  #count(done, n) {
    this.#progress().value = done;
    this.#say(`${done} of ${n}`);
  }

  /** @param {string[]} refused */
  #end(refused) {
    this.#running = false;
    this.#part('h2').textContent = 'Sent';
    this.#progress().hidden = true;
    this.#field.value = refused.join('\n');
    this.#form.hidden = !refused.length;
    this.#form.querySelector('[aria-busy]')?.removeAttribute('aria-busy');
    find('#all-sent').hidden = refused.length > 0;
    this.#say(refused.length ? 'Those that weren’t invited stand in the field again.' : 'All of them are done.');
    this.#part('h2').focus();
  }

  /** @param {string} selector */
  #part(selector) {
    return find(selector, HTMLElement, this.#box);
  }

  #progress() {
    return find('progress', HTMLProgressElement, this.#box);
  }

  /**
   * By outcome.
   * @param {'signs' | 'words'} name
   * @returns {Record<string, string>}
   */
  #table(name) {
    return JSON.parse(this.#box.dataset[name] ?? '{}');
  }

  /** @param {string} text */
  #say(text) {
    this.#part('[role="status"]').textContent = text;
  }
}

/**
 * As the server reads a list: commas, semicolons, lines, `Name <a@b.c>`; each address once.
 * @param {string} text
 */
export function addressesIn(text) {
  const addresses = text.split(/[,;\n\r]+/).flatMap((part) => {
    const named = part.match(/^\s*"?[^<>"]*"?\s*<([^<>]+)>\s*$/)?.[1];
    return named === undefined ? part.split(/\s+/).filter(Boolean) : [named.trim()];
  });
  return [...new Set(addresses)];
}

/**
 * The seconds after which Slack may be asked for this address again; 0 where that changes nothing.
 * @param {Result} result
 */
export function waitOf({ code = '', retry_after }) {
  if (['ratelimited', 'ratelimit', 'rate_limited'].includes(code)) return retry_after || 60;
  return code === 'in_progress' ? 5 : 0;
}
