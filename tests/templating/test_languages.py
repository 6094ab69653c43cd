"""Dates and plurals in four languages."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from chalicelib.domain.notifications import Missed
from chalicelib.templating import languages
from chalicelib.templating.mails import MailTexts
from tests.support.mail_samples import STOP, URL, account

LATE = datetime(2026, 12, 7, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "Monday 7 December, 14:00 UTC"),
        ("de", "Montag, 7. Dezember, 14:00 UTC"),
        ("es", "lunes, 7 de diciembre, 14:00 UTC"),
        ("fr", "lundi 7 décembre à 14:00 UTC"),
        ("xx", "Monday 7 December, 14:00 UTC"),
    ],
)
def test_a_moment(locale: str, words: str) -> None:
    assert languages.moment(LATE, locale) == words
    assert languages.moment("2026-12-07T14:00:00Z", locale) == words
    assert words.startswith(languages.day(LATE, locale))


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "Monday 7 December 2026"),
        ("de", "Montag, 7. Dezember 2026"),
        ("es", "lunes, 7 de diciembre de 2026"),
        ("fr", "lundi 7 décembre 2026"),
    ],
)
def test_a_day_of_another_year_says_the_year(locale: str, words: str) -> None:
    assert languages.day(LATE, locale, now=datetime(2027, 1, 2, tzinfo=UTC)) == words
    assert "2026" not in languages.day(LATE, locale, now=datetime(2026, 1, 2, tzinfo=UTC))


def test_the_first_of_a_month_in_french() -> None:
    first = datetime(2026, 5, 1, tzinfo=UTC)
    assert languages.day(first, "fr") == "vendredi 1er mai"
    assert languages.day(first, "fr", now=datetime(2027, 1, 1, tzinfo=UTC)) == "vendredi 1er mai 2026"


def test_times_are_utc() -> None:
    assert languages.clock(datetime(2026, 12, 7, 9, 41, tzinfo=timezone(timedelta(hours=-5)))) == "14:41"
    assert languages.clock("2026-12-07T09:41:00+01:00") == "08:41"


@pytest.mark.parametrize(
    ("locale", "item", "many"),
    [
        ("en", "One new message for you", "2 new messages for you"),
        ("de", "Eine neue Nachricht für Sie", "2 neue Nachrichten für Sie"),
        ("es", "Un mensaje nuevo para usted", "2 mensajes nuevos para usted"),
        ("fr", "Un nouveau message pour vous", "2 nouveaux messages pour vous"),
    ],
)
def test_plurals(locale: str, item: str, many: str) -> None:
    for messages, words in ((1, item), (2, many)):
        chats = [Missed(chat="Spring launch", workspace="Brightwater", messages=messages)]
        mail = MailTexts().missed(account(locale=locale), chats, URL, STOP)
        assert mail.text.startswith(words)


def test_a_sentence_without_translation_stays_english() -> None:
    assert languages.text("No such sentence {x}.", "de", x=1) == "No such sentence 1."
    assert languages.text("", "de") == ""


@pytest.mark.parametrize(
    ("at", "locale", "words"),
    [
        ("2026-11-20T08:30", "en", "08:30"),
        ("2026-11-19T23:59", "en", "Thu"),
        ("2026-11-14T00:00", "de", "Sa."),
        ("2026-11-13T23:59", "en", "13 Nov"),
        ("2026-11-13T09:00", "de", "13. Nov."),
        ("2026-01-01T09:00", "fr", "1 janv."),
        ("2025-11-19T09:00", "es", "19 nov 2025"),
        ("2026-11-21T09:00", "en", "21 Nov"),
    ],
)
def test_in_a_list_a_time_is_as_short_as_it_is_clear(at: str, locale: str, words: str) -> None:
    """ "Thursday 19 November" left a phone half a line for who wrote what."""
    now = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert languages.in_list(datetime.fromisoformat(f"{at}+00:00"), locale, now) == words
