"""Letters to one person: about their account, and about their invitations and chats while they are away.

What a link or code in a letter is good for is made when it is sent; only a hash of it stays.
"""

from dataclasses import dataclass, replace

from ..domain import links
from ..domain.chats import Chat, Place
from ..domain.invitations import Ask, MailState, Seat, Status
from ..domain.letters import (
    SECRET_LIFE,
    About,
    Asker,
    Letter,
    LetterKind,
    LetterState,
    Missed,
    News,
    Secret,
)
from ..domain.links import Purpose
from ..domain.messages import MessageKind
from ..domain.people import Account, locale_or
from ..ports import MailNotTaken, MailRefused, MailWaits, OutgoingMail, Ports
from . import addresses, links_of, sessions

_PATHS = {
    LetterKind.SIGN_UP: "confirm",
    LetterKind.SIGN_IN: "enter",
    LetterKind.RESET: "reset",
    LetterKind.JOIN_WORKSPACE: "welcome",
}
_LINES, _CHATS = 3, 10


def send_letter(ports: Ports, letter_id: str, last_try: bool) -> bool:
    """True when there is nothing more to do for this letter; False to be asked again later. Raises MailWaits."""
    letter = ports.letters.get(letter_id)
    if letter is None or letter.state is not LetterState.QUEUED:
        return True
    if not ports.letters.claim(letter_id, ports.now()):
        return False
    ready = _composed(ports, letter)
    if ready is None:
        ports.letters.finish(letter_id, LetterState.NOT_NEEDED, ports.now())
        return True
    return _hand_over(ports, letter_id, ready, last_try)


def _hand_over(ports: Ports, letter_id: str, ready: "Ready", last_try: bool) -> bool:
    """To the mail service; what it takes is sent, and counted where it tells of messages."""
    try:
        ports.mailer.send(ready.mail)
    except MailWaits:
        ports.letters.release(letter_id)
        raise
    except MailRefused:
        ports.letters.finish(letter_id, LetterState.FAILED, ports.now())
        return True
    except MailNotTaken:
        if last_try:
            ports.letters.finish(letter_id, LetterState.FAILED, ports.now())
            return True
        ports.letters.release(letter_id)
        return False
    for place, texts in ready.tells:
        ports.chats.told_missed(place, texts)
    ports.letters.finish(letter_id, LetterState.SENT, ports.now())
    return True


