// The invitation list without reloads: Invite, pasted lists, Remove, Correct the address. The server checks everything again.
import './menu.js';

const form = document.getElementById('new-chat');
const address = document.getElementById('address');
const list = document.getElementById('invitees');
const words = document.getElementById('words').dataset;
const PLAIN = /^[^\s@"(),:;<>[\]\\]+@[^\s@.]+(\.[^\s@.]+)+$/;
const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const people = () => [...list.children];

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
  if (what === 'create') {
    if (address.value.trim() && !invite()) event.preventDefault();
    return;
  }
  event.preventDefault();
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

/** Moves what is typed into the list; what isn't an address stays in the field. True when nothing stayed. */
function invite() {
  const wrong = [];
  const said = new Set();
  let added = 0;
  for (const { email, name } of parse(address.value)) {
    if (!PLAIN.test(email) || email.length > 254) {
      wrong.push(email);
      said.add(fill(words.bad, { address: email }));
    } else if (people().some((row) => row.dataset.email.toLowerCase() === email.toLowerCase())) {
      said.add(fill(words.twice, { address: email }));
    } else {
      list.append(row(email, name));
      added += 1;
    }
  }
  address.value = wrong.join(', ');
  const complete = said.size === 0;
  if (!complete && added) said.add(added === 1 ? words.restOne : fill(words.restMany, { n: added }));
  refuse([...said].join(' '));
  refresh();
  address.focus();
  return complete;
}

/** "a@b.c, Dana Smith <d@e.f>" and lines → [{email, name}] */
function parse(text) {
  const found = [];
  for (const match of text.matchAll(/(?:"([^"]*)"|([^<>,;\n]*?))\s*<([^<>\n]*)>|([^\s,;<>]+)/g)) {
    const email = (match[3] ?? match[4]).trim();
    if (email) found.push({ email, name: (match[1] ?? match[2] ?? '').trim() });
  }
  return found;
}

function row(email, name) {
  const node = document.getElementById('piece-invitee').content.firstElementChild.cloneNode(true);
  node.dataset.email = email;
  node.querySelector('[name="email"]').value = email;
  node.querySelector('[name="invitee_name"]').value = name;
  node.querySelector('.address').textContent = email;
  node.querySelector('.avatar span').textContent = initials(name, email);
  node.querySelector('summary[aria-label]').setAttribute('aria-label', fill(words.more, { address: email }));
  return node;
}

function initials(name, email) {
  const parts = (name || email.split('@')[0]).split(/[\s._-]+/).filter(Boolean);
  const letters = parts.length > 1 ? [parts[0], parts.at(-1)] : parts;
  return letters.map((part) => [...part][0]).join('').toUpperCase();
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

function refuse(sentence) {
  const place = document.getElementById('address-error');
  place.replaceChildren();
  address.toggleAttribute('aria-invalid', false);
  if (!sentence) return;
  const line = document.getElementById('piece-error').content.firstElementChild.cloneNode(true);
  line.querySelector('span').textContent = sentence;
  place.append(line);
  address.setAttribute('aria-invalid', 'true');
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
  document.getElementById('create').disabled = !n && !address.value.trim();
}
