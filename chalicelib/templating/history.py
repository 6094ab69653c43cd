"""What a new person will see of the past, in words: as they are told, and as the inviter is."""

from datetime import datetime

from ..domain.history import History, HistoryKind
from . import languages


def told(history: str, locale: str, now: datetime | None = None) -> str:
    """Behind "You will see". `history` as it is written: `all`, `from_join`, `last:10`, `since:2026-11-27`."""
    chosen = History.parse(history)
    if chosen.kind is HistoryKind.ALL:
        return languages.text("Everything, from the start", locale)
    if chosen.kind is HistoryKind.LAST and chosen.last == 1:
        return languages.text("The last message and new ones", locale)
    if chosen.kind is HistoryKind.LAST:
        return languages.text("The last {n} messages and new ones", locale, n=chosen.last)
    if chosen.since is not None:
        day = languages.day(chosen.since, locale, now)
        return languages.text("Everything since {day}", locale, day=day)
    return languages.text("New messages only", locale)


def of_invitee(history: str, locale: str, now: datetime | None = None) -> str:
    """Behind an address: `sees the last 10 messages`. What can't be read yet says nothing of it."""
    try:
        chosen = History.parse(history)
    except ValueError:
        return languages.text("sees what you choose here", locale)
    if chosen.kind is HistoryKind.ALL:
        return languages.text("sees the full history", locale)
    if chosen.kind is HistoryKind.LAST and chosen.last == 1:
        return languages.text("sees the last message", locale)
    if chosen.kind is HistoryKind.LAST:
        return languages.text("sees the last {n} messages", locale, n=chosen.last)
    if chosen.since is not None:
        day = languages.day(chosen.since, locale, now)
        return languages.text("sees what was written since {day}", locale, day=day)
    return languages.text("sees new messages only", locale)
