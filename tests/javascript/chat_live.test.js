// Gaps are filled by asking for what came after the last seq; the connection is opened again, later and later, and said to be lost.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Refused } from '../../chalicelib/web/static/api.js';
import { Backfill, LiveUpdates } from '../../chalicelib/web/static/chat_live.js';
import { TypingUsers } from '../../chalicelib/web/static/live_connection.js';
import { message, pass, settled } from './fakes.js';

/** The thread of a page: seqs that it shows, and what it was given besides. */
class Shown {
  /** @type {Map<number, string>} texts by seq, in the order in which they came */
  known = new Map();
  /** @type {number[]} given once more, quietly */
  renewed = [];
  /** @type {number[]} */
  read = [];

  /** @param {number[]} seqs */
  constructor(seqs) {
    for (const seq of seqs) this.known.set(seq, `number ${seq}`);
  }

  lastSeq() {
    return Math.max(0, ...this.known.keys());
  }

  /** @param {number} seq */
  isOlderThanShown(seq) {
    return seq < Math.min(...this.known.keys());
  }

  /** @param {number} seq */
  has(seq) {
    return this.known.has(seq);
  }

  /**
   * @param {Message[]} messages
   * @param {{ quiet?: boolean }} [how]
   */
  upsert(messages, { quiet = false } = {}) {
    for (const { seq, text } of messages) {
      if (this.known.has(seq)) this.renewed.push(seq);
      else assert.ok(!quiet || seq <= this.lastSeq(), 'what is new is told');
      this.known.set(seq, text);
    }
  }

  /** @param {Message} changed */
  change(changed) {
    if (this.has(changed.seq)) this.upsert([changed], { quiet: true });
  }

  /** @param {number} seq */
  readElsewhere(seq) {
    this.read.push(seq);
  }
}

/**
 * A page that shows `seqs` of a chat, of which the server has those up to `length`.
 * @param {object} given
 * @param {number[]} given.seqs
 * @param {number} given.length
 * @param {boolean} [given.english]
 */
function chat({ seqs, length, english = true }) {
  const thread = new Shown(seqs);
  const server = { length, queries: /** @type {string[]} */ ([]), fails: /** @type {unknown} */ (null), waits: Promise.resolve() };
  const renewed = { times: 0, rows: /** @type {object[]} */ ([]) };
  const backfill = new Backfill({
    thread,
    english,
    renew: () => { renewed.times += 1; },
    read: async (query) => {
      server.queries.push(query);
      await server.waits;
      if (server.fails) throw server.fails;
      const asked = new URLSearchParams(query);
      const limit = Number(asked.get('limit'));
      const all = Array.from({ length: server.length }, (_, index) => message(index + 1));
      const after = asked.get('after');
      return { items: after === null ? all.slice(-limit) : all.slice(Number(after), Number(after) + limit) };
    },
  });
  return { backfill, thread, server, renewed };
}

test('the next message is shown without asking', () => {
  const { backfill, thread, server } = chat({ seqs: [1, 2], length: 3 });
  backfill.onMessage(message(3));
  assert.deepEqual([...thread.known.keys()], [1, 2, 3]);
  assert.deepEqual(server.queries, []);
});

test('one that comes twice, or late, is brought up to date', () => {
  const { backfill, thread, server } = chat({ seqs: [1, 2], length: 2 });
  backfill.onMessage(message(2));
  assert.deepEqual(thread.renewed, [2]);
  assert.deepEqual(server.queries, []);
});

test('one from before what is shown is not shown: it would leave a gap', () => {
  const { backfill, thread, server } = chat({ seqs: [40, 41], length: 41 });
  backfill.onMessage(message(7));
  assert.deepEqual([...thread.known.keys()], [40, 41]);
  assert.deepEqual(server.queries, []);
});

test('where one is missing, all since the last are asked for, in order', async () => {
  const { backfill, thread, server } = chat({ seqs: [1, 2], length: 5 });
  backfill.onMessage(message(5));
  await settled();
  assert.deepEqual([...thread.known.keys()], [1, 2, 3, 4, 5]);
  assert.deepEqual(server.queries, ['after=2&limit=100']);
});

