"""Joining by mail: a button on the invitation's page, or an answer that the inviter lets in. Mails then, and no password."""

from ..domain import errors, names, plans
from ..domain import joining as rules
from ..domain.incoming_mail import identity_of
from ..domain.links import Purpose
from ..domain.people import Session
from ..domain.providers import Option, Via
from ..ports import Ports
from . import accounts, joining


def join_by_mail(ports: Ports, token: str, name: str = "") -> str:
    """By the mailed link alone: from then on messages come as mails, and answers go into the chat.

    There is no session. Again is the same.
    """
    chat, invitation, purpose = joining.find(ports, token)
    if purpose is not Purpose.MAILED:
        raise rules.code_needed(("code",))
    if invitation.is_taken and invitation.via is Via.MAIL:
        return chat.id
    opened = joining.usable(ports, chat, invitation)
    return admit_by_mail(ports, opened, invitation.email, name or invitation.invited_name)


def admit_by_mail(ports: Ports, opened: joining.OpenedInvitation, email: str, name: str) -> str:
    """Whoever has this mailbox takes part by it; with an account of its address, which is made where there is none."""
    rules.refuse_unless_domain_allowed(email, opened.workspace)
    plans.refuse_unless_offered(Option.MAIL, opened.workspace.plan, ports.configured)
    account = ports.accounts.of(email)
    if account is None:
        name = names.clean(names.tidy(name)[: names.PERSON] or email.partition("@")[0][: names.PERSON], "name")
        new = accounts.new_account(ports, email, name, "", opened.invitation.locale)
        joining.refuse_if_full(ports, opened)
        account = new if ports.accounts.add(new) else ports.accounts.of(email)
    if account is None:
        raise errors.busy()
    by_mail = Session(
        account_id=account.id,
        hash="",
        created_at=ports.now(),
        seen_at=ports.now(),
        identity=identity_of(account.id).key,
        email=email,
        email_proved=True,
    )
    return joining.admit(ports, opened, account, by_mail)
