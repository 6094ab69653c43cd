// The server writes times in UTC; here they become the reader's own. `data-form` is clock, moment or day.
// In the page's language, and in the forms that the server uses.
const language = document.documentElement.lang || 'en';
const locale = language === 'en' ? 'en-GB' : language;

const forms = {
  clock: new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  day: new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' }),
};

export function clock(when) {
  return forms.clock.format(new Date(when));
}

export function day(when) {
  return forms.day.format(new Date(when));
}

export function moment(when) {
  return `${day(when)}, ${clock(when)}`;
}

/** The local calendar day, to compare with. */
export function dayKey(when) {
  const date = new Date(when);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

export function localTimes(root) {
  const write = { clock, day, moment };
  for (const time of root.querySelectorAll('time[data-form][datetime]')) {
    if (!time.dateTime || Number.isNaN(Date.parse(time.dateTime))) continue;
    time.textContent = write[time.dataset.form](time.dateTime);
  }
}
