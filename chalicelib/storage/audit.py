"""The audit log: a partition of its own for each workspace, in order of time. Entries are added and read, never changed: no
function but the stream's may write here, and none may update or delete (see `policies/`); after 400 days they go by TTL."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from ..domain.audit import KEPT, AuditEntry, AuditKind
from ..domain.chats import Chat
from ..domain.invitations import Invitation
from ..domain.people import Account
from . import items, keys, mapping
from .errors import conditional_write, translate_errors
from .items import AccountItem, AuditItem, ChatItem, InvitationItem
from .reading import each

_DIGITS, _NAME = 13, 16


@translate_errors
class Audit:
    def add(self, entry: AuditEntry) -> None:
        identifier = f"{_milliseconds(entry.at):0{_DIGITS}d}{_digest(entry)}"
        item = AuditItem(
            keys.audit(entry.workspace_id),
            identifier,
            at=entry.at,
            what=entry.kind,
            actor_id=entry.actor_id,
            subject_id=entry.subject_id,
            chat_id=entry.chat_id,
            invitation_id=entry.invitation_id,
            details=dict(entry.details) or None,
            gone_at=entry.at + KEPT,
        )
        with conditional_write():
            item.save(AuditItem.pk.does_not_exist())

    def has(self, workspace_id: str, identifier: str) -> bool:
        return items.get(AuditItem, keys.audit(workspace_id), identifier) is not None

    def page(
        self, workspace_id: str, kind: str, newer_than: str, before: str, now: datetime, most: int
    ) -> tuple[list[AuditEntry], str]:
        oldest = f"{_milliseconds(now - KEPT):0{_DIGITS}d}"
        within = AuditItem.sk.between(max(oldest, f"{newer_than}~" if newer_than else ""), before or "~")
        query = AuditItem.query(
            keys.audit(workspace_id), within, consistent_read=True, scan_index_forward=False, limit=most + 2
        )
        results = [item for item in query if item.sk != before][: most + 1]
        shown = [entry for entry in each(_entry, results[:most]) if kind in ("", entry.kind)]
        return shown, results[most - 1].sk if len(results) > most else ""

    def look_up(
        self, account_ids: Iterable[str], chat_ids: Iterable[str], invitations: Iterable[tuple[str, str]]
    ) -> tuple[dict[str, Account], dict[str, Chat], dict[tuple[str, str], Invitation]]:
        results = items.get_all(
            [
                *((keys.account(each), "A") for each in account_ids),
                *((keys.chat(each), "C") for each in chat_ids),
                *((keys.chat(chat), keys.invitation(each)) for chat, each in invitations if each),
            ]
        )
        accounts = each(mapping.account, (item for item in results.values() if isinstance(item, AccountItem)))
        chats = each(mapping.chat, (item for item in results.values() if isinstance(item, ChatItem)))
        records = each(mapping.invitation, (item for item in results.values() if isinstance(item, InvitationItem)))
        return (
            {account.id: account for account in accounts},
            {chat.id: chat for chat in chats},
            {(record.chat_id, record.id): record for record in records},
        )


def _digest(entry: AuditEntry) -> str:
    text = f"{entry.kind}\n{entry.chat_id}\n{entry.invitation_id}\n{entry.subject_id}\n{entry.name}"
    return hashlib.sha256(text.encode()).hexdigest()[:_NAME]


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _entry(item: AuditItem) -> AuditEntry:
    return AuditEntry(
        workspace_id=item.pk.removeprefix("U#"),
        kind=AuditKind(item.what),
        at=item.at,
        name="",
        id=item.sk,
        actor_id=item.actor_id,
        subject_id=item.subject_id,
        chat_id=item.chat_id,
        invitation_id=item.invitation_id,
        details=item.details or {},
    )
