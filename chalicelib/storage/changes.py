"""The table's stream, read as changes of domain objects."""

from collections.abc import Callable, Sequence
from typing import Any

from ..domain.changes import (
    AccountChanged,
    Change,
    ChatEventAdded,
    FileChanged,
    InvitationChanged,
    MemberChanged,
    MemberGone,
    MemberRemoved,
    MembershipChanged,
    MessageChanged,
    NotificationQueued,
    ReactionChanged,
    ReceiptIssued,
    RelayedMessageChanged,
    RelayOpened,
    ReportDecided,
    SendingChanged,
    SessionEnded,
    WorkspaceChanged,
)
from ..domain.messages import Event, EventType
from ..domain.relaying import ROOT
from . import push_items, schedule_items, whole_mail_items  # noqa: F401  # so that `patterns` knows their kinds, of which nobody is told
from .files import file
from .items import (
    AccountItem,
    ChatItem,
    FileItem,
    InvitationItem,
    Item,
    MemberItem,
    MembershipItem,
    MessageItem,
    NotificationItem,
    ReactionItem,
    ReceiptItem,
    RemovedMemberItem,
    SessionItem,
    WorkspaceItem,
    kinds,
    name_of,
)
from .mapping import account, chat, invitation, member, membership, workspace
from .message_mapping import message
from .provider_items import RelayedMessageItem
from .reading import UNREADABLE, maybe, passed_over
from .receipts import receipt
from .report_items import ReportedInviterItem, ReportItem
from .reports import report


def change(record: dict[str, Any]) -> Change | None:
    """What one record of the stream says; None for what nobody is to be told, and for what this code doesn't understand.

    A record that raised would come again and again, and hold up everything behind it.
    """
    try:
        return _change(record["dynamodb"])
    except UNREADABLE as reason:
        passed_over(f"record {record.get('eventID', '')}", reason)
        return None


def patterns() -> list[dict[str, Any]]:
    """Which records wake the function: event filter patterns, of which one must match.

    They name what is of no interest, not what is: a kind that only newer code knows passes, so that an installation whose
    mapping is older than its code loses nothing.
    """
    existing = {kind: name_of(kind) for kind in kinds()}
    always = set(_BY_KIND) - set(_ONLY_WHEN)
    quiet = sorted(name for kind, name in existing.items() if kind not in always)
    stays = sorted(name for kind, name in existing.items() if kind not in _TOLD_WHEN_GONE)
    only = {
        when: [existing[kind] for kind, each in _ONLY_WHEN.items() if each == when] for when in ("INSERT", "MODIFY")
    }
    return [
        _pattern(("INSERT", "MODIFY"), "NewImage", [{"anything-but": quiet}]),
        *(_pattern((when,), "NewImage", names) for when, names in only.items()),
        _pattern(("REMOVE",), "OldImage", [{"anything-but": stays}]),
    ]


def _pattern(when: Sequence[str], image: str, names: Sequence[object]) -> dict[str, Any]:
    return {"eventName": list(when), "dynamodb": {image: {"kind": {"S": list(names)}}}}


def _change(record: dict[str, Any]) -> Change | None:
    after = _image(record.get("NewImage"))
    if after is None:
        return _gone(_image(record.get("OldImage"))) if "NewImage" not in record else None
    told = _BY_KIND.get(type(after))
    if told is None:
        return None
    before = maybe(_image, record.get("OldImage"))
    return told(before if type(before) is type(after) else None, after)


def _gone(before: Item | None) -> Change | None:
    if isinstance(before, ReactionItem):
        return _reaction(before, before)
    if isinstance(before, MemberItem):
        return MemberRemoved(member(before))
    return SessionEnded(before.account_id, before.hash) if isinstance(before, SessionItem) else None


def _invitation(before: InvitationItem | None, after: InvitationItem) -> Change:
    return InvitationChanged(maybe(invitation, before), invitation(after))


def _message(before: MessageItem | None, after: MessageItem) -> Change:
    return MessageChanged(maybe(message, before), message(after))


def _file(before: FileItem | None, after: FileItem) -> Change:
    return FileChanged(maybe(file, before), file(after))


def _membership(before: MembershipItem | None, after: MembershipItem) -> Change | None:
    return MembershipChanged(maybe(membership, before), membership(after)) if before else None


def _reaction(_: ReactionItem | None, after: ReactionItem) -> Change:
    return ReactionChanged(after.pk.removeprefix("C#"), int(after.seq))


