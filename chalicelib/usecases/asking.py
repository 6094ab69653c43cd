"""Asking the inviter: to join with another account, or for a new invitation after the end; and the inviter's answer."""

from dataclasses import replace

from ..domain import errors, joining
from ..domain.invitations import ASKS_MOST, Ask, AskKind, AskState, Seat, Status
from ..domain.people import Account
from ..domain.workspaces import Mismatch
from ..ports import Ports
from . import invitations
from .joining import find, open_link

_TRIES, _RENEW = 6, "renew"


def ask(ports: Ports, token: str, account: Account | None) -> None:
    """Asks once; again is the same ask. What is over for another reason than time can't be asked for."""
    _, seat, _ = find(ports, token)
    if seat.status_at(ports.now()) is Status.EXPIRED:
        _ask(ports, seat, Ask(id=_RENEW, kind=AskKind.RENEW, asked_at=ports.now()))
        return
    opened = open_link(ports, token)
    if account is None:
        raise errors.not_signed_in()
    if joining.owns_address(account, opened.seat):
        return
    if opened.workspace.mismatch is Mismatch.REFUSE:
        raise errors.address_mismatch(joining.ways_on(opened.workspace.mismatch, opened.purpose))
    _ask(
        ports,
        seat,
        Ask(
            id=account.id,
            kind=AskKind.JOIN,
            asked_at=ports.now(),
            account_id=account.id,
            name=account.name,
            email=account.email,
        ),
    )


def answer(ports: Ports, account: Account, chat_id: str, seat_id: str, ask_id: str, allow: bool) -> Seat:
    """By the inviter, an owner or an admin. Allowing a new invitation sends it; allowing to join opens the door, no more."""
    seat = invitations.to_handle(ports, account, chat_id, seat_id)
    found = next((one for one in seat.asks if one.id == ask_id), None)
    if found is None:
        raise errors.unknown()
    if found.kind is AskKind.RENEW and allow:
        invitations.renew(ports, account, seat)
    state = AskState.ALLOWED if allow else AskState.REFUSED
    for _ in range(_TRIES):
        left = [one for one in seat.asks if one.id != ask_id]
        after = left if found.kind is AskKind.RENEW and allow else [*left, replace(found, state=state)]
        if ports.invitations.ask(seat, after):
            return invitations.fresh(ports, seat)
        seat = invitations.fresh(ports, seat)
    raise errors.busy()


def _ask(ports: Ports, seat: Seat, new: Ask) -> None:
    for _ in range(_TRIES):
        if any(one.id == new.id for one in seat.asks):
            return
        if len(seat.asks) >= ASKS_MOST:
            raise errors.too_many(
                "too_many_asks", "Enough people asked about this invitation. Write to the inviter.", 86_400
            )
        if ports.invitations.ask(seat, [*seat.asks, new]):
            return
        seat = invitations.fresh(ports, seat)
    raise errors.busy()
