// Addresses to choose from while typing: one's own people of the workspace, as the API gives them. The field stays a text field
// that names its list (a multi-line field can't have the role of a combobox); keys and states are the combobox's.
import { isComposing, typeInto } from './page.js';

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
  #chosen = -1;
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
  }

  start() {
    const [field, box] = [this.#field, this.#box];
    box.className = 'contacts';
    box.id = `${field.id}-contacts`;
    box.hidden = true;
    box.setAttribute('role', 'listbox');
    box.setAttribute('aria-label', field.dataset.contactsLabel ?? '');
    this.#status.className = 'hide';
    this.#status.setAttribute('role', 'status');
    this.#place.append(box, this.#status);
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', box.id);
    field.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#look(), PAUSE);
    });
    field.addEventListener('blur', () => setTimeout(() => this.#hide(), PAUSE));
    field.addEventListener('keydown', (event) => this.#onKey(event), { capture: true });
    box.addEventListener('mousedown', (event) => event.preventDefault());
    box.addEventListener('click', ({ target }) => {
      const option = target instanceof Element ? target.closest('[role="option"]') : null;
      if (option instanceof HTMLElement) this.#complete(option);
    });
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
      this.#hide();
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
      this.#hide();
      return;
    }
    const { one: single = '', many = '' } = this.#field.dataset;
    this.#box.replaceChildren(...items.map((item, index) => optionOf(item, `${this.#box.id}-${index}`)));
    this.#box.hidden = false;
    this.#chosen = -1;
    this.#field.removeAttribute('aria-activedescendant');
    this.#status.textContent = items.length === 1 ? single : many.replace('{n}', String(items.length));
  }

  /** @param {number} index */
  #choose(index) {
    const all = [...this.#box.children];
    this.#chosen = (index + all.length) % all.length;
    all.forEach((node, at) => node.setAttribute('aria-selected', String(at === this.#chosen)));
    const node = all[this.#chosen];
    if (!node) return;
    this.#field.setAttribute('aria-activedescendant', node.id);
    node.scrollIntoView({ block: 'nearest' });
  }

  /**
   * Before the page's own keys: Enter chooses only what was walked to; else it means what it always does.
   * @param {KeyboardEvent} event
   */
  #onKey(event) {
    if (this.#box.hidden || isComposing(event)) return;
    const option = this.#box.children[this.#chosen];
    if (event.key === 'ArrowDown') this.#choose(this.#chosen + 1);
    else if (event.key === 'ArrowUp') this.#choose(this.#chosen < 0 ? -1 : this.#chosen - 1);
    else if ((event.key === 'Enter' || event.key === 'Tab') && option instanceof HTMLElement) this.#complete(option);
    else if (event.key === 'Escape') this.#hide();
    else {
      if (event.key === 'Enter') this.#hide();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {HTMLElement} option */
  #complete({ dataset: { email = '', name = '' } }) {
    const field = this.#field;
    const end = field.selectionStart;
    const safe = name.replace(/["<>\\]/g, ' ').trim();
    typeInto(field, `${safe ? `"${safe}" <${email}>` : email}, `, end - this.#typed().trimStart().length, end);
    this.#hide();
    field.dispatchEvent(new CustomEvent('contact', { bubbles: true }));
  }

  #hide() {
    this.#asked += 1;
    this.#chosen = -1;
    this.#box.hidden = true;
    this.#status.textContent = '';
    this.#field.removeAttribute('aria-activedescendant');
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
