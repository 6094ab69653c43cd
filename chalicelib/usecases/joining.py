"""From the link in the mail into the chat. Opening the page changes nothing; the last step checks everything again."""

from dataclasses import dataclass, replace
from typing import Protocol

from ..domain import errors, joining, links, names, plans
from ..domain.chats import Chat, ChatRole, Membership, refuse_unless_room
from ..domain.chats import refuse_unless_open as refuse_unless_chat_open
from ..domain.ends import EndReason, default_end
from ..domain.invitations import AskState, Invitation, Status, refuse_unless_open
from ..domain.joining import Claim
from ..domain.links import Purpose
from ..domain.outside import NOBODY
from ..domain.people import Account, Session, SignInMethod
from ..domain.providers import Option, Via, option_of
from ..domain.rosters import open_in, people_in
from ..domain.workspaces import Workspace
from ..ports import Ports
from . import accounts, chats, ending, history, invitation_links, reports, sessions
from .sessions import SignedIn

_TRIES, _BLOCKS_MOST, _REASON_LONGEST = 8, 200, 300


class Claimed(Protocol):
    """What the caller can show for the invited address."""

    @property
    def confirmed(self) -> bool: ...
    @property
    def session(self) -> Session | None: ...
    def covers(self, ports: Ports, invitation: Invitation) -> bool: ...


@dataclass(frozen=True, slots=True)
class OpenedInvitation:
    """An invitation that was opened by its link and can be used now."""

    invitation: Invitation
    chat: Chat
    workspace: Workspace
    purpose: Purpose

    def options(self, ports: Ports) -> tuple[Option, ...]:
        """By mail only who has the mailed link, which shows that the mailbox is theirs."""
        offered = plans.offered(self.workspace.plan, ports.configured)
        return tuple(option for option in offered if option is not Option.MAIL or self.purpose is Purpose.MAILED)


def look(ports: Ports, token: str) -> tuple[OpenedInvitation, int]:
    """What the page shows, and how many people are in the chat. Refuses what can't be used, and why."""
    opened = open_link(ports, token)
    chat, invitations = chats.roster(ports, opened.chat.id)
    return opened, people_in(invitations, chat.founder_left)


def open_link(ports: Ports, token: str) -> OpenedInvitation:
    """The one judge of an invitation link: unknown, over, switched off, or usable."""
    return _usable(ports, *find(ports, token))


def _usable(ports: Ports, chat: Chat, invitation: Invitation, purpose: Purpose) -> OpenedInvitation:
    refuse_unless_open(invitation, ports.now())
    refuse_unless_chat_open(chat, ports.now())
    workspace, inviter = ports.invitations.workspace_and_inviter(invitation)
    if workspace is None:
        raise errors.unknown()
    joining.refuse_unless_usable(invitation, workspace, inviter, ports.now())
    return OpenedInvitation(invitation, chat, workspace, purpose)


def find(ports: Ports, token: str) -> tuple[Chat, Invitation, Purpose]:
    """Whatever invitation this link was made for, in any state; forged, dead and unknown links are all unknown."""
    link = links.parse(token)
    chat, invitation = ports.invitations.with_chat(link.chat_id, link.invitation_id) if link else (None, None)
    if link is None or chat is None or invitation is None or not invitation.was_mailed:
        raise errors.unknown()
    purpose = links.purpose_of(link, ports.link_keys, invitation.generation, Purpose.MAILED, Purpose.COPIED)
    if purpose is None:
        raise errors.unknown()
    return chat, invitation, purpose


def join(ports: Ports, token: str, account: Account, claimed: Claimed) -> str:
    """The signed-in account takes the invitation; the chat's id. Again by the same account is the same answer."""
    chat, invitation, purpose = find(ports, token)
    if invitation.is_taken and invitation.account_id == account.id:
        return chat.id
    opened = _usable(ports, chat, invitation, purpose)
    joining.refuse_unless_domain_allowed(opened.invitation.email, opened.workspace)
    session = claimed.session
    shown = account.email or (session.email if session else "")
    joining.refuse_unless_may_take(account, shown, opened.invitation, opened.workspace, _claim(ports, opened, claimed))
    via = session.via if session else Via.WEBTOP
    plans.refuse_unless_offered(option_of(via), opened.workspace.plan, ports.configured)
    return admit(ports, opened, account, session if via is not Via.WEBTOP else None)


