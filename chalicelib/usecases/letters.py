"""Letters to one person: about their account, and about their invitations and chats while they are away.

What a link or code in a letter is good for is made when it is sent; only a hash of it stays.
"""

from dataclasses import replace

from ..domain import links
from ..domain.chats import Chat, Level, Place
from ..domain.invitations import Ask, Seat
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
from ..ports import MailNotTaken, MailRefused, OutgoingMail, Ports
from . import links_of, sessions

_PATHS = {
    LetterKind.SIGN_UP: "confirm",
    LetterKind.SIGN_IN: "enter",
    LetterKind.RESET: "reset",
    LetterKind.JOIN_WORKSPACE: "welcome",
}
_LINES = 3


def send_letter(ports: Ports, letter_id: str, last_try: bool) -> bool:
    """True when there is nothing more to do for this letter; False to be asked again later."""
    letter = ports.letters.get(letter_id)
    if letter is None or letter.state is not LetterState.QUEUED:
        return True
    if not ports.letters.claim(letter_id, ports.now()):
        return False
    mail = _composed(ports, letter)
    if mail is None:
        ports.letters.finish(letter_id, LetterState.NOT_NEEDED, ports.now())
        return True
    try:
        ports.mailer.send(mail)
    except MailRefused:
        ports.letters.finish(letter_id, LetterState.FAILED, ports.now())
        return True
    except MailNotTaken:
        if last_try:
            ports.letters.finish(letter_id, LetterState.FAILED, ports.now())
            return True
        ports.letters.release(letter_id)
        return False
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


def _composed(ports: Ports, letter: Letter) -> OutgoingMail | None:
    """The mail; None where none is due: nobody is told whether an address has an account but its mailbox."""
    if letter.kind is LetterKind.CODE:
        return _code(ports, letter)
    if letter.kind is LetterKind.MISSED:
        return _missed(ports, letter)
    if letter.kind not in _PATHS:
        return _about_invitation(ports, letter)
    account = ports.accounts.of(letter.email)
    purpose = letter.kind
    if letter.kind is LetterKind.SIGN_UP and account:
        purpose = LetterKind.SIGN_IN
    elif letter.kind in (LetterKind.SIGN_IN, LetterKind.RESET):
        if account is None:
            return None
        letter = replace(letter, locale=account.locale)
    return _with_secret(ports, letter, purpose, account)


def _with_secret(ports: Ports, letter: Letter, purpose: LetterKind, account: Account | None) -> OutgoingMail:
    token = ports.new_token()
    secret = Secret(
        purpose=purpose,
        email=letter.email,
        expires_at=ports.now() + SECRET_LIFE[purpose],
        account_id=account.id if account else "",
        name=letter.name,
        password_hash=letter.password_hash if purpose is LetterKind.SIGN_UP else "",
        workspace=letter.workspace,
        workspace_id=letter.workspace_id,
        role=letter.role,
        next=letter.next,
    )
    ports.secrets.put(sessions.digest(token), secret)
    return ports.mail_texts.letter(letter, f"{ports.public_url}/{_PATHS[purpose]}/{token}", account is not None)


def _code(ports: Ports, letter: Letter) -> OutgoingMail | None:
    """To the invited address as it is now, never to one that somebody typed; or to a mailbox's own page."""
    seat = ports.invitations.get(letter.chat_id, letter.seat_id) if letter.seat_id else None
    if letter.seat_id and (seat is None or not seat.is_open_at(ports.now())):
        return None
    email = seat.email if seat else letter.email
    what = links_of.seat_code(seat) if seat else links_of.mailbox_code(email)
    code, life = ports.new_code(), SECRET_LIFE[LetterKind.CODE]
    ports.codes.put(what, links_of.code_digest(ports, what, code), ports.now() + life)
    return ports.mail_texts.code(email, locale_or(seat.locale if seat else letter.locale, "en"), code, life)


def _about_invitation(ports: Ports, letter: Letter) -> OutgoingMail | None:
    inviter = ports.accounts.get(letter.account_id)
    chat, seat = ports.invitations.with_chat(letter.chat_id, letter.seat_id)
    if inviter is None or not inviter.email or chat is None or seat is None:
        return None
    workspace, place = ports.invitations.surroundings(seat)
    if workspace is None or place is None or not inviter.notices:
        return None
    about, url = About(seat, chat, workspace), f"{ports.public_url}/chats/{chat.id}?people=1"
    if letter.kind is LetterKind.ASK:
        ask = next((one for one in seat.open_asks if one.id == letter.detail), None)
        return ports.mail_texts.ask(inviter, about, _asker(ask), url) if ask else None
    if letter.kind is LetterKind.RENEW:
        return ports.mail_texts.renew(inviter, about, url)
    return ports.mail_texts.told(News(letter.kind), inviter, about, url, letter.detail)


def _missed(ports: Ports, letter: Letter) -> OutgoingMail | None:
    """What is still unread now; nothing where the person came back meanwhile, or wants none of it."""
    reader = ports.accounts.get(letter.account_id)
    chat, place = ports.chats.with_place(letter.chat_id, letter.account_id)
    if reader is None or not reader.email or not reader.missed_mail or chat is None or place is None:
        return None
    if not is_missed(chat, place):
        return None
    workspace = ports.workspaces.get(chat.workspace_id)
    found = Missed(
        chat=chat.title_for(place),
        workspace=workspace.name if workspace else "",
        messages=place.unread(chat),
        mentions=place.mentions,
        lines=_last_lines(ports, chat, place),
    )
    stop = links.seal(ports.link_keys[0], Purpose.STOP_MISSED, reader.id)
    return ports.mail_texts.missed(
        reader, [found], f"{ports.public_url}/chats/{chat.id}", f"{ports.public_url}/stop/{stop}"
    )


def is_missed(chat: Chat, place: Place) -> bool:
    """Whether there is something that this person wants to be told of."""
    if place.level is Level.NONE:
        return False
    return place.mentions > 0 if place.level is Level.MENTIONS else place.unread(chat) > 0


def _last_lines(ports: Ports, chat: Chat, place: Place) -> list[tuple[str, str]]:
    first = max(place.read_to + 1, place.reads_from, chat.last_seq - 20)
    page = ports.messages.page(chat.id, first, None)
    texts = [one for one in page.messages if one.kind is MessageKind.TEXT and not one.deleted_at and one.author]
    return [(one.author.name, one.text) for one in texts[-_LINES:] if one.author]


def _asker(ask: Ask) -> Asker:
    return Asker(name=ask.name, email=ask.email, via=ask.via, organization=ask.organization)
