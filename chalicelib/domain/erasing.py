"""What is left of a person once their account was erased: "Somebody who left", and what they wrote if they leave it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from .invitations import Ask, Invitation, InvitationChange
from .messages import Event, Mention, Message
from .receipts import Receipt

SOMEBODY_WHO_LEFT = "Somebody who left"


class TraceKind(StrEnum):
    """Where else a person's name stands: a chat they left, a workspace they were of, a receipt that names them."""

    CHAT = "chat"
    WORKSPACE = "workspace"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """Who is erased. `invitation_ids` are those in one chat that were theirs."""

    account_id: str
    name: str
    email: str
    invitation_ids: frozenset[str] = frozenset()

    def called(self, name: str) -> str:
        """The name, or what stands for it where it is theirs."""
        return SOMEBODY_WHO_LEFT if name and name == self.name else name


def message_without(message: Message, leaver: Leaver) -> Message:
    """By whom it is, whom it mentions and what it tells, without them. The words of others stay."""
    author, text = message.author, message.text
    if author and author.account_id == leaver.account_id:
        author = replace(author, name=SOMEBODY_WHO_LEFT)
    for mention in message.mentions:
        if mention.account_id == leaver.account_id and mention.name:
            text = text.replace(f"@{mention.name}", f"@{SOMEBODY_WHO_LEFT}")
    event = _event_without(message.event, leaver) if message.event else None
    mentions = tuple(_mention_without(mention, leaver) for mention in message.mentions)
    return replace(message, author=author, text=text, event=event, mentions=mentions)


def _mention_without(mention: Mention, leaver: Leaver) -> Mention:
    return replace(mention, name=SOMEBODY_WHO_LEFT) if mention.account_id == leaver.account_id else mention


def _event_without(event: Event, leaver: Leaver) -> Event:
    """Who did it stands there by name alone."""
    for invitation_id in leaver.invitation_ids:
        event = event.without_address(invitation_id)
    if event.account_id == leaver.account_id:
        event = replace(event, name=SOMEBODY_WHO_LEFT if event.name else "", email="", own_address="")
    return replace(event, name=leaver.called(event.name), by=leaver.called(event.by))


def told_without(told: Mapping[str, Any], leaver: Leaver) -> dict[str, Any]:
    """What a chat was told last, as it is stored."""
    return {name: leaver.called(value) if name in ("by", "name") else value for name, value in told.items()}


def note_without(text: str, leaver: Leaver) -> str:
    """Of who invited whom into a team elsewhere, as it is stored: JSON with `by` (only what is older) and `results`."""
    note = json.loads(text)
    if "by" in note:
        note["by"] = leaver.called(note["by"])
    note["results"] = [result for result in note["results"] if result["email"] != leaver.email]
    return json.dumps(note)


def invitation_without(invitation: Invitation, leaver: Leaver) -> InvitationChange | None:
    """None where it names them nowhere."""
    sets: dict[str, object] = {}
    if invitation.account_id == leaver.account_id:
        gone = ("email", "invited_name", "account_email", "identity", "picture")
        sets |= {"name": SOMEBODY_WHO_LEFT, "handed_over": ()} | dict.fromkeys(gone, "")
    if invitation.inviter_id == leaver.account_id:
        sets["inviter_name"] = SOMEBODY_WHO_LEFT
    if invitation.ended_by:
        sets["ended_by"] = leaver.called(invitation.ended_by)
    kept = tuple(_asks_without(invitation.asks, leaver))
    if kept != invitation.asks:
        sets["asks"] = kept
    sets = {name: value for name, value in sets.items() if getattr(invitation, name) != value}
    if not sets:
        return None
    return InvitationChange(
        before=invitation, sets=sets, unless_changed=("account_id", "status", "asks"), while_pending=False
    )


def _asks_without(asks: Iterable[Ask], leaver: Leaver) -> Iterable[Ask]:
    """Some come by mail, and have no account."""
    theirs = {leaver.email} - {""}
    return (ask for ask in asks if ask.account_id != leaver.account_id and ask.email not in theirs)


def receipt_without(receipt: Receipt, leaver: Leaver) -> Receipt:
    """To be signed anew, under the same id."""
    if receipt.account_id == leaver.account_id:
        receipt = replace(receipt, name=SOMEBODY_WHO_LEFT, invited_as="")
    if receipt.by_id == leaver.account_id and receipt.ended_by:
        receipt = replace(receipt, ended_by=SOMEBODY_WHO_LEFT)
    return receipt
