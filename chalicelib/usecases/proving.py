"""Proving an invited address by a six-digit code that is mailed to it. The proof counts for that browser and that session."""

import unicodedata
from dataclasses import dataclass

from ..domain import errors
from ..domain.ids import Ids
from ..domain.invitations import Seat
from ..domain.letters import Letter, LetterKind
from ..domain.people import Session
from ..ports import Limit, Ports
from . import addresses, links_of
from .joining import open_link

# By address too, however many invitations it has: six digits must not be guessed in many places at once.
_CODES, _CODES_TO_ONE, _CODES_A_DAY = (5, 3600), (10, 3600), (20, 86_400)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a caller can show: the browser's cookie, their session."""

    cookie: str = ""
    session: Session | None = None
    confirmed: bool = False

    def covers(self, ports: Ports, seat: Seat) -> bool:
        by_session = self.session is not None and self.session.has_proved(links_of.name_of(seat), ports.now())
        return by_session or links_of.proves(ports, self.cookie, seat)


def send_code(ports: Ports, token: str, source: str, ids: Ids) -> None:
    """To the invited address as it is stored, never to one that is typed."""
    seat = open_link(ports, token).seat
    if not addresses.one(ports, seat.email).takes_code:
        raise errors.conflict("not_reachable", "Mail to this address comes back. Ask the inviter to let you in.")
    limits = (
        Limit(f"codes for {seat.id}", *_CODES),
        Limit(f"codes to {seat.email}", *_CODES_TO_ONE),
        Limit(f"codes of {seat.email}", *_CODES_A_DAY),
        Limit(f"codes from {source}", 30, 3600),
    )
    reached = ports.attempts.reserve(limits, ports.now())
    if reached:
        raise errors.too_many(
            "too_many_codes", "Enough codes were sent. Look into the mailbox, or try again later.", reached.seconds
        )
    letter = Letter(
        id=ids(),
        kind=LetterKind.CODE,
        email="",
        created_at=ports.now(),
        chat_id=seat.chat_id,
        seat_id=seat.id,
        detail=links_of.name_of(seat),
    )
    ports.letters.add(letter)


def confirm_code(ports: Ports, token: str, code: str, session: Session | None) -> str:
    """The proof for this browser's cookie. Five tries, ten minutes, then the code is dead."""
    seat = open_link(ports, token).seat
    check_code(ports, links_of.seat_code(seat), code)
    if session:
        until = ports.now() + links_of.PROOF_LIFE
        name = links_of.name_of(seat)
        others = [one for one in session.proved if one[0] != name and one[1] > ports.now()]
        ports.accounts.prove(session, [*others[-9:], (name, until)])
    return links_of.proof_of(ports, seat)


def check_code(ports: Ports, what: str, code: str) -> None:
    code = "".join(str(unicodedata.decimal(sign, sign)) for sign in code if sign.isalnum())
    right = ports.codes.guess(what, links_of.code_digest(ports, what, code), ports.now()) if len(code) == 6 else False
    if right is None:
        raise errors.Refusal(
            errors.Kind.GONE, "code_dead", "This code was used, or tried too often, or is too old. Send another one."
        )
    if not right:
        raise errors.wrong_field(
            "code", "wrong_code", "That is not the code. Look at the newest mail; five tries are allowed."
        )
