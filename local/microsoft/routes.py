"""The played Microsoft's addresses, below /microsoft."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from local.config import LocalConfig
from local.fake_provider import web
from local.fake_provider.faults import Fault, play
from local.http import Answer, Request, not_found
from local.microsoft import admin_api, chat_pages, connector, files, login, tokens
from local.microsoft.fake_microsoft import Microsoft, of

Route = Callable[[Microsoft, Request, tuple[str, ...]], Answer]


def answer(config: LocalConfig, request: Request) -> Answer:
    """The played Microsoft's answer to a request."""
    microsoft, path = of(config), web.path(request).removeprefix("/microsoft") or "/"
    method = request.method.replace("HEAD", "GET")
    for wanted, pattern, route in ROUTES:
        match = re.fullmatch(pattern, path)
        if match and method in wanted.split():
            return route(microsoft, request, tuple(unquote(part or "") for part in match.groups()))
    raise not_found()


def called(route: Route, name: str) -> Route:
    """A route that programs call: counted, and open to faults."""

    def counted(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
        done = play(microsoft.faults, name, lambda: _safely(route, microsoft, request, parts), _fault)
        with microsoft.store.lock:
            microsoft.note_call(name, "", done.status)
        return done

    return counted


def _safely(route: Route, microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    try:
        with microsoft.changing():
            return route(microsoft, request, parts)
    except connector.ConnectorError as error:
        return error.answer()


def _fault(kind: str, rule: Fault) -> Answer:
    if kind == "invalid_grant":
        return tokens.LoginError("invalid_grant", 70008, "The provided authorization code has expired.").answer()
    if kind == "blocked":
        return connector.blocked()
    if kind == "no_id":
        return web.answer({}, 201)
    wait = [("Retry-After", str(max(1, round(rule.seconds))))] if kind == "429" else []
    return web.answer({"error": {"code": "ServiceError", "message": "Played fault."}}, int(kind), wait)


def _discovery(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    return login.discovery(microsoft, parts[0])


def _keys(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    return login.keys(microsoft, parts[0])


def _ask(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    with microsoft.store.lock:
        return login.ask(microsoft, request, parts[0])


def _decide(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    with microsoft.changing():
        return login.decide(microsoft, request, parts[0])


def _token(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    return tokens.token(microsoft, request, parts[0])


_ACTIVITIES = r"/connector/emea/v3/conversations/([^/]+)/activities"
_MEMBERS = r"/connector/emea/v3/conversations/([^/]+)/members"
_CHAT = r"/teams/chat/([0-9a-f-]{36})"
_TENANT = r"([A-Za-z0-9.-]+)"
ROUTES: list[tuple[str, str, Route]] = [
    ("GET", rf"/{_TENANT}/v2\.0/\.well-known/openid-configuration", called(_discovery, "discovery")),
    ("GET", rf"/{_TENANT}/discovery/v2\.0/keys", called(_keys, "keys")),
    ("GET", rf"/{_TENANT}/oauth2/v2\.0/authorize", _ask),
    ("POST", rf"/{_TENANT}/oauth2/v2\.0/authorize", _decide),
    ("POST", rf"/{_TENANT}/oauth2/v2\.0/token", called(_token, "token")),
    ("GET", r"/botframework/v1/\.well-known/openidconfiguration", called(connector.metadata, "bot metadata")),
    ("GET", r"/botframework/v1/\.well-known/keys", called(connector.keys, "bot keys")),
    ("POST", r"/connector/emea/v3/conversations", called(connector.create, "connector create")),
    ("POST", rf"{_ACTIVITIES}(?:/([^/]+))?", called(connector.post, "connector post")),
    ("PUT", rf"{_ACTIVITIES}/([^/]+)", called(connector.update, "connector update")),
    ("DELETE", rf"{_ACTIVITIES}/([^/]+)", called(connector.delete, "connector delete")),
    ("PUT DELETE", rf"{_ACTIVITIES}/([^/]+)/reactions/([^/]+)", called(connector.react, "connector react")),
    ("GET", rf"{_MEMBERS}(?:/([^/]+))?", called(connector.members, "connector members")),
    (
        "GET",
        r"/connector/emea/v3/attachments/([0-9a-f-]{36})/views/original",
        called(files.original, "connector picture"),
    ),
    ("GET", r"/sharepoint/([0-9a-f-]{36})/download", called(files.download, "sharepoint")),
    ("GET", r"/shown/([0-9a-f-]{36})", files.show),
    ("POST", r"/sharepoint/expire", files.expire),
    ("GET", r"/teams/chat/?", chat_pages.choose),
    ("GET", rf"{_CHAT}\.json", chat_pages.look),
    ("GET", _CHAT, chat_pages.show),
    ("POST", rf"{_CHAT}/messages", chat_pages.write),
    ("POST", rf"{_CHAT}/messages/([0-9]+)/(edit|delete|undelete|react|unreact)", chat_pages.change),
    ("POST", rf"{_CHAT}/(install|uninstall|block|unblock)", chat_pages.switch),
    ("GET", r"/teams/l/app/([^/]+)", chat_pages.add_page),
    ("POST", r"/teams/l/app/([^/]+)", chat_pages.add),
    ("GET", r"/teams/l/entity/([^/]+)/conversations", chat_pages.open_chat),
    ("GET", r"/", admin_api.overview),
    ("GET", r"/overview\.json", admin_api.look),
    ("POST", r"/tenants/([0-9a-f-]{36})", admin_api.tenant),
    ("GET POST DELETE", r"/faults", admin_api.faults),
    ("GET", r"/deliveries\.json", admin_api.deliveries),
    ("GET DELETE", r"/calls\.json", admin_api.calls),
    ("GET", r"/version\.json", admin_api.version),
    ("POST", r"/reset", admin_api.reset),
]
