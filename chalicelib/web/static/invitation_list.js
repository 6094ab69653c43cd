// The invitation list without reloads: Invite, pasted lists, Remove, Correct the address. The server reads and judges each address.
import { closest, find, cloneTemplate } from './page.js';

export class InvitationList {
  #form = find('#new-chat', HTMLFormElement);
  #address = find('#address', HTMLTextAreaElement);
  #list = find('#invitees');
  #words = /** @type {Words} */ (find('#words').dataset);
  /** @type {Promise<void>} when all that was asked has its answer */
  #queue = Promise.resolve();
  #waiting = 0;
  /** @type {string[]} what is wrong with what stands in the field */
  #errors = [];

  start() {
    const [address, form] = [this.#address, this.#form];
    address.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#invite();
    });
    address.addEventListener('paste', (event) => this.#onPaste(event));
    address.addEventListener('input', () => this.#refresh());
    form.addEventListener('click', (event) => this.#onClick(event));
    form.addEventListener('submit', ({ submitter }) => {
      if (submitter instanceof HTMLButtonElement && submitter.value === 'create' && submitter.lastChild) {
        submitter.lastChild.textContent = this.#words.busy ?? '';
      }
    });
    this.#list.addEventListener('change', (event) => this.#onChange(event));
  }

  /** @param {ClipboardEvent} event */
  #onPaste(event) {
    const text = event.clipboardData?.getData('text') ?? '';
    if (text.split('@').length < 3) return;
    event.preventDefault();
    this.#address.setRangeText(text, this.#address.selectionStart, this.#address.selectionEnd, 'end');
    this.#invite();
  }

  /** @param {Event} event */
  #onClick(event) {
    const button = closest(event, 'button[name="do"]', HTMLButtonElement);
    if (!button) return;
    const [what, index] = button.value.split(':');
    event.preventDefault();
    if (what === 'create') this.#create(button);
    if (what === 'invite') this.#invite();
    if (what === 'remove') this.#remove(Number(index));
    if (what === 'fix') this.#correct(Number(index));
  }

  /**
   * What a row says without being unfolded follows what is chosen in it.
   * @param {Event} event
   */
  #onChange(event) {
    const select = event.target;
    if (!(select instanceof HTMLSelectElement)) return;
    const says = closest(event, '.invitee')?.querySelector(`[data-says="${select.name}"]`);
    if (!says) return;
    says.textContent = (select.name === 'locale' ? select.selectedOptions[0]?.textContent : this.#words[select.value]) ?? '';
  }

  /**
   * Once every address has its answer; what is still in the field goes along, and is judged before anything is made.
   * @param {HTMLButtonElement} button
   */
  async #create(button) {
    await this.#invite();
    if (!this.#address.value.trim() && this.#people().length) this.#form.requestSubmit(button);
  }

  /**
   * Hands what is typed to the server, which alone reads lists and judges addresses: good ones come back as rows, the rest
   * into the field, with the reasons. The field is free at once for the next one; answers are waited for in order.
   */
  #invite() {
    const text = this.#address.value;
    this.#address.value = '';
    this.#address.focus();
    this.#showErrors([]);
    if (text.trim()) {
      this.#waiting += 1;
      this.#queue = this.#queue.then(() => this.#submitText(text)).finally(() => {
        this.#waiting -= 1;
        this.#refresh();
      });
    }
    this.#refresh();
    return this.#queue;
  }

  /** @param {string} text */
  async #submitText(text) {
    const fields = new URLSearchParams([...new FormData(this.#form)].map(([name, value]) => [name, String(value)]));
    const before = new Set(fields.getAll('email'));
    fields.set('address', text);
    fields.set('do', 'add');
    const page = await this.#fetchPage(fields);
    if (!page) {
      this.#restoreText(text);
      this.#showErrors([...this.#errors, this.#words.broken ?? '']);
      return;
    }
    const rows = page.getElementById('invitees');
    if (!rows) {
      this.#restoreText(text);
      this.#form.requestSubmit(find('#invite'));
      return;
    }
    for (const row of [...rows.children]) {
      if (row instanceof HTMLElement && !before.has(row.dataset.email ?? '')) this.#list.append(row);
    }
    this.#restoreText(find('#address', HTMLTextAreaElement, page).value);
    this.#showErrors([...this.#errors, ...[...page.querySelectorAll('#address-error span')].map((line) => line.textContent ?? '')]);
  }

  /**
   * The page as the server makes it of the form; null where no answer came.
   * @param {URLSearchParams} body
   */
  async #fetchPage(body) {
    try {
      const answer = await fetch(this.#form.action, { method: 'POST', body, credentials: 'same-origin' });
      return new DOMParser().parseFromString(await answer.text(), 'text/html');
    } catch {
      return null;
    }
  }

  /**
   * Before what was typed meanwhile.
   * @param {string} text
   */
  #restoreText(text) {
    if (!text) return;
    this.#address.value = this.#address.value ? `${text}\n${this.#address.value}` : text;
  }

  /** @param {number} index */
  #remove(index) {
    this.#people()[index]?.remove();
    this.#refresh();
    const all = this.#people();
    const next = all[Math.min(index, all.length - 1)]?.querySelector('summary[aria-label]');
    (next instanceof HTMLElement ? next : this.#address).focus();
  }

  /** @param {number} index */
  #correct(index) {
    const row = this.#people()[index];
    if (!row) return;
    this.#address.value = row.dataset.email ?? '';
    row.remove();
    this.#refresh();
    this.#address.focus();
  }

  /**
   * What is wrong with what stands in the field, a line for each.
   * @param {string[]} sentences
   */
  #showErrors(sentences) {
    this.#errors = sentences;
    find('#address-error').replaceChildren(...sentences.map((sentence) => {
      const line = cloneTemplate('error');
      find('span', HTMLElement, line).textContent = sentence;
      return line;
    }));
    if (sentences.length) this.#address.setAttribute('aria-invalid', 'true');
    else this.#address.removeAttribute('aria-invalid');
  }

  #people() {
    return /** @type {HTMLElement[]} */ ([...this.#list.children]);
  }

  /** Numbers, words and the name field follow the list. */
  #refresh() {
    const n = this.#people().length;
    this.#people().forEach(renumber);
    const { one: single = '', many = '', sendsNone = '', sendsOne = '', sendsMany = '' } = this.#words;
    find('#how-many').textContent = counted(n, ['', single, many]);
    find('#sends').textContent = counted(n, [sendsNone, sendsOne, sendsMany]);
    find('#nobody').hidden = n > 0;
    find('#naming').hidden = n < 2;
    find('#f-name', HTMLInputElement).disabled = n < 2;
    find('#create', HTMLButtonElement).disabled = !n && !this.#waiting && !this.#address.value.trim();
  }
}

/**
 * The sentence for none, for one, or for many with their number in it.
 * @param {number} n
 * @param {[string, string, string]} sentences
 */
export function counted(n, [none, single, many]) {
  return n > 1 ? many.replaceAll('{n}', String(n)) : n ? single : none;
}

/**
 * @param {HTMLElement} row
 * @param {number} index
 */
function renumber(row, index) {
  for (const button of row.querySelectorAll('[name="do"]')) {
    if (button instanceof HTMLButtonElement) button.value = button.value.replace(/:.*/, `:${index}`);
  }
  for (const select of row.querySelectorAll('select')) {
    select.id = `${select.name}-${index}`;
    if (select.previousElementSibling instanceof HTMLLabelElement) select.previousElementSibling.htmlFor = select.id;
  }
}
