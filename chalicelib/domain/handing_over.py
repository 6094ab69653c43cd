"""Handing an invitation over: the invited person names another address, and the inviter allows or refuses."""

from collections.abc import Sequence
from dataclasses import replace

from . import errors, mail_providers, personal_lines
from .addresses import domain_of
from .invitations import Ask, AskKind, AskState, HandedOver, Invitation
from .joining import code_needed
from .links import Purpose
from .workspaces import HandOverPolicy, Workspace

NOTE_LONGEST = 200
MOVES_MOST, OPEN_MOST, _ANSWERED_KEPT = 2, 5, 5
_A_DAY = 86_400


def is_offered(invitation: Invitation, workspace: Workspace) -> bool:
    """Whether the joining page has it among its ways."""
    return workspace.hand_over is not HandOverPolicy.OFF and len(invitation.handed_over) < MOVES_MOST


def refuse_unless_may_hand_over(invitation: Invitation, workspace: Workspace, purpose: Purpose, proved: bool) -> None:
    """Where the workspace has it, only who shows that the invited mailbox is theirs: by the mailed link, or by a code."""
    if workspace.hand_over is HandOverPolicy.OFF:
        raise errors.Refusal(
            errors.RefusalKind.FORBIDDEN,
            "hand_over_off",
            "{workspace} doesn't let invitations be handed over. Write to the person who invited you.",
            values={"workspace": workspace.name},
        )
    if purpose is not Purpose.MAILED and not proved:
        raise code_needed(("code",))
    refuse_unless_moves_left(invitation)


def refuse_unless_moves_left(invitation: Invitation) -> None:
    if len(invitation.handed_over) >= MOVES_MOST:
        raise errors.conflict(
            "hand_over_limit",
            "This invitation was handed over {most} times, and no more is possible. Write to the person who invited you.",
            most=MOVES_MOST,
        )


def refuse_same_address(invitation: Invitation, email: str) -> None:
    if email == invitation.email:
        raise errors.unfit("email", "same_address", "The invitation is for this very address. Name another one.")


def note(text: str) -> str:
    """What goes to the inviter with the ask; it obeys the rules of an inviter's own line."""
    return personal_lines.clean(text, "note", NOTE_LONGEST)


def own_domain_passes(workspace: Workspace, invitation: Invitation) -> bool:
    """Whether the workspace lets addresses of the invited one's domain have it unasked; never those of a public provider."""
    by_policy = workspace.hand_over is HandOverPolicy.SAME_DOMAIN
    return by_policy and not mail_providers.is_public(domain_of(invitation.email))


def needs_no_answer(workspace: Workspace, invitation: Invitation, email: str) -> bool:
    """The very same domain: its sub-domains are others."""
    return own_domain_passes(workspace, invitation) and domain_of(email) == domain_of(invitation.email)


def is_asked(asks: Sequence[Ask], email: str) -> bool:
    return any(_is_open(ask) and ask.email == email for ask in asks)


def with_ask(asks: Sequence[Ask], new: Ask) -> Sequence[Ask]:
    """The asks with this one; for an address that waits for its answer already, as they were. 429 for a sixth one."""
    if is_asked(asks, new.email):
        return asks
    if sum(_is_open(ask) for ask in asks) >= OPEN_MOST:
        raise too_many()
    return [*_with_few_answered(asks), new]


def with_refusal(asks: Sequence[Ask], ask_id: str) -> Sequence[Ask]:
    """That it was refused stays, for whoever refuses again; the address goes."""
    return [
        replace(ask, state=AskState.REFUSED, email="", note="") if ask.id == ask_id and _is_open(ask) else ask
        for ask in asks
    ]


def moved_by(invitation: Invitation, email: str) -> bool:
    return any(email in (move.from_email, move.to_email) for move in invitation.handed_over)


def without_address(invitation: Invitation, email: str) -> tuple[tuple[Ask, ...], tuple[HandedOver, ...]]:
    """Its asks and its moves as they stand after this address was erased."""

    def kept(named: str) -> str:
        return "" if named == email else named

    asks = tuple(ask for ask in invitation.asks if not (_is_open(ask) and ask.email == email))
    moves = (
        replace(move, from_email=kept(move.from_email), to_email=kept(move.to_email)) for move in invitation.handed_over
    )
    return asks, tuple(moves)


def too_many() -> errors.Refusal:
    return errors.too_many(
        "too_many_asks",
        "You named enough addresses for this invitation. Wait for an answer, or write to the inviter.",
        _A_DAY,
    )


def _with_few_answered(asks: Sequence[Ask]) -> Sequence[Ask]:
    """So that an invitation doesn't grow with every answer."""
    answered = [ask.id for ask in asks if ask.kind is AskKind.HAND_OVER and not _is_open(ask)]
    return [ask for ask in asks if ask.id not in answered[:-_ANSWERED_KEPT]]


def _is_open(ask: Ask) -> bool:
    return ask.kind is AskKind.HAND_OVER and ask.state is AskState.OPEN
