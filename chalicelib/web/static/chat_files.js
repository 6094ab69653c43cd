// Files that go with the next message: chosen, dropped or pasted, several at once. Each is sent to the store at once and
// shows how far it is; what failed can be tried again, and is when the connection is back.
import { Refused } from './api.js';
import { fileSize, isPicture } from './chat_file_view.js';
import { words } from './chat_view.js';
import { sendFile } from './file_upload.js';
import { closest, cloneTemplate, find } from './page.js';

const MOST = 10;
const MB = 1024 * 1024;

/**
 * @typedef {object} Chosen
 * @property {File} file
 * @property {HTMLElement} node
 * @property {AbortController} stop
 * @property {'sending' | 'sent' | 'failed' | 'refused'} state
 * @property {string} [id]
 */

/** @typedef {{ id: string, name: string, size: number, alt?: string }} SentFile */

export class ChosenFiles {
  /** @type {Chosen[]} */
  #chosen = [];
  #list = find('#chosen-files');
  #box = find('#compose');
  #words = words();
  #call;
  #path;
  #onChange;

  /**
   * @param {object} given
   * @param {import('./api.js').Call} given.call
   * @param {string} given.chatId
   * @param {() => void} given.onChange a file came, went, or is there
   */
  constructor({ call, chatId, onChange }) {
    this.#call = call;
    this.#path = `/chats/${chatId}/files`;
    this.#onChange = onChange;
  }

  start() {
    const input = document.querySelector('#files');
    if (!(input instanceof HTMLInputElement)) return; // files aren't taken here
    input.multiple = true;
    input.addEventListener('change', () => {
      this.add([...input.files ?? []]);
      input.value = ''; // the same file may be chosen again, and the form never sends it
    });
    this.#takeDrops();
    find('#text').addEventListener('paste', (event) => {
      const files = pastedFiles(event.clipboardData);
      if (files.length) event.preventDefault();
      this.add(files);
    });
    this.#list.addEventListener('click', (event) => this.#onClick(event));
    addEventListener('online', () => {
      for (const each of this.#chosen) if (each.state === 'failed') this.#send(each);
    });
  }

  get count() {
    return this.#chosen.length;
  }

  /** Whether something is on its way. */
  get isBusy() {
    return this.#chosen.some(({ state }) => state === 'sending');
  }

  /** Whether all that was chosen is in the store. */
  get isReady() {
    return this.#chosen.every(({ state }) => state === 'sent');
  }

  /** @param {File[]} files */
  add(files) {
    for (const file of files) {
      if (this.#chosen.length >= MOST) {
        find('#text-error').textContent = this.#words.fileMany ?? '';
        break;
      }
      const node = cloneTemplate('chosen');
      find('.name', HTMLElement, node).textContent = file.name;
      find('.note', HTMLElement, node).textContent = fileSize(file.size);
      find('.alt', HTMLInputElement, node).hidden = !isPicture(file);
      /** @type {Chosen} */
      const chosen = { file, node, stop: new AbortController(), state: 'sending' };
      this.#chosen.push(chosen);
      this.#list.append(node);
      this.#send(chosen);
    }
    this.#changed();
  }

  /** Those that are sent with a message now; afterwards none is chosen. @returns {SentFile[]} */
  take() {
    const sent = this.#chosen.flatMap(({ id, file, node }) => {
      const alt = find('.alt', HTMLInputElement, node).value.trim();
      return id ? [{ id, name: file.name, size: file.size, ...(alt && { alt }) }] : [];
    });
    this.#chosen = [];
    this.#list.replaceChildren();
    this.#changed();
    return sent;
  }

  #takeDrops() {
    const whole = find('.chat');
    whole.addEventListener('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      this.#box.classList.add('dropping');
    });
    whole.addEventListener('dragleave', (event) => {
      if (event.relatedTarget instanceof Node && whole.contains(event.relatedTarget)) return;
      this.#box.classList.remove('dropping');
    });
    whole.addEventListener('drop', (event) => {
      this.#box.classList.remove('dropping');
      const files = [...event.dataTransfer?.files ?? []];
      if (!files.length) return;
      event.preventDefault();
      this.add(files);
    });
  }

  /** @param {Chosen} chosen */
  async #send(chosen) {
    const { file, stop } = chosen;
    const most = Number(this.#box.dataset.fileMb) * MB;
    if (file.size > most) {
      this.#show(chosen, 'refused', this.#words.fileLarge ?? '');
      return;
    }
    this.#show(chosen, 'sending', fileSize(file.size));
    try {
      const declared = await this.#call('POST', this.#path, { name: file.name, size: file.size, type: file.type });
      await sendFile(declared.upload, file, { signal: stop.signal, onProgress: (part) => this.#progress(chosen, part) });
      this.#arrived(chosen, declared.file.id);
    } catch (error) {
      if (stop.signal.aborted) return;
      const isFinal = error instanceof Refused && error.status < 500 && error.status !== 429;
      this.#show(chosen, isFinal ? 'refused' : 'failed', isFinal ? error.message : this.#words.uploadFailed ?? '');
    }
  }

  /**
   * @param {Chosen} chosen
   * @param {string} id
   */
  #arrived(chosen, id) {
    chosen.id = id;
    this.#show(chosen, 'sent', fileSize(chosen.file.size));
  }

  /**
   * @param {Chosen} chosen
   * @param {number} part
   */
  #progress({ node }, part) {
    find('progress', HTMLProgressElement, node).value = part;
  }

  /**
   * @param {Chosen} chosen
   * @param {Chosen['state']} state
   * @param {string} note
   */
  #show(chosen, state, note) {
    const { node } = chosen;
    chosen.state = state;
    node.dataset.state = state;
    find('.note', HTMLElement, node).textContent = note;
    find('.again', HTMLElement, node).hidden = state !== 'failed';
    find('progress', HTMLElement, node).hidden = state !== 'sending';
    this.#changed();
  }

  /** @param {Event} event */
  #onClick(event) {
    const node = closest(event, 'li');
    const chosen = this.#chosen.find((each) => each.node === node);
    if (!chosen) return;
    if (closest(event, '.again', HTMLButtonElement)) this.#send(chosen);
    if (!closest(event, '.drop', HTMLButtonElement)) return;
    chosen.stop.abort();
    chosen.node.remove();
    this.#chosen = this.#chosen.filter((each) => each !== chosen);
    this.#changed();
    find('#text').focus();
  }

  #changed() {
    this.#list.hidden = this.#chosen.length === 0;
    this.#onChange();
  }
}

/**
 * What is pasted as files. Cells of Excel and text of Word come with a picture of them: they are meant as text. Of a file that was
 * copied the text is its name.
 * @param {Pick<DataTransfer, 'files' | 'getData'> | null} clipboard
 */
export function pastedFiles(clipboard) {
  const files = [...clipboard?.files ?? []];
  const text = clipboard?.getData('text/plain').trim() ?? '';
  return text && !files.some(({ name }) => text.includes(name)) ? [] : files;
}
