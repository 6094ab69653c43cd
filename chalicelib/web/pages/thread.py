"""Messages as the chat page shows them: day lines, the unread line, grouping."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from markupsafe import Markup

from ...domain.chats import Membership, Participant
from ...domain.messages import PAGE, Event, EventType, Message, MessageKind
from ...schemas import serializers as shapes
from ...templating import languages
from ...usecases.deliveries import Delivery
from ...usecases.messages import Read
from . import people

_AROUND = PAGE // 2
_GROUPED_WITHIN = timedelta(minutes=5)
_OF_OUTSIDE = {EventType.RENAMED, EventType.CALL_STARTED}


def items(
    read: Read,
    participants: tuple[Participant, ...],
    deliveries: Mapping[int, Sequence[Delivery]],
    locale: str,
) -> list[dict[str, Any]]:
    """The page's messages in order, with the lines between them, and how one's own fare elsewhere."""
    organizations = {participant.account_id: participant.organization for participant in participants}
    pictures = {participant.account_id: participant.picture for participant in participants}
    names = {each.account_id: each.name for each in participants if each.account_id != read.membership.account_id}
    rows: list[dict[str, Any]] = []
    before, day, unread_shown = None, None, read.membership.read_to == 0
    for message in read.page.messages:
        if message.created_at.date() != day:
            rows.append({"kind": "day", "at": message.created_at})
            day = message.created_at.date()
        if not unread_shown and message.seq > read.membership.read_to and before is not None:
            rows.append({"kind": "unread", "at": message.created_at})
            unread_shown, before = True, None
        shown = msgspec.to_builtins(shapes.message(message, read.page, read.membership, locale=locale))
        if message.kind is MessageKind.EVENT:
            rows.append(
                {
                    **shown,
                    "html": Markup(shown["html"]),  # noqa: S704  # cleaned by templating.marks
                    "outside": _is_outside(message.event),
                    **_of_call(message, read.membership),
                }
            )
            before = message
            continue
        author = message.author
        grouped = (
            before is not None
            and before.kind is MessageKind.TEXT
            and before.author == author
            and message.created_at - before.created_at < _GROUPED_WITHIN
        )
        who = _looks(author.account_id, shown["author"]["name"], pictures) if author else {"initials": "", "tint": 0}
        rows.append(
            {
                **_blank(),
                **shown,
                "reactions": [each | {"reactors": _reactors(each, names, locale)} for each in shown["reactions"]],
                "kind": "message",
                "deliveries": deliveries.get(message.seq),
                "html": Markup(shown["html"]),  # noqa: S704  # cleaned by templating.marks
                "grouped": grouped,
                "mine": author is not None and author.account_id == read.membership.account_id,
                **who,
                "organization": organizations.get(author.account_id) if author else None,
            }
        )
        before = message
    return rows


def _reactors(reaction: Mapping[str, Any], names: Mapping[str, str], locale: str) -> str:
    """ "You, Priya, +2": oneself first; who left the chat is counted only. The same as `reactors` of chat_text.js."""
    known = [languages.text("You", locale)] if reaction["mine"] else []
    known += [names[account_id] for account_id in reaction["account_ids"] if account_id in names]
    rest = reaction["count"] - len(known)
    return ", ".join([*known, f"+{rest}"] if rest else known)


def _looks(account_id: str, name: str, pictures: Mapping[str, str]) -> dict[str, Any]:
    """The author's avatar; who isn't in the chat any more has no picture in it."""
    avatar = people.avatar(account_id, name, pictures.get(account_id, ""))
    return {part: avatar[part] for part in ("initials", "tint", "picture_url")}


def _of_call(message: Message, reader: Membership) -> dict[str, Any]:
    """Whether the reader can end the call that a line is about, or missed it: it was over before they came back."""
    event = message.event
    if event is None or event.type is not EventType.CALL_STARTED:
        return {"ends_call": "", "missed": False}
    mine, over = event.account_id == reader.account_id, bool(event.ended_at)
    missed = over and not mine and message.seq > reader.read_to
    return {"ends_call": event.call_id if mine and not over else "", "missed": missed}


def number(text: str) -> int | None:
    """A place in the chat; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def place(chat_id: str, seq: int, newest: int) -> str:
    """Where the message stands: on the newest page, or on the page that has it in the middle."""
    before = f"?before={seq + _AROUND}" if seq <= newest - PAGE else ""
    return f"/chats/{chat_id}{before}#m-{seq}"


def _blank() -> dict[str, Any]:
    return {"reply_to": None, "edited_at": None, "deleted_at": None, "deliveries": None}


def _is_outside(event: Event | None) -> bool:
    return (
        event is not None and event.type not in _OF_OUTSIDE and not (event.type is EventType.JOINED and bool(event.by))
    )
