"""Signing up, in and out; the pages that mailed one-time links open."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from ...domain import errors
from ...domain.notifications import NotificationKind, OneTimeToken
from ...domain.providers import SIGN_INS
from ...usecases import accounts, addresses, sessions
from ...usecases.sessions import SignedIn
from .. import guards
from . import flash
from .routing import Page, PageRequest, Pages, Redirect

routes = Pages(__name__)
_LINK_COOKIE_LIFE = 1800
_PURPOSES = {
    "confirm": NotificationKind.SIGN_UP,
    "enter": NotificationKind.SIGN_IN,
    "reset": NotificationKind.RESET,
    "welcome": NotificationKind.JOIN_WORKSPACE,
}
_SHOWN = {"confirm": "confirm", "enter": "sign_in", "reset": "reset", "welcome": "join_workspace"}


@routes.page("/")
def home(request: PageRequest) -> Page | Redirect:
    return Redirect("/chats") if request.principal else request.page("home.html")


@routes.page("/sign-up")
def sign_up_page(request: PageRequest) -> Page | Redirect:
    return Redirect("/chats") if request.principal else request.page("sign_up.html")


@routes.form("/sign-up", own_proof=True)
def sign_up(request: PageRequest) -> Page:
    fields = (request.field("email"), request.field("name"), request.field("password"), request.field("workspace"))
    try:
        accounts.sign_up(request.ports, *fields, request.locale, request.incoming.source, request.ids)
    except errors.Refusal as refusal:
        return request.page("sign_up.html", 422, errors=request.problems(refusal))
    return request.page("sent.html", purpose="sign_up", email=request.field("email"), back="/sign-up")


@routes.page("/sign-in")
def sign_in_page(request: PageRequest) -> Page | Redirect:
    following = sessions.local_path(request.incoming.query.get("next", ""))
    if request.principal:
        return Redirect(following or flash.carried(request, "/chats"))
    return _sign_in_page(request, following, notice=flash.notice(request))


@routes.form("/sign-in", own_proof=True)
def sign_in(request: PageRequest) -> Page | Redirect:
    following = sessions.local_path(request.field("next"))
    try:
        email = sessions.address(request.field("email"))
        signed_in = sessions.sign_in(request.ports, email, request.field("password"), request.incoming.source)
    except errors.Refusal as refusal:
        return _sign_in_page(request, following, 422, errors=request.problems(refusal))
    return entered(request, signed_in, following or "/chats")


@routes.form("/sign-in/link", own_proof=True)
def ask_link(request: PageRequest) -> Page:
    following = sessions.local_path(request.field("next"))
    try:
        email = sessions.address(request.field("email"))
        sessions.ask_link(
            request.ports, email, request.incoming.source, request.ids, NotificationKind.SIGN_IN, following
        )
    except errors.Refusal as refusal:
        return _sign_in_page(request, following, 422, errors=request.problems(refusal))
    return request.page("sent.html", purpose="sign_in", email=email, back=_with_next("/sign-in", following))


@routes.page("/password-reset")
def reset_page(request: PageRequest) -> Page:
    return request.page("password_reset.html", next=sessions.local_path(request.incoming.query.get("next", "")))


@routes.form("/password-reset", own_proof=True)
def ask_reset(request: PageRequest) -> Page:
    following = sessions.local_path(request.field("next"))
    try:
        email = sessions.address(request.field("email"))
        sessions.ask_link(request.ports, email, request.incoming.source, request.ids, NotificationKind.RESET, following)
    except errors.Refusal as refusal:
        return request.page("password_reset.html", 422, next=following, errors=request.problems(refusal))
    return request.page("sent.html", purpose="reset", email=email, back=_with_next("/password-reset", following))


@routes.form("/sign-out", while_leaving=True)
def sign_out(request: PageRequest) -> Redirect:
    return signed_out(request, "/")


@routes.page("/confirm/{token}")
@routes.page("/enter/{token}")
@routes.page("/reset/{token}")
@routes.page("/welcome/{token}")
def link_page(request: PageRequest) -> Page:
    """Changes nothing: mail scanners open links too."""
    return _link_page(request, {})


@routes.form("/confirm/{token}", own_proof=True)
def confirm(request: PageRequest) -> Page | Redirect:
    return _by_link(request, lambda: accounts.confirm(request.ports, request.path["token"], browser_of(request)))


@routes.form("/enter/{token}", own_proof=True)
def enter(request: PageRequest) -> Page | Redirect:
    return _by_link(
        request, lambda: sessions.sign_in_by_link(request.ports, request.path["token"], browser_of(request))
    )


@routes.form("/reset/{token}", own_proof=True)
def reset(request: PageRequest) -> Page | Redirect:
    fields = (request.path["token"], request.field("password"), browser_of(request))
    return _by_link(request, lambda: accounts.reset_password(request.ports, *fields))


@routes.form("/welcome/{token}", own_proof=True)
def join_workspace(request: PageRequest) -> Page | Redirect:
    fields = (request.path["token"], request.field("name"), request.field("password"), browser_of(request))
    return _by_link(request, lambda: accounts.join_workspace(request.ports, *fields))


def entered(request: PageRequest, signed_in: SignedIn, path: str) -> Redirect:
    """Signed in, with a new session; the one that the browser had before ends."""
    if request.principal:
        sessions.sign_out(request.ports, request.principal.session)
    if addresses.bounces(request.ports, signed_in.account.email):
        path = flash.saying(path, "bounces")  # told to who is in already: nobody else learns what an address is
    return Redirect(path, (guards.session_cookie(request.ports, signed_in.token, signed_in.session.expires_at),))


def signed_out(request: PageRequest, path: str) -> Redirect:
    if request.principal:
        sessions.sign_out(request.ports, request.principal.session)
    return Redirect(path, (guards.no_session_cookie(request.ports),), guards.FORGET)


def _sign_in_page(request: PageRequest, following: str, status: int = 200, **more: Any) -> Page:
    offered = [(str(provider), provider.shown) for provider in SIGN_INS if provider.option in request.ports.configured]
    return request.page("sign_in.html", status, next=following, providers=offered, **more)


def _with_next(path: str, following: str) -> str:
    return f"{path}?{urlencode({'next': following})}" if following else path


def _by_link(request: PageRequest, do: Callable[[], SignedIn]) -> Page | Redirect:
    try:
        signed_in = do()
    except errors.Refusal as refusal:
        if refusal.kind is errors.RefusalKind.GONE:
            return link_over(request, _SHOWN[_kind(request)])
        if refusal.kind is not errors.RefusalKind.WRONG_FIELD:
            raise
        return _link_page(request, request.problems(refusal))
    # The answer is on its way: from now on the link is used, for this browser as for any other.
    done = entered(request, signed_in, signed_in.next or "/chats")
    return Redirect(done.path, (*done.cookies, guards.cookie(request.ports, "link", "", 0)))


def browser_of(request: PageRequest) -> str:
    """Known by a cookie from the link's page until it has its answer: a press that was disconnected may be repeated in it
    alone."""
    return request.incoming.cookies.get(guards.cookie_name(request.ports, "link"), "")


def _link_page(request: PageRequest, problems: dict[str, str]) -> Page:
    kind, token = _kind(request), request.path["token"]
    holder = sessions.use_of(request.ports, token, browser_of(request)).holder
    return linked(request, _SHOWN[kind], lambda: sessions.peek(request.ports, token, _PURPOSES[kind], holder), problems)


def _kind(request: PageRequest) -> str:
    return request.incoming.path.split("/")[1]


def link_over(request: PageRequest, purpose: str) -> Page:
    return request.page("link.html", 410, purpose=purpose, usable=False, email=None, errors={})


def linked(
    request: PageRequest, purpose: str, peek: Callable[[], OneTimeToken], problems: dict[str, str] | None = None
) -> Page:
    """The page of a mailed link, as long as it can be used; from it on, the browser is known."""
    try:
        one_time_token = peek()
    except errors.Refusal as refusal:
        if refusal.kind is not errors.RefusalKind.GONE:
            raise
        return link_over(request, purpose)
    page = request.page(
        "link.html",
        422 if problems else 200,
        purpose=purpose,
        usable=True,
        email=one_time_token.email,
        name=one_time_token.name,
        workspace=one_time_token.workspace,
        errors=problems or {},
    )
    cookie = guards.cookie(request.ports, "link", browser_of(request) or request.ports.new_token(), _LINK_COOKIE_LIFE)
    return Page(page.html, page.status, (*page.cookies, cookie))
