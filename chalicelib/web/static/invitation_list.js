// The invitation list without reloads: Invite, pasted lists, Remove, Correct the address. The server reads and judges each address.
import { NewChatDraft } from './drafts.js';
import { counted, longDay, renumber } from './inviting.js';
import { closest, find, cloneTemplate, isComposing, typeInto } from './page.js';

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
  #draft;

  /** @param {import('./account_storage.js').AccountStorage} storage */
  constructor(storage) {
    this.#draft = new NewChatDraft(storage, this.#form);
  }

  start() {
    const [address, form] = [this.#address, this.#form];
    address.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return;
      event.preventDefault();
      this.#invite();
    });
    address.addEventListener('paste', (event) => this.#onPaste(event));
    address.addEventListener('input', () => this.#refresh());
    address.addEventListener('contact', () => this.#invite());
    form.addEventListener('click', (event) => this.#onClick(event));
    form.addEventListener('submit', ({ submitter }) => {
      if (submitter instanceof HTMLButtonElement && submitter.value === 'create' && submitter.lastChild) {
        submitter.lastChild.textContent = this.#words.busy ?? '';
        this.#draft.keep(true);
      }
    });
    this.#list.addEventListener('input', (event) => this.#onChange(event));
    this.#restore();
    form.addEventListener('input', () => this.#draft.keep());
  }

  /** What was begun here and not sent, unless the server has shown a list already. */
  #restore() {
    const fields = this.#people().length ? null : this.#draft.restore();
    if (!fields) return;
    this.#waiting += 1;
    this.#queue = this.#fetchPage(fields).then((page) => {
      const rows = page?.getElementById('invitees');
      if (rows) this.#addRows(rows, new Set());
      else this.#restoreText(fields.getAll('email').join('\n'));
    }).finally(() => {
      this.#waiting -= 1;
      this.#refresh();
    });
  }

  /** @param {ClipboardEvent} event */
  #onPaste(event) {
    const text = event.clipboardData?.getData('text') ?? '';
    if (text.split('@').length < 3) return;
    event.preventDefault();
    typeInto(this.#address, text);
    this.#invite();
  }

  /** @param {Event} event */
  #onClick(event) {
    const button = closest(event, 'button[name="do"]', HTMLButtonElement);
    if (!button) return;
    const [what, index] = button.value.split(':');
    if (what === 'see') return;
    event.preventDefault();
    if (what === 'create' || what === 'check') this.#send(button);
    if (what === 'history') this.#queue.then(() => this.#form.requestSubmit(button));
    if (what === 'file') this.#readFile(button);
    if (what === 'invite') this.#invite();
    if (what === 'remove') this.#remove(Number(index));
    if (what === 'fix') this.#correct(Number(index));
  }

  /**
   * What a row says without being unfolded follows what is chosen in it.
   * @param {Event} event
   */
  #onChange(event) {
    const [row, field] = [closest(event, '.invitee'), event.target];
    if (!row || !(field instanceof HTMLSelectElement || field instanceof HTMLInputElement)) return;
    if (field instanceof HTMLSelectElement && field.name === 'locale') {
      find('[data-says="locale"]', HTMLElement, row).textContent = field.selectedOptions[0]?.textContent ?? '';
    }
    if (field.name.startsWith('history')) find('[data-says="history"]', HTMLElement, row).textContent = this.#sees(row);
  }

  /**
   * What this person will see of the past, in words.
   * @param {HTMLElement} row
   */
  #sees(row) {
    const kind = find('[name="history"]', HTMLSelectElement, row).value;
    const count = Number(find('[name="history_last"]', HTMLInputElement, row).value);
    const day = find('[name="history_since"]', HTMLInputElement, row).value;
    const { last = '', last_one: single = '', since = '', unclear = '' } = this.#words;
    if (kind === 'last') return counted(count, [unclear, single, last]);
    if (kind !== 'since') return this.#words[kind] ?? '';
    return day ? since.replace('{day}', longDay(day)) : unclear;
  }

  /**
   * Once every address has its answer; what is still in the field goes along, and is judged before anything is made.
   * @param {HTMLButtonElement} button
   */
  async #send(button) {
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
    fields.delete('file');
    fields.set('address', text);
    fields.set('do', 'add');
    const asked = this.#addresses();
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
    this.#addRows(rows, asked);
    this.#restoreText(find('#address', HTMLTextAreaElement, page).value);
    this.#showErrors([...this.#errors, ...[...page.querySelectorAll('#address-error span')].map((line) => line.textContent ?? '')]);
  }

  /**
   * The server reads the chosen file, too: its people become rows, and what was skipped is told below it.
   * @param {HTMLButtonElement} button
   */
  #readFile(button) {
    const input = find('#file', HTMLInputElement);
    this.#waiting += 1;
    this.#queue = this.#queue.then(async () => {
      const fields = new FormData(this.#form);
      fields.set('address', '');
      fields.set('do', 'file');
      const asked = this.#addresses();
      const page = input.files?.length ? await this.#fetchPage(fields) : null;
      const rows = page?.getElementById('invitees');
      if (!page || !rows) {
        this.#form.requestSubmit(button);
        return;
      }
      this.#addRows(rows, asked);
      find('.file-said').replaceChildren(...find('.file-said', HTMLElement, page).childNodes);
      find('#file', HTMLInputElement).value = '';
    }).finally(() => {
      this.#waiting -= 1;
      this.#refresh();
    });
  }

  /**
   * Rows that are new. Who stood in the list when the server was asked, and doesn't now, was taken out meanwhile.
   * @param {HTMLElement} rows
   * @param {Set<string | undefined>} asked the addresses in the list when the server was asked
   */
  #addRows(rows, asked) {
    const now = this.#addresses();
    for (const row of [...rows.children]) {
      if (!(row instanceof HTMLElement)) continue;
      const address = row.dataset.email;
      if (!asked.has(address) && !now.has(address)) this.#list.append(row);
    }
    this.#forgetCheck();
  }

  /** What a check said of the old list doesn't hold any more. */
  #forgetCheck() {
    for (const node of this.#list.querySelectorAll('.checked')) node.remove();
    find('#checked').replaceChildren();
  }

  /**
   * The page as the server makes it of the form; null where no answer came.
   * @param {URLSearchParams | FormData} body
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
    this.#forgetCheck();
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

  #addresses() {
    return new Set(this.#people().map((row) => row.dataset.email));
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
    for (const id of ['#create', '#check']) {
      find(id, HTMLButtonElement).disabled = !n && !this.#waiting && !this.#address.value.trim();
    }
    if (!this.#waiting) this.#draft.keep();
  }
}