def join_with_new_account(
    ports: Ports, token: str, name: str, password: str, claimed: Claimed, source: str
) -> tuple[SignedIn, str]:
    """The mailed link, or a code, is the proof of the address: no second mail. The account is made, then takes the invitation.

    A try that was disconnected is finished by the next one with the same password. Somebody else with the same link doesn't know
    it, and tries on it count as tries to sign in.
    """
    chat, invitation, purpose = find(ports, token)
    if invitation.is_taken and invitation.account_id == invitation_links.account_id(ports, invitation):
        existing = _made_before(ports, invitation, password, source)
        if existing:
            return sessions.begin(ports, existing, SignInMethod.JOIN), chat.id
    opened = _usable(ports, chat, invitation, purpose)
    joining.refuse_unless_address_proved(_claim(ports, opened, claimed))
    joining.refuse_unless_domain_allowed(opened.invitation.email, opened.workspace)
    plans.refuse_unless_offered(Option.NEW_ACCOUNT, opened.workspace.plan, ports.configured)
    email, name = opened.invitation.email, names.clean(name, "name")
    password_hash = accounts.hash_good_password(ports, password, email, name)
    new = accounts.new_account(ports, email, name, password_hash, opened.invitation.locale)
    account: Account | None = replace(new, id=invitation_links.account_id(ports, opened.invitation))
    refuse_if_full(ports, opened)
    if account and not ports.accounts.add(account):
        account = _made_before(ports, opened.invitation, password, source)
    if account is None:
        raise errors.account_exists()
    chat_id = admit(ports, opened, account)
    return sessions.begin(ports, account, SignInMethod.JOIN), chat_id


def usable(ports: Ports, chat: Chat, invitation: Invitation) -> OpenedInvitation:
    """As its mailed link opens it. Refuses what can't be used, and why."""
    return _usable(ports, chat, invitation, Purpose.MAILED)


def _made_before(ports: Ports, invitation: Invitation, password: str, source: str) -> Account | None:
    """The account that an earlier try made by this invitation, for whoever knows its password."""
    account = ports.accounts.get(invitation_links.account_id(ports, invitation))
    if account is None or account.email != invitation.email:
        return None
    return account if sessions.knows_password(ports, account, password, source) else None


@dataclass(frozen=True, slots=True)
class DeclineRequest:
    """A refusal by the invited person. `block` is "", "inviter", "workspace" or "everyone"; `tell`: who reports wants to know what
    becomes of it, in the language `locale`, empty for the invitation's."""

    reason: str = ""
    block: str = ""
    report: bool = False
    tell: bool = False
    locale: str = ""

    @property
    def is_more(self) -> bool:
        """More than a no: it counts whether or not there is still something to say no to."""
        return bool(self.block) or self.report

    @property
    def needs_proof(self) -> bool:
        """What is the address's own to say: whom it blocks, and that mail is to go to it."""
        return bool(self.block) or (self.report and self.tell)


def decline(ports: Ports, token: str, decline_request: DeclineRequest, claimed: Claimed) -> None:
    """No, thank you: final. Again is the same answer; what is blocked is blocked whatever became of the invitation."""
    _, invitation, purpose = find(ports, token)
    is_proven = speaks_for_address(ports, invitation, purpose, claimed)
    if decline_request.needs_proof and not is_proven:
        raise joining.code_needed(("code",))
    reason = names.tidy(decline_request.reason)
    if len(reason) > _REASON_LONGEST:
        raise errors.wrong_field("reason", "too_long", "Use at most {most} characters.", most=_REASON_LONGEST)
    if decline_request.report:
        locale = decline_request.locale or invitation.locale
        reports.report(ports, invitation, reason, decline_request.tell, locale, is_proven)
    _block(ports, invitation, decline_request)
    if invitation.status is Status.DECLINED or (decline_request.is_more and not invitation.is_open_at(ports.now())):
        return
    refuse_unless_open(invitation, ports.now())
    if not ports.invitations.save(invitation.decline(reason, ports.now())):
        _, invitation, _ = find(ports, token)
        if invitation.status is not Status.DECLINED:
            refuse_unless_open(invitation, ports.now())
            raise errors.busy()


