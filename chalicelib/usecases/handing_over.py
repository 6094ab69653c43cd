"""Handing an invitation over: the invited person names another address; the inviter allows or refuses, or the workspace said before
that its own domain needs no answer."""

from dataclasses import dataclass

from ..domain import errors, links
from ..domain import handing_over as rules
from ..domain.errors import RefusalKind
from ..domain.ids import Ids
from ..domain.invitations import Ask, AskKind, AskState, HandedOver, Invitation, refuse_unless_open
from ..domain.links import Purpose
from ..domain.people import Account
from ..ports import Limit, Ports
from . import invitations, sessions
from .joining import Claimed, open_link

_TRIES = 8
_ASKS_A_DAY = 20, 86_400
_GO_UP = (RefusalKind.UNAVAILABLE, RefusalKind.GONE)


@dataclass(frozen=True, slots=True)
class Handed:
    """The invitation, as it was when it was handed over, and whether it has moved already."""

    invitation: Invitation
    has_moved: bool


def hand_over(ports: Ports, token: str, email: str, note: str, claimed: Claimed, ids: Ids) -> Handed:
    """Whoever calls learns nothing of the other address: what would stop it is for the inviter."""
    ask_id = ids()
    before = _moved_before(ports, token, ask_id) if ids.may_repeat else None
    if before:
        return Handed(before, has_moved=True)
    opened = open_link(ports, token)
    invitation, workspace = opened.invitation, opened.workspace
    proved = claimed.covers(ports, invitation)
    rules.refuse_unless_may_hand_over(invitation, workspace, opened.purpose, proved)
    email, note = sessions.address(email), rules.note(note)
    rules.refuse_same_address(invitation, email)
    ask = Ask(id=ask_id, kind=AskKind.HAND_OVER, asked_at=ports.now(), email=email, note=note)
    if rules.needs_no_answer(workspace, invitation, email) and _moved_unasked(ports, invitation, ask):
        return Handed(invitation, has_moved=True)
    _ask(ports, invitation, ask)
    return Handed(invitation, has_moved=False)


def answer(ports: Ports, account: Account, invitation: Invitation, ask: Ask, allow: bool) -> Invitation:
    """Allowing moves the invitation; refusing forgets the address. Both are for good."""
    if not allow:
        return invitations.change_asks(ports, invitation, lambda now: rules.with_refusal(now.asks, ask.id))
    if ask.state is not AskState.OPEN:
        raise errors.unknown()
    return _move(ports, account, invitation, ask)


def erase(ports: Ports, email: str) -> list[Invitation]:
    """No hand-over names this address any more; the invitations that had moved from it or to it."""
    naming = [_erased(ports, invitation, email) for invitation in ports.invitation_lookup.naming(email)]
    return [invitation for invitation in naming if rules.moved_by(invitation, email)]


def _ask(ports: Ports, invitation: Invitation, new: Ask) -> None:
    if not rules.is_asked(invitation.asks, new.email):
        rules.with_ask(invitation.asks, new)  # refuses before anything is counted
        reached = ports.rate_limiter.reserve([Limit(f"hand-overs of {invitation.id}", *_ASKS_A_DAY)], ports.now())
        if reached:
            raise rules.too_many()
    invitations.change_asks(ports, invitation, lambda now: rules.with_ask(now.asks, new))


def _moved_unasked(ports: Ports, invitation: Invitation, ask: Ask) -> bool:
    """In the inviter's name; False where it would be refused to the inviter: then they are asked, and see why."""
    inviter = ports.accounts.get(invitation.inviter_id)
    if inviter is None:
        return False
    try:
        _move(ports, inviter, invitation, ask)
    except errors.Refusal as refusal:
        if refusal.kind in _GO_UP:
            raise
        return False
    return True


def _move(ports: Ports, account: Account, invitation: Invitation, ask: Ask) -> Invitation:
    """To another address, once, whoever else answers, accepts, mends or takes it back at the same time."""
    waits = ask in invitation.asks
    for _ in range(_TRIES):
        refuse_unless_open(invitation, ports.now())
        rules.refuse_unless_moves_left(invitation)
        renewal = invitations.read_renewal(ports, account, invitation)
        invitations.refuse_unless_free(ports, renewal, ask.email)
        move = HandedOver(id=ask.id, from_email=invitation.email, to_email=ask.email, at=renewal.now)
        with invitations.spent(ports, renewal, invitation):
            moved = ports.invitations.save(invitation.hand_over(move), renewal.chat)
        if moved:
            return invitations.unlist_old(ports, invitation)
        refusal, now = invitations.changed_meanwhile(ports, renewal), invitations.fresh(ports, invitation)
        if now.was_handed_over_by(ask.id):
            return now
        if now.generation != invitation.generation or (waits and now.is_pending and ask not in now.asks):
            raise refusal
        invitation = now
    raise errors.busy()


def _moved_before(ports: Ports, token: str, ask_id: str) -> Invitation | None:
    """What this very request has moved, where it died before it could answer: its link is the one before the move."""
    link = links.parse(token)
    invitation = ports.invitations.get(link.chat_id, link.invitation_id) if link else None
    if link is None or invitation is None or not invitation.was_handed_over_by(ask_id):
        return None
    candidates = Purpose.MAILED, Purpose.COPIED
    purpose = links.purpose_of(link, ports.link_keys, invitation.generation - 1, *candidates)
    return invitation if purpose else None


def _erased(ports: Ports, invitation: Invitation, email: str) -> Invitation:
    for _ in range(_TRIES):
        asks, moves = rules.without_address(invitation, email)
        if ports.invitations.save(invitation.erase_hand_overs(asks, moves)):
            if invitation.email != email:
                ports.invitation_lookup.remove_named(invitation, [email])
            return invitation
        invitation = invitations.fresh(ports, invitation)
    raise errors.busy()
