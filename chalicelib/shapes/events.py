"""Live events as JSON, for one reader."""

from typing import Any

import msgspec

from ..domain.chats import Place
from ..usecases.live import Announcement
from . import shown


def show(event: Announcement, reader: Place) -> dict[str, Any] | None:
    """`{type, chat_id, …}`; None for what this person may not see."""
    body: dict[str, Any] = {"type": event.type, "chat_id": event.chat_id}
    if event.message is not None and event.page is not None:
        if not reader.may_see(event.message.seq):
            return None
        body["message"] = shown.message(event.message, event.page, reader)
    elif event.type == "invitation.changed" and event.seat is not None:
        body["invitation_id"] = event.seat.id
    elif event.seat is not None:
        body["participant"] = {"account_id": event.seat.account_id, "name": event.seat.name, "via": event.seat.via}
    elif event.type == "typing":
        if event.account_id == reader.account_id:
            return None
        body |= {"account_id": event.account_id, "name": event.name}
    elif event.chat is not None:
        body |= {"name": event.chat.name or None, "kind": event.chat.kind}
    elif event.type == "read":
        body |= {"account_id": event.only, "seq": event.seq}
    return body


def write(body: dict[str, Any]) -> str:
    return msgspec.json.encode(body).decode()
