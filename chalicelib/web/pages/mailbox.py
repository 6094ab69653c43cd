"""Pages for the invited person without an account: their invitations, their blocks; and "is this mail real?"."""

from typing import Any

from ...domain import errors, links
from ...domain.addresses import masked
from ...usecases import links_of, mailbox, sessions
from .. import guards
from . import people
from .routing import Page, Pages, See, Visit

routes = Pages(__name__)


@routes.page("/invitations")
def mailbox_page(visit: Visit) -> Page:
    email = _whose(visit)
    return _mailbox(visit, email) if email else visit.page("invitations_enter.html", step="address", email="")


@routes.form("/invitations")
def ask_code(visit: Visit) -> Page:
    try:
        email = sessions.address(visit.field("email"))
        mailbox.ask_code(visit.ports, email, visit.locale, visit.got.source, visit.ids)
    except errors.Refusal as refusal:
        return visit.page("invitations_enter.html", 422, step="address", email="", errors=visit.problems(refusal))
    return visit.page("invitations_enter.html", step="code", email=email)


@routes.form("/invitations/code")
def enter(visit: Visit) -> Page | See:
    typed = visit.field("email")
    try:
        token = mailbox.enter(visit.ports, sessions.address(typed), visit.field("code"))
    except errors.Refusal as refusal:
        problems = visit.problems(refusal)
        shown = {"code": problems.get("code") or problems.get("form") or problems.get("email")}
        return visit.page("invitations_enter.html", 422, step="code", email=typed, errors=shown)
    cookie = guards.cookie(visit.ports, "mailbox", token, int(mailbox.LIFE.total_seconds()))
    return See("/invitations", (cookie,))


@routes.form("/invitations/leave")
def leave(visit: Visit) -> See:
    return See("/invitations", (guards.cookie(visit.ports, "mailbox", "", 0),))


@routes.form("/invitations/mail")
def choose(visit: Visit) -> See:
    """What the person decides about their mailbox: `do` says which button was pressed."""
    email, do = _proved(visit), visit.field("do")
    if do == "stop":
        mailbox.stop_mail(visit.ports, email)
    elif do == "allow":
        mailbox.let_mail(visit.ports, email)
    elif do == "unblock":
        mailbox.unblock(visit.ports, email, visit.field("block"))
    elif do == "language":
        mailbox.speak(visit.ports, email, visit.field("locale"))
    return See("/invitations")


@routes.form("/invitations/erase")
def erase(visit: Visit) -> Page:
    email = _proved(visit)
    mailbox.erase(visit.ports, email)
    gone = visit.page("invitations_enter.html", step="erased", email=masked(email))
    return Page(gone.html, gone.status, (guards.cookie(visit.ports, "mailbox", "", 0),))


@routes.page("/check")
def check_page(visit: Visit) -> Page:
    return visit.page("check.html", found=None, tried=False)


@routes.form("/check")
def check(visit: Visit) -> Page:
    try:
        found = mailbox.check(visit.ports, visit.field("code"), visit.got.source)
    except errors.Refusal as refusal:
        problems = visit.problems(refusal)
        return visit.page("check.html", 429, found=None, tried=False, errors={"code": problems["form"]})
    shown: dict[str, Any] | None = None
    if found:
        seat, workspace = found
        is_open = seat.is_open_at(visit.ports.now())
        shown = {"workspace": workspace.name, "email": masked(seat.email), "open": is_open}
    return visit.page("check.html", found=shown, tried=True)


@routes.page("/stop/{token}")
def stop_page(visit: Visit) -> Page:
    return _stop_page(visit, done=False)


@routes.form("/stop/{token}", by_token=True)
def stop(visit: Visit) -> Page:
    """One click, without a session: no more mails about what was missed."""
    account = _of_stop_link(visit)
    visit.ports.accounts.save_notices(account.id, account.notices, False)
    return _stop_page(visit, done=True)


def _stop_page(visit: Visit, done: bool) -> Page:
    return visit.page("stop.html", done=done, email=_of_stop_link(visit).email)


def _of_stop_link(visit: Visit) -> Any:
    account_id = links.unseal(visit.path["token"], visit.ports.link_keys, links.Purpose.STOP_MISSED)
    account = visit.ports.accounts.get(account_id) if account_id else None
    if account is None:
        raise errors.unknown()
    return account


def _mailbox(visit: Visit, email: str) -> Page:
    found = mailbox.look(visit.ports, email)
    rows = [
        {
            "inviter": people.face(one.seat.inviter_id, one.seat.inviter_name),
            "workspace": one.workspace.name,
            "chat": one.chat.name,
            "expires_at": one.seat.expires_at,
            "url": one.url,
            "three_words": links_of.three_words(visit.ports, one.seat),
        }
        for one in found.open
    ]
    return visit.page(
        "invitations.html",
        email=email,
        invitations=rows,
        blocked=found.blocked,
        stopped=found.address.stops_invitations,
        chosen_locale=found.address.locale or visit.locale,
    )


def _whose(visit: Visit) -> str:
    return mailbox.whose(visit.ports, visit.got.cookies.get(guards.name_of(visit.ports, "mailbox"), ""))


def _proved(visit: Visit) -> str:
    """Forms that change something come from our own page: the cookie alone is no proof of that."""
    guards.refuse_other_origins(visit.ports, visit.got)
    email = _whose(visit)
    if not email:
        raise errors.not_signed_in()
    return email
