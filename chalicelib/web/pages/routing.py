"""Routes for pages: a view answers a page, another address, or a file; a refusal becomes a page that says what to do."""

import functools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from chalice.app import Blueprint, ChaliceViewError, Response

from ... import wiring
from ...domain import errors
from ...domain.people import LOCALES, locale_or
from ...domain.providers import Provider
from ...ports import Ports
from ...templating import languages, pages
from ...usecases import sessions
from .. import audit, guards, requests
from ..errors import STATUS, retry_after, unexpected
from ..requests import MOST_BYTES, Form, Incoming, UploadedFile, unquoted
from ..routing import RequestContext, request_context, seed_of
from . import people
from .static import static

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page."""

    html: str
    status: int = 200
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on elsewhere (303): a local path."""

    path: str
    cookies: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Content:
    """Something that isn't a page, with its headers."""

    body: str | bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PageRequest(RequestContext):
    """One request for a page. `form` holds the posted fields, `files` the files that were chosen."""

    form: dict[str, list[str]] = field(default_factory=dict)
    files: Mapping[str, UploadedFile] = field(default_factory=dict)

    @property
    def meant(self) -> str | None:
        """The account whose page sent this, empty for a page of nobody; None where it doesn't say."""
        return self.form["account"][-1] if "account" in self.form else self.incoming.query.get("account")

    @property
    def locale(self) -> str:
        """The reader's language: their own, what they chose here, what their browser asks for."""
        chosen = self.incoming.query.get("lang") or self.incoming.cookies.get("lang", "")
        mine = self.principal.account.locale if self.principal else ""
        return locale_or(chosen, locale_or(mine, _asked_for(self.incoming.header("accept-language"))))

    def field(self, name: str) -> str:
        return (self.form.get(name) or [""])[-1]

    def texts(self) -> list[str]:
        """What somebody wrote at length, to be given back where nothing could be done with it."""
        return [self.field(name) for name in _WRITTEN if self.field(name).strip()]

    def typed(self) -> dict[str, str]:
        """What was typed, to show again; never a password."""
        return {name: values[-1] for name, values in self.form.items() if "password" not in name}

    def page(self, template: str, code: int = 200, /, **context: Any) -> Page:
        """The template with what every page needs, answered with status `code`."""
        context = {**self.frame(), **context}
        chosen = self.incoming.query.get("lang", "")
        cookies = (f"lang={chosen}; Path=/; Max-Age=31536000; SameSite=Lax",) if chosen in LOCALES else ()
        context |= {name: Fields(context[name]) for name in ("form", "errors")}
        return Page(pages.render(template, self.locale, **context), code, cookies)

    def frame(self) -> dict[str, Any]:
        query = urlencode({name: value for name, value in self.incoming.query.items() if name != "lang"}, safe="/")
        base = self.incoming.path + (f"?{query}&" if query else "?")
        return {
            "me": people.me(self.principal.account) if self.principal else None,
            "workspaces": [],
            "path": self.incoming.path,
            "now": self.ports.now(),
            "languages": [{"code": code, "name": _NAMES[code], "href": f"{base}lang={code}"} for code in LOCALES],
            "static": static,
            "push_offered": self.ports.push_service.is_offered,
            "form_key": self.ports.new_token(),
            "form": self.typed(),
            "errors": {},
            "notice": None,
        }

    def problems(self, refusal: errors.Refusal) -> dict[str, str]:
        """The refusal's sentences by field, for a form that is shown again; what is about no field stands under `form`."""
        fields = pages.field_texts(refusal, self.locale)
        return fields or {"form": pages.refusal_text(refusal, self.locale)}


KEEP_PAGE = "/settings/account/keep"
"""All that an account which is being deleted is shown."""
_WRITTEN = ("text", "address", "note", "line")
_IN_ADDRESSES = "%/?#&=:@!$'()*+,;~"
_NAMES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français"}


