"""Taking one's data along: a zip that the mail's worker makes, for a day, given out to its account alone.

What is in it is what one may read: each chat from where one's history begins, as the chat itself shows it.
"""

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..domain import errors, links, schedule
from ..domain.chats import Chat, Membership
from ..domain.event_lines import line
from ..domain.files import ADDRESS_LIFE, disposition
from ..domain.ids import Ids
from ..domain.links import Purpose
from ..domain.messages import Message
from ..domain.notifications import NotificationKind, NotificationMail
from ..domain.people import Account
from ..domain.schedule import EXPORT_LIFE, ScheduledTask
from ..ports import Limit, OutgoingMail, Ports
from . import addresses, chats, profile_pictures

log = logging.getLogger(__name__)
MOST_MESSAGES = 50_000
"""In one zip: what fits into the worker's time. Of more, the oldest are left out, and the zip says so."""
_AT_ONCE, _A_DAY = 500, (3, 86_400)
_NAME, _MEDIA = "webtop-export.zip", "application/zip"


def ask(ports: Ports, account: Account, ids: Ids) -> None:
    """Promises a mail with the link."""
    if not account.email:
        raise errors.conflict("no_address", "The link comes by mail, and your account has no address. Add one first.")
    reached = ports.rate_limiter.reserve([Limit(f"exports of {account.id}", *_A_DAY)], ports.now())
    if reached:
        raise errors.too_many(
            "too_many_exports", "Three times a day are enough. Use the newest link, or try tomorrow.", reached.seconds
        )
    ports.notifications.add(
        NotificationMail(
            id=ids(),
            kind=NotificationKind.EXPORT,
            email="",
            created_at=ports.now(),
            locale=account.locale,
            account_id=account.id,
        )
    )
    log.info("export asked for: account %s", account.id)


def mail(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    """Makes the zip, and the mail about it. Again makes the same anew."""
    account = ports.accounts.get(notification.account_id)
    if account is None or not account.email or addresses.bounces(ports, account.email):
        return None
    until = notification.created_at + EXPORT_LIFE
    if account.leaves_at is not None or ports.now() >= until:
        return None
    ports.schedule.add_once(schedule.forget_export(account.id, notification.id, until))
    ports.file_store.put(_key(account.id, notification.id), _zip(ports, account))
    token = links.sign_text(
        ports.link_keys[0], Purpose.EXPORT, f"{int(until.timestamp())}\n{account.id}\n{notification.id}"
    )
    return ports.mail_texts.export(account, f"{ports.public_url}/export/{token}")


def address(ports: Ports, account: Account, token: str) -> str:
    """Where the zip is, for a minute. To anybody but its account it is not there; after a day it is over."""
    until, _, rest = links.verify_text(token, ports.link_keys, Purpose.EXPORT).partition("\n")
    account_id, _, export_id = rest.partition("\n")
    if account_id != account.id:
        raise errors.unknown()
    if ports.now().timestamp() >= int(until):
        raise errors.Refusal(
            errors.RefusalKind.GONE, "export_over", "This link was good for a day. Ask for your data anew."
        )
    return ports.file_store.address(_key(account.id, export_id), _MEDIA, disposition(_NAME, inline=False), ADDRESS_LIFE)


def forget(ports: Ports, task: ScheduledTask) -> bool:
    ports.file_store.delete([_key(task.account_id, task.invitation_id)])
    return True


def _key(account_id: str, export_id: str) -> str:
    return f"x/{account_id}/{export_id}"


@dataclass(slots=True)
class _Export:
    """What is written so far, and how many messages still fit."""

    archive: zipfile.ZipFile
    left: int = MOST_MESSAGES
    own: list[Any] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)


