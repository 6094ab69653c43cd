"""Every field of a domain object lies in the table and comes back; what newer code wrote gives nobody a right."""

from dataclasses import fields, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from chalicelib.domain.calls import Call, CallKind, CallSettings
from chalicelib.domain.chats import Chat, ChatKind, ChatRole, Level, Membership, PreviewMember
from chalicelib.domain.files import File, FileState, MessageFile, Verdict
from chalicelib.domain.history import History
from chalicelib.domain.invitations import (
    Ask,
    AskKind,
    HandedOver,
    Invitation,
    InvitationMail,
    MailState,
    Status,
)
from chalicelib.domain.messages import Author, Event, EventType, Mention, Message, MessageKind
from chalicelib.domain.notifications import NotificationKind, NotificationMail, NotificationState, OneTimeToken
from chalicelib.domain.people import Account, Role, Session, SignInMethod, WayBack
from chalicelib.domain.plans import Plan
from chalicelib.domain.providers import Via
from chalicelib.domain.quiet_hours import QuietHours
from chalicelib.domain.relaying import FileCopy, FileCopyState, RelayedMessage, RelayState
from chalicelib.domain.reports import AbuseReport, CountedReport, ReportedInviter, ReportState
from chalicelib.domain.schedule import ScheduledTask, TaskKind
from chalicelib.domain.workspaces import FilePolicy, HandOverPolicy, Member, Mismatch, WhoMayInvite, Workspace
from chalicelib.storage import (
    accounts,
    calls,
    files,
    mapping,
    message_mapping,
    notifications,
    relayed_messages,
    reports,
    schedule,
)
from chalicelib.storage.items import Item
from chalicelib.storage.reading import maybe

NOW = datetime(2026, 6, 15, 9, 30, 0, 125_000, UTC)
ASK = Ask(id="a", kind=AskKind.JOIN, asked_at=NOW, account_id="x", name="N", email="e", via=Via.SLACK, note="n")
MOVE = HandedOver(id="m", from_email="a@x.example", to_email="b@x.example", at=NOW)
EVENT = Event(type=EventType.JOINED, name="Ada", emails=("a@x.example",), count=2, invitation_ids=("i",))


def full(noun: type[Any], **given: Any) -> Any:
    """With another value in each field than it has by itself."""
    values: dict[Any, Any] = {str: "text", int: 7, bool: True, datetime: NOW}
    filled = {field.name: values.get(field.type, NOW + timedelta(hours=1)) for field in fields(noun)}
    return noun(**filled | given)


NIGHT = QuietHours(time(22), time(7))
ACCOUNT = full(Account, notices=False, missed_mail=False, push_text=False, quiet=NIGHT, ways_back=(WayBack("w", NOW),))
SESSION = full(Session, proved=(("i", NOW),), method=SignInMethod.LINK)
WORKSPACE = full(
    Workspace,
    plan=Plan.PRO,
    allowed_domains=("a.example",),
    denied_domains=("b.example",),
    who_may_invite=WhoMayInvite.ADMINS,
    mismatch=Mismatch.ASK,
    lines=("Hello", "Bye"),
    hand_over=HandOverPolicy.OFF,
    files=FilePolicy.MEMBERS,
    calls=CallSettings(CallKind.JITSI, "https://meet.example"),
)
CHAT = full(
    Chat,
    kind=ChatKind.DIRECT,
    preview=(PreviewMember("a", "A", ChatRole.MEMBER),),
    waiting=(("a", 2),),
    deleted=frozenset({3, 5}),
)
MEMBERSHIP = full(
    Membership,
    role=ChatRole.MEMBER,
    via=Via.TEAMS,
    level=Level.MENTIONS,
    mentioned_in=frozenset({2}),
    hidden_text_count=4,
)
MAIL = InvitationMail(state=MailState.DELAYED, at=NOW, wanted=3, done=2)
INVITATION = full(
    Invitation,
    status=Status.ACCEPTED,
    role=ChatRole.MEMBER,
    via=Via.SLACK,
    history=History.parse("last:5"),
    mail=MAIL,
    asks=(ASK,),
    handed_over=(MOVE,),
)
MESSAGE = full(
    Message,
    author=Author(account_id="a", name="A", role=ChatRole.MEMBER, via=Via.TEAMS),
    kind=MessageKind.TEXT,
    event=EVENT,
    mentions=(Mention("b", "B"),),
    files=(MessageFile("f", "plan.pdf"),),
)
NOTIFICATION = full(NotificationMail, kind=NotificationKind.ASK, state=NotificationState.SENT)
TOKEN = full(OneTimeToken, purpose=NotificationKind.RESET, is_used=False)
COPY = full(
    RelayedMessage,
    state=RelayState.SENT,
    parts=("2.1",),
    reactions=("👍",),
    refused_emojis=("👀",),
    files=(FileCopy("f", "plan.pdf", "F1", FileCopyState.SENT),),
)
REPORTED = full(ReportedInviter, counted=(full(CountedReport, at=NOW, state=ReportState.DISMISSED),))
TASK = full(ScheduledTask, kind=TaskKind.EXPIRE, stored_at=NOW)

