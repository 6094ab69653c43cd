// Completion of @names: a listbox above the field; arrows, Enter or Tab, Escape.
import { chat, roster } from './chat_view.js';

const MOST = 6;
const platforms = { slack: 'Slack', teams: 'Teams' };

export function suggestions(field, button) {
  const box = document.getElementById('suggest');
  let start = -1;
  let chosen = 0;
  let text = field.value;
  let picked = [];

  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-controls', box.id);
  field.addEventListener('input', follow);
  field.addEventListener('input', look);
  field.addEventListener('click', look);
  field.addEventListener('blur', () => setTimeout(hide, 150));
  field.addEventListener('keydown', onKey);
  box.addEventListener('mousedown', (event) => event.preventDefault());
  box.addEventListener('click', (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) complete(option);
  });
  button.addEventListener('click', () => {
    const before = field.value.slice(0, field.selectionStart);
    field.setRangeText(/\S$/.test(before) ? ' @' : '@', field.selectionStart, field.selectionEnd, 'end');
    field.focus();
    look();
  });

  function look() {
    const before = field.value.slice(0, field.selectionStart);
    const match = before.match(/(?:^|\s)@([^\n@]{0,40})$/);
    if (!match) return hide();
    start = before.length - match[1].length - 1;
    const typed = match[1].toLocaleLowerCase();
    const fitting = roster().filter(({ id, name }) => id !== chat.me && fits(name, typed)).slice(0, MOST);
    if (!fitting.length) return hide();
    box.replaceChildren(...fitting.map(option));
    box.hidden = false;
    choose(0);
  }

  function choose(index) {
    chosen = (index + box.childElementCount) % box.childElementCount;
    [...box.children].forEach((node, n) => node.setAttribute('aria-selected', String(n === chosen)));
    field.setAttribute('aria-activedescendant', box.children[chosen].id);
  }

  function onKey(event) {
    if (box.hidden) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') choose(chosen + (event.key === 'ArrowDown' ? 1 : -1));
    else if (event.key === 'Enter' || event.key === 'Tab') complete(box.children[chosen]);
    else if (event.key === 'Escape') hide();
    else return;
    event.preventDefault();
  }

  function complete(option) {
    const at = start;
    field.setRangeText(`@${option.dataset.name} `, at, field.selectionStart, 'end');
    follow();
    picked.push({ at, id: option.dataset.id, length: option.dataset.name.length + 1 });
    hide();
    field.focus();
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /** Who was picked stays where the name stands, whatever is typed before it; a name that is changed picks nobody. */
  function follow() {
    const now = field.value;
    const shorter = Math.min(text.length, now.length);
    let head = 0;
    while (head < shorter && text[head] === now[head]) head += 1;
    let tail = 0;
    while (tail < shorter - head && text.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
    const moved = now.length - text.length;
    picked = picked
      .filter(({ at, length }) => at + length <= head || at >= text.length - tail)
      .map((one) => (one.at + one.length <= head ? one : { ...one, at: one.at + moved }));
    text = now;
  }

  function hide() {
    box.hidden = true;
    field.removeAttribute('aria-activedescendant');
  }

  /** Account ids in the order of the names in the text. */
  return () => {
    follow();
    return picked.sort((a, b) => a.at - b.at).map(({ id }) => id);
  };
}

function fits(name, typed) {
  const low = name.toLocaleLowerCase();
  return low.startsWith(typed) || low.split(/\s+/).some((part) => part.startsWith(typed));
}

function option({ id, name, initials, tint, role, organization, via, invited, joined }, index) {
  const row = document.createElement('div');
  row.className = 'menu-row';
  row.id = `suggest-${index}`;
  row.dataset.name = name;
  row.dataset.id = id;
  row.setAttribute('role', 'option');
  const avatar = document.createElement('span');
  avatar.className = `avatar m tint-${tint}${role === 'external' ? ' outside' : ''}`;
  avatar.setAttribute('aria-hidden', 'true');
  const letters = document.createElement('span');
  letters.textContent = initials;
  avatar.append(letters);
  const text = document.createElement('span');
  text.dir = 'auto';
  const twins = roster().filter((one) => one.name.toLocaleLowerCase() === name.toLocaleLowerCase()).length > 1;
  const about = twins ? [organization, role === 'external' && via !== 'webtop' ? platforms[via] : '', invited, joined] : [organization];
  text.textContent = [name, ...about].filter(Boolean).join(', ');
  row.append(avatar, text);
  return row;
}
