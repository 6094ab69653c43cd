"""Items into domain objects and back, for the nouns that more than one store handles."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from ..domain.chats import Chat, ChatKind, ChatRole, Face, Level, Place
from ..domain.history import History
from ..domain.invitations import KEPT_AFTER_END, Ask, AskKind, AskState, Mail, MailState, Seat, Status
from ..domain.messages import Author, Event, EventType, Mention, Message, MessageKind
from ..domain.people import Account, Role, Via
from ..domain.plans import Plan
from ..domain.workspaces import Member, Mismatch, WhoMayInvite, Workspace
from . import keys
from .items import AccountItem, BadgeItem, ChatItem, MemberItem, MessageItem, PlaceItem, SeatItem, WorkspaceItem
from .reading import UNREADABLE, one_of, passed_over


def workspace(item: WorkspaceItem) -> Workspace:
    return Workspace(
        id=item.id,
        name=item.name,
        plan=one_of(Plan, item.plan, Plan.FREE),
        communicate=item.communicate,
        created_at=item.created_at,
        invitation_days=int(item.invitation_days),
        allowed_domains=tuple(item.allowed_domains),
        denied_domains=tuple(item.denied_domains),
        who_may_invite=one_of(WhoMayInvite, item.who_may_invite, WhoMayInvite.ADMINS),
        mismatch=one_of(Mismatch, item.mismatch, Mismatch.REFUSE),
        locale=item.locale,
        lines=tuple(item.lines or ()),
    )


def workspace_item(one: Workspace) -> WorkspaceItem:
    return WorkspaceItem(
        keys.workspace(one.id),
        "W",
        id=one.id,
        name=one.name,
        plan=one.plan,
        communicate=one.communicate,
        created_at=one.created_at,
        invitation_days=one.invitation_days,
        allowed_domains=list(one.allowed_domains),
        denied_domains=list(one.denied_domains),
        who_may_invite=one.who_may_invite,
        mismatch=one.mismatch,
        locale=one.locale,
    )


def member_item(member: Member) -> MemberItem:
    return MemberItem(
        keys.workspace(member.workspace_id),
        f"M#{member.account_id}",
        workspace_id=member.workspace_id,
        account_id=member.account_id,
        name=member.name,
        email=member.email,
        role=member.role,
    )


def badge_item(member: Member) -> BadgeItem:
    return BadgeItem(
        keys.account(member.account_id), f"W#{member.workspace_id}", workspace_id=member.workspace_id, role=member.role
    )


def member(item: MemberItem) -> Member:
    return Member(
        workspace_id=item.workspace_id,
        account_id=item.account_id,
        name=item.name,
        email=item.email,
        role=one_of(Role, item.role, Role.MEMBER),
    )


def chat(item: ChatItem) -> Chat:
    return Chat(
        id=item.id,
        workspace_id=item.workspace_id,
        kind=one_of(ChatKind, item.chat_kind, ChatKind.GROUP),
        name=item.name,
        created_at=item.created_at,
        founder_id=item.founder_id,
        founder_name=item.founder_name,
        founder_left=item.founder_left,
        roster_version=int(item.roster_version),
        last_seq=int(item.last_seq),
        last_texts=int(item.last_texts),
        last_at=item.last_at,
        faces=tuple(Face(one[0], one[1], one_of(ChatRole, one[2], ChatRole.EXTERNAL)) for one in item.faces or ()),
        deleted=frozenset(map(int, item.deleted or ())),
    )


def chat_item(one: Chat, told: dict[str, Any] | None) -> ChatItem:
    return ChatItem(
        keys.chat(one.id),
        "C",
        id=one.id,
        workspace_id=one.workspace_id,
        chat_kind=one.kind,
        name=one.name,
        created_at=one.created_at,
        founder_id=one.founder_id,
        founder_name=one.founder_name,
        founder_left=one.founder_left,
        roster_version=one.roster_version,
        last_seq=one.last_seq,
        last_texts=one.last_texts,
        last_at=one.last_at,
        faces=faces_json(one.faces),
        told=told,
    )


def faces_json(faces: Iterable[Face]) -> list[list[str]]:
    return [[one.account_id, one.label, str(one.role)] for one in faces]


def place(item: PlaceItem) -> Place:
    return Place(
        account_id=item.account_id,
        chat_id=item.chat_id,
        workspace_id=item.workspace_id,
        seat_id=item.seat_id,
        role=one_of(ChatRole, item.role, ChatRole.EXTERNAL),
        via=one_of(Via, item.via, Via.WEBTOP),
        reads_from=int(item.reads_from),
        read_to=int(item.read_to),
        read_texts=int(item.read_texts),
        joined_at=item.joined_at,
        level=one_of(Level, item.level or Level.ALL, Level.ALL),
        told_texts=int(item.told_texts),
        mentioned_in=frozenset(map(int, item.mentioned_in or ())),
    )


def place_item(own: Place) -> PlaceItem:
    return PlaceItem(
        keys.account(own.account_id),
        keys.place(own.chat_id),
        account_id=own.account_id,
        chat_id=own.chat_id,
        workspace_id=own.workspace_id,
        seat_id=own.seat_id,
        role=own.role,
        via=own.via,
        reads_from=own.reads_from,
        read_to=own.read_to,
        read_texts=own.read_texts,
        mentioned_in=set(own.mentioned_in) or None,
        joined_at=own.joined_at,
        level=own.level,
        told_texts=own.told_texts,
    )


def seat(item: SeatItem) -> Seat:
    mail = None
    if item.mail_state:
        mail = Mail(
            state=one_of(MailState, item.mail_state, MailState.SENT if item.mail_done else MailState.QUEUED),
            at=item.mail_at or item.created_at,
            wanted=int(item.mail_wanted),
            reminder=int(item.reminder),
            done=int(item.mail_done),
            reason=item.mail_detail,
        )
    return Seat(
        chat_id=item.chat_id,
        id=item.id,
        workspace_id=item.workspace_id,
        status=Status(item.status),
        role=one_of(ChatRole, item.role, ChatRole.EXTERNAL),
        email=item.email,
        invited_name=item.invited_name,
        locale=item.locale,
        history=_history(item.history),
        inviter_id=item.inviter_id,
        inviter_name=item.inviter_name,
        generation=int(item.generation),
        created_at=item.created_at,
        expires_at=item.expires_at,
        resent_at=item.resent_at,
        resends=int(item.resends),
        mail=mail,
        account_id=item.account_id,
        name=item.name,
        account_email=item.account_email,
        via=one_of(Via, item.via, Via.WEBTOP),
        organization=item.organization,
        identity=item.identity,
        joined_at=item.joined_at,
        reads_from=int(item.reads_from),
        ended_at=item.ended_at,
        ended_by=item.ended_by,
        reason=item.reason,
        asks=tuple(_asks(item.asks or ())),
        since=int(item.since),
        renewal=item.renewal,
        line=item.line,
    )


def _asks(stored: Iterable[dict[str, Any]]) -> Iterator[Ask]:
    for one in stored:
        try:
            yield _ask(one)
        except UNREADABLE as reason:
            passed_over("ask", reason)


def _ask(stored: dict[str, Any]) -> Ask:
    return Ask(
        id=stored["id"],
        kind=AskKind(stored["kind"]),
        asked_at=datetime.fromtimestamp(stored["asked_at"] / 1000, UTC),
        state=AskState(stored["state"]),
        account_id=stored.get("account_id", ""),
        name=stored.get("name", ""),
        email=stored.get("email", ""),
        via=one_of(Via, stored.get("via", Via.WEBTOP), Via.WEBTOP),
        organization=stored.get("organization", ""),
    )


def asks_json(asks: Iterable[Ask]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "kind": str(one.kind),
            "asked_at": round(one.asked_at.timestamp() * 1000),
            "state": str(one.state),
            "account_id": one.account_id,
            "name": one.name,
            "email": one.email,
            "via": str(one.via),
            "organization": one.organization,
        }
        for one in asks
    ]


def _history(written: str) -> History:
    """One that only newer code knows is read as the one that shows least."""
    try:
        return History.parse(written)
    except ValueError:
        return History.FROM_JOIN


def seat_item(one: Seat) -> SeatItem:
    return SeatItem(
        keys.chat(one.chat_id),
        keys.seat(one.id),
        chat_id=one.chat_id,
        id=one.id,
        workspace_id=one.workspace_id,
        status=one.status,
        role=one.role,
        email=one.email,
        invited_name=one.invited_name,
        locale=one.locale,
        history=str(one.history),
        inviter_id=one.inviter_id,
        inviter_name=one.inviter_name,
        generation=one.generation,
        created_at=one.created_at,
        expires_at=one.expires_at,
        resends=one.resends,
        mail_state=one.mail.state if one.mail else None,
        mail_at=one.mail.at if one.mail else None,
        mail_wanted=one.mail.wanted if one.mail else 0,
        mail_done=one.mail.done if one.mail else 0,
        account_id=one.account_id,
        name=one.name,
        account_email=one.account_email,
        via=one.via,
        organization=one.organization,
        joined_at=one.joined_at,
        since=one.since,
        line=one.line,
        gone_at=one.expires_at + KEPT_AFTER_END if one.expires_at else None,
    )


def message(item: MessageItem) -> Message:
    """What newer code wrote keeps its place: numbers have no gaps. It is an event of which nothing is known."""
    author, event = item.author, event_of(item.event) if item.event else None
    return Message(
        chat_id=item.chat_id,
        seq=int(item.seq),
        texts=int(item.texts),
        author=Author(
            account_id=author["id"],
            name=author["name"],
            role=one_of(ChatRole, author["role"], ChatRole.EXTERNAL),
            via=one_of(Via, author["via"], Via.WEBTOP),
        )
        if author
        else None,
        kind=one_of(MessageKind, item.message_kind, MessageKind.EVENT),
        text=item.text,
        nonce=item.nonce,
        created_at=item.created_at,
        event=event,
        reply_to=int(item.reply_to),
        mentions=tuple(Mention(*pair[:2]) for pair in item.mentions or ()),
        edited_at=item.edited_at,
        deleted_at=item.deleted_at,
        origin=item.origin,
    )


def message_item(one: Message) -> MessageItem:
    author = one.author
    return MessageItem(
        keys.chat(one.chat_id),
        keys.message(one.seq),
        chat_id=one.chat_id,
        seq=one.seq,
        texts=one.texts,
        author={"id": author.account_id, "name": author.name, "role": author.role, "via": author.via}
        if author
        else None,
        message_kind=one.kind,
        text=one.text,
        nonce=one.nonce,
        created_at=one.created_at,
        event=event_json(one.event) if one.event else None,
        reply_to=one.reply_to,
        origin=one.origin,
        mentions=mentions_json(one) if one.mentions else None,
    )


def mentions_json(one: Message) -> list[list[str]]:
    return [[mention.account_id, mention.name] for mention in one.mentions]


def event_of(stored: dict[str, Any]) -> Event | None:
    """None for what this code can't tell."""
    known = {name: value for name, value in stored.items() if name in Event.__dataclass_fields__}
    lists = {name: tuple(stored.get(name, ())) for name in ("emails", "invitation_ids")}
    try:
        return Event(**{**known, **lists, "type": EventType(stored["type"])})
    except UNREADABLE as reason:
        passed_over("event", reason)
        return None


def event_json(event: Event) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in Event.__dataclass_fields__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value}


def account_item(account: Account) -> AccountItem:
    return AccountItem(
        keys.account(account.id),
        "A",
        id=account.id,
        name=account.name,
        email=account.email,
        password_hash=account.password_hash,
        locale=account.locale,
        created_at=account.created_at,
        sessions_from=account.sessions_from,
    )