def tell_inviter(ports: Ports, seat: Seat, kind: LetterKind, detail: str = "") -> None:
    """A letter to the inviter about an invitation: once for each thing that happens to it."""
    happened = f"{kind}-{seat.chat_id}-{seat.id}-{seat.generation}-{seat.mail.wanted if seat.mail else 0}-{detail}"
    ports.letters.add_once(
        Letter(
            id=sessions.digest(happened)[:32],
            kind=kind,
            email="",
            created_at=ports.now(),
            account_id=seat.inviter_id,
            chat_id=seat.chat_id,
            seat_id=seat.id,
            detail=detail,
        )
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that may go, and of how many messages of a chat it tells."""

    mail: OutgoingMail
    tells: tuple[tuple[Place, int], ...] = ()


def _composed(ports: Ports, letter: Letter) -> Ready | None:
    """The mail; None where none is due, any more or at all."""
    if letter.kind is LetterKind.MISSED:
        return _missed(ports, letter)
    if letter.kind is LetterKind.CODE:
        mail = _code(ports, letter)
    elif letter.kind in _PATHS:
        mail = _with_link(ports, letter)
    else:
        mail = _about_invitation(ports, letter)
    return Ready(mail) if mail else None


def _with_link(ports: Ports, letter: Letter) -> OutgoingMail | None:
    """Nobody is told whether an address has an account but its mailbox. Where mail comes back, nothing goes; blocks of
    invitations stop it only where there is no account.
    """
    if not addresses.one(ports, letter.email).takes_account_mail:
        return None
    account = ports.accounts.of(letter.email)
    purpose = letter.kind
    if letter.kind is LetterKind.SIGN_UP and account:
        purpose = LetterKind.SIGN_IN
    elif letter.kind in (LetterKind.SIGN_IN, LetterKind.RESET) and account is None:
        return None
    if account:
        letter = replace(letter, locale=account.locale)
    return _with_secret(ports, letter, purpose, account)


def _with_secret(ports: Ports, letter: Letter, purpose: LetterKind, account: Account | None) -> OutgoingMail:
    token = ports.new_token()
    secret = Secret(
        purpose=purpose,
        email=letter.email,
        expires_at=ports.now() + SECRET_LIFE[purpose],
        locale=letter.locale,
        account_id=account.id if account else "",
        name=letter.name,
        password_hash=letter.password_hash if purpose is LetterKind.SIGN_UP else "",
        workspace=letter.workspace,
        workspace_id=letter.workspace_id,
        role=letter.role,
        next=letter.next,
        detail=letter.detail,
    )
    ports.secrets.put(sessions.digest(token), secret)
    return ports.mail_texts.letter(letter, f"{ports.public_url}/{_PATHS[purpose]}/{token}", account is not None)


def _code(ports: Ports, letter: Letter) -> OutgoingMail | None:
    """To the invited address as it is now, never to one that somebody typed; or to a mailbox's own page."""
    seat = ports.invitations.get(letter.chat_id, letter.seat_id) if letter.seat_id else None
    if letter.seat_id and (seat is None or not seat.is_open_at(ports.now()) or letter.detail != links_of.name_of(seat)):
        return None
    email = seat.email if seat else letter.email
    locale = addresses.one(ports, email).locale or (seat.locale if seat else letter.locale)
    what = links_of.seat_code(seat) if seat else links_of.mailbox_code(email)
    code, life = ports.new_code(), SECRET_LIFE[LetterKind.CODE]
    ports.codes.put(what, links_of.code_digest(ports, what, code), ports.now() + life)
    return ports.mail_texts.code(email, locale_or(locale, "en"), code, life)


def _about_invitation(ports: Ports, letter: Letter) -> OutgoingMail | None:
    inviter = ports.accounts.get(letter.account_id)
    chat, seat = ports.invitations.with_chat(letter.chat_id, letter.seat_id)
    if inviter is None or not inviter.email or chat is None or seat is None:
        return None
    workspace, place = ports.invitations.surroundings(seat)
    if (
        workspace is None
        or place is None
        or not inviter.notices
        or not addresses.one(ports, inviter.email).takes_notices
    ):
        return None
    if not _is_still_so(ports, letter, seat):
        return None
    about, url = About(seat, chat, workspace), f"{ports.public_url}/chats/{chat.id}?people=1"
    if letter.kind is LetterKind.ASK:
        ask = next((one for one in seat.open_asks if one.id == letter.detail), None)
        return ports.mail_texts.ask(inviter, about, _asker(ask), url) if ask else None
    if letter.kind is LetterKind.RENEW:
        return ports.mail_texts.renew(inviter, about, url)
    return ports.mail_texts.told(News(letter.kind), inviter, about, url, letter.detail)


def _is_still_so(ports: Ports, letter: Letter, seat: Seat) -> bool:
    """Nobody is troubled with what is over: an ask that was answered, a bounce of an address that was fixed."""
    status = seat.status_at(ports.now())
    match letter.kind:
        case LetterKind.ASK:
            return status is Status.PENDING and any(one.id == letter.detail for one in seat.open_asks)
        case LetterKind.RENEW | LetterKind.EXPIRED:
            return status is Status.EXPIRED
        case LetterKind.BOUNCED:
            return seat.mail is not None and seat.mail.state is MailState.BOUNCED
        case _:
            return True


def _missed(ports: Ports, letter: Letter) -> Ready | None:
    """What is still unread now, in every chat; nothing where the person came back meanwhile, or wants none of it."""
    reader = ports.accounts.get(letter.account_id)
    if (
        reader is None
        or not reader.email
        or not reader.missed_mail
        or not addresses.one(ports, reader.email).takes_notices
    ):
        return None
    places = {place.chat_id: place for place in ports.chats.places(reader.id)}
    found = [(chat, places[chat.id]) for chat in ports.chats.get_many(places).values()]
    found = [(chat, place) for chat, place in found if place.misses(chat)]
    found = sorted(found, key=lambda one: one[0].last_at, reverse=True)[:_CHATS]
    if not found:
        return None
    stop = links.seal(ports.link_keys[0], Purpose.STOP_MISSED, reader.id)
    mail = ports.mail_texts.missed(
        reader,
        [_missed_in(ports, chat, place) for chat, place in found],
        f"{ports.public_url}/chats/{found[0][0].id}" if len(found) == 1 else f"{ports.public_url}/chats",
        f"{ports.public_url}/stop/{stop}",
    )
    return Ready(mail, tuple((place, chat.last_texts) for chat, place in found))


def _missed_in(ports: Ports, chat: Chat, place: Place) -> Missed:
    workspace = ports.workspaces.get(chat.workspace_id)
    return Missed(
        chat=chat.title_for(place),
        workspace=workspace.name if workspace else "",
        messages=place.unread(chat),
        mentions=place.mentions,
        lines=_last_lines(ports, chat, place),
    )


def _last_lines(ports: Ports, chat: Chat, place: Place) -> list[tuple[str, str]]:
    first = max(place.read_to + 1, place.reads_from, chat.last_seq - 20)
    page = ports.messages.page(chat.id, first, None)
    texts = [one for one in page.messages if one.kind is MessageKind.TEXT and not one.deleted_at and one.author]
    return [(one.author.name, one.text) for one in texts[-_LINES:] if one.author]


def _asker(ask: Ask) -> Asker:
    return Asker(name=ask.name, email=ask.email, via=ask.via, organization=ask.organization)
