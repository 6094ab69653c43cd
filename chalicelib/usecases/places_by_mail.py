"""A place that somebody has by mail: what its link leads to, and the ways to read the chat in the browser instead, and back."""

from dataclasses import dataclass

from ..domain import errors, links, plans, schedule
from ..domain.chats import Chat, ChatRole, Level, Membership
from ..domain.ends import EndReason
from ..domain.ids import Ids
from ..domain.incoming_mail import identity_of
from ..domain.invitations import Invitation
from ..domain.links import Purpose
from ..domain.messages import PAGE_MOST
from ..domain.notifications import NotificationKind
from ..domain.outside import PersonRef
from ..domain.people import Account
from ..domain.providers import Option, Via
from ..ports import Ports
from . import addresses, chat_mail_parts, chats, ending, sessions


@dataclass(frozen=True, slots=True)
class ByMail:
    """A place that somebody has by mail, as the link in their mails names it; `membership` is None once they are out."""

    email: str
    title: str
    chat: Chat
    invitation: Invitation
    account: Account
    membership: Membership | None

    @property
    def is_mailed(self) -> bool:
        return (
            self.membership is not None and self.membership.via is Via.MAIL and self.membership.level is not Level.NONE
        )


def by_mail(ports: Ports, token: str) -> ByMail:
    """Whoever has the link has the mailbox, or was given it: it says and changes nothing of anybody else."""
    chat_id, _, invitation_id = links.verify_text(token, ports.link_keys, Purpose.BY_MAIL).partition(" ")
    chat, invitation = ports.invitations.with_chat(chat_id, invitation_id) if invitation_id else (None, None)
    account = ports.accounts.get(invitation.account_id) if invitation and invitation.account_id else None
    if chat is None or invitation is None or account is None:
        raise errors.unknown()
    _, place = ports.chats.with_membership(chat.id, account.id)
    place = place if place and place.invitation_id == invitation.id else None
    title = chat.title_for(place) if place else chat.name
    return ByMail(account.email or invitation.account_email, title, chat, invitation, account, place)


def stop(ports: Ports, token: str) -> ByMail:
    place = by_mail(ports, token)
    if place.membership:
        ports.chats.choose_level(place.membership, Level.NONE)
    return by_mail(ports, token)


def read_in_browser(ports: Ports, token: str, source: str, new_id: Ids) -> ByMail:
    """From now on in the browser, after signing in by a link that goes to the mailbox."""
    place = by_mail(ports, token)
    if place.membership and place.membership.via is Via.MAIL:
        next_page = f"/chats/{place.chat.id}"
        sessions.ask_link(ports, place.account.email, source, new_id, NotificationKind.SIGN_IN, next_page)
        ports.chats.choose_via(place.membership, Via.WEBTOP, "")
    return by_mail(ports, token)


def read_by_mail(ports: Ports, token: str) -> ByMail:
    """By mail again, whether it was the browser meanwhile or nothing at all."""
    place = by_mail(ports, token)
    if place.membership and not place.is_mailed:
        _mail_again(ports, place.chat, place.account, place.membership)
    return by_mail(ports, token)


def choose(ports: Ports, account: Account, chat_id: str, is_by_mail: bool) -> None:
    """Of whoever is signed in, for their own place from outside."""
    chat, place = chats.as_participant(ports, account, chat_id)
    if is_by_mail:
        _mail_again(ports, chat, account, place)
    elif place.via is Via.MAIL:
        ports.chats.choose_via(place, Via.WEBTOP, "")


def may_choose(ports: Ports, account: Account, place: Membership) -> bool:
    """Guests who read in the browser or by mail, where mails come in."""
    is_theirs = place.role is ChatRole.EXTERNAL and place.via in (Via.WEBTOP, Via.MAIL)
    return is_theirs and bool(account.email) and bool(ports.mail_in_domain)


def _mail_again(ports: Ports, chat: Chat, account: Account, place: Membership) -> None:
    """What is unread by then is mailed, too; what went before isn't told again, for the ledger knows it."""
    workspace = ports.workspaces.get(chat.workspace_id)
    if workspace is None or not may_choose(ports, account, place):
        raise errors.unknown()
    plans.refuse_unless_offered(Option.MAIL, workspace.plan, ports.configured)
    if addresses.bounces(ports, account.email):
        raise errors.mail_bounces()
    ports.chats.choose_via(place, Via.MAIL, identity_of(account.id).key)
    if place.level is Level.NONE:
        ports.chats.choose_level(place, Level.ALL)
    invitation = ports.invitations.get(chat.id, place.invitation_id)
    last = ports.messages.head(chat.id).seq
    unread = range(max(place.read_to + 1, place.reads_from, last - PAGE_MOST + 1), last + 1)
    if invitation and unread:
        ports.mail_schedule.add([schedule.chat_mail(invitation, seq, ports.now()) for seq in unread], ports.now())


def file_address(ports: Ports, token: str, file_id: str) -> str:
    """Of a file that was too large to be attached."""
    return chat_mail_parts.address(ports, by_mail(ports, token).membership, file_id)


def leave(ports: Ports, token: str) -> ByMail:
    place = by_mail(ports, token)
    if place.membership:
        by = PersonRef(place.account.id, place.account.name)
        ending.end(ports, [place.membership], by, EndReason.LEFT)
    return by_mail(ports, token)