class Fields(dict[str, Any]):
    """Values by field: one that isn't there is empty, as on a form."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class _Guard:
    """On what a view rests: a session, or the token in its path.

    `while_leaving`: for an account that is being deleted, too.
    `own_proof`: on what is typed there or on a mailed link, whoever is signed in; then it doesn't matter whose page it was.
    """

    signed_in: bool
    by_token: bool = False
    own_proof: bool = False
    most_bytes: int = MOST_BYTES
    while_leaving: bool = False


class Pages(Blueprint):
    """A blueprint for pages. Views are `view(request)` and answer a Page, a Redirect or Content."""

    def page(self, path: str, *, signed_in: bool = False, while_leaving: bool = False) -> Callable[[View], View]:
        return self._registered(path, ["GET", "HEAD"], _Guard(signed_in, while_leaving=while_leaving))

    def form(
        self,
        path: str,
        *,
        signed_in: bool = False,
        by_token: bool = False,
        own_proof: bool = False,
        most_bytes: int = MOST_BYTES,
        while_leaving: bool = False,
    ) -> Callable[[View], View]:
        """`by_token`: what is posted rests on the token in the path alone, speaks for no session, and may come from anywhere."""
        return self._registered(path, ["POST"], _Guard(signed_in, by_token, own_proof, most_bytes, while_leaving))

    def answering(self, view: View) -> Callable[..., Response]:
        """What Chalice calls for a view that has no route of its own."""
        return self._wrapped(view, _Guard(signed_in=False))

    def _registered(self, path: str, methods: list[str], guard: _Guard) -> Callable[[View], View]:
        def register(view: View) -> View:
            wrapped = self._wrapped(view, guard)
            self.route(path, methods=methods, content_types=["*/*"], name=f"{view.__module__}.{view.__name__}")(wrapped)
            return view

        return register

    def _wrapped(self, view: Callable[..., Any], guard: _Guard) -> Callable[..., Response]:
        def answer(**path: str) -> Response:
            try:
                incoming = requests.incoming(self.current_request, guard.most_bytes)
                return _answered(view, incoming, unquoted(path), guard)
            except ChaliceViewError:
                raise
            except errors.Refusal as refusal:
                return _response(_plain_refusal(self.current_request, refusal), refusal)

        answer.__name__ = view.__name__
        return answer


def page_request(incoming: Incoming, path: dict[str, str], principal: guards.Principal | None) -> PageRequest:
    form = requests.form_body(incoming) if incoming.method == "POST" else Form({}, {})
    request = request_context(incoming, path, principal, _seed(incoming, form.fields, principal))
    return PageRequest(
        request.ports, request.incoming, request.path, request.principal, request.ids, form.fields, form.files
    )


def _seed(incoming: Incoming, form: dict[str, list[str]], principal: guards.Principal | None) -> str:
    """A form that carries a key and is posted again, word for word, finds what it made before. Who isn't signed in has the
    token of an invitation in the path, which nobody else has."""
    key = (form.get("key") or [""])[-1]
    who = principal.account.id if principal else "-" if "{token}" in incoming.route else ""
    return seed_of(wiring.ports(), who, incoming.path, key, incoming.body) if key and who else ""


def _answered(view: Callable[..., Any], incoming: Incoming, path: dict[str, str], guard: _Guard) -> Response:
    ports = wiring.ports()
    principal, request = None, None
    try:
        principal = None if guard.by_token else _whoever(ports, incoming)
        if guard.signed_in and principal is None:
            return _response(Redirect(_sign_in_first(ports, incoming)))
        if principal and principal.account.leaves_at and not (guard.while_leaving or guard.own_proof):
            return _response(Redirect(KEEP_PAGE))
        request = page_request(incoming, path, principal)
        if not guard.own_proof:
            guards.refuse_other_page(principal, request.meant)
        with wiring.acting(principal.account.id if principal else ""):
            answer = _response(view(request))
    except errors.Refusal as refusal:
        audit.note(incoming, path, principal, refusal.code)
        return _response(refused(request or _unread(ports, incoming, principal), refusal), refusal)
    except ChaliceViewError:
        raise
    except Exception:  # a bug: told without a trace, logged once, here
        log.exception("unexpected: %s %s, request %s", incoming.method, incoming.route, incoming.request_id)
        bug = unexpected()
        return _response(refused(request or _unread(ports, incoming, principal), bug), bug)
    audit.note(incoming, path, principal, answer.status_code)
    return answer


def _unread(ports: Ports, incoming: Incoming, principal: guards.Principal | None) -> PageRequest:
    """A request whose form couldn't be read."""
    return PageRequest(ports, incoming, {}, principal, request_context(incoming, {}, principal).ids)


