"""Live events as JSON, for one reader."""

from typing import Any

import msgspec

from ..domain.chats import Membership
from ..domain.files import File
from ..domain.messages import message_id
from ..usecases.live import Announcement
from . import serializers


def show(event: Announcement, reader: Membership) -> dict[str, Any] | None:
    """`{type, chat_id, …}`; None for what this person may not see."""
    about = _about(event, reader)
    return None if about is None else {"type": event.type, "chat_id": event.chat_id, **about}


def _about(event: Announcement, reader: Membership) -> dict[str, Any] | None:
    if event.message is not None and event.page is not None:
        seen = reader.may_see(event.message.seq)
        return {"message": serializers.message(event.message, event.page, reader, event.deliveries)} if seen else None
    match event.type:
        case "file.changed" if event.file:
            return _file(event.file, reader)
        case "invitation.changed" if event.invitation:
            return {"invitation_id": event.invitation.id}
        case "participant.joined" | "participant.left" if event.invitation:
            who = event.invitation
            return {"participant": {"account_id": who.account_id, "name": who.name, "via": who.via}}
        case "typing":
            mine = event.account_id == reader.account_id
            return None if mine else {"account_id": event.account_id, "name": event.name}
        case "read":
            return {"account_id": event.only, "seq": event.seq}
        case "chat.changed" if event.chat:
            return {"name": event.chat.name or None, "kind": event.chat.kind}
        case _:
            return {}


def _file(file: File, reader: Membership) -> dict[str, Any] | None:
    """One that is in no message yet goes to its author alone."""
    if not file.seq:
        return {"file": serializers.file(file)}
    if not reader.may_see(file.seq):
        return None
    return {"message_id": message_id(file.chat_id, file.seq), "file": serializers.file(file)}


def write(body: dict[str, Any]) -> str:
    return msgspec.json.encode(body).decode()
