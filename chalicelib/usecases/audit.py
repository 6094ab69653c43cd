"""The audit log: written by the table's stream from what happened, so that no use case can forget it; read by owners and admins."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from ..domain import errors
from ..domain.audit import AuditEntry, AuditKind
from ..domain.changes import (
    Change,
    ChatEventAdded,
    FileChanged,
    InvitationChanged,
    MemberChanged,
    MemberGone,
    MessageChanged,
    RelayOpened,
    WorkspaceChanged,
)
from ..domain.chats import Chat
from ..domain.ends import EndReason
from ..domain.files import Verdict
from ..domain.identities import of_key
from ..domain.invitations import AskState, Invitation, Status
from ..domain.messages import EventType
from ..domain.people import Account
from ..domain.workspaces import Workspace, refuse_unless_may_manage
from ..ports import Ports
from . import reports, workspaces

_READ_AT_ONCE, _MOST_ROUNDS = 200, 5


def record(ports: Ports, change: Change) -> None:
    for entry in (*_entries(ports, change), *reports.entries(ports, change)):
        ports.audit.add(entry)


def record_came_with_chat(ports: Ports, invitations: Iterable[Invitation]) -> None:
    """Those of a chat's beginning, once the chat is there."""
    for invitation in invitations:
        for entry in _of_invitation(None, invitation):
            ports.audit.add(entry)


def _entries(ports: Ports, change: Change) -> Iterator[AuditEntry]:
    match change:
        case InvitationChanged(before, after) if before is not None or after.since > 1:
            yield from _of_invitation(before, after)
        case WorkspaceChanged():
            yield from _of_workspace(change)
        case ChatEventAdded(chat, event, nonce) if event.type in _OF_CHAT:
            yield AuditEntry(
                workspace_id=chat.workspace_id,
                kind=_OF_CHAT[event.type],
                at=chat.closed_at or ports.now(),
                name=nonce,
                actor_id=event.account_id,
                chat_id=chat.id,
            )
        case MemberChanged() | MemberGone():
            yield from _of_member(change)
        case RelayOpened() | FileChanged():
            yield from _relay_opened(ports, change) if isinstance(change, RelayOpened) else _of_file(ports, change)
        case MessageChanged(None, after) if after.event and after.event.type is EventType.DISCONNECTED:
            its_chat = ports.chats.get_many([after.chat_id]).get(after.chat_id)
            if its_chat:
                yield AuditEntry(
                    workspace_id=its_chat.workspace_id,
                    kind=AuditKind.RELAY_CUT_OFF,
                    at=after.created_at,
                    name=str(after.seq),
                    subject_id=after.event.account_id,
                    chat_id=its_chat.id,
                )


_OF_CHAT = {EventType.CLOSED: AuditKind.CHAT_CLOSED, EventType.TAKEN_OVER: AuditKind.CHAT_TAKEN_OVER}


def _of_file(ports: Ports, change: FileChanged) -> Iterator[AuditEntry]:
    """Malware that was found; what couldn't be checked is nobody's doing."""
    before, after = change.before, change.after
    if before and not before.verdict and after.verdict is Verdict.MALWARE:
        yield AuditEntry(
            workspace_id=after.workspace_id,
            kind=AuditKind.FILE_BLOCKED,
            at=ports.now(),
            name=after.id,
            subject_id=after.author_id,
            chat_id=after.chat_id,
        )


def _relay_opened(ports: Ports, change: RelayOpened) -> Iterator[AuditEntry]:
    identity, chat = of_key(change.destination), ports.chats.get_many([change.chat_id]).get(change.chat_id)
    account_id = ports.identities.account_of(identity) if identity else ""
    if chat and account_id:
        yield AuditEntry(
            workspace_id=chat.workspace_id,
            kind=AuditKind.RELAY_OPENED,
            at=change.at,
            name=change.destination,
            subject_id=account_id,
            chat_id=chat.id,
        )