def _relayed_message(before: RelayedMessageItem | None, after: RelayedMessageItem) -> Change | None:
    """Claims are nobody's business; what its author is shown is, and that a chat has begun there."""
    if int(after.seq) == ROOT and after.remote_id and not (before and before.remote_id):
        return RelayOpened(after.chat_id, after.destination, after.begun_at) if after.begun_at else None
    shown = [
        (
            int(relayed_message_item.version),
            relayed_message_item.state,
            relayed_message_item.detail,
            relayed_message_item.refused_emojis or [],
        )
        if relayed_message_item
        else (0, "", "", [])
        for relayed_message_item in (before, after)
    ]
    return RelayedMessageChanged(after.chat_id, int(after.seq)) if shown[0] != shown[1] else None


def _member(before: MemberItem | None, after: MemberItem) -> Change:
    return MemberChanged(maybe(member, before), member(after), after.actor_id, after.acted_at)


def _removed_member(_: RemovedMemberItem | None, after: RemovedMemberItem) -> Change:
    return MemberGone(after.workspace_id, after.account_id, after.actor_id, after.acted_at)


def _workspace(before: WorkspaceItem | None, after: WorkspaceItem) -> Change | None:
    existing = maybe(workspace, before)
    return WorkspaceChanged(existing, workspace(after), after.actor_id, after.acted_at) if existing else None


def _receipt(before: ReceiptItem | None, after: ReceiptItem) -> Change | None:
    return None if before else ReceiptIssued(receipt(after))


def _report(before: ReportItem | None, after: ReportItem) -> Change | None:
    return ReportDecided(report(after)) if before and before.state != after.state else None


def _reported_inviter(before: ReportedInviterItem | None, after: ReportedInviterItem) -> Change | None:
    if bool(before and before.is_paused) == after.is_paused or after.changed_at is None:
        return None
    return SendingChanged(after.account_id, after.is_paused, after.is_stopped, after.changed_at)


def _notification(before: NotificationItem | None, after: NotificationItem) -> Change | None:
    return None if before else NotificationQueued(after.id)


def _account(before: AccountItem | None, after: AccountItem) -> Change | None:
    """What nobody follows, as a time that is noted in it, is no change."""
    if before is None:
        return None
    change = AccountChanged(account(before), account(after))
    is_followed = change.is_called_otherwise or change.looks_different or change.is_to_leave
    return change if change.ended_sessions or is_followed else None


def _image(image: dict[str, Any] | None) -> Item | None:
    return Item.from_raw_data(image) if image and "kind" in image else None


def _chat_event(before: ChatItem | None, after: ChatItem) -> Change | None:
    told = after.last_event
    if not told or (before is not None and before.last_event == told):
        return None
    fields = {name: value for name, value in told.items() if name in Event.__dataclass_fields__}
    kind = EventType(told["type"])
    name = (
        {"name": after.founder_name} if kind is EventType.LEFT else {}
    )  # anybody else's leaving is told of their invitation
    lists = {name: tuple(told.get(name, ())) for name in ("emails", "invitation_ids")}
    event = Event(**{**fields, **name, **lists, "type": kind})
    nonce = f"{told['type']}:{told.get('version') or told.get('at')}"
    return ChatEventAdded(chat(after), event, nonce, is_new=before is None)


_BY_KIND: dict[type[Item], Callable[[Any, Any], Change | None]] = {
    InvitationItem: _invitation,
    ChatItem: _chat_event,
    MessageItem: _message,
    FileItem: _file,
    MembershipItem: _membership,
    ReactionItem: _reaction,
    ReceiptItem: _receipt,
    ReportItem: _report,
    ReportedInviterItem: _reported_inviter,
    MemberItem: _member,
    RemovedMemberItem: _removed_member,
    WorkspaceItem: _workspace,
    RelayedMessageItem: _relayed_message,
    NotificationItem: _notification,
    AccountItem: _account,
}
_ONLY_WHEN: dict[type[Item], str] = {
    NotificationItem: "INSERT",
    ReceiptItem: "INSERT",
    AccountItem: "MODIFY",
    MembershipItem: "MODIFY",
    WorkspaceItem: "MODIFY",
    ReportItem: "MODIFY",
    ReportedInviterItem: "MODIFY",
}
_TOLD_WHEN_GONE = (ReactionItem, MemberItem, SessionItem)