def _sign_in_first(ports: Ports, incoming: Incoming) -> str:
    """The page for signing in, which leads on to what was asked for, with its query: `?people=1` of a mail's link, too."""
    wanted = sessions.local_path(incoming.path + (f"?{urlencode(incoming.query)}" if incoming.query else ""))
    said = {"next": wanted} if wanted and incoming.method in guards.SAFE else {}
    if guards.had_session(ports, incoming):
        said["notice"] = "ended"
    return f"/sign-in?{urlencode(said, safe='/')}" if said else "/sign-in"


def refused(request: PageRequest, refusal: errors.Refusal) -> Page:
    """The page for a refusal that no form can show."""
    if refusal.code == "other_account" and request.principal:
        return _other_account(request, request.account.name)
    status = STATUS[refusal.kind]
    detail = "; ".join(pages.field_texts(refusal, request.locale).values()) or pages.refusal_text(
        refusal, request.locale
    )
    text = functools.partial(languages.text, locale=request.locale)
    home = (
        {"text": text("Chats"), "href": "/chats"}
        if request.principal
        else {"text": text("Sign in"), "href": "/sign-in"}
    )
    ways = [home] if request.principal else [home, {"text": text("Go to the home page"), "href": "/"}]
    provider = next((each for each in Provider if refusal.code == f"no_{each}"), None)
    if provider and request.principal:
        link = f"/oauth/{provider}/start?link=1&account={request.account.id}"
        ways = [{"text": text("Link {name}", name=provider.shown), "href": link}, home]
    titles = {
        404: text("Page not found"),
        401: text("Sign in first"),
        403: text("You don’t have permission"),
        410: text("No longer available"),
        429: text("Too many tries"),
        503: text("We’re busy right now"),
    }
    return request.page(
        "error.html",
        status,
        status=status,
        title=titles.get(status) or text("Not yet" if provider else "Something went wrong"),
        detail=detail,
        request_id=request.incoming.request_id or None,
        retry_after=refusal.retry_after,
        ways=ways,
    )


def _other_account(request: PageRequest, name: str) -> Page:
    """For a page that stayed open while another account signed in: nothing was done, and nothing that was written is lost."""
    text = functools.partial(languages.text, locale=request.locale)
    route, path = request.incoming.route, request.incoming.path
    chats = {"text": text("Go to your chats"), "href": "/chats"}
    invitation = {"text": text("Back to the invitation"), "href": "/".join(path.split("/")[:3])}
    return request.page(
        "error.html",
        401,
        status=401,
        title=text("You are signed in as {name} now", name=name),
        detail=text("The page was opened before you signed in, so nothing was done. Load it again to go on."),
        request_id=None,
        retry_after=None,
        kept=request.texts(),
        ways=[invitation, chats] if route.startswith("/join/") else [chats],
    )


def _whoever(ports: Ports, incoming: Incoming) -> guards.Principal | None:
    """Posted forms come from our own pages. Who sends no origin at all is no browser, and has no cookie to abuse."""
    principal = guards.maybe_signed_in(ports, incoming)
    if incoming.method not in guards.SAFE and (incoming.header("origin") or incoming.header("sec-fetch-site")):
        guards.refuse_other_origins(ports, incoming)
    return principal


def _plain_refusal(request: Any, refusal: errors.Refusal) -> Page:
    """Before the request could even be read."""
    return Page(f"<!doctype html><title>Webtop</title><p>{refusal.sentence}</p>", STATUS[refusal.kind])


def _response(result: Page | Redirect | Content, refusal: errors.Refusal | None = None) -> Response:
    if isinstance(result, Content):
        return Response(result.body, headers=dict(result.headers))
    headers: dict[str, Any] = {"Set-Cookie": list(result.cookies)} if result.cookies else {}
    if isinstance(result, Redirect):
        headers |= result.headers
        return Response("", headers=headers | {"Location": quote(result.path, safe=_IN_ADDRESSES)}, status_code=303)
    headers |= {"Content-Type": "text/html; charset=utf-8"} | (retry_after(refusal) if refusal else {})
    return Response(result.html, headers=headers, status_code=result.status)


def _asked_for(header: str) -> str:
    for part in header.split(",")[:10]:
        code = part.partition(";")[0].strip().lower()[:2]
        if code in LOCALES:
            return code
    return "en"
