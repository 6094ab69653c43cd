"""The invited person's own page, without an account: entered by address and code, it shows and ends what concerns the address."""

from dataclasses import dataclass
from datetime import timedelta

from ..domain import errors
from ..domain.chats import Chat
from ..domain.ids import Ids
from ..domain.invitations import Seat, Status
from ..domain.letters import Letter, LetterKind
from ..domain.links import Purpose
from ..domain.people import Address, Unreachable, locale_or
from ..domain.workspaces import Workspace
from ..ports import Limit, Ports
from . import addresses, forgetting, links_of, sessions
from .proving import check_code

LIFE = timedelta(minutes=30)
_MOST = 50


@dataclass(frozen=True, slots=True)
class Open:
    """An open invitation of this address, with all that it concerns and the way to it."""

    seat: Seat
    chat: Chat
    workspace: Workspace
    url: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    address: Address
    open: tuple[Open, ...]
    blocked: tuple[tuple[str, str], ...]


def ask_code(ports: Ports, email: str, locale: str, source: str, ids: Ids) -> None:
    """The same for every address, known or not: a code is mailed to it."""
    sessions.refuse_too_many_codes(ports, email, source)
    ports.letters.add(
        Letter(id=ids(), kind=LetterKind.CODE, email=email, created_at=ports.now(), locale=locale_or(locale, "en"))
    )


def enter(ports: Ports, email: str, code: str) -> str:
    """A token for this browser, good for half an hour."""
    check_code(ports, links_of.mailbox_code(email), code)
    return links_of.sealed_until(ports, Purpose.MAILBOX, email, ports.now() + LIFE)


def whose(ports: Ports, token: str) -> str:
    """The address that was proved in this browser; empty for none."""
    return links_of.unsealed(ports, Purpose.MAILBOX, token) if token else ""


def look(ports: Ports, email: str) -> Mailbox:
    address = addresses.one(ports, email)
    seats = [seat for seat in ports.pointers.of_address(email) if seat.is_open_at(ports.now())]
    found = []
    for seat in sorted(seats, key=lambda seat: seat.created_at, reverse=True)[:_MOST]:
        chat, _ = ports.invitations.with_chat(seat.chat_id, seat.id)
        workspace, inviter = ports.invitations.surroundings(seat)
        if chat and workspace and inviter:
            found.append(Open(seat, chat, workspace, links_of.join_url(ports, seat, Purpose.MAILED)))
    return Mailbox(address, tuple(found), tuple((block, _name_of(ports, block)) for block in address.blocks))


def unblock(ports: Ports, email: str, block: str) -> None:
    if block in addresses.one(ports, email).blocks:
        ports.accounts.unblock(email, block)


def let_mail(ports: Ports, email: str) -> None:
    """Invitation mail may come again: the person who proved the mailbox says so."""
    ports.accounts.let_mail(email, links_of.erased_hashes(ports, [email])[email])


def stop_mail(ports: Ports, email: str) -> None:
    ports.accounts.stop_mail(email, Unreachable.BLOCKED)


def speak(ports: Ports, email: str, locale: str) -> None:
    ports.accounts.speak(email, locale_or(locale, "en"))


def erase(ports: Ports, email: str) -> None:
    """Every invitation loses the address; a keyed hash stays, so that nobody invites it again.

    The hash comes first: from then on nothing more is mailed, and whoever was cut off here presses the button again.
    """
    ports.accounts.erase(email, links_of.erased_hashes(ports, [email])[email][0], ports.now())
    for seat in ports.pointers.of_address(email):
        if seat.status not in (Status.ACCEPTED, Status.LEFT):
            forgetting.erase(ports, seat)


def _name_of(ports: Ports, block: str) -> str:
    kind, _, identifier = block.partition(":")
    if kind == "workspace":
        workspace = ports.workspaces.get(identifier)
        return workspace.name if workspace else ""
    account = ports.accounts.get(identifier)
    return account.name if account else ""


def check(ports: Ports, code: str, source: str) -> tuple[Seat, Workspace] | None:
    """Whether an invitation with this short code exists, and whose it is; guessing is capped."""
    reached = ports.attempts.reserve([Limit(f"checks from {source}", 30, 3600)], ports.now())
    if reached:
        raise errors.too_many("too_many_checks", "Too many tries. Wait a while.", reached.seconds)
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    seat = ports.pointers.of_code(plain) if len(plain) == links_of.CODE_LENGTH else None
    if seat is None or links_of.short_code(ports, seat) != plain:
        return None
    workspace, _ = ports.invitations.surroundings(seat)
    return (seat, workspace) if workspace else None
