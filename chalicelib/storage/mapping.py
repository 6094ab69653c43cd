"""Items into domain objects and back, for the nouns that more than one store handles."""

from collections.abc import Iterable
from typing import Any

from ..domain.calls import CallKind, CallSettings
from ..domain.chats import Chat, ChatKind, ChatRole, Level, Membership, PreviewMember
from ..domain.history import History
from ..domain.invitations import KEPT_AFTER_END, Invitation, InvitationMail, MailState, Status
from ..domain.people import Account, Role
from ..domain.plans import Plan
from ..domain.providers import Via
from ..domain.workspaces import FilePolicy, HandOverPolicy, Member, Mismatch, WhoMayInvite, Workspace
from . import asks, keys
from .items import (
    AccountItem,
    BadgeItem,
    ChatItem,
    InvitationItem,
    MemberItem,
    MembershipItem,
    WorkspaceItem,
)
from .reading import one_of


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
        hand_over=one_of(HandOverPolicy, item.hand_over, HandOverPolicy.OFF),
        calls=_calls(item.calls or {}),
        outside_days=int(item.outside_days),
        files=one_of(FilePolicy, item.files, FilePolicy.OFF),
    )


def _calls(stored: dict[str, str]) -> CallSettings:
    return CallSettings(one_of(CallKind, stored.get("kind", CallKind.NONE), CallKind.NONE), stored.get("url", ""))


def workspace_item(workspace: Workspace) -> WorkspaceItem:
    return WorkspaceItem(
        keys.workspace(workspace.id),
        "W",
        id=workspace.id,
        name=workspace.name,
        plan=workspace.plan,
        communicate=workspace.communicate,
        created_at=workspace.created_at,
        invitation_days=workspace.invitation_days,
        allowed_domains=list(workspace.allowed_domains),
        denied_domains=list(workspace.denied_domains),
        who_may_invite=workspace.who_may_invite,
        mismatch=workspace.mismatch,
        locale=workspace.locale,
        hand_over=workspace.hand_over,
        files=workspace.files,
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
        last_text_count=int(item.last_text_count),
        last_at=item.last_at,
        preview=tuple(
            PreviewMember(face[0], face[1], one_of(ChatRole, face[2], ChatRole.EXTERNAL)) for face in item.preview or ()
        ),
        deleted=frozenset(map(int, item.deleted or ())),
        memberless_since=item.memberless_since,
        closed_at=item.closed_at,
    )


def chat_item(chat: Chat, told: dict[str, Any] | None) -> ChatItem:
    return ChatItem(
        keys.chat(chat.id),
        "C",
        id=chat.id,
        workspace_id=chat.workspace_id,
        chat_kind=chat.kind,
        name=chat.name,
        created_at=chat.created_at,
        founder_id=chat.founder_id,
        founder_name=chat.founder_name,
        founder_left=chat.founder_left,
        roster_version=chat.roster_version,
        last_seq=chat.last_seq,
        last_text_count=chat.last_text_count,
        last_at=chat.last_at,
        preview=preview_json(chat.preview),
        last_event=told,
    )


def preview_json(preview: Iterable[PreviewMember]) -> list[list[str]]:
    return [[preview_member.account_id, preview_member.label, str(preview_member.role)] for preview_member in preview]


def membership(item: MembershipItem) -> Membership:
    return Membership(
        account_id=item.account_id,
        chat_id=item.chat_id,
        workspace_id=item.workspace_id,
        invitation_id=item.invitation_id,
        role=one_of(ChatRole, item.role, ChatRole.EXTERNAL),
        via=one_of(Via, item.via, Via.WEBTOP),
        reads_from=int(item.reads_from),
        read_to=int(item.read_to),
        read_text_count=int(item.read_text_count),
        joined_at=item.joined_at,
        level=one_of(Level, item.level or Level.ALL, Level.ALL),
        notified_text_count=int(item.notified_text_count),
        mentioned_in=frozenset(map(int, item.mentioned_in or ())),
        hidden_text_count=None if item.hidden_text_count is None else int(item.hidden_text_count),
        wrote_at=item.wrote_at,
        ends_at=item.ends_at,
    )


def membership_item(membership: Membership) -> MembershipItem:
    return MembershipItem(
        keys.account(membership.account_id),
        keys.membership(membership.chat_id),
        account_id=membership.account_id,
        chat_id=membership.chat_id,
        workspace_id=membership.workspace_id,
        invitation_id=membership.invitation_id,
        role=membership.role,
        via=membership.via,
        reads_from=membership.reads_from,
        read_to=membership.read_to,
        read_text_count=membership.read_text_count,
        mentioned_in=set(membership.mentioned_in) or None,
        joined_at=membership.joined_at,
        level=membership.level,
        notified_text_count=membership.notified_text_count,
        hidden_text_count=membership.hidden_text_count,
        wrote_at=membership.wrote_at,
        ends_at=membership.ends_at,
    )


def invitation(item: InvitationItem) -> Invitation:
    mail = None
    if item.mail_state:
        mail = InvitationMail(
            state=one_of(MailState, item.mail_state, MailState.SENT if item.mail_done else MailState.QUEUED),
            at=item.mail_at or item.created_at,
            wanted=int(item.mail_wanted),
            reminder=int(item.reminder),
            done=int(item.mail_done),
            reason=item.mail_detail,
        )
    return Invitation(
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
        asks=tuple(asks.asks(item.asks or ())),
        since=int(item.since),
        renewal=item.renewal,
        line=item.line,
        handed_over=tuple(asks.handed_over(item.handed_over or ())),
        position=int(item.position),
        actor_id=item.actor_id,
        acted_at=item.acted_at,
        end_reason=item.end_reason,
        receipt_id=item.receipt_id,
        ends_at=item.ends_at,
        owner_id=item.owner_id,
    )


def _history(written: str) -> History:
    """One that only newer code knows is read as the one that shows least."""
    try:
        return History.parse(written)
    except ValueError:
        return History.FROM_JOIN


def invitation_item(invitation: Invitation) -> InvitationItem:
    return InvitationItem(
        keys.chat(invitation.chat_id),
        keys.invitation(invitation.id),
        chat_id=invitation.chat_id,
        id=invitation.id,
        workspace_id=invitation.workspace_id,
        status=invitation.status,
        role=invitation.role,
        email=invitation.email,
        invited_name=invitation.invited_name,
        locale=invitation.locale,
        history=str(invitation.history),
        inviter_id=invitation.inviter_id,
        inviter_name=invitation.inviter_name,
        generation=invitation.generation,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        resends=invitation.resends,
        mail_state=invitation.mail.state if invitation.mail else None,
        mail_at=invitation.mail.at if invitation.mail else None,
        mail_wanted=invitation.mail.wanted if invitation.mail else 0,
        mail_done=invitation.mail.done if invitation.mail else 0,
        account_id=invitation.account_id,
        name=invitation.name,
        account_email=invitation.account_email,
        via=invitation.via,
        organization=invitation.organization,
        joined_at=invitation.joined_at,
        since=invitation.since,
        line=invitation.line,
        position=invitation.position,
        ends_at=invitation.ends_at,
        gone_at=invitation.expires_at + KEPT_AFTER_END if invitation.expires_at else None,
    )


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


def account(item: AccountItem) -> Account:
    return Account(
        id=item.id,
        name=item.name,
        email=item.email,
        password_hash=item.password_hash,
        locale=item.locale,
        created_at=item.created_at,
        sessions_from=item.sessions_from,
        notices=item.notices,
        missed_mail=item.missed_mail,
        meeting_url=item.meeting_url,
    )
