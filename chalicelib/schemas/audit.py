"""The shapes of the audit log."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from ..domain.audit import AuditKind
from ..domain.erasing import SOMEBODY_WHO_LEFT
from ..usecases.audit import Shown
from .bodies import Paging
from .fields import Text
from .outside import time_text
from .sheets import csv_text


class AuditQuery(Paging):
    """`after`: what is newer than the entry with this id."""

    after: Text = ""
    kind: AuditKind | UnsetType = UNSET


class AuditPersonOut(Struct):
    name: str
    account_id: str | UnsetType = UNSET
    email: str | UnsetType = UNSET


class AuditEntryOut(Struct):
    """`actor` is null where the clock or an operator did it."""

    id: str
    at: datetime
    kind: AuditKind
    actor: AuditPersonOut | None
    details: dict[str, str | None]
    subject: AuditPersonOut | UnsetType = UNSET


class AuditPageOut(Struct):
    items: list[AuditEntryOut]
    next: str | None


def entry(shown: Shown) -> AuditEntryOut:
    """Names are those of now; who isn't there any more has none."""
    item = shown.entry
    return AuditEntryOut(
        id=item.id,
        at=item.at,
        kind=item.kind,
        actor=_person(shown, item.actor_id) if item.actor_id else None,
        subject=_subject(shown),
        details=_details(shown),
    )


def _person(shown: Shown, account_id: str) -> AuditPersonOut:
    account = shown.accounts.get(account_id)
    return AuditPersonOut(account.name if account else SOMEBODY_WHO_LEFT, account_id)


def _subject(shown: Shown) -> AuditPersonOut | UnsetType:
    """The person, by account; of an invitation that nobody took, by its address as long as that is kept."""
    item = shown.entry
    if item.subject_id:
        return _person(shown, item.subject_id)
    if not item.invitation_id:
        return UNSET
    email = shown.invitation.email if shown.invitation else ""
    return AuditPersonOut(email or SOMEBODY_WHO_LEFT, email=email or UNSET)


def _details(shown: Shown) -> dict[str, str | None]:
    item = shown.entry
    details: dict[str, str | None] = dict(item.details)
    if item.details.get("owner"):
        details["owner_name"] = _person(shown, item.details["owner"]).name
    if item.chat_id:
        details |= {"chat_id": item.chat_id, "chat_name": (shown.chat.name if shown.chat else "") or None}
    return details


COLUMNS = ("id", "at", "kind", "actor", "subject", "chat_id", "chat_name", "details")


def sheet(items: Iterable[Shown]) -> str:
    """The log for a spreadsheet, the newest first."""
    return csv_text(COLUMNS, (_row(entry(shown)) for shown in items))


def _row(item: AuditEntryOut) -> list[str]:
    more = [f"{name}: {value}" for name, value in item.details.items() if not name.startswith("chat_") and value]
    return [
        item.id,
        time_text(item.at),
        item.kind,
        item.actor.name if item.actor else "",
        item.subject.name if item.subject is not UNSET and isinstance(item.subject, AuditPersonOut) else "",
        item.details.get("chat_id") or "",
        item.details.get("chat_name") or "",
        ", ".join(more),
    ]
