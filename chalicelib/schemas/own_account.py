"""The shapes of one's own account."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from .fields import Email, Secret, Text


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


class NewAddress(Struct, forbid_unknown_fields=True):
    """`password`, or without one the `code` that was mailed to the present address."""

    email: Email
    password: Secret = ""
    code: Text = ""


class AccountDeletion(Struct, forbid_unknown_fields=True):
    """`messages`: whether what one wrote stays, without one's name, or is taken back."""

    messages: Literal["keep", "empty"]
    password: Secret = ""
    code: Text = ""


class AccountLeaving(Struct):
    """When the account is erased."""

    deleted_at: datetime
