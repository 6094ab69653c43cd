"""Answers by mail of somebody who isn't in the chat yet: held for the inviter, and their first messages once they are in."""

from collections.abc import Sequence
from dataclasses import replace

from ..domain.incoming_mail import MailAnswer
from ..domain.invitations import Ask, AskKind, AskState, Invitation
from ..domain.translation import splitting
from ..ports import Ports
from . import answers_by_mail, invitations, joining, joining_by_mail

HELD_MOST, _ANSWERED_KEPT, _LONGEST = 3, 3, 16_000


def hold(ports: Ports, invitation: Invitation, new: Ask) -> None:
    """The first three stay; what came before comes in as often as its sender's server likes."""

    def with_it(now: Invitation) -> Sequence[Ask]:
        held = [ask for ask in now.asks if ask.kind is AskKind.MAIL]
        is_full = sum(ask.state is AskState.OPEN for ask in held) >= HELD_MOST
        return now.asks if is_full or new.id in {ask.id for ask in held} else (*_with_few_answered(now.asks), new)

    invitations.change_asks(ports, invitation, with_it)


def ask_of(answer_id: str, email: str, name: str, text: str, ports: Ports) -> Ask:
    return Ask(
        id=answer_id, kind=AskKind.MAIL, asked_at=ports.now(), name=name[:60], email=email, text=text[:_LONGEST].strip()
    )


def answer(ports: Ports, invitation: Invitation, ask: Ask, allow: bool) -> Invitation:
    """Allowing lets its sender in by mail; refusing leaves the invitation as it was."""
    if not allow:
        refused = [replace(item, state=AskState.REFUSED, email="", name="", text="") for item in (ask,)]
        return invitations.change_asks(
            ports, invitation, lambda now: [refused[0] if item.id == ask.id else item for item in now.asks]
        )
    chat, pending = ports.invitations.with_chat(invitation.chat_id, invitation.id)
    if chat and pending:
        joining_by_mail.admit_by_mail(ports, joining.usable(ports, chat, pending), ask.email, ask.name)
    return invitations.fresh(ports, invitation)


def post_held(ports: Ports, before: Invitation | None, after: Invitation) -> None:
    """Somebody is in now: what they answered before is theirs to say. The chat's stream tells of it, so it is never lost."""
    if before is None or before.is_taken or not after.is_taken:
        return
    for ask in before.asks:
        if ask.kind is AskKind.MAIL and ask.state is AskState.OPEN and ask.email == after.account_email:
            texts = splitting.parts(ask.text)
            answers_by_mail.put(
                ports, MailAnswer(id=ask.id, chat_id=after.chat_id, account_id=after.account_id, texts=texts)
            )


def _with_few_answered(asks: Sequence[Ask]) -> Sequence[Ask]:
    """So that an invitation doesn't grow with every answer."""
    answered = [ask.id for ask in asks if ask.kind is AskKind.MAIL and ask.state is not AskState.OPEN]
    return [ask for ask in asks if ask.id not in answered[:-_ANSWERED_KEPT]]
