"""Routes: a thin layer over Chalice's blueprints that parses, guards, runs a view and turns refusals into answers.

Chalice makes a 500 of a view's exception before any middleware sees it, so each view is wrapped here.
"""

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
from chalice.app import Blueprint, ChaliceViewError, Response

from .. import wiring
from ..domain import errors
from ..domain.ids import Ids
from ..domain.people import Account, Session, locale_or
from ..ports import Answer, Ports
from . import audit, guards, requests
from .errors import problem, unexpected
from .requests import Incoming, unquoted

log = logging.getLogger(__name__)
PREFIX = "/api/v1"
_SECRET = "\0"  # noqa: S105  # stands for one; JSON writes this sign in another way, so that nobody can have typed it
View = TypeVar("View", bound=Callable[..., Any])
Query = TypeVar("Query")


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request on its way to a view."""

    ports: Ports
    incoming: Incoming
    path: dict[str, str]
    principal: guards.Principal | None
    ids: Ids

    @property
    def account(self) -> Account:
        return self._principal().account

    @property
    def session(self) -> Session:
        return self._principal().session

    @property
    def locale(self) -> str:
        """The caller's language: on a page that asks, the page's own, which its cookie tells; else their account's."""
        return locale_or(self.incoming.cookies.get("lang", ""), self.account.locale)

    def query(self, shape: type[Query]) -> Query:
        """Query parameters are text; they are read as the shape's types."""
        return requests.convert(self.incoming.query, shape, strict=False)

    def wants(self, media: str) -> bool:
        """Whether `Accept` names this media type, and not JSON before it."""
        return requests.prefers(self.incoming.header("accept"), media.partition(";")[0])

    def _principal(self) -> guards.Principal:
        if self.principal is None:
            raise errors.not_signed_in()
        return self.principal


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with more than a body: cookies, headers, another status. With `media` the body is text of that type, or bytes."""

    body: Any = None
    status: int = 0
    cookies: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route, as the OpenAPI document tells it."""

    method: str
    path: str
    summary: str
    takes: type | None
    answers: Any
    status: int
    signed_in: bool
    query: type | None
    refusals: tuple[int, ...]
    name: str
    media: str = "application/json"
    takes_file: tuple[str, ...] = ()
    most_bytes: int = requests.MOST_BYTES
    or_answers: Mapping[int, type] = field(default_factory=dict)
    while_leaving: bool = False


class Routes(Blueprint):
    """A blueprint for JSON. Views are `view(call)` or, with `takes`, `view(call, body)`, and answer a struct, a Reply or None."""

    table: list[Route]

    def __init__(self, import_name: str) -> None:
        super().__init__(import_name)
        self.noun = import_name.rpartition(".")[2]
        self.table = []

    def json(  # noqa: PLR0913  # what a route is, in one place
        self,
        method: str,
        path: str,
        summary: str,
        *,
        takes: type | None = None,
        answers: Any = None,
        status: int = 200,
        signed_in: bool = True,
        query: type | None = None,
        refusals: tuple[int, ...] = (),
        takes_file: tuple[str, ...] = (),
        media: str = "application/json",
        most_bytes: int = requests.MOST_BYTES,
        or_answers: Mapping[int, type] | None = None,
        while_leaving: bool = False,
    ) -> Callable[[View], View]:
        """Registers a view under /api/v1. `refusals` are statuses beside those that any route may answer.

        `takes_file` names the media types of a route whose body is a file; its view gets the raw bytes. `media` is the type of
        a good answer; one of `bytes` is a file. `or_answers` are
        the shapes of other good answers, by status. `while_leaving`: also for an account that is being deleted.
        """

        def register(view: View) -> View:
            route = Route(
                method=method,
                path=path,
                summary=summary,
                takes=takes,
                answers=answers,
                status=status,
                signed_in=signed_in,
                query=query,
                refusals=refusals,
                name=view.__name__,
                media=media,
                takes_file=takes_file,
                most_bytes=most_bytes,
                or_answers=or_answers or {},
                while_leaving=while_leaving,
            )
            self.table.append(route)
            methods = ["GET", "HEAD"] if method == "GET" else [method]
            wrapped = self._wrapped(route, view)
            self.route(
                PREFIX + path, methods=methods, content_types=["*/*"], name=f"{view.__module__}.{view.__name__}"
            )(wrapped)
            return view

        return register

    def _wrapped(self, route: Route, view: Callable[..., Any]) -> Callable[..., Response]:
        def answer(**path: str) -> Response:
            if route.answers is bytes:
                requests.accept_anything(self.current_request)
            request_id = str((self.current_request.context or {}).get("requestId", ""))
            try:
                incoming = requests.incoming(self.current_request, route.most_bytes, bool(route.takes_file))
                return _answered(route, view, incoming, unquoted(path))
            except errors.Refusal as refusal:
                return problem(refusal, request_id)
            except ChaliceViewError:
                raise
            except Exception:  # a bug: told without a trace, logged once, here
                log.exception("unexpected: %s %s, request %s", route.method, route.path, request_id)
                return problem(unexpected(), request_id)

        answer.__name__ = view.__name__
        return answer


