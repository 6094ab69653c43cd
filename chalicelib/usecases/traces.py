"""Where a person's name stays behind when they go, noted by the table's stream, to be found when their account is erased."""

from collections.abc import Iterator

from ..domain.changes import Change, ChatEventAdded, InvitationChanged, MemberRemoved, ReceiptIssued
from ..domain.erasing import TraceKind
from ..domain.invitations import Status
from ..domain.messages import EventType
from ..ports import Ports


def follow(ports: Ports, change: Change) -> None:
    for account_id, what, of in _traces(change):
        if account_id and ports.accounts.get(account_id):
            ports.own_accounts.note_trace(account_id, what, of)


def _traces(change: Change) -> Iterator[tuple[str, TraceKind, str]]:
    if isinstance(change, InvitationChanged):
        asked = {ask.id for ask in change.before.asks} if change.before else set()
        for ask in change.after.asks:
            if ask.id not in asked:
                yield ask.account_id, TraceKind.CHAT, change.after.chat_id
    match change:
        case InvitationChanged(before, after) if after.status is Status.LEFT and before and before.is_taken:
            yield after.account_id, TraceKind.CHAT, after.chat_id
        case ChatEventAdded(chat, event) if event.type is EventType.LEFT:
            yield event.account_id, TraceKind.CHAT, chat.id
        case MemberRemoved(member):
            yield member.account_id, TraceKind.WORKSPACE, member.workspace_id
        case ReceiptIssued(receipt):
            yield receipt.account_id, TraceKind.RECEIPT, receipt.id
            yield receipt.by_id, TraceKind.RECEIPT, receipt.id
