"""Messages as the chat page shows them: day lines, the unread line, grouping."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from markupsafe import Markup

from ...domain.chats import Participant
from ...domain.messages import Event, EventType, MessageKind
from ...schemas import serializers as shapes
from ...usecases.deliveries import Delivery
from ...usecases.messages import Read
from . import people

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
            rows.append({**shown, "html": Markup(shown["html"]), "outside": _is_outside(message.event)})  # noqa: S704  # cleaned by templating.marks
            before = message
            continue
        author = message.author
        grouped = (
            before is not None
            and before.kind is MessageKind.TEXT
            and before.author == author
            and message.created_at - before.created_at < _GROUPED_WITHIN
        )
        who = people.avatar(author.account_id, author.name) if author else {"initials": "", "tint": 0}
        rows.append(
            {
                **_blank(),
                **shown,
                "kind": "message",
                "deliveries": deliveries.get(message.seq),
                "html": Markup(shown["html"]),  # noqa: S704  # cleaned by templating.marks
                "grouped": grouped,
                "mine": author is not None and author.account_id == read.membership.account_id,
                "tint": who["tint"],
                "initials": who["initials"],
                "organization": organizations.get(author.account_id) if author else None,
            }
        )
        before = message
    return rows


def _blank() -> dict[str, Any]:
    return {"reply_to": None, "edited_at": None, "deleted_at": None, "deliveries": None}


def _is_outside(event: Event | None) -> bool:
    return (
        event is not None and event.type not in _OF_OUTSIDE and not (event.type is EventType.JOINED and bool(event.by))
    )
