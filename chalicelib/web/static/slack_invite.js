// Sends one address after the other, with a progress bar and a result for each. Without it, the form sends all at once.
import { Refused, call } from './api.js';

const form = document.querySelector('form[data-send]');
const box = document.getElementById('sending');
const field = form?.querySelector('[name="emails"]');
const TRIES = 12;
const LONGEST_WAIT = 120;
let running = false;

form?.addEventListener('submit', (event) => {
  const typed = parse(field.value);
  if (!running && !typed.length) return;
  event.preventDefault();
  if (!running) sendAll(typed);
});

addEventListener('beforeunload', (event) => {
  if (running) event.preventDefault();
});

/** As the server reads a list: commas, semicolons, lines, `Name <a@b.c>`; each address once. */
function parse(text) {
  const found = text.split(/[,;\n\r]+/).flatMap((part) => {
    const named = part.match(/^\s*"?[^<>"]*"?\s*<([^<>]+)>\s*$/);
    return named ? [named[1].trim()] : part.split(/\s+/).filter(Boolean);
  });
  return [...new Set(found)];
}

async function sendAll(typed) {
  begin(typed.length);
  const refused = [];
  for (const [index, email] of typed.entries()) {
    const result = await send(email).catch(() => null);
    if (!result) {
      running = false;
      field.value = [...refused, ...typed.slice(index)].join('\n');
      form.submit();
      return;
    }
    show(result);
    if (result.outcome === 'refused') refused.push(email);
    count(index + 1, typed.length);
  }
  end(refused);
}

/** Its result; fails where the form's own way must say what is wrong. The key stays until there is an answer. */
async function send(email) {
  let key = crypto.randomUUID();
  let result = null;
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      const answer = await call('POST', '/slack/invitations', asked(email), { 'Idempotency-Key': key });
      if (answer.mode !== 'api') throw new Refused(0, { code: 'guide' });
      [result] = answer.results;
      const wait = waitsFor(result);
      if (!wait || wait > LONGEST_WAIT) return result;
      key = crypto.randomUUID();
      await pause(wait, email);
    } catch (error) {
      if (error instanceof Refused && error.code !== 'in_progress' && error.status < 429) throw error;
      result = { email, outcome: 'refused', message: 'Webtop can’t be reached. Send it again.' };
      await pause(error.retryAfter || 2 + tries, email);
    }
  }
  return result;
}

function asked(email) {
  const given = new FormData(form);
  const body = { emails: [email], kind: given.get('kind'), channel_ids: given.getAll('channel_ids') };
  if (given.get('expires_on')) body.expires_on = given.get('expires_on');
  if (given.get('message')?.trim()) body.message = given.get('message').trim();
  return body;
}

function waitsFor(result) {
  if (['ratelimited', 'ratelimit', 'rate_limited'].includes(result.code)) return result.retry_after || 60;
  return result.code === 'in_progress' ? 5 : 0;
}

async function pause(seconds, email) {
  say(`Waiting ${seconds} seconds, then ${email} is sent.`);
  await new Promise((done) => setTimeout(done, seconds * 1000));
}

function begin(n) {
  running = true;
  box.hidden = false;
  document.getElementById('all-sent').hidden = true;
  document.getElementById('results')?.parentElement.remove();
  for (const line of document.querySelectorAll('.slack-invite .error, .slack-invite .notice.danger')) line.remove();
  field.removeAttribute('aria-invalid');
  box.querySelector('ul').replaceChildren();
  box.querySelector('progress').hidden = false;
  box.querySelector('progress').max = n;
  title('Sending');
  count(0, n);
  form.hidden = true;
}

function show(one) {
  const row = document.getElementById('piece-result').content.firstElementChild.cloneNode(true);
  row.className = one.outcome;
  row.querySelector('use').setAttribute('href', `#i-${JSON.parse(box.dataset.signs)[one.outcome]}`);
  row.querySelector('.address').textContent = one.email;
  row.querySelector('b').textContent = JSON.parse(box.dataset.words)[one.outcome];
  row.querySelector('span').textContent = one.message ? `: ${one.message}` : '';
  box.querySelector('ul').append(row);
}

function count(done, n) {
  box.querySelector('progress').value = done;
  say(`${done} of ${n}`);
}

function end(refused) {
  running = false;
  title('Sent');
  box.querySelector('progress').hidden = true;
  field.value = refused.join('\n');
  form.hidden = !refused.length;
  form.querySelector('[aria-busy]')?.removeAttribute('aria-busy');
  document.getElementById('all-sent').hidden = refused.length > 0;
  say(refused.length ? 'Those that weren’t invited stand in the field again.' : 'All of them are done.');
  box.querySelector('h2').focus();
}

function title(text) {
  box.querySelector('h2').textContent = text;
}

function say(text) {
  box.querySelector('[role="status"]').textContent = text;
}
