"""Sending what was promised: claimed first, then handed to SES, then marked. At most one double for each failure."""

from ..domain import links
from ..domain.invitations import Mail, MailState, Seat
from ..domain.letters import SECRET_LIFE, Letter, LetterKind, LetterState, Secret
from ..domain.links import Purpose
from ..ports import MailNotTaken, MailRefused, OutgoingMail, Ports
from . import invitations, sessions

_PATHS = {
    LetterKind.SIGN_UP: "confirm",
    LetterKind.SIGN_IN: "enter",
    LetterKind.RESET: "reset",
    LetterKind.JOIN_WORKSPACE: "welcome",
}


def send_invitation(ports: Ports, chat_id: str, seat_id: str, number: int, last_try: bool) -> bool:
    """True when there is nothing more to do for this mail; False to be asked again later."""
    chat, seat = ports.invitations.with_chat(chat_id, seat_id)
    if seat is None or chat is None:
        return seat is None
    if not _is_wanted(ports, seat, number):
        return True
    if not ports.invitations.claim_mail(seat, number, ports.now()):
        return False
    workspace, inviter_place = ports.invitations.surroundings(seat)
    inviter = ports.accounts.get(seat.inviter_id)
    if workspace is None or inviter is None or inviter_place is None or not workspace.communicate:
        _failed(ports, seat, number, "The invitation can't be used now, so it wasn't sent.")
        return True
    url = invitations.join_url(ports, seat, Purpose.MAILED)
    stop = links.make_for_address(ports.link_keys[0], Purpose.UNSUBSCRIBE, seat.email)
    mail = ports.mail_texts.invitation(
        seat, chat, workspace, inviter.email, url, f"{ports.public_url}/unsubscribe/{stop}"
    )
    return _send(ports, seat, number, mail, last_try)


def send_letter(ports: Ports, letter_id: str, last_try: bool) -> bool:
    """Makes the link's secret and mails it; only its hash stays. True when there is nothing more to do."""
    letter = ports.letters.get(letter_id)
    if letter is None or letter.state is not LetterState.QUEUED:
        return True
    if not ports.letters.claim(letter_id, ports.now()):
        return False
    mail = _letter(ports, letter)
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


def _is_wanted(ports: Ports, seat: Seat, number: int) -> bool:
    mail = seat.mail
    return mail is not None and seat.is_open_at(ports.now()) and mail.wanted == number and mail.done < number


def _send(ports: Ports, seat: Seat, number: int, mail: OutgoingMail, last_try: bool) -> bool:
    try:
        ses_id = ports.mailer.send(mail)
    except MailRefused as reason:
        _failed(ports, seat, number, str(reason))
        return True
    except MailNotTaken:
        if last_try:
            _failed(ports, seat, number, "The mail service didn't take it. Send it again later.")
            return True
        ports.invitations.release_mail(seat, number)
        return False
    ports.invitations.finish_mail(seat, number, Mail(state=MailState.SENT, at=ports.now()), ses_id)
    return True


def _failed(ports: Ports, seat: Seat, number: int, detail: str) -> None:
    ports.invitations.finish_mail(seat, number, Mail(state=MailState.BOUNCED, at=ports.now(), detail=detail), "")


def _letter(ports: Ports, letter: Letter) -> OutgoingMail | None:
    """The mail; None where none is due: nobody is told whether an address has an account but its mailbox."""
    account = ports.accounts.of(letter.email)
    purpose = letter.kind
    if letter.kind is LetterKind.SIGN_UP and account:
        purpose = LetterKind.SIGN_IN
    elif letter.kind in (LetterKind.SIGN_IN, LetterKind.RESET) and account is None:
        return None
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