test('a long gap is asked for in pages of a hundred', async () => {
  const { backfill, thread, server } = chat({ seqs: [1], length: 250 });
  await backfill.catchUp();
  assert.equal(thread.known.size, 250);
  assert.deepEqual(server.queries, ['after=1&limit=100', 'after=101&limit=100', 'after=201&limit=100']);
});

test('a page that ends at a hundred asks once more', async () => {
  const { backfill, server } = chat({ seqs: [1], length: 101 });
  await backfill.catchUp();
  assert.deepEqual(server.queries, ['after=1&limit=100', 'after=101&limit=100']);
});

test('many that arrive at once ask once', async () => {
  const { backfill, thread, server } = chat({ seqs: [1], length: 9 });
  for (const seq of [5, 7, 9]) backfill.onMessage(message(seq));
  await settled();
  assert.equal(thread.known.size, 9);
  assert.equal(server.queries.length, 1);
});

test('what was written while it was asked is asked for as well', async () => {
  const { backfill, thread, server } = chat({ seqs: [1], length: 3 });
  backfill.onMessage(message(3));
  backfill.onMessage(message(5)); // came just after the server had answered
  const before = server.queries.length;
  server.waits = Promise.resolve().then(() => { server.length = 5; });
  await settled();
  assert.deepEqual([...thread.known.keys()], [1, 2, 3, 4, 5]);
  assert.equal(before, 1);
  assert.ok(server.queries.length <= 3);
});

test('a server that does not have it yet is not asked for ever', async () => {
  const { backfill, server } = chat({ seqs: [1], length: 1 });
  backfill.onMessage(message(3));
  await settled();
  assert.equal(server.queries.length, 2);
});

test('an event is shown in the reader\'s language: as it is where that is English, asked for where it is not', async () => {
  const event = message(3, { kind: 'event' });
  const english = chat({ seqs: [1, 2], length: 3 });
  english.backfill.onMessage(event);
  assert.deepEqual(english.server.queries, []);
  const german = chat({ seqs: [1, 2], length: 3, english: false });
  german.backfill.onMessage(event);
  await settled();
  assert.deepEqual(german.server.queries, ['after=2&limit=100']);
  german.backfill.onMessage(message(3));
  assert.equal(german.server.queries.length, 1);
});

test('after a break, what changed lately is asked for, too', async () => {
  const { backfill, thread, server, renewed } = chat({ seqs: [1, 2], length: 4 });
  await backfill.catchUp(true);
  assert.deepEqual(server.queries, ['after=2&limit=100', 'limit=50']);
  assert.deepEqual(thread.renewed, [1, 2, 3, 4]);
  assert.equal(renewed.times, 1);
});

test('a question that fails is asked anew the next time', async () => {
  const { backfill, thread, server } = chat({ seqs: [1], length: 3 });
  server.fails = new TypeError('Failed to fetch');
  backfill.onMessage(message(3));
  await settled();
  await assert.rejects(backfill.catchUp(), TypeError);
  server.fails = null;
  await backfill.catchUp();
  assert.equal(thread.known.size, 3);
});

test('a question that is never answered holds up nothing once it is given up', async () => {
  const { backfill, thread, server } = chat({ seqs: [1], length: 3 });
  server.waits = new Promise(() => {});
  backfill.catchUp();
  server.waits = Promise.resolve();
  backfill.reset();
  await backfill.catchUp();
  assert.equal(thread.known.size, 3);
});

/**
 * The same with the connection: `lines.open` says whether the next one opens.
 * @param {import('node:test').TestContext} t
 * @param {object} [given]
 * @param {number[]} [given.seqs]
 * @param {number} [given.length]
 */
