"""The played Slack's addresses, below /slack."""

import re
import struct
import zlib
from collections.abc import Callable
from urllib.parse import unquote

from local.config import LocalConfig
from local.fake_provider import web
from local.http import Answer, Refused, Request, not_found
from local.slack import admin_api, api, chat_pages, consent, files, home
from local.slack.fake_slack import Slack, SlackError, of, short

Route = Callable[[Slack, Request, tuple[str, ...]], Answer]
_DISCOVERY = {
    "response_types_supported": ["code"],
    "response_modes_supported": ["form_post"],
    "grant_types_supported": ["authorization_code"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "scopes_supported": ["openid", "profile", "email"],
    "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
}
_PICTURES = (
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)
_TINTS = ((0xD9, 0xE8, 0xE4), (0xE9, 0xE0, 0xCF), (0xE6, 0xDC, 0xE9), (0xDD, 0xE3, 0xEE), (0xEF, 0xDC, 0xD6))


def answer(config: LocalConfig, request: Request) -> Answer:
    """The played Slack's answer to a request."""
    slack, path = of(config), web.path(request).removeprefix("/slack") or "/"
    method = request.method.replace("HEAD", "GET")
    for wanted, pattern, route in ROUTES:
        match = re.fullmatch(pattern, path)
        if match and method in wanted.split():
            try:
                return route(slack, request, tuple(unquote(part or "") for part in match.groups()))
            except SlackError as error:
                raise Refused(409, error.code, f"Slack would say {error.code}.") from None
    raise not_found()


def _method(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    return api.answer(slack, request, parts[0])


def _ask(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    with slack.store.lock:
        return consent.ask(slack, request, "openid" if parts[0] == "openid/connect" else "oauth")


def _decide(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    with slack.changing():
        return consent.decide(slack, request, "openid" if parts[0] == "openid/connect" else "oauth")


def _keys(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    return api.noted(slack, "keys", lambda: web.answer({"keys": [slack.signer.public()]}))


def _discovery(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    base = slack.base
    addresses = {
        "issuer": base,
        "authorization_endpoint": f"{base}/openid/connect/authorize",
        "token_endpoint": f"{base}/api/openid.connect.token",
        "userinfo_endpoint": f"{base}/api/openid.connect.userInfo",
        "jwks_uri": f"{base}/openid/connect/keys",
    }
    return web.answer(addresses | _DISCOVERY)


def _open(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """Slack's link that opens a workspace at an app; here, where `Invite people` of each workspace stands."""
    slack.team(str(web.query(request).get("team", "")))
    return Answer(303, [("Location", f"{slack.base}/invites")], b"")


def _picture(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """A square of one colour, always the same for the same person."""
    tint = bytes(_TINTS[int(short(parts[0]), 16) % len(_TINTS)])
    rows = (b"\0" + tint * 48) * 48
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 48, 48, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    image = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return Answer(200, [("Content-Type", "image/png")], b"\x89PNG\r\n\x1a\n" + image)


def _upload(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """An upload's address is its own ticket; Slack asks for no token there."""
    return api.noted(slack, "upload", lambda: files.upload(slack, parts[0], request.body))


def _download(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    return api.noted(slack, "download", lambda: files.download(slack, dict(request.headers), parts[0]))


def _content(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """For the window of a person who sees it: as a picture, or as a download."""
    with slack.store.lock:
        file = slack.data.get("files", {}).get(parts[0])
        if file is None or file.get("deleted"):
            raise not_found()
        content = slack.kept(file["id"])
    known = next((kind for begin, kind in _PICTURES if content.startswith(begin)), "")
    headers = [("Content-Type", known or "application/octet-stream"), ("X-Content-Type-Options", "nosniff")]
    return Answer(200, headers if known else [*headers, ("Content-Disposition", "attachment")], content)


def _file(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    return web.file(parts[0])


ROUTES: list[tuple[str, str, Route]] = [
    ("GET POST PUT PATCH DELETE", r"/api/([^/]*)", _method),
    ("GET", r"/(openid/connect|oauth/v2)/authorize", _ask),
    ("POST", r"/(openid/connect|oauth/v2)/authorize", _decide),
    ("GET", r"/openid/connect/keys", _keys),
    ("GET", r"/\.well-known/openid-configuration", _discovery),
    ("GET", r"/pictures/([A-Z0-9]+)\.png", _picture),
    ("POST", r"/upload/v1/([A-Za-z0-9_-]+)", _upload),
    ("GET", r"/files-pri/T[A-Z0-9]+-(F[A-Z0-9]+)/(?:download/)?.+", _download),
    ("GET", r"/shown/(F[A-Z0-9]+)", _content),
    ("GET", r"/(far\.(?:css|js))", _file),
    ("GET", r"/dm/?", chat_pages.choose),
    ("GET", r"/dm/([A-Z0-9]+)\.json", chat_pages.look),
    ("GET", r"/dm/([A-Z0-9]+)", chat_pages.show),
    ("POST", r"/dm/([A-Z0-9]+)/open", home.opened),
    ("POST", r"/dm/([A-Z0-9]+)/messages", chat_pages.write),
    ("POST", r"/dm/([A-Z0-9]+)/messages/([0-9.]+)/(edit|delete|react|unreact)", chat_pages.change),
    ("GET", r"/", admin_api.overview),
    ("GET", r"/overview\.json", admin_api.look),
    ("GET", r"/app_redirect", _open),
    ("GET", r"/invites", admin_api.invites),
    ("GET", r"/invites\.json", admin_api.invites_json),
    ("POST", r"/workspaces/([A-Z0-9]+)", admin_api.workspace),
    ("POST", r"/workspaces/([A-Z0-9]+)/(uninstall|revoke)", admin_api.take_out),
    ("POST", r"/people/([A-Z0-9]+)", admin_api.person),
    ("POST", r"/channels/([A-Z0-9]+)/app", admin_api.channel),
    ("GET POST DELETE", r"/faults", admin_api.faults),
    ("GET", r"/limits\.json", admin_api.limits),
    ("POST", r"/limits", admin_api.limits),
    ("GET", r"/errors\.json", admin_api.errors),
    ("GET", r"/deliveries\.json", admin_api.deliveries),
    ("GET DELETE", r"/calls\.json", admin_api.calls),
    ("GET", r"/version\.json", admin_api.version),
    ("POST", r"/verify-address", admin_api.verify),
    ("POST", r"/reset", admin_api.reset),
]