EACH: list[tuple[Any, Any, Any]] = [
    (ACCOUNT, mapping.account_item, mapping.account),
    (SESSION, accounts.session_item, accounts._SESSIONS.read),
    (WORKSPACE, mapping.workspace_item, mapping.workspace),
    (full(Member, role=Role.ADMIN), mapping.member_item, mapping.member),
    (CHAT, lambda chat: mapping.chat_item(chat, None), mapping.chat),
    (MEMBERSHIP, mapping.membership_item, mapping.membership),
    (INVITATION, mapping.invitation_item, mapping.invitation),
    (MESSAGE, message_mapping.message_item, message_mapping.message),
    (NOTIFICATION, notifications.notification_item, notifications._NOTIFICATIONS.read),
    (COPY, relayed_messages._item, relayed_messages._relayed_message),
    (full(Call), calls._item, calls._CALLS.read),
    (full(AbuseReport, state=ReportState.STOPPED), reports.report_item, reports.report),
    (REPORTED, reports.reported_inviter_item, reports.reported_inviter),
    (TASK, schedule.Schedule()._item, schedule._due),
    (full(File, state=FileState.READY, verdict=Verdict.CLEAN), files.file_item, files.file),
]


def stored(item: Item) -> Any:
    """As it comes back from the table."""
    return type(item).from_raw_data(item.serialize())


@pytest.mark.parametrize(("noun", "written", "read"), EACH, ids=[type(noun).__name__ for noun, _, _ in EACH])
def test_every_field_is_stored_and_comes_back(noun: Any, written: Any, read: Any) -> None:
    assert read(stored(written(noun))) == noun


def test_a_token_comes_back_and_says_whether_it_was_used() -> None:
    item = notifications._TOKENS.item(TOKEN, "X#h", "X", gone_at=NOW)
    assert notifications._one_time_token(stored(item)) == TOKEN
    item.holder = "somebody"
    assert notifications._one_time_token(stored(item)) == replace(TOKEN, is_used=True)


def test_what_is_empty_takes_no_room() -> None:
    item = mapping.invitation_item(
        Invitation(chat_id="c", id="i", workspace_id="w", status=Status.PENDING, role=ChatRole.EXTERNAL, created_at=NOW)
    )
    empty = {
        "email",
        "name",
        "asks",
        "handed_over",
        "renewal",
        "line",
        "resent_at",
        "ended_at",
        "mail_state",
        "identity",
    }
    assert empty.isdisjoint(item.serialize())


@pytest.mark.parametrize(
    ("noun", "written", "read", "changed", "kept"),
    [
        (WORKSPACE, mapping.workspace_item, mapping.workspace, {"plan": "diamond"}, {"plan": Plan.FREE}),
        (WORKSPACE, mapping.workspace_item, mapping.workspace, {"hand_over": "x"}, {"hand_over": HandOverPolicy.OFF}),
        (MEMBERSHIP, mapping.membership_item, mapping.membership, {"role": "king"}, {"role": ChatRole.EXTERNAL}),
        (INVITATION, mapping.invitation_item, mapping.invitation, {"history": "x"}, {"history": History.FROM_JOIN}),
    ],
)
def test_what_newer_code_wrote_gives_nobody_a_right(
    noun: Any, written: Any, read: Any, changed: dict[str, str], kept: dict[str, Any]
) -> None:
    item = stored(written(noun))
    for name, value in changed.items():
        setattr(item, name, value)
    assert read(item) == replace(noun, **kept)


def test_a_status_that_is_not_known_is_no_invitation() -> None:
    item = stored(mapping.invitation_item(INVITATION))
    item.status = "levitating"
    assert maybe(mapping.invitation, item) is None