function live(t, { seqs = [1], length = 1 } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  const base = chat({ seqs, length });
  const lines = { open: true, error: /** @type {unknown} */ (new TypeError('No.')), opened: 0, tried: 0, asked: 0, closed: 0 };
  /** @type {object[]} */
  const said = [];
  /** @type {string[]} what the page shows, in order */
  const shown = [];
  /** @type {string[]} */
  const elsewhere = [];
  /** @type {string[]} */
  const delivered = [];
  /** @type {string[]} */
  const files = [];
  const back = { times: 0 };
  const page = { hidden: false };
  /** @type {{ onEvent(event: LiveEvent): void, onClose(): void } | undefined} */
  let listener;
  /** @type {string[][]} */
  const typing = [];
  const line = new LiveUpdates({
    chat: { chat: 'here', me: 'ida' },
    backfill: base.backfill,
    thread: base.thread,
    random: () => 0.5,
    hidden: () => page.hidden,
    nameOf: (id) => ({ dana: 'Dana Smith' })[id],
    typingUsers: new TypingUsers((names) => { typing.push(names); }),
    onFile: ({ id, state }) => { files.push(`${id} ${state}`); },
    onDelivered: ({ text }) => { delivered.push(text); },
    onRestored: () => { back.times += 1; },
    people: {
      renew: (changes) => {
        base.renewed.times += 1;
        base.renewed.rows.push(changes);
      },
      countElsewhere: (id, mentions) => { elsewhere.push(mentions ? `${id} @` : id); },
    },
    view: {
      state: (state) => { if (shown.findLast((text) => ['socket', 'polling'].includes(text)) !== state) shown.push(state); },
      broken: () => { shown.push('broken'); },
      back: () => { shown.push('back'); },
      gone: () => { shown.push('gone'); },
    },
    connect: async (given) => {
      lines.tried += 1;
      if (!lines.open) throw lines.error;
      lines.opened += 1;
      listener = given;
      return {
        say: (event) => { said.push(event); },
        ask: () => { lines.asked += 1; },
        close: () => { lines.closed += 1; },
      };
    },
  });
  /** @param {Partial<LiveEvent> & { type: string }} event */
  const hears = (event) => listener?.onEvent({ chat_id: 'here', ...event });
  return { ...base, line, lines, said, shown, elsewhere, delivered, files, back, page, typing, hears, lost: () => listener?.onClose() };
}

/**
 * @param {import('node:test').TestContext} t
 * @param {Parameters<typeof live>[1]} [given]
 */
async function connected(t, given) {
  const page = live(t, given);
  page.line.start();
  await settled();
  assert.deepEqual(page.shown, ['socket']);
  return page;
}

test('once it is open, what was written since the page was made is asked for', async (t) => {
  const { thread, server, back } = await connected(t, { seqs: [1], length: 2 });
  assert.deepEqual([...thread.known.keys()], [1, 2]);
  assert.deepEqual(server.queries, ['after=1&limit=100']);
  assert.equal(back.times, 0);
});

test('a short break is repaired without a word, and what was missed is there, what changed too', async (t) => {
  const { lost, server, shown, thread, lines } = await connected(t);
  server.length = 3;
  server.queries = [];
  lost();
  await pass(t, 1000);
  assert.equal(lines.opened, 2);
  assert.deepEqual([...thread.known.keys()], [1, 2, 3]);
  assert.ok(server.queries.includes('limit=50'));
  assert.deepEqual(shown, ['socket', 'polling', 'socket']);
});

test('a long one is told, and so is its end, after everything was caught up', async (t) => {
  const { lost, lines, shown, back, server, thread } = await connected(t);
  lines.open = false;
  lost();
  await pass(t, 10_000);
  assert.deepEqual(shown, ['socket', 'polling', 'broken']);
  assert.equal(back.times, 0);
  server.length = 4;
  lines.open = true;
  await pass(t, 10_000);
  assert.deepEqual(shown, ['socket', 'polling', 'broken', 'socket', 'back']);
  assert.equal(back.times, 1);
  assert.equal(thread.known.size, 4);
});

test('without a connection messages come by asking', async (t) => {
  const { lost, lines, server, thread } = await connected(t);
  lines.open = false;
  lost();
  await pass(t, 5000);
  server.length = 2;
  await pass(t, 10_000);
  assert.equal(thread.known.size, 2);
});

test('while messages come by asking, every fifth time what changed is asked for, too', async (t) => {
  const { lost, lines, server } = await connected(t);
  lines.open = false;
  lost();
  server.queries = [];
  await pass(t, 120_000);
  const changes = server.queries.filter((query) => query === 'limit=50').length;
  const looks = server.queries.length - changes;
  assert.equal(changes, Math.floor(looks / 5));
});

