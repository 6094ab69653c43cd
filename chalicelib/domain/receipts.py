"""Receipts: what both sides keep when a place from outside ends. Signed, so that anybody can check a copy later.

What is signed is the receipt as the API shows it, without `signature` and `url`: JSON in UTF-8, keys in order, no spaces.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .ends import EndReason
from .providers import APPLICATIONS, Via
from .sentences import sentence

MAIL = "mail"
MOST_CHATS = 45
"""In one receipt: what one transaction can end together."""
COUNTED = 1_000
"""So many copies are looked at; of more, it is said that there are as many or more."""


@dataclass(frozen=True, slots=True)
class Stays:
    """What stays where we can't reach: `where` is from where the person read, or `mail`.

    In an English sentence and its values, so that a page can show it in another language.
    """

    where: str
    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.sentence.format(**self.values)


@dataclass(frozen=True, slots=True)
class EndedPlace:
    """`name` is empty for a direct chat."""

    chat_id: str
    name: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`owner_id` answered for the places and gets it too; neither it nor `account_id` stands in what is signed.

    `ended_by` is empty where the clock ended it; `by_id` is the account's.
    """

    id: str
    account_id: str
    owner_id: str
    name: str
    invited_as: str
    organization: str
    via: Via
    workspace_id: str
    workspace_name: str
    places: tuple[EndedPlace, ...]
    ended_by: str
    by_id: str
    reason: EndReason
    stays: tuple[Stays, ...]
    issued_at: datetime
    signature: str = ""


def document(receipt: Receipt) -> dict[str, Any]:
    """The receipt as it is shown and signed, but for its signature."""
    organization = {"organization": receipt.organization} if receipt.organization else {}
    return {
        "id": receipt.id,
        "person": {"name": receipt.name, "invited_as": receipt.invited_as, **organization, "via": str(receipt.via)},
        "workspace": {"id": receipt.workspace_id, "name": receipt.workspace_name},
        "chats": [_chat(place) for place in receipt.places],
        "ended_by": {"name": receipt.ended_by} if receipt.ended_by else None,
        "reason": str(receipt.reason),
        "stays": [{"where": str(stays.where), "text": stays.text} for stays in receipt.stays],
        "issued_at": _time(receipt.issued_at),
    }


def signed_bytes(shown: Mapping[str, Any]) -> bytes:
    """What the signature of a receipt is over; the order of its keys doesn't matter."""
    signed = {name: value for name, value in shown.items() if name not in ("signature", "url")}
    return json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


def stays(copies: Mapping[tuple[Via, str], int], has_mail: bool) -> tuple[Stays, ...]:
    """Of one person's places: `copies` of messages in applications of theirs, each with its organization, and mails in their
    mailbox."""
    results = list[Stays]()
    for (via, organization), count in copies.items():
        application = APPLICATIONS[via]
        values = {"count": count, "place": f"{application} ({organization})" if organization else application}
        results.append(Stays(via, _sentence(count), values))
    if has_mail:
        results.append(Stays(MAIL, _IN_MAILBOX))
    return tuple(results)


_ITEM = sentence("1 message was carried to their {place} and stays there. We can’t reach it any more.")
_SEVERAL = sentence("{count} messages were carried to their {place} and stay there. We can’t reach them any more.")
_MANY = sentence("{count} messages or more were carried to their {place} and stay there. We can’t reach them any more.")
_IN_MAILBOX = sentence("E-mails about the chat stay in their mailbox.")


def _sentence(copies: int) -> str:
    return _ITEM if copies == 1 else _MANY if copies >= COUNTED else _SEVERAL


def _chat(place: EndedPlace) -> dict[str, Any]:
    times = {"from": _time(place.since), "to": _time(place.until)}
    return {"id": place.chat_id, "name": place.name or None, **times}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
