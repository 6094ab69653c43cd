"""Signing up, in and out; the pages that mailed one-time links open."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from ...domain import errors
from ...domain.identities import Provider
from ...domain.letters import LetterKind
from ...usecases import accounts, addresses, sessions
from ...usecases.sessions import SignedIn
from .. import guards
from . import said
from .routing import Page, Pages, See, Visit

routes = Pages(__name__)
_LINK_COOKIE_LIFE = 1800
_PURPOSES = {
    "confirm": LetterKind.SIGN_UP,
    "enter": LetterKind.SIGN_IN,
    "reset": LetterKind.RESET,
    "welcome": LetterKind.JOIN_WORKSPACE,
}
_SHOWN = {"confirm": "confirm", "enter": "sign_in", "reset": "reset", "welcome": "join_workspace"}


@routes.page("/")
def home(visit: Visit) -> Page | See:
    return See("/chats") if visit.signed else visit.page("home.html")


@routes.page("/sign-up")
def sign_up_page(visit: Visit) -> Page | See:
    return See("/chats") if visit.signed else visit.page("sign_up.html")


@routes.form("/sign-up")
def sign_up(visit: Visit) -> Page:
    fields = (visit.field("email"), visit.field("name"), visit.field("password"), visit.field("workspace"))
    try:
        accounts.sign_up(visit.ports, *fields, visit.locale, visit.got.source, visit.ids)
    except errors.Refusal as refusal:
        return visit.page("sign_up.html", 422, errors=visit.problems(refusal))
    return visit.page("sent.html", purpose="sign_up", email=visit.field("email"), back="/sign-up")


@routes.page("/sign-in")
def sign_in_page(visit: Visit) -> Page | See:
    following = sessions.local_path(visit.got.query.get("next", ""))
    if visit.signed:
        return See(following or said.carried(visit, "/chats"))
    return _sign_in_page(visit, following, notice=said.notice(visit))


@routes.form("/sign-in")
def sign_in(visit: Visit) -> Page | See:
    following = sessions.local_path(visit.field("next"))
    try:
        email = sessions.address(visit.field("email"))
        signed = sessions.sign_in(visit.ports, email, visit.field("password"), visit.got.source)
    except errors.Refusal as refusal:
        return _sign_in_page(visit, following, 422, errors=visit.problems(refusal))
    return entered(visit, signed, following or "/chats")


@routes.form("/sign-in/link")
def ask_link(visit: Visit) -> Page:
    following = sessions.local_path(visit.field("next"))
    try:
        email = sessions.address(visit.field("email"))
        sessions.ask_link(visit.ports, email, visit.got.source, visit.ids, LetterKind.SIGN_IN, following)
    except errors.Refusal as refusal:
        return _sign_in_page(visit, following, 422, errors=visit.problems(refusal))
    return visit.page("sent.html", purpose="sign_in", email=email, back=_with_next("/sign-in", following))


@routes.page("/password-reset")
def reset_page(visit: Visit) -> Page:
    return visit.page("password_reset.html", next=sessions.local_path(visit.got.query.get("next", "")))


@routes.form("/password-reset")
def ask_reset(visit: Visit) -> Page:
    following = sessions.local_path(visit.field("next"))
    try:
        email = sessions.address(visit.field("email"))
        sessions.ask_link(visit.ports, email, visit.got.source, visit.ids, LetterKind.RESET, following)
    except errors.Refusal as refusal:
        return visit.page("password_reset.html", 422, next=following, errors=visit.problems(refusal))
    return visit.page("sent.html", purpose="reset", email=email, back=_with_next("/password-reset", following))


@routes.form("/sign-out")
def sign_out(visit: Visit) -> See:
    return signed_out(visit, "/")


@routes.page("/confirm/{token}")
@routes.page("/enter/{token}")
@routes.page("/reset/{token}")
@routes.page("/welcome/{token}")
def link_page(visit: Visit) -> Page:
    """Changes nothing: mail scanners open links too."""
    return _link_page(visit, {})


@routes.form("/confirm/{token}")
def confirm(visit: Visit) -> Page | See:
    return _by_link(visit, lambda: accounts.confirm(visit.ports, visit.path["token"], _browser(visit)))


@routes.form("/enter/{token}")
def enter(visit: Visit) -> Page | See:
    return _by_link(visit, lambda: sessions.sign_in_by_link(visit.ports, visit.path["token"], _browser(visit)))


@routes.form("/reset/{token}")
def reset(visit: Visit) -> Page | See:
    fields = (visit.path["token"], visit.field("password"), _browser(visit))
    return _by_link(visit, lambda: accounts.reset_password(visit.ports, *fields))


@routes.form("/welcome/{token}")
def join_workspace(visit: Visit) -> Page | See:
    fields = (visit.path["token"], visit.field("name"), visit.field("password"), _browser(visit))
    return _by_link(visit, lambda: accounts.join_workspace(visit.ports, *fields))


def entered(visit: Visit, signed: SignedIn, path: str) -> See:
    """Signed in, with a new session; the one that the browser had before ends."""
    if visit.signed:
        sessions.sign_out(visit.ports, visit.signed.session)
    if addresses.bounces(visit.ports, signed.account.email):
        path = said.saying(path, "bounces")  # told to who is in already: nobody else learns what an address is
    return See(path, (guards.session_cookie(visit.ports, signed.token, signed.session.expires_at),))


def signed_out(visit: Visit, path: str) -> See:
    if visit.signed:
        sessions.sign_out(visit.ports, visit.signed.session)
    return See(path, (guards.no_session_cookie(visit.ports),), guards.FORGET)


def _sign_in_page(visit: Visit, following: str, status: int = 200, **more: Any) -> Page:
    offered = [(str(one), one.shown) for one in Provider if one.option in visit.ports.configured]
    return visit.page("sign_in.html", status, next=following, providers=offered, **more)


def _with_next(path: str, following: str) -> str:
    return f"{path}?{urlencode({'next': following})}" if following else path


def _by_link(visit: Visit, do: Callable[[], SignedIn]) -> Page | See:
    try:
        signed = do()
    except errors.Refusal as refusal:
        if refusal.kind not in (errors.Kind.WRONG_FIELD, errors.Kind.GONE):
            raise
        return _link_page(visit, visit.problems(refusal))
    # The answer is on its way: from now on the link is used, for this browser as for any other.
    done = entered(visit, signed, signed.next or "/chats")
    return See(done.path, (*done.cookies, guards.cookie(visit.ports, "link", "", 0)))


def _browser(visit: Visit) -> str:
    """Known by a cookie from the link's page until it has its answer: a press that was cut off may be repeated in it alone."""
    return visit.got.cookies.get(guards.name_of(visit.ports, "link"), "")


def _link_page(visit: Visit, problems: dict[str, str]) -> Page:
    kind = visit.got.path.split("/")[1]
    try:
        browser = _browser(visit)
        use = sessions.use_of(visit.ports, visit.path["token"], browser)
        secret = sessions.peek(visit.ports, visit.path["token"], _PURPOSES[kind], use.holder)
    except errors.Refusal as refusal:
        if refusal.kind is not errors.Kind.GONE:
            raise
        return visit.page("link.html", 410, purpose=_SHOWN[kind], usable=False, email=None, errors={})
    page = visit.page(
        "link.html",
        422 if problems else 200,
        purpose=_SHOWN[kind],
        usable=True,
        email=secret.email,
        name=secret.name,
        workspace=secret.workspace,
        errors=problems,
    )
    cookie = guards.cookie(visit.ports, "link", browser or visit.ports.new_token(), _LINK_COOKIE_LIFE)
    return Page(page.html, page.status, (*page.cookies, cookie))
