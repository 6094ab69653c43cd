// The invitation list without reloads: Invite, pasted lists, Remove, Correct the address. The server reads and judges each address.
import './menu.js';

const form = document.getElementById('new-chat');
const address = document.getElementById('address');
const list = document.getElementById('invitees');
const words = document.getElementById('words').dataset;
const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const people = () => [...list.children];
let asked = Promise.resolve();
let waiting = 0;
let said = [];

address.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  invite();
});

address.addEventListener('paste', (event) => {
  const text = event.clipboardData?.getData('text') ?? '';
  if (text.split('@').length < 3) return;
  event.preventDefault();
  address.setRangeText(text, address.selectionStart, address.selectionEnd, 'end');
  invite();
});

address.addEventListener('input', () => refresh());

form.addEventListener('click', (event) => {
  const button = event.target.closest('button[name="do"]');
  if (!button) return;
  const [what, index] = button.value.split(':');
  event.preventDefault();
  if (what === 'create') create(button);
  if (what === 'invite') invite();
  if (what === 'remove') remove(Number(index));
  if (what === 'fix') takeBack(Number(index));
});

list.addEventListener('change', (event) => {
  const row = event.target.closest('.invitee');
  const said = row?.querySelector(`[data-says="${event.target.name}"]`);
  if (!said) return;
  said.textContent = event.target.name === 'locale' ? event.target.selectedOptions[0].textContent : words[event.target.value];
});

form.addEventListener('submit', (event) => {
  if (event.submitter?.value === 'create') event.submitter.lastChild.textContent = words.busy;
});

/** Once every address has its answer; what is still in the field goes along, and is judged before anything is made. */
async function create(button) {
  await invite();
  if (!address.value.trim() && people().length) form.requestSubmit(button);
}

/**
 * Hands what is typed to the server, which alone reads lists and judges addresses: good ones come back as rows, the rest
 * into the field, with the reasons. The field is free at once for the next one; answers are waited for in order.
 */
function invite() {
  const text = address.value;
  address.value = '';
  address.focus();
  refuse([]);
  if (text.trim()) {
    waiting += 1;
    asked = asked.then(() => ask(text)).finally(() => {
      waiting -= 1;
      refresh();
    });
  }
  refresh();
  return asked;
}

async function ask(text) {
  const fields = new FormData(form);
  const before = new Set(fields.getAll('email'));
  fields.set('address', text);
  fields.set('do', 'add');
  const page = await answered(new URLSearchParams(fields));
  if (!page) {
    putBack(text);
    refuse([...said, words.broken]);
    return;
  }
  if (!page.getElementById('invitees')) {
    putBack(text);
    form.requestSubmit(document.getElementById('invite'));
    return;
  }
  for (const row of [...page.getElementById('invitees').children]) if (!before.has(row.dataset.email)) list.append(row);
  putBack(page.getElementById('address').value);
  refuse([...said, ...[...page.querySelectorAll('#address-error span')].map((line) => line.textContent)]);
}

/** The page as the server makes it of the form; null where no answer came. */
async function answered(body) {
  try {
    const answer = await fetch(form.action, { method: 'POST', body, credentials: 'same-origin' });
    return new DOMParser().parseFromString(await answer.text(), 'text/html');
  } catch {
    return null;
  }
}

/** Before what was typed meanwhile. */
function putBack(text) {
  if (!text) return;
  address.value = address.value ? `${text}\n${address.value}` : text;
}

function remove(index) {
  people()[index]?.remove();
  refresh();
  (people()[Math.min(index, people().length - 1)]?.querySelector('summary[aria-label]') ?? address).focus();
}

function takeBack(index) {
  const row = people()[index];
  if (!row) return;
  address.value = row.dataset.email;
  row.remove();
  refresh();
  address.focus();
}

/** What is wrong with what stands in the field, a line for each. */
function refuse(sentences) {
  said = sentences;
  const place = document.getElementById('address-error');
  place.replaceChildren(...sentences.map((sentence) => {
    const line = document.getElementById('piece-error').content.firstElementChild.cloneNode(true);
    line.querySelector('span').textContent = sentence;
    return line;
  }));
  address.toggleAttribute('aria-invalid', false);
  if (sentences.length) address.setAttribute('aria-invalid', 'true');
}

/** Numbers, words and the name field follow the list. */
function refresh() {
  const n = people().length;
  people().forEach((node, index) => {
    for (const button of node.querySelectorAll('[name="do"]')) button.value = button.value.replace(/:.*/, `:${index}`);
    for (const select of node.querySelectorAll('select')) {
      select.id = `${select.name}-${index}`;
      select.previousElementSibling.htmlFor = select.id;
    }
  });
  document.getElementById('how-many').textContent = n ? (n === 1 ? words.one : fill(words.many, { n })) : '';
  document.getElementById('nobody').hidden = n > 0;
  document.getElementById('naming').hidden = n < 2;
  document.getElementById('f-name').disabled = n < 2;
  document.getElementById('sends').textContent = n ? (n === 1 ? words.sendsOne : fill(words.sendsMany, { n })) : words.sendsNone;
  document.getElementById('create').disabled = !n && !waiting && !address.value.trim();
}
