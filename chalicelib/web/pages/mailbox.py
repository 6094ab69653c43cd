"""Pages for the invited person without an account: their invitations, their blocks; and "is this mail real?"."""

from typing import Any

from ...domain import errors
from ...domain.addresses import masked
from ...domain.people import Account
from ...usecases import accounts, invitation_links, mailbox, sessions
from .. import guards
from ..errors import STATUS
from . import people
from .routing import Page, PageRequest, Pages, Redirect

routes = Pages(__name__)


@routes.page("/invitations")
def mailbox_page(request: PageRequest) -> Page:
    email = _whose(request)
    return _mailbox(request, email) if email else request.page("invitations_enter.html", step="address", email="")


@routes.form("/invitations", own_proof=True)
def ask_code(request: PageRequest) -> Page:
    try:
        email = sessions.address(request.field("email"))
        mailbox.ask_code(request.ports, email, request.locale, request.incoming.source, request.ids)
    except errors.Refusal as refusal:
        return request.page(
            "invitations_enter.html", STATUS[refusal.kind], step="address", email="", errors=request.problems(refusal)
        )
    return request.page("invitations_enter.html", step="code", email=email)


@routes.form("/invitations/code", own_proof=True)
def enter(request: PageRequest) -> Page | Redirect:
    typed = request.field("email")
    try:
        email = sessions.address(typed)
        token = mailbox.enter(request.ports, email, request.field("code"), request.incoming.source)
    except errors.Refusal as refusal:
        problems = request.problems(refusal)
        shown = {"code": problems.get("code") or problems.get("form") or problems.get("email")}
        return request.page("invitations_enter.html", STATUS[refusal.kind], step="code", email=typed, errors=shown)
    cookie = guards.cookie(request.ports, "mailbox", token, int(mailbox.LIFE.total_seconds()))
    return Redirect("/invitations", (cookie,))


@routes.form("/invitations/leave", own_proof=True)
def leave(request: PageRequest) -> Redirect:
    return Redirect("/invitations", (guards.cookie(request.ports, "mailbox", "", 0),))


@routes.form("/invitations/mail", own_proof=True)
def choose(request: PageRequest) -> Redirect:
    """What the person decides about their mailbox: `do` says which button was pressed."""
    email, do = _proved(request), request.field("do")
    if do == "stop":
        mailbox.suppress(request.ports, email)
    elif do == "allow":
        mailbox.unsuppress(request.ports, email)
    elif do == "unblock":
        mailbox.unblock(request.ports, email, request.field("block"))
    elif do == "language":
        mailbox.set_locale(request.ports, email, request.field("locale"))
    return Redirect("/invitations")


@routes.form("/invitations/erase", own_proof=True)
def erase(request: PageRequest) -> Page:
    email = _proved(request)
    mailbox.erase(request.ports, email)
    gone = request.page("invitations_enter.html", step="erased", email=masked(email))
    return Page(gone.html, gone.status, (guards.cookie(request.ports, "mailbox", "", 0),))


@routes.page("/check")
def check_page(request: PageRequest) -> Page:
    return request.page("check.html", found=None, tried=False)


@routes.form("/check", own_proof=True)
def check(request: PageRequest) -> Page:
    try:
        result = mailbox.check(request.ports, request.field("code"), request.incoming.source)
    except errors.Refusal as refusal:
        problems = request.problems(refusal)
        return request.page(
            "check.html", STATUS[refusal.kind], found=None, tried=False, errors={"code": problems["form"]}
        )
    shown: dict[str, Any] | None = None
    if result:
        invitation, workspace = result
        is_open = invitation.is_open_at(request.ports.now())
        shown = {"workspace": workspace.name, "email": masked(invitation.email), "open": is_open}
    return request.page("check.html", found=shown, tried=True)


@routes.page("/stop/{token}")
def stop_page(request: PageRequest) -> Page:
    return _stop_page(request, done=False)


@routes.form("/stop/{token}", by_token=True)
def stop(request: PageRequest) -> Page:
    """One click, without a session: no more mails about what was missed."""
    account = _of_stop_link(request)
    accounts.save_notices(request.ports, account, account.notices, False)
    return _stop_page(request, done=True)


def _stop_page(request: PageRequest, done: bool) -> Page:
    return request.page("stop.html", done=done, email=_of_stop_link(request).email)


def _of_stop_link(request: PageRequest) -> Account:
    return accounts.of_stop_link(request.ports, request.path["token"])


def _mailbox(request: PageRequest, email: str) -> Page:
    result = mailbox.look(request.ports, email)
    rows = [
        {
            "inviter": people.avatar(open_invitation.invitation.inviter_id, open_invitation.invitation.inviter_name),
            "workspace": open_invitation.workspace.name,
            "chat": open_invitation.chat.name,
            "expires_at": open_invitation.invitation.expires_at,
            "url": open_invitation.url,
            "three_words": invitation_links.three_words(request.ports, open_invitation.invitation),
        }
        for open_invitation in result.open
    ]
    return request.page(
        "invitations.html",
        email=email,
        invitations=rows,
        blocked=result.blocked,
        stopped=result.address.stops_invitations,
        chosen_locale=result.address.locale or request.locale,
    )


def _whose(request: PageRequest) -> str:
    return mailbox.whose(request.ports, request.incoming.cookies.get(guards.cookie_name(request.ports, "mailbox"), ""))


def _proved(request: PageRequest) -> str:
    """Forms that change something come from our own page: the cookie alone is no proof of that."""
    guards.refuse_other_origins(request.ports, request.incoming)
    email = _whose(request)
    if not email:
        raise errors.not_signed_in()
    if request.field("mailbox") not in ("", email):
        raise errors.other_mailbox(email)
    return email