test('one connection is opened at a time', async (t) => {
  const { line, lines } = live(t);
  line.start();
  line.wake();
  await settled();
  assert.equal(lines.tried, 1);
});

test('it is tried ever more seldom: about every eight seconds at first, every thirty at last', async (t) => {
  const { lines, line } = live(t);
  lines.open = false;
  line.start();
  await settled();
  await pass(t, 60_000);
  const soon = lines.tried;
  await pass(t, 600_000);
  const later = lines.tried - soon;
  assert.ok(soon >= 8 && soon <= 15, `${soon} in the first minute`);
  assert.ok(later >= 15 && later <= 35, `${later} in the next ten`);
});

for (const status of [404, 405, 501]) {
  test(`a server without sockets (${status}) is asked again and again instead, and nothing is called broken`, async (t) => {
    const { lines, line, server, thread, shown, page } = live(t);
    lines.open = false;
    lines.error = new Refused(status, {});
    line.start();
    await settled();
    server.length = 2;
    await pass(t, 20_000);
    assert.equal(lines.tried, 1);
    assert.equal(thread.known.size, 2);
    assert.deepEqual(shown, ['polling']);
    const often = server.queries.length;
    page.hidden = true;
    await pass(t, 5000);
    server.queries = [];
    await pass(t, 60_000);
    assert.ok(often >= 7);
    assert.ok(server.queries.length >= 3 && server.queries.length <= 6);
  });
}

test('the browser says that it is offline: told at once, though the connection lives; a look puts it right', async (t) => {
  const { line, shown, back } = await connected(t);
  line.offline();
  assert.deepEqual(shown, ['socket', 'broken', 'polling']);
  await pass(t, 2000);
  assert.deepEqual(shown.slice(-2), ['socket', 'back']);
  assert.equal(back.times, 1);
});

test('online again, a connection that may be dead is asked, and what was missed too, whatever was asked before', async (t) => {
  const { line, lines, server, thread } = await connected(t);
  server.waits = new Promise(() => {});
  line.offline();
  await pass(t, 2000);
  server.waits = Promise.resolve();
  server.length = 2;
  line.online();
  await settled();
  assert.equal(lines.asked, 1);
  assert.equal(thread.known.size, 2);
});

test('looked at again, it asks; without a connection it opens one', async (t) => {
  const { line, lines, lost } = await connected(t);
  line.wake();
  assert.equal(lines.asked, 1);
  lost();
  line.wake();
  await settled();
  assert.equal(lines.opened, 2);
});

for (const status of [403, 404]) {
  test(`${status}: one isn't in the chat any more, and nothing is asked again`, async (t) => {
    const { line, lines, lost, server, shown } = await connected(t);
    server.fails = new Refused(status, {});
    line.wake();
    await settled();
    assert.equal(shown.at(-1), 'gone');
    assert.equal(lines.closed, 1);
    server.queries = [];
    lost();
    line.wake();
    await pass(t, 120_000);
    assert.deepEqual(server.queries, []);
    assert.equal(shown.at(-1), 'gone');
  });
}

test('removed while something is asked: the answer brings nothing back', async (t) => {
  const { line, hears, shown, server } = await connected(t);
  line.offline();
  server.waits = new Promise((done) => { setTimeout(done, 5000); });
  line.online();
  hears({ type: 'participant.left', participant: { account_id: 'ida', name: 'Ida', via: 'webtop' } });
  await pass(t, 10_000);
  assert.equal(shown.at(-1), 'gone');
});

test('another who leaves only changes the lists', async (t) => {
  const { hears, shown, renewed } = await connected(t);
  hears({ type: 'participant.left', participant: { account_id: 'dana', name: 'Dana', via: 'webtop' } });
  assert.deepEqual(shown, ['socket']);
  assert.equal(renewed.times, 1);
});