def _of_invitation(before: Invitation | None, after: Invitation) -> Iterator[AuditEntry]:
    """What somebody did to it; what the clock or the mail did to it is no act."""
    if before is None:
        yield _invited(after)
        return
    if before.status is not after.status:
        yield from _of_status(after)
    elif before.generation != after.generation:
        moved = len(after.handed_over) > len(before.handed_over)
        yield _act(after, AuditKind.INVITATION_HANDED_OVER if moved else AuditKind.INVITATION_MOVED, after.generation)
    elif before.resends != after.resends:
        yield _act(after, AuditKind.INVITATION_RESENT, after.resends)
    yield from _of_asks(before, after)
    if after.is_taken and before.is_taken:
        yield from _of_place(before, after)


def _invited(after: Invitation) -> AuditEntry:
    """A member who was added is in at once."""
    kind = AuditKind.INVITATION_SENT if after.was_mailed else AuditKind.PARTICIPANT_JOINED
    return AuditEntry(
        workspace_id=after.workspace_id,
        kind=kind,
        at=after.created_at,
        name="1",
        actor_id=after.inviter_id,
        subject_id=after.account_id,
        chat_id=after.chat_id,
        invitation_id=after.id,
    )


def _of_status(after: Invitation) -> Iterator[AuditEntry]:
    if after.status is Status.ACCEPTED:
        entry = _act(after, AuditKind.PARTICIPANT_JOINED, 1)
        yield _with(entry, at=after.joined_at or entry.at, actor_id=after.account_id)
    elif after.status is Status.REVOKED:
        yield _act(after, AuditKind.INVITATION_REVOKED, after.generation)
    elif after.status is Status.LEFT:
        entry = _act(after, _ENDS.get(after.end_reason, AuditKind.PARTICIPANT_LEFT), 1)
        details = {"receipt_id": after.receipt_id} if after.receipt_id else {}
        yield _with(entry, at=after.ended_at or entry.at, details=details)


_ENDS: dict[str, AuditKind] = {
    EndReason.REMOVED: AuditKind.PARTICIPANT_REMOVED,
    EndReason.ENDED: AuditKind.PARTICIPANT_ENDED,
    EndReason.CLOSED: AuditKind.PARTICIPANT_ENDED,
}


def _of_asks(before: Invitation, after: Invitation) -> Iterator[AuditEntry]:
    known = {ask.id: ask.state for ask in before.asks}
    for ask in after.asks:
        if ask.id not in known:
            entry = _act(after, AuditKind.INVITATION_ASKED, f"{ask.kind} {ask.id}")
            yield _with(entry, at=ask.asked_at, actor_id=ask.account_id, details={"ask": str(ask.kind)})
        elif ask.state is not known[ask.id] and ask.state in _ANSWERS:
            entry = _act(after, _ANSWERS[ask.state], f"{ask.kind} {ask.id}")
            yield _with(entry, subject_id=ask.account_id, details={"ask": str(ask.kind)})
    same = before.generation == after.generation and before.status is after.status
    for ask in before.hand_overs if same else ():
        if ask.id not in {each.id for each in after.asks}:  # a hand-over that was refused leaves the list
            yield _with(_act(after, AuditKind.INVITATION_REFUSED, ask.id), details={"ask": str(ask.kind)})


_ANSWERS = {AskState.ALLOWED: AuditKind.INVITATION_ALLOWED, AskState.REFUSED: AuditKind.INVITATION_REFUSED}


def _of_place(before: Invitation, after: Invitation) -> Iterator[AuditEntry]:
    moment = after.acted_at.isoformat() if after.acted_at else ""
    if before.ends_at != after.ends_at:
        details = {"ends_at": after.ends_at.isoformat().replace("+00:00", "Z") if after.ends_at else ""}
        yield _with(_act(after, AuditKind.PARTICIPANT_END_SET, moment), details=details)
    if before.owner_id != after.owner_id:
        yield _with(_act(after, AuditKind.PARTICIPANT_OWNER_SET, moment), details={"owner": after.owner_id})


def _act(after: Invitation, kind: AuditKind, name: object) -> AuditEntry:
    return AuditEntry(
        workspace_id=after.workspace_id,
        kind=kind,
        at=after.acted_at or after.resent_at or after.created_at,
        name=str(name),
        actor_id=after.actor_id,
        subject_id=after.account_id,
        chat_id=after.chat_id,
        invitation_id=after.id,
    )


