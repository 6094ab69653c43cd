"""Every address that is nobody's: for a person a page that leads on, for a program the API's own refusal."""

from chalice.app import Response

from ...domain import errors
from ...templating import languages
from .. import requests
from ..errors import problem
from .routing import Content, Page, PageRequest, Pages, Redirect
from .static import static

routes = Pages(__name__)
# API Gateway's greedy path: whatever no other route fits. Chalice's own gateway knows none; `local/gateway.py` plays it.
EVERYTHING = "/{proxy+}"
_MEANT = {"/login": "/sign-in", "/signin": "/sign-in", "/log-in": "/sign-in", "/signup": "/sign-up"}
_LINKS = ("/join", "/confirm", "/enter", "/reset", "/welcome", "/unsubscribe", "/stop")
_ROBOTS = "User-agent: *\nAllow: /$\nDisallow: /\n"


@routes.route(EVERYTHING, methods=["GET", "HEAD"], content_types=["*/*"], name=f"{__name__}.unknown")
def unknown() -> Response:
    request = routes.current_request
    incoming = requests.incoming(request)
    if not incoming.path.startswith("/api/") and (
        incoming.path in _FILES or "text/html" in incoming.header("accept").lower()
    ):
        return _page()
    return problem(errors.unknown(), incoming.request_id)


def _shown(request: PageRequest) -> Page | Redirect | Content:
    path = request.incoming.path.rstrip("/")
    if path in _FILES:
        return _FILES[path]
    if path in _MEANT:
        return Redirect(_MEANT[path])
    if path in _LINKS:
        return _cut_off(request)
    raise errors.unknown()


_page = routes.answering(_shown)
_FILES: dict[str, Content | Redirect] = {
    "/favicon.ico": Redirect(static("icon-192.png")),
    "/robots.txt": Content(
        _ROBOTS, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "public, max-age=86400"}
    ),
}


def _cut_off(request: PageRequest) -> Page:
    """A mailed link without its end: mail programs break long lines."""
    return request.page(
        "error.html",
        404,
        status=404,
        title=languages.text("The link is incomplete", request.locale),
        detail=languages.text(
            "Its end is missing. Open the newest e-mail from us and press the button there, or copy the whole link.",
            request.locale,
        ),
        request_id=request.incoming.request_id or None,
        retry_after=None,
        ways=[{"text": languages.text("Your invitations", request.locale), "href": "/invitations"}]
        if request.incoming.path.startswith("/join")
        else [],
    )
