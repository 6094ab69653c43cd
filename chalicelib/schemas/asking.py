"""The shapes of what the inviter is asked, and of what came of it."""

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType, field

from ..domain.invitations import AskKind
from ..domain.providers import Via


class AskerOut(Struct):
    account_id: str
    name: str
    email: str
    via: Via
    organization: str | UnsetType = UNSET


class AskOut(Struct):
    """`account` for `join`; for `hand_over` the address that is to have the invitation, and what was written with it; for `mail`
    who answered by mail, and what."""

    id: str
    kind: AskKind
    asked_at: datetime
    account: AskerOut | UnsetType = UNSET
    email: str | UnsetType = UNSET
    note: str | UnsetType | None = UNSET
    text: str | UnsetType = UNSET


class HandedOverOut(Struct):
    """One move of an invitation to another address; an erased address reads "Somebody who left"."""

    from_email: str = field(name="from")
    to_email: str = field(name="to")
    at: datetime = field()
