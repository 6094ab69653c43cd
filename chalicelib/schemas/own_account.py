"""The shapes of one's own account."""

from datetime import datetime

from msgspec import Struct


class OwnSessionOut(Struct):
    """A browser or program that is signed in. `last_used_at` is at most an hour behind."""

    id: str
    created_at: datetime
    last_used_at: datetime
    current: bool
    via: str


class OwnSessionsPage(Struct):
    items: list[OwnSessionOut]
    next: str | None
