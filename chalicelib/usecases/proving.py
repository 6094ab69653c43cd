"""Proving an invited address by a six-digit code that is mailed to it. The proof counts for that browser and that session."""

import unicodedata
from dataclasses import dataclass

from ..domain import errors
from ..domain.addresses import mailbox
from ..domain.ids import Ids
from ..domain.invitations import Invitation
from ..domain.notifications import NotificationKind, NotificationMail
from ..domain.people import Session
from ..ports import Limit, Ports
from . import addresses, invitation_links
from .joining import open_link

# By address too, however many invitations it has: six digits must not be guessed in many places at once.
_CODES, _CODES_TO_ONE, _CODES_A_DAY = (5, 3600), (10, 3600), (20, 86_400)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a caller can show: the browser's cookie, their session."""

    cookie: str = ""
    session: Session | None = None
    confirmed: bool = False

    def covers(self, ports: Ports, invitation: Invitation) -> bool:
        by_session = self.session is not None and self.session.has_proved(
            invitation_links.signing_context(invitation), ports.now()
        )
        return by_session or invitation_links.proves(ports, self.cookie, invitation)


def send_code(ports: Ports, token: str, source: str, ids: Ids) -> None:
    """To the invited address as it is stored, never to one that is typed."""
    invitation = open_link(ports, token).invitation
    if not addresses.get(ports, invitation.email).takes_code:
        raise errors.conflict(
            "not_reachable", "E-mails to this address bounce. Ask the person who invited you to let you in."
        )
    limits = (
        Limit(f"codes for {invitation.id}", *_CODES),
        Limit(f"codes to {mailbox(invitation.email)}", *_CODES_TO_ONE),
        Limit(f"codes of {mailbox(invitation.email)}", *_CODES_A_DAY),
        Limit(f"codes from {source}", 30, 3600),
    )
    reached = ports.rate_limiter.reserve(limits, ports.now())
    if reached:
        raise errors.too_many(
            "too_many_codes", "Too many codes requested. Check your inbox, or try again later.", reached.seconds
        )
    notification = NotificationMail(
        id=ids(),
        kind=NotificationKind.CODE,
        email="",
        created_at=ports.now(),
        chat_id=invitation.chat_id,
        invitation_id=invitation.id,
        detail=invitation_links.signing_context(invitation),
    )
    ports.notifications.add(notification)


def confirm_code(ports: Ports, token: str, code: str, session: Session | None, source: str) -> str:
    """The proof for this browser's cookie. Five tries, ten minutes, then the code is dead."""
    invitation = open_link(ports, token).invitation
    who = f"session {session.hash}" if session else f"source {source}"
    check_code(ports, invitation_links.invitation_code(invitation), code, who)
    if session:
        until = ports.now() + invitation_links.PROOF_LIFE
        name = invitation_links.signing_context(invitation)
        others = [item for item in session.proved if item[0] != name and item[1] > ports.now()]
        ports.accounts.prove(session, [*others[-9:], (name, until)])
    return invitation_links.proof_of(ports, invitation)


def check_code(ports: Ports, what: str, code: str, who: str) -> None:
    """`who` sends it: whoever used a code and got no answer may send it again, and nobody else may."""
    code = "".join(str(unicodedata.decimal(sign, sign)) for sign in code if sign.isalnum())
    right = (
        ports.codes.guess(what, invitation_links.code_digest(ports, what, code), who, ports.now())
        if len(code) == 6
        else False
    )
    if right is None:
        raise errors.Refusal(
            errors.RefusalKind.GONE,
            "code_dead",
            "This code was used, or tried too often, or is too old. Send another one.",
        )
    if not right:
        raise errors.wrong_field(
            "code", "wrong_code", "That code isn't right. Use the latest e-mail; you have five tries."
        )