def _zip(ports: Ports, account: Account) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        export = _Export(archive)
        listed = chats.all_of(ports, account)
        _write(export, "account.json", _account(ports, account))
        _add_picture(ports, export, account)
        _write(export, "places.json", [_place(each.chat, each.membership) for each in listed])
        for each in listed:
            _add_chat(ports, export, account, each.chat, each.membership)
        _write(export, "own_messages.json", export.own)
        if export.cut:
            _write(export, "left_out.json", {"most_messages": MOST_MESSAGES, "chats_cut_short": export.cut})
    return content.getvalue()


def _add_picture(ports: Ports, export: _Export, account: Account) -> None:
    content = profile_pictures.own(ports, account)
    if content:
        export.archive.writestr("picture.jpg", content)


def _write(export: _Export, name: str, value: Any) -> None:
    export.archive.writestr(name, json.dumps(value, ensure_ascii=False, indent=1))


def _account(ports: Ports, account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "locale": account.locale,
        "time_zone": account.time_zone or "UTC",
        "created_at": _time(account.created_at),
        "meeting_url": account.meeting_url,
        "workspaces": [
            {"id": workspace.id, "name": workspace.name, "role": role}
            for workspace, role in ports.workspaces.of_account(account.id)
        ],
        "identities": [
            {"provider": profile.identity.provider, "organization": profile.organization, "name": profile.name}
            for profile in ports.identities.of_account(account.id)
        ],
        "sessions": [
            {
                "created_at": _time(session.created_at),
                "last_used_at": _time(session.seen_at),
                "via": session.signed_in_by,
            }
            for session in ports.accounts.sessions(account.id)
            if session.holds_at(ports.now(), account)
        ],
    }


def _place(chat: Chat, membership: Membership) -> dict[str, Any]:
    return {
        "chat_id": chat.id,
        "chat_name": chat.name or None,
        "kind": chat.kind,
        "workspace_id": chat.workspace_id,
        "role": membership.role,
        "via": membership.via,
        "joined_at": _time(membership.joined_at),
        "ends_at": _time(membership.ends_at),
    }


def _add_chat(ports: Ports, export: _Export, account: Account, chat: Chat, membership: Membership) -> None:
    last = ports.messages.head(chat.id).seq
    first = max(membership.reads_from, last - export.left + 1)
    if first > membership.reads_from:
        export.cut.append(chat.id)
    shown = [(message, _message(message, membership)) for message in _messages(ports, chat.id, first, last)]
    export.left -= len(shown)
    export.own += [
        {"chat_id": chat.id, **told}
        for message, told in shown
        if message.author and message.author.account_id == account.id
    ]
    _write(export, f"chats/{chat.id}/messages.json", [told for _, told in shown])
    export.archive.writestr(f"chats/{chat.id}/messages.txt", "\n".join(_as_text(told) for _, told in shown) + "\n")


def _messages(ports: Ports, chat_id: str, first: int, last: int) -> Iterator[Message]:
    for begin in range(first, last + 1, _AT_ONCE):
        yield from ports.messages.page(chat_id, begin, min(last, begin + _AT_ONCE - 1)).messages


def _message(message: Message, reader: Membership) -> dict[str, Any]:
    """As this person sees it: addresses in what happened are for members."""
    text = message.text
    if message.event:
        sentence, values = line(message.event, reader.is_member)
        text = sentence.format(**values)
    return {
        "seq": message.seq,
        "author": {"account_id": message.author.account_id, "name": message.author.name} if message.author else None,
        "kind": message.kind,
        "text": text,
        "created_at": _time(message.created_at),
        "edited_at": _time(message.edited_at),
        "deleted_at": _time(message.deleted_at),
        "reply_to": message.reply_to if message.reply_to and reader.may_see(message.reply_to) else None,
        "files": [file.name for file in message.files],
    }


def _as_text(told: dict[str, Any]) -> str:
    who = f"{told['author']['name']}: " if told["author"] else ""
    names = " ".join(f"[{name}]" for name in told["files"])
    return f"[{told['created_at']}] {who}{told['text']}{' ' if names and told['text'] else ''}{names}"


def _time(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
