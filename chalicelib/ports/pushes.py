"""Pushes to browsers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from ..domain.pushes import PushNote, PushResult, PushSubscription


class PushSubscriptions(Protocol):
    """The browsers that get pushes, of each person, and where somebody looks at a page now."""

    def add(self, account_id: str, new: PushSubscription) -> None:
        """From now on this browser brings this account's pushes, and nobody else's; of more than eight, the oldest goes."""

    def of(self, account_id: str) -> tuple[tuple[PushSubscription, ...], datetime | None]:
        """A person's browsers, and when a page of theirs last said that it is looked at."""

    def subscribed(self, account_ids: Iterable[str]) -> set[str]:
        """Those of them who have a browser that gets pushes."""

    def remove(self, account_id: str, ids: Iterable[str]) -> None: ...
    def pause(self, account_id: str, subscription_id: str, until: datetime) -> None:
        """Its service wants to be asked no sooner."""

    def note_looking(self, account_id: str, now: datetime) -> None: ...


class PushService(Protocol):
    """Whatever service a browser named, as far as the settings allow it."""

    @property
    def is_offered(self) -> bool: ...
    @property
    def public_key(self) -> str:
        """With which browsers subscribe, in base64url."""

    def refuse_unknown(self, endpoint: str) -> None: ...
    def send(self, payload: str, subscriptions: Sequence[PushSubscription], topic: str) -> list[PushResult]:
        """To each of them, all at once; what became of it, in the same order."""


class PushTexts(Protocol):
    def payload(self, note: PushNote) -> str:
        """JSON that fits into a push, in the reader's language."""


class PushQueue(Protocol):
    def put(self, bodies: Sequence[str], seconds: int = 0) -> None:
        """As the mail queue's."""
