"""The shape of a receipt. Its times are text: what was signed is shown letter by letter."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from ..domain.receipts import Receipt, document
from .bodies import In
from .fields import Text

Time = Annotated[str, Meta(max_length=100, extra_json_schema={"format": "date-time"})]


class ReceiptPerson(In):
    name: Text
    invited_as: Text
    via: Text
    organization: Text | UnsetType = UNSET


class ReceiptWorkspace(In):
    id: Text
    name: Text


class ReceiptChat(In):
    """`name` is null for a direct chat."""

    id: Text
    name: Text | None
    from_: Time = field(name="from")
    to: Time


class ReceiptActor(In):
    name: Text


class ReceiptStays(In):
    """What stays where we can't reach: `where` is `slack`, `teams` or `mail`."""

    where: Text
    text: Text


class ReceiptOut(In):
    """`ended_by` is null where the clock ended it; `reason` is `removed`, `left`, `ended` or `closed`."""

    id: Text
    person: ReceiptPerson
    workspace: ReceiptWorkspace
    chats: Annotated[list[ReceiptChat], Meta(max_length=100)]
    ended_by: ReceiptActor | None
    reason: Text
    stays: Annotated[list[ReceiptStays], Meta(max_length=10)]
    issued_at: Time
    signature: Text
    url: Text | UnsetType = UNSET


class Validity(Struct):
    valid: bool


def receipt(receipt: Receipt, url: str = "") -> ReceiptOut:
    shown: dict[str, Any] = document(receipt) | {"signature": receipt.signature}
    return msgspec.convert(shown | ({"url": url} if url else {}), ReceiptOut)
