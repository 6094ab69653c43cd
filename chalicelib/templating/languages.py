"""The catalogue and the forms of dates in each language of `LOCALES`.

Babel and the catalogues are loaded when a page or mail first needs them. Times are UTC; one beside a date says so.
"""

import functools
from datetime import UTC, datetime, timedelta
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from ..domain.people import locale_or

CATALOGUES = Path(__file__).parents[1] / "locale"
_DAYS = {"en": "EEEE d MMMM", "de": "EEEE, d. MMMM", "es": "EEEE, d 'de' MMMM", "fr": "EEEE d MMMM"}
_YEARS = {"en": " y", "de": " y", "es": " 'de' y", "fr": " y"}
_SHORT = {"en": "d MMM", "de": "d. MMM", "es": "d MMM", "fr": "d MMM"}
_WEEK = timedelta(days=7)


@functools.cache
def translations(locale: str) -> NullTranslations:
    """The catalogue; English, the language of the source, has none."""
    path = CATALOGUES / locale_or(locale, "en") / "LC_MESSAGES" / "messages.mo"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        return GNUTranslations(file)


def text(sentence: str, locale: str, **values: object) -> str:
    """An English sentence of ours in the reader's language; one that the catalogue doesn't have stays as it is."""
    result = translations(locale).gettext(sentence) if sentence else ""
    return result.format(**values) if values else result


def day(when: datetime | str, locale: str, now: datetime | None = None) -> str:
    """`Thursday 19 November`; with the year where it isn't the year of `now`."""
    from babel.dates import format_datetime

    locale, at = locale_or(locale, "en"), moment_of(when)
    pattern = _DAYS[locale] + (_YEARS[locale] if now is not None and now.astimezone(UTC).year != at.year else "")
    if locale == "fr" and at.day == 1:
        pattern = pattern.replace(" d ", " d'er' ")
    return format_datetime(at, pattern, locale=locale)


def in_list(when: datetime, locale: str, now: datetime) -> str:
    """As short as it is clear: `09:41` of today, `Wed` of the week, else `19 Nov`, with the year where it is another."""
    from babel.dates import format_datetime

    locale, at, now = locale_or(locale, "en"), moment_of(when), now.astimezone(UTC)
    if at.date() == now.date():
        return clock(at)
    if now.date() - _WEEK < at.date() < now.date():
        return format_datetime(at, "EEE", locale=locale)
    return format_datetime(at, _SHORT[locale] + (" y" if at.year != now.year else ""), locale=locale)


def clock(when: datetime | str) -> str:
    """`09:41`, the same in each of our languages."""
    return f"{moment_of(when):%H:%M}"


def moment(when: datetime | str, locale: str, now: datetime | None = None) -> str:
    """`Monday 7 December, 14:00 UTC`."""
    between = " à " if locale == "fr" else ", "
    return f"{day(when, locale, now)}{between}{clock(when)} UTC"


def moment_of(when: datetime | str) -> datetime:
    """A moment in UTC from one, or from its RFC 3339 form."""
    if isinstance(when, str):
        when = datetime.fromisoformat(when)
    return when.astimezone(UTC)


def file_size(size: int, locale: str) -> str:
    """As people say it: "12.5 MB"; the scripts say the same."""
    from babel.units import format_unit

    unit, divisor = ("kilobyte", 1024) if size < 1024 * 1024 else ("megabyte", 1024 * 1024)
    number = max(0.1, round(size / divisor, 1))
    return format_unit(number, f"digital-{unit}", "short", format="#,##0.#", locale=locale)
