// What one does with a message: react, reply, edit, delete, link; a tap shows the row of actions on touch screens.
import { call } from './api.js';
import { piece, words } from './chat_view.js';
import { editMode, replyMode } from './chat_compose.js';
import { close } from './menu.js';
import * as thread from './chat_thread.js';

const list = document.getElementById('messages');
const messageOf = (node) => node.closest('.message');

export function start() {
  list.addEventListener('click', onClick);
  list.addEventListener('submit', onSubmit);
  list.addEventListener('pointerup', onTap);
  document.addEventListener('click', (event) => {
    if (!event.target.closest('.floating, [data-do="react"]')) closePicker();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closePicker(true);
  });
}

async function onClick(event) {
  const action = event.target.closest('[data-do]');
  if (!action || action.tagName === 'FORM') return;
  const node = messageOf(action);
  const what = action.dataset.do;
  const menu = action.closest('details[data-menu]');
  if (menu) close(menu);
  if (what === 'link') return;
  event.preventDefault();
  if (what === 'react') openPicker(node);
  if (what === 'reply') replyMode(node.dataset.id, nameOf(node), node.querySelector('.text').textContent.slice(0, 140));
  if (what === 'edit') {
    const message = await thread.refresh(Number(node.dataset.seq));
    if (message && !message.deleted_at) editMode(message.id, message.text);
  }
}

async function onSubmit(event) {
  const form = event.target;
  const node = messageOf(form);
  const reacts = form.action.endsWith('/react');
  if (!node || (!reacts && form.dataset.do !== 'delete')) return;
  event.preventDefault();
  const seq = Number(node.dataset.seq);
  const message = `${thread.path}/messages/${node.dataset.id}`;
  try {
    if (reacts) {
      const data = new FormData(form, event.submitter);
      closePicker(true);
      await call(data.get('on') === '1' ? 'PUT' : 'DELETE', `${message}/reactions/${encodeURIComponent(data.get('emoji'))}`);
    } else {
      if (!confirm(words.delete)) return;
      await call('DELETE', message);
    }
    await thread.refresh(seq);
  } catch (error) {
    failed(node, error);
  }
}

function failed(node, error) {
  const line = piece('unsent');
  line.querySelector('.why').textContent = error.message;
  for (const button of line.querySelectorAll('button')) button.remove();
  line.setAttribute('role', 'alert');
  node.querySelector('.content').append(line);
  setTimeout(() => line.remove(), 6000);
}

function onTap(event) {
  if (event.pointerType !== 'touch' || event.target.closest('a, button, summary, input, .tools, .floating')) return;
  const node = messageOf(event.target);
  for (const open of list.querySelectorAll('.message.open')) if (open !== node) open.classList.remove('open');
  node?.classList.toggle('open');
}

function openPicker(node) {
  closePicker();
  const picker = piece('picker');
  picker.classList.add('floating');
  node.append(picker);
  const box = document.getElementById('thread').getBoundingClientRect();
  picker.classList.toggle('above', picker.getBoundingClientRect().bottom > box.bottom);
  picker.querySelector('button').focus();
}

function closePicker(focus = false) {
  const open = list.querySelector('.floating');
  if (!open) return;
  const back = messageOf(open).querySelector('[data-do="react"]');
  open.remove();
  if (focus) back?.focus();
}

function nameOf(node) {
  return node.querySelector('.author').textContent;
}
