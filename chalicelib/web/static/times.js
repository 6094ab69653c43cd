// The server writes times in UTC; here they become the reader's own. `data-form` is clock, moment, day or when.
// In the page's language, and in the forms that the server uses.

/** @type {{ clock: Intl.DateTimeFormat, day: Intl.DateTimeFormat } | undefined} */
let kept;

function forms() {
  const language = document.documentElement.lang || 'en';
  const locale = language === 'en' ? 'en-GB' : language;
  kept ??= {
    clock: new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    day: new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' }),
  };
  return kept;
}

/** @param {string} when */
export function clock(when) {
  return forms().clock.format(new Date(when));
}

/** @param {string} when */
export function day(when) {
  return forms().day.format(new Date(when));
}

/** @param {string} when */
export function moment(when) {
  return `${day(when)}, ${clock(when)}`;
}

/**
 * For lists: the time for today, else the day.
 * @param {string} when
 */
function whenever(when) {
  return dayKey(when) === dayKey(new Date().toISOString()) ? clock(when) : day(when);
}

/**
 * The local calendar day, to compare with.
 * @param {string} when
 */
export function dayKey(when) {
  const date = new Date(when);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/** @param {ParentNode} root */
export function localTimes(root) {
  /** @type {Record<string, (when: string) => string>} */
  const write = { clock, day, moment, when: whenever };
  for (const time of root.querySelectorAll('time[data-form][datetime]')) {
    if (!(time instanceof HTMLTimeElement) || Number.isNaN(Date.parse(time.dateTime))) continue;
    const form = write[time.dataset.form ?? ''];
    if (form) time.textContent = form(time.dateTime);
  }
}
