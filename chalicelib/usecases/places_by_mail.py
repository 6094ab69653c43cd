"""A place that somebody has by mail: what its link leads to, and the ways to read the chat elsewhere instead, and back."""

from dataclasses import dataclass

from ..domain import errors, links
from ..domain.chats import Chat, Level, Membership
from ..domain.ends import EndReason
from ..domain.ids import Ids
from ..domain.invitations import Invitation
from ..domain.links import Purpose
from ..domain.notifications import NotificationKind
from ..domain.outside import PersonRef
from ..domain.people import Account
from ..domain.providers import Provider, Via
from ..ports import Ports
from . import chat_mail_parts, ending, sessions, ways


@dataclass(frozen=True, slots=True)
class ByMail:
    """A place that somebody has by mail, as the link in their mails names it; `membership` is None once they are out."""

    email: str
    title: str
    chat: Chat
    invitation: Invitation
    account: Account
    membership: Membership | None
    has_stopped: bool = False
    """A mail came back, or was reported as spam."""

    @property
    def is_mailed(self) -> bool:
        place = self.membership
        return place is not None and place.via is Via.MAIL and place.level is not Level.NONE and not self.has_stopped


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
    stopped = place is not None and ways.has_stopped(ports, place)
    return ByMail(account.email or invitation.account_email, title, chat, invitation, account, place, stopped)


def stop(ports: Ports, token: str) -> ByMail:
    place = by_mail(ports, token)
    if place.membership:
        ports.chats.choose_level(place.membership, Level.NONE)
    return by_mail(ports, token)


def read_in_browser(ports: Ports, token: str, source: str, new_id: Ids) -> ByMail:
    """From now on in the browser, after signing in by a link that goes to the mailbox."""
    place = by_mail(ports, token)
    if place.membership and place.membership.via is Via.MAIL:
        _mail_link(ports, place, source, new_id, f"/chats/{place.chat.id}")
        ways.to_browser(ports, place.membership)
    return by_mail(ports, token)


def elsewhere(ports: Ports, place: ByMail) -> list[Provider]:
    """The applications that they could choose instead."""
    return ways.elsewhere(ports, place.membership) if place.membership else []


def choose_elsewhere(ports: Ports, token: str, source: str, new_id: Ids) -> ByMail:
    """A link that goes to the mailbox, for this page's address may have been passed on; until they have chosen, mails come."""
    place = by_mail(ports, token)
    if place.membership:
        _mail_link(ports, place, source, new_id, f"/chats/{place.chat.id}/way")
    return place


def _mail_link(ports: Ports, place: ByMail, source: str, new_id: Ids, then: str) -> None:
    sessions.ask_link(ports, place.account.email, source, new_id, NotificationKind.SIGN_IN, then)


def read_by_mail(ports: Ports, token: str) -> ByMail:
    """By mail again, whether it was the browser meanwhile or nothing at all."""
    place = by_mail(ports, token)
    if place.membership and not place.is_mailed:
        ways.to_mail(ports, place.chat, place.account, place.membership)
    return by_mail(ports, token)


def file_address(ports: Ports, token: str, file_id: str) -> str:
    """Of a file that was too large to be attached."""
    return chat_mail_parts.address(ports, by_mail(ports, token).membership, file_id)


def leave(ports: Ports, token: str) -> ByMail:
    place = by_mail(ports, token)
    if place.membership:
        by = PersonRef(place.account.id, place.account.name)
        ending.end(ports, [place.membership], by, EndReason.LEFT)
    return by_mail(ports, token)
