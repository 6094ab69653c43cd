// The server writes times in UTC; here they become the reader's own. `data-form` is clock, moment, day or when.
// In the page's language, and in the forms that the server uses.

/**
 * @param {string} when
 * @param {Intl.DateTimeFormatOptions} form
 */
function written(when, form) {
  const language = document.documentElement.lang || 'en';
  return new Date(when).toLocaleString(language === 'en' ? 'en-GB' : language, form);
}

/** @param {string} when */
export function clock(when) {
  return written(when, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/**
 * With the year where it is another than now.
 * @param {string} when
 * @param {'short' | 'long'} [month]
 */
export function day(when, month = 'long') {
  const isOther = new Date(when).getFullYear() !== new Date().getFullYear();
  return written(when, { ...month === 'long' && { weekday: month }, day: 'numeric', month, ...isOther && { year: 'numeric' } });
}

/** @param {string} when */
export function moment(when) {
  return `${day(when)}, ${clock(when)}`;
}

/**
 * For lists: the time of today, the weekday of the week, else the day.
 * @param {string} when
 */
export function whenever(when) {
  const age = new Date().setHours(0, 0, 0, 0) - Date.parse(when);
  if (dayKey(when) === dayKey(new Date().toISOString())) return clock(when);
  return age > 0 && age < 6 * 864e5 ? written(when, { weekday: 'short' }) : day(when, 'short');
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
  const write = { clock, day: (when) => day(when), moment, when: whenever };
  for (const time of root.querySelectorAll('time[data-form][datetime]')) {
    if (!(time instanceof HTMLTimeElement) || Number.isNaN(Date.parse(time.dateTime))) continue;
    const form = write[time.dataset.form ?? ''];
    if (form) time.textContent = form(time.dateTime);
  }
}
