// Sends one address after the other, with a progress bar and a result for each. The server reads the field, judges each
// address and words each answer; this only asks again with what is left. Without it, the form sends all at once.
import { find } from './page.js';

const TRIES = 12;
const LONGEST_WAIT = 120;

/**
 * @typedef {object} Answer what became of the first address
 * @property {HTMLElement} row
 * @property {string} email
 * @property {string[]} rest the addresses that are still to be sent
 */

export class SlackInviter {
  #form = find('form[data-send]', HTMLFormElement);
  #box = find('#sending');
  #words = this.#box.dataset;
  #field = find('form[data-send] [name="emails"]', HTMLTextAreaElement);
  #running = false;

  start() {
    this.#form.addEventListener('submit', (event) => {
      if (!this.#running && !this.#field.value.trim()) return;
      event.preventDefault();
      if (!this.#running) this.#sendAll();
    });
    addEventListener('beforeunload', (event) => {
      if (this.#running) event.preventDefault();
    });
  }

  async #sendAll() {
    this.#begin();
    const refused = [];
    let [left, done] = [this.#field.value, 0];
    while (left.trim()) {
      const answer = await this.#sendFirst(left);
      if (answer === 'whole') {
        this.#running = false;
        this.#field.value = [...refused, left].join('\n');
        this.#form.submit();
        return;
      }
      if (!answer) break;
      this.#hideForm();
      this.#part('ul').append(answer.row);
      if (answer.row.classList.contains('refused')) refused.push(answer.email);
      left = answer.rest.join('\n');
      done += 1;
      this.#count(done, done + answer.rest.length);
    }
    this.#end(refused, left);
  }

  /**
   * What became of the first address; null where no answer came; `whole` where the form's own way must go on.
   * @param {string} left
   */
  async #sendFirst(left) {
    /** @type {Answer | null} */
    let answer = null;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const response = await this.#ask(left);
      let wait = Number(response?.headers.get('Retry-After')) || 2 + tries;
      if (response?.ok) {
        answer = readAnswer(await response.text());
        if (!answer) return 'whole';
        wait = Number(answer.row.dataset.pause) || 0;
        if (!wait || wait > LONGEST_WAIT) return answer;
      } else if (response && response.status < 429) {
        return 'whole';
      }
      await this.#pause(wait);
    }
    return answer;
  }

  /**
   * Null where no answer came. To send an address again is safe: the server sends it once a day.
   * @param {string} left
   */
  #ask(left) {
    const body = new URLSearchParams([...new FormData(this.#form)].map(([name, value]) => [name, String(value)]));
    body.set('emails', left);
    body.set('do', 'next');
    return fetch(this.#form.action, { method: 'POST', body, credentials: 'same-origin' }).catch(() => null);
  }

  /** @param {number} seconds */
  async #pause(seconds) {
    this.#say((this.#words.waiting ?? '').replace('{n}', String(seconds)));
    await new Promise((done) => { setTimeout(done, seconds * 1000); });
  }

  /** The form stays where it is until the first answer, so that the second click of two hits nothing else. */
  #begin() {
    this.#running = true;
    this.#form.inert = true;
    this.#box.hidden = false;
    find('#all-sent').hidden = true;
    this.#part('ul').replaceChildren();
    this.#progress().hidden = false;
    this.#progress().removeAttribute('value');
    this.#part('h2').textContent = this.#words.sending ?? '';
  }

  /** What was said of an earlier try is over. */
  #hideForm() {
    this.#form.hidden = true;
    document.getElementById('results')?.parentElement?.remove();
    for (const line of document.querySelectorAll('.slack-invite .error, .slack-invite .notice.danger')) line.remove();
    this.#field.removeAttribute('aria-invalid');
  }

  /**
   * @param {number} done
   * @param {number} n
   */
  #count(done, n) {
    this.#progress().max = n;
    this.#progress().value = done;
    this.#say((this.#words.count ?? '').replace('{done}', String(done)).replace('{n}', String(n)));
  }

  /**
   * @param {string[]} refused
   * @param {string} left what the server couldn't be asked for
   */
  #end(refused, left) {
    this.#running = false;
    this.#part('h2').textContent = this.#words.sent ?? '';
    this.#progress().hidden = true;
    this.#field.value = [...refused, left].filter(Boolean).join('\n');
    this.#form.hidden = !this.#field.value;
    this.#form.inert = false;
    this.#form.querySelector('[aria-busy]')?.removeAttribute('aria-busy');
    find('#all-sent').hidden = !this.#form.hidden;
    const { broken = '', left: again = '', all = '' } = this.#words;
    this.#say(left ? broken : refused.length ? again : all);
    this.#part('h2').focus();
  }

  /** @param {string} selector */
  #part(selector) {
    return find(selector, HTMLElement, this.#box);
  }

  #progress() {
    return find('progress', HTMLProgressElement, this.#box);
  }

  /** @param {string} text */
  #say(text) {
    this.#part('[role="status"]').textContent = text;
  }
}

/**
 * Of the server's answer; null where it sent none of them by itself.
 * @param {string} html
 * @returns {Answer | null}
 */
function readAnswer(html) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const row = page.querySelector('li');
  if (!row?.querySelector('.address')) return null;
  const rest = [...page.querySelectorAll('body > p')].map((line) => line.textContent ?? '');
  return { row, email: find('.address', HTMLElement, row).textContent ?? '', rest };
}
