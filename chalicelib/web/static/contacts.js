// Addresses to choose from while typing: one's own people of the workspace, as the API gives them. The field stays a text field
// that names its list (a multi-line field can't have the role of a combobox); keys and states are the combobox's.
import { typeInto } from './page.js';
import { Suggestions } from './suggestions.js';

const LEAST = 2;
const MOST = 100;
const PAUSE = 150;

/** @param {import('./api.js').Call} call */
export function startContacts(call) {
  const known = new WeakSet();
  /** @param {unknown} target */
  const attach = (target) => {
    if (!(target instanceof HTMLTextAreaElement) || !target.dataset.contacts || known.has(target)) return;
    known.add(target);
    new Contacts(target, call).start();
  };
  document.addEventListener('focusin', ({ target }) => attach(target));
  attach(document.activeElement);
}

class Contacts {
  #field;
  #call;
  #place;
  #box = document.createElement('div');
  #status = document.createElement('p');
  #suggestions;
  #asked = 0;
  #timer = 0;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {import('./api.js').Call} call
   */
  constructor(field, call) {
    this.#field = field;
    this.#call = call;
    this.#place = /** @type {HTMLElement} */ (field.closest('.field'));
    this.#box.id = `${field.id}-contacts`;
    this.#suggestions = new Suggestions(field, this.#box, (option) => this.#complete(option), () => this.#onHide());
  }

  start() {
    const [field, box] = [this.#field, this.#box];
    box.className = 'contacts';
    box.hidden = true;
    box.setAttribute('role', 'listbox');
    box.setAttribute('aria-label', field.dataset.contactsLabel ?? '');
    this.#status.className = 'hide';
    this.#status.setAttribute('role', 'status');
    this.#place.append(box, this.#status);
    field.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#look(), PAUSE);
    });
    field.addEventListener('blur', () => setTimeout(() => this.#suggestions.hide(), PAUSE));
  }

  /** What is typed since the last separator, up to the cursor. */
  #typed() {
    return this.#field.value.slice(0, this.#field.selectionStart).split(/[,;\n\t]/).at(-1) ?? '';
  }

  async #look() {
    this.#asked += 1;
    const mine = this.#asked;
    const text = this.#typed().trim();
    if (text.length < LEAST || text.length > MOST || /[<>]/.test(text)) {
      this.#suggestions.hide();
      return;
    }
    const select = document.getElementById('f-workspace');
    const workspace = select instanceof HTMLSelectElement ? select.value : this.#field.dataset.contacts;
    const answer = await this.#call('GET', `/workspaces/${workspace}/contacts?q=${encodeURIComponent(text)}`).catch(() => null);
    if (mine !== this.#asked || document.activeElement !== this.#field) return;
    /** @type {{email: string, name?: string}[]} */
    const items = answer?.items ?? [];
    this.#show(items.filter(({ email }) => email !== text.toLowerCase()));
  }

  /** @param {{email: string, name?: string}[]} items */
  #show(items) {
    if (!items.length) {
      this.#suggestions.hide();
      return;
    }
    const { one: single = '', many = '' } = this.#field.dataset;
    this.#suggestions.show(items.map((item, index) => optionOf(item, `${this.#box.id}-${index}`)), -1);
    this.#status.textContent = items.length === 1 ? single : many.replace('{n}', String(items.length));
  }

  /** @param {HTMLElement} option */
  #complete({ dataset: { email = '', name = '' } }) {
    const field = this.#field;
    const end = field.selectionStart;
    const safe = name.replace(/["<>\\]/g, ' ').trim();
    typeInto(field, `${safe ? `"${safe}" <${email}>` : email}, `, end - this.#typed().trimStart().length, end);
    field.dispatchEvent(new CustomEvent('contact', { bubbles: true }));
  }

  #onHide() {
    this.#asked += 1;
    this.#status.textContent = '';
  }
}

/**
 * @param {{email: string, name?: string}} item
 * @param {string} id
 */
function optionOf({ email, name }, id) {
  const row = document.createElement('div');
  row.className = 'menu-row';
  row.id = id;
  row.dataset.email = email;
  row.dataset.name = name ?? '';
  row.setAttribute('role', 'option');
  row.setAttribute('aria-selected', 'false');
  const [first, second] = [document.createElement('b'), document.createElement('small')];
  first.dir = 'auto';
  first.textContent = name || email;
  second.textContent = name ? email : '';
  row.append(first, second);
  return row;
}