def speaks_for_address(ports: Ports, invitation: Invitation, purpose: Purpose, claimed: Claimed) -> bool:
    """Who holds the mailed link, or proved the mailbox by a code. A copied link may be anybody's."""
    return purpose is Purpose.MAILED or claimed.covers(ports, invitation)


def _block(ports: Ports, invitation: Invitation, decline_request: DeclineRequest) -> None:
    if decline_request.block == "everyone":
        ports.accounts.suppress(invitation.email, "blocked")
    elif decline_request.block:
        whom = (
            f"inviter:{invitation.inviter_id}"
            if decline_request.block == "inviter"
            else f"workspace:{invitation.workspace_id}"
        )
        if not ports.accounts.block(invitation.email, whom, _BLOCKS_MOST):
            raise errors.conflict("too_many_blocks", "You've reached the limit of blocks. Block everyone instead.")


def admit(ports: Ports, opened: OpenedInvitation, account: Account, outside: Session | None = None) -> str:
    """The invitation becomes the participant's, in one step, once, whoever else tries at the same time."""
    for _ in range(_TRIES):
        crowded = refuse_if_full(ports, opened)
        membership = _membership(ports, opened, account, outside)
        accepted = opened.invitation.accept(membership, account, outside)
        if ports.invitations.save(accepted, crowded, membership):
            return opened.chat.id
        now = ports.invitations.get(opened.chat.id, opened.invitation.id)
        if now is None:
            raise errors.unknown()
        if now.is_taken and now.account_id == account.id:
            return opened.chat.id
        refuse_unless_open(now, ports.now())
        if now.generation != opened.invitation.generation:
            raise errors.unknown()  # it moved to another address: this link died
        existing = ports.receipts.overdue(opened.chat.id, account.id)
        if existing is not None and not existing.holds_at(ports.now()):
            ending.end(ports, [existing], NOBODY, EndReason.ENDED)  # nobody has written it down yet
        elif existing is not None:
            raise errors.conflict(
                "already_in_chat", "You are in this chat already, with this account. Open it under Chats."
            )
    raise errors.busy()


def _membership(ports: Ports, opened: OpenedInvitation, account: Account, outside: Session | None) -> Membership:
    invitation = opened.invitation
    head = ports.messages.head(invitation.chat_id)
    return Membership(
        account_id=account.id,
        chat_id=invitation.chat_id,
        workspace_id=invitation.workspace_id,
        invitation_id=invitation.id,
        role=ChatRole.EXTERNAL,
        via=outside.via if outside else Via.WEBTOP,
        reads_from=history.first_seq(ports, invitation.chat_id, invitation.history, head),
        read_to=head.seq,
        read_text_count=head.text_count,
        joined_at=ports.now(),
        ends_at=invitation.ends_at or default_end(opened.workspace.outside_days, ports.now()),
    )


def refuse_if_full(ports: Ports, opened: OpenedInvitation) -> Chat | None:
    """Joined people alone count. The chat comes back only where two that join at once could pass the cap together."""
    chat, invitations = chats.roster(ports, opened.chat.id)
    joined, cap = people_in(invitations, chat.founder_left), opened.workspace.allowance.people_in_a_chat
    refuse_unless_room(joined + 1, cap)
    return chat if joined + open_in(invitations, ports.now()) > cap else None


def _claim(ports: Ports, opened: OpenedInvitation, claimed: Claimed) -> Claim:
    proved = claimed.covers(ports, opened.invitation) or _said_by_provider(claimed.session, opened)
    return Claim(purpose=opened.purpose, proved=proved, confirmed=claimed.confirmed)


def _said_by_provider(session: Session | None, opened: OpenedInvitation) -> bool:
    """Slack proves an address where it says so. Microsoft never does; but with the mailed link, its word is enough."""
    if session is None or not session.email or session.email != opened.invitation.email:
        return False
    return session.email_proved or opened.purpose is Purpose.MAILED


def owns(ports: Ports, opened: OpenedInvitation, account: Account, claimed: Claimed) -> bool:
    """Whether this person can join with nothing more than a button."""
    ask = opened.invitation.ask_of(account.id)
    allowed = ask is not None and ask.state is AskState.ALLOWED
    return joining.owns_address(account, opened.invitation) or allowed or _claim(ports, opened, claimed).proved
