"""Asking the inviter: to join with another account, or for a new invitation after the end; and the inviter's answer to whatever is
asked."""

from collections.abc import Sequence
from dataclasses import replace

from ..domain import errors, joining
from ..domain.invitations import ASKS_MOST, Ask, AskKind, AskState, Invitation, Status, refuse_unless_pending
from ..domain.people import Account, Session
from ..domain.providers import Via
from ..domain.workspaces import Mismatch
from ..ports import Ports
from . import handing_over, invitations, mail_asks
from .joining import find, open_link

_RENEW = "renew"
_A_DAY = 86_400


def ask(ports: Ports, token: str, account: Account | None, session: Session | None) -> None:
    """Asks once; again is the same ask. What is over for another reason than time can't be asked for."""
    _, invitation, _ = find(ports, token)
    if invitation.status_at(ports.now()) is Status.EXPIRED:
        _ask(ports, invitation, Ask(id=_RENEW, kind=AskKind.RENEW, asked_at=ports.now()))
        return
    opened = open_link(ports, token)
    if account is None:
        raise errors.not_signed_in()
    if joining.owns_address(account, opened.invitation):
        return
    if opened.workspace.mismatch is Mismatch.REFUSE:
        raise errors.address_mismatch(joining.ways_on(opened.workspace.mismatch, opened.purpose))
    _ask(ports, invitation, _who_asks(ports, account, session))


def answer(ports: Ports, account: Account, chat_id: str, invitation_id: str, ask_id: str, allow: bool) -> Invitation:
    """By the inviter, an owner or an admin. Allowing a new invitation sends it; allowing to join opens the door, no more."""
    invitation = invitations.to_handle(ports, account, chat_id, invitation_id)
    ask = _ask_with(invitation, ask_id)
    if ask is None and ask_id == _RENEW and allow and invitation.is_open_at(ports.now()):
        return invitation  # again: it was renewed, and the ask is gone with that
    if ask is None and allow and invitation.was_handed_over_by(ask_id):
        return invitation  # again: it moved, and its asks are gone with that
    if ask is None and allow and invitation.is_taken and invitation.via is Via.MAIL:
        return invitation  # again: they are in
    if ask is None:
        refuse_unless_pending(invitation, ports.now())
        raise errors.unknown()
    if ask.kind is AskKind.HAND_OVER:
        return handing_over.answer(ports, account, invitation, ask, allow)
    if ask.kind is AskKind.MAIL:
        return mail_asks.answer(ports, invitation, ask, allow)
    if ask.kind is AskKind.RENEW and allow:
        return invitations.renew(ports, account, invitation)
    refuse_unless_pending(invitation, ports.now())
    state = AskState.ALLOWED if allow else AskState.REFUSED
    return invitations.change_asks(
        ports, invitation, lambda now: [replace(item, state=state) if item.id == ask_id else item for item in now.asks]
    )


def _who_asks(ports: Ports, account: Account, session: Session | None) -> Ask:
    """As the inviter will see them: through which application, and whose."""
    outside = session if session and session.identity else None
    return Ask(
        id=account.id,
        kind=AskKind.JOIN,
        asked_at=ports.now(),
        account_id=account.id,
        name=account.name,
        email=account.email or (outside.email if outside else ""),
        via=outside.via if outside else Via.WEBTOP,
        organization=outside.organization if outside else "",
    )


def _ask(ports: Ports, invitation: Invitation, new: Ask) -> None:
    def with_it(now: Invitation) -> Sequence[Ask]:
        if _ask_with(now, new.id):
            return now.asks
        if sum(ask.kind in (AskKind.JOIN, AskKind.RENEW) for ask in now.asks) >= ASKS_MOST:
            raise errors.too_many(
                "too_many_asks", "Too many requests for this invitation. Write to the person who sent it.", _A_DAY
            )
        return [*now.asks, new]

    invitations.change_asks(ports, invitation, with_it)


def _ask_with(invitation: Invitation, ask_id: str) -> Ask | None:
    return next((ask for ask in invitation.asks if ask.id == ask_id), None)