def request_context(
    incoming: Incoming, path: dict[str, str], principal: guards.Principal | None, seed: str = ""
) -> RequestContext:
    return RequestContext(
        wiring.ports(), incoming, requests.checked_path(path), principal, Ids(secrets.token_bytes, seed)
    )


def _answered(route: Route, view: Callable[..., Any], incoming: Incoming, path: dict[str, str]) -> Response:
    ports = wiring.ports()
    principal = None
    try:
        principal = guards.signed_in(ports, incoming) if route.signed_in else _whoever(ports, incoming)
        if route.signed_in and principal and not route.while_leaving:
            guards.refuse_leaving(principal)
        with wiring.acting(principal.account.id if principal else ""):
            response = _worked(route, view, incoming, path, principal)
    except errors.Refusal as refusal:
        audit.note(incoming, path, principal, refusal.code)
        raise
    audit.note(incoming, path, principal, response.status_code)
    return response


def _worked(
    route: Route, view: Callable[..., Any], incoming: Incoming, path: dict[str, str], principal: guards.Principal | None
) -> Response:
    body = _body(route, incoming)
    key = incoming.headers.get("idempotency-key") if route.method == "POST" else None
    if key is None:
        return _response(route, view(request_context(incoming, path, principal), *body))
    return _idempotent(route, view, request_context(incoming, path, principal), body, key)


def _body(route: Route, incoming: Incoming) -> list[Any]:
    """What the view takes beside the call."""
    if route.takes_file:
        return [requests.file_body(incoming, route.takes_file)]
    if route.takes:
        return [requests.json_body(incoming, route.takes)]
    if route.method == "POST":
        requests.json_body(incoming, _Nothing)
    return []


KEY, MOST_OF_KEY = r"[!-~]([ -~]*[!-~])?", 200
_KEY = re.compile(KEY)
"""What an Idempotency-Key may be: what ASCII can print, without spaces around it, which HTTP takes away."""


class _Nothing(msgspec.Struct, forbid_unknown_fields=True):
    pass


def _whoever(ports: Ports, incoming: Incoming) -> guards.Principal | None:
    """Routes without a session may have one all the same: the person at the joining page.

    A cookie that came without proof of origin speaks for nobody here; it refuses nothing either.
    """
    try:
        return guards.maybe_signed_in(ports, incoming)
    except errors.Refusal as refusal:
        if refusal.code != "wrong_origin":
            raise
        return None


def _idempotent(route: Route, view: Callable[..., Any], request: RequestContext, body: list[Any], key: str) -> Response:
    """Same key and body at one address, same answer, for 24 hours.

    The ids inside are derived from the key, so that a cut-off try is found.
    """
    if len(key) > MOST_OF_KEY or not _KEY.fullmatch(key):
        raise errors.wrong_field("Idempotency-Key", "bad_key", "Use 1 to 200 printable characters.")
    ports, incoming = request.ports, request.incoming
    who = request.account.id if request.principal else f"source {incoming.source}"
    where = f"{incoming.method} {incoming.path}?{urlencode(sorted(incoming.query.items()))}"
    seed = seed_of(ports, who, where, key, incoming.body)
    secret = _keyed(ports, f"session\n{seed}".encode())
    name = f"{who} {where} {key}"
    before = ports.idempotency.begin(name, seed, ports.now())
    if before:
        return _repeated(route, before, secret)
    repeatable = replace(request, ids=Ids(secrets.token_bytes, seed), ports=replace(ports, new_token=lambda: secret))
    try:
        response = _response(route, view(repeatable, *body))
    except Exception:
        ports.idempotency.forget(name)
        raise
    ports.idempotency.finish(name, _kept(response, secret))
    return response


def _kept(response: Response, secret: str) -> Answer:
    """What is kept of an answer: a session's secret is never stored in readable form, a repeat derives it again."""
    cookies = [item.replace(secret, _SECRET) for item in response.headers.get("Set-Cookie", []) if secret in item]
    return Answer(response.status_code, str(response.body or "").replace(secret, _SECRET), tuple(cookies))


def _repeated(route: Route, before: Answer, secret: str) -> Response:
    headers: dict[str, Any] = {"Content-Type": route.media} if before.body else {}
    if before.cookies:
        headers["Set-Cookie"] = [cooky.replace(_SECRET, secret) for cooky in before.cookies]
    return Response(before.body.replace(_SECRET, secret), headers=headers, status_code=before.status)


def seed_of(ports: Ports, who: str, where: str, key: str, body: bytes) -> str:
    """The same for the same request again. Keyed, for a body may hold a password, and whoever sees the table must not be able to
    try some on it."""
    return _keyed(ports, f"{who}\n{where}\n{key}\n".encode() + body)


def _keyed(ports: Ports, text: bytes) -> str:
    return hmac.new(ports.link_keys[0].encode(), text, hashlib.sha256).hexdigest()


def _response(route: Route, result: Any) -> Response:
    reply = result if isinstance(result, Reply) else Reply(result)
    status = reply.status or route.status
    headers: dict[str, Any] = {"Content-Type": reply.media or route.media} if reply.body is not None else {}
    if reply.cookies:
        headers["Set-Cookie"] = list(reply.cookies)
    headers |= reply.headers
    text = reply.body if reply.media else msgspec.json.encode(reply.body).decode() if reply.body is not None else ""
    return Response(text, headers=headers, status_code=status)