test('a message of one\'s own is told to the outbox, and shown once', async (t) => {
  const { hears, delivered, thread } = await connected(t);
  const mine = message(2, { text: 'Hello', author: { account_id: 'ida', name: 'Ida', role: 'member', via: 'webtop' } });
  hears({ type: 'message.created', message: mine });
  assert.deepEqual(delivered, ['Hello']);
  assert.equal(thread.known.get(2), 'Hello');
  hears({ type: 'message.created', message: message(3) });
  assert.deepEqual(delivered, ['Hello']);
});

test('a file that is ready, or blocked, is shown as it is now; one of another chat is not', async (t) => {
  const { hears, files } = await connected(t, { seqs: [5], length: 5 });
  const file = { id: 'f1', name: 'plan.pdf', size: 9, state: 'ready' };
  hears({ type: 'file.changed', file });
  hears({ type: 'file.changed', file: { ...file, id: 'f2' }, chat_id: 'elsewhere' });
  assert.deepEqual(files, ['f1 ready']);
});

test('a change of a message is shown where the message is', async (t) => {
  const { hears, thread, server } = await connected(t, { seqs: [5], length: 5 });
  server.queries = [];
  hears({ type: 'message.changed', message: message(5, { text: 'edited' }) });
  hears({ type: 'message.changed', message: message(2, { text: 'edited' }) });
  assert.deepEqual([...thread.known], [[5, 'edited']]);
  assert.deepEqual(server.queries, []);
});

test('what happens in other chats is counted, unless it is one\'s own', async (t) => {
  const { hears, elsewhere, renewed, thread } = await connected(t);
  const mine = message(7, { author: { account_id: 'ida', name: 'Ida', role: 'member', via: 'webtop' } });
  hears({ type: 'message.created', chat_id: 'there', message: message(7) });
  hears({ type: 'message.created', chat_id: 'there', message: message(8, { html: '<span class="mention">@Ida</span>' }) });
  hears({ type: 'message.created', chat_id: 'there', message: mine });
  assert.deepEqual(elsewhere, ['there', 'there @']);
  assert.equal(renewed.times, 0);
  hears({ type: 'read', chat_id: 'there', seq: 8 });
  assert.deepEqual(renewed.rows, [{ chats: ['there'] }]);
  assert.deepEqual(thread.read, []);
  hears({ type: 'read', seq: 1 });
  assert.deepEqual(thread.read, [1]);
});

test('who types is told for six seconds, until they wrote; never oneself', async (t) => {
  const { hears, typing } = await connected(t);
  hears({ type: 'typing', account_id: 'ida', name: 'Ida' });
  hears({ type: 'typing', account_id: 'dana', name: 'D.' });
  hears({ type: 'typing', account_id: 'eva', name: 'Eva' });
  assert.deepEqual(typing, [['Dana Smith'], ['Dana Smith', 'Eva']]);
  hears({ type: 'message.created', message: message(2) });
  assert.deepEqual(typing.at(-1), ['Eva']);
  t.mock.timers.tick(5999);
  assert.deepEqual(typing.at(-1), ['Eva']);
  t.mock.timers.tick(1);
  assert.deepEqual(typing.at(-1), []);
});

test('that one types is told at most every three seconds, and only over a connection', async (t) => {
  const { line, said, lost } = await connected(t);
  line.typing();
  line.typing();
  t.mock.timers.tick(2999);
  line.typing();
  assert.deepEqual(said, [{ action: 'typing', chat_id: 'here' }]);
  t.mock.timers.tick(1);
  line.typing();
  assert.equal(said.length, 2);
  lost();
  t.mock.timers.tick(3000);
  line.typing();
  assert.equal(said.length, 2);
});

test('what an event is about is fetched anew, and nothing beside it', async (t) => {
  const { hears, renewed } = await connected(t);
  hears({ type: 'invitation.changed', invitation_id: 'inv1' });
  hears({ type: 'participant.joined', participant: { account_id: 'dana', name: 'Dana', via: 'webtop' } });
  hears({ type: 'delivery.changed', message: message(1) });
  hears({ type: 'chat.changed', name: 'Harbour' });
  assert.deepEqual(renewed.rows, [
    { people: ['inv1'], chats: ['here'] },
    { people: ['dana'], chats: ['here'] },
    { deliveries: ['1'] },
    { people: ['all'], chats: ['here'] },
  ]);
});
