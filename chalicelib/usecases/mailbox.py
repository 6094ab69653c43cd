"""The invited person's own page, without an account: entered by address and code, it shows and ends what concerns the address."""

from dataclasses import dataclass
from datetime import timedelta

from ..domain import errors
from ..domain.chats import Chat
from ..domain.ids import Ids
from ..domain.invitations import Invitation, Status
from ..domain.links import Purpose
from ..domain.notifications import NotificationKind, NotificationMail
from ..domain.people import Address, Unreachable, locale_or
from ..domain.workspaces import Workspace
from ..ports import Limit, Ports
from . import addresses, forgetting, invitation_links, reports, sessions
from .proving import check_code

LIFE = timedelta(minutes=30)
_MOST = 50


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An open invitation of this address, with all that it concerns and the way to it."""

    invitation: Invitation
    chat: Chat
    workspace: Workspace
    url: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    address: Address
    open: tuple[OpenInvitation, ...]
    blocked: tuple[tuple[str, str], ...]


def ask_code(ports: Ports, email: str, locale: str, source: str, ids: Ids) -> None:
    """The same for every address, known or not: a code is mailed to it."""
    sessions.refuse_too_many_codes(ports, email, source)
    ports.notifications.add(
        NotificationMail(
            id=ids(), kind=NotificationKind.CODE, email=email, created_at=ports.now(), locale=locale_or(locale, "en")
        )
    )


def enter(ports: Ports, email: str, code: str, source: str) -> str:
    """A token for this browser, good for half an hour."""
    check_code(ports, invitation_links.mailbox_code(email), code, f"source {source}")
    return invitation_links.token_until(ports, Purpose.MAILBOX, email, ports.now() + LIFE)


def whose(ports: Ports, token: str) -> str:
    """The address that was proved in this browser; empty for none."""
    return invitation_links.read_token(ports, Purpose.MAILBOX, token) if token else ""


def look(ports: Ports, email: str) -> Mailbox:
    address = addresses.get(ports, email)
    invitations = [invited for invited in ports.invitation_lookup.of_address(email) if invited.is_open_at(ports.now())]
    open_invitations = []
    for invitation in sorted(invitations, key=lambda invitation: invitation.created_at, reverse=True)[:_MOST]:
        chat, _ = ports.invitations.with_chat(invitation.chat_id, invitation.id)
        workspace, inviter = ports.invitations.workspace_and_inviter(invitation)
        if chat and workspace and inviter:
            open_invitations.append(
                OpenInvitation(
                    invitation, chat, workspace, invitation_links.join_url(ports, invitation, Purpose.MAILED)
                )
            )
    return Mailbox(address, tuple(open_invitations), tuple((block, _name_of(ports, block)) for block in address.blocks))


def unblock(ports: Ports, email: str, block: str) -> None:
    if block in addresses.get(ports, email).blocks:
        ports.accounts.unblock(email, block)


def unsuppress(ports: Ports, email: str) -> None:
    """Invitation mail may come again: the person who proved the mailbox says so."""
    ports.accounts.unsuppress(email, invitation_links.erased_hashes(ports, [email])[email])


def suppress(ports: Ports, email: str) -> None:
    ports.accounts.suppress(email, Unreachable.BLOCKED)


def set_locale(ports: Ports, email: str, locale: str) -> None:
    ports.accounts.set_locale(email, locale_or(locale, "en"))


def erase(ports: Ports, email: str) -> None:
    """Every invitation loses the address; a keyed hash stays, so that nobody invites it again.

    The hash comes first: from then on nothing more is mailed, and whoever was disconnected here presses the button again.
    """
    ports.accounts.erase(email, invitation_links.erased_hashes(ports, [email])[email][0], ports.now())
    _forget(ports, email)


def forget(ports: Ports, email: str) -> None:
    """Its account was erased: it may be invited again, unless it wanted nothing of us. Then a keyed hash keeps that."""
    if addresses.get(ports, email).stops_invitations:
        ports.accounts.erase(email, invitation_links.erased_hashes(ports, [email])[email][0], ports.now())
    _forget(ports, email)


def _forget(ports: Ports, email: str) -> None:
    forgetting.erase_hand_overs(ports, email)
    reports.erase(ports, email)
    for invitation in ports.invitation_lookup.of_address(email):
        if invitation.status not in (Status.ACCEPTED, Status.LEFT):
            forgetting.erase(ports, invitation)


def _name_of(ports: Ports, block: str) -> str:
    kind, _, identifier = block.partition(":")
    if kind == "workspace":
        workspace = ports.workspaces.get(identifier)
        return workspace.name if workspace else ""
    account = ports.accounts.get(identifier)
    return account.name if account else ""


def check(ports: Ports, code: str, source: str) -> tuple[Invitation, Workspace] | None:
    """Whether an invitation with this short code exists, and whose it is; guessing is capped."""
    reached = ports.rate_limiter.reserve([Limit(f"checks from {source}", 30, 3600)], ports.now())
    if reached:
        raise errors.too_many("too_many_checks", "Too many tries. Wait a while.", reached.seconds)
    plain = "".join(notification for notification in code.lower() if notification.isalnum())
    invitation = ports.invitation_lookup.of_code(plain) if len(plain) == invitation_links.CODE_LENGTH else None
    if invitation is None or invitation_links.short_code(ports, invitation) != plain:
        return None
    workspace, _ = ports.invitations.workspace_and_inviter(invitation)
    return (invitation, workspace) if workspace else None