def _with(entry: AuditEntry, **changes: object) -> AuditEntry:
    values = {each.name: getattr(entry, each.name) for each in fields(entry)}
    return AuditEntry(**{**values, **changes})


def _of_workspace(change: WorkspaceChanged) -> Iterator[AuditEntry]:
    before, after = change.before, change.after
    changed = sorted(each.name for each in fields(Workspace) if getattr(before, each.name) != getattr(after, each.name))
    at = change.acted_at
    if at is None or not changed:
        return
    if "plan" in changed:
        details = {"plan": str(after.plan), "before": str(before.plan)}
        yield AuditEntry(workspace_id=after.id, kind=AuditKind.PLAN_CHANGED, at=at, name=after.plan, details=details)
        changed.remove("plan")
    if changed:
        details = {"settings": ", ".join(changed)}
        kind = AuditKind.SETTINGS_CHANGED
        yield AuditEntry(
            workspace_id=after.id, kind=kind, at=at, name=details["settings"], actor_id=change.actor_id, details=details
        )


def _of_member(change: MemberChanged | MemberGone) -> Iterator[AuditEntry]:
    if change.acted_at is None:
        return  # whoever began the workspace
    if isinstance(change, MemberGone):
        kind, details = AuditKind.MEMBER_REMOVED, dict[str, str]()
    else:
        kind = AuditKind.MEMBER_ADDED if change.before is None else AuditKind.MEMBER_CHANGED
        details = {"role": str(change.after.role)}
    yield AuditEntry(
        workspace_id=change.workspace_id,
        kind=kind,
        at=change.acted_at,
        name=details.get("role", ""),
        actor_id=change.actor_id,
        subject_id=change.account_id,
        details=details,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with whom and what its ids stand for now; None for who isn't there any more."""

    entry: AuditEntry
    accounts: dict[str, Account]
    chat: Chat | None
    invitation: Invitation | None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """`before` is where the next page goes on; empty at the end."""

    entries: tuple[Shown, ...]
    before: str = ""


def log(
    ports: Ports, account: Account, workspace_id: str, kind: str, newer_than: str, before: str, limit: int
) -> AuditPage:
    """The newest first; those of one kind alone, where one is given. So much is read for one answer."""
    _, member = workspaces.as_member(ports, account, workspace_id)
    refuse_unless_may_manage(member.role, "read the audit log")
    if newer_than and not ports.audit.has(workspace_id, newer_than):
        raise errors.wrong_field("after", "unknown_entry", "Use the id of an entry of this log.")
    entries = list[AuditEntry]()
    for _ in range(_MOST_ROUNDS if kind else 1):
        most = _READ_AT_ONCE if kind else limit
        some, before = ports.audit.page(workspace_id, kind, newer_than, before, ports.now(), most)
        entries += some
        if len(entries) > limit:
            entries, before = entries[:limit], entries[limit - 1].id
        if len(entries) >= limit or not before:
            break
    return AuditPage(tuple(_shown(ports, entries)), before)


def everything(ports: Ports, account: Account, workspace_id: str, kind: str, newer_than: str) -> Iterator[Shown]:
    """The whole of it, for a spreadsheet."""
    before = ""
    while True:
        page = log(ports, account, workspace_id, kind, newer_than, before, _READ_AT_ONCE)
        yield from page.entries
        before = page.before
        if not before:
            return


def _shown(ports: Ports, entries: list[AuditEntry]) -> Iterator[Shown]:
    owners = [entry.details.get("owner", "") for entry in entries]
    people = {*(entry.actor_id for entry in entries), *(entry.subject_id for entry in entries), *owners} - {""}
    accounts, chats, invitations = ports.audit.look_up(
        people, {entry.chat_id for entry in entries} - {""}, {(entry.chat_id, entry.invitation_id) for entry in entries}
    )
    for entry in entries:
        invitation = invitations.get((entry.chat_id, entry.invitation_id))
        yield Shown(entry, accounts, chats.get(entry.chat_id), invitation)
