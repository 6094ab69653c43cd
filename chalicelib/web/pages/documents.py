"""Help, the API's document as a page, and the files that pages need; the service worker, and the page it shows offline."""

from ...domain import errors
from ..api import openapi
from .routing import Content, Page, PageRequest, Pages
from .static import MEDIA, WORKER, content, files

routes = Pages(__name__)


@routes.page("/docs")
def docs(request: PageRequest) -> Page:
    return request.page("docs.html", openapi=openapi.document())


@routes.page("/help")
def help_page(request: PageRequest) -> Page:
    """For everybody; whoever is signed in chooses their language in the settings, too."""
    return request.page("help.html")


@routes.page("/static/{version}/{name}")
def static_file(request: PageRequest) -> Content:
    """Kept by browsers for good: another content has another address."""
    path = files().get(request.path["name"])
    if path is None:
        raise errors.unknown()
    return Content(
        content(path), {"Content-Type": MEDIA[path.suffix], "Cache-Control": "public, max-age=31536000, immutable"}
    )


@routes.page("/sw.js")
def service_worker(request: PageRequest) -> Content:
    """At the root, so that it is there for every page. It may ask us, and run nothing else."""
    policy = "default-src 'none'; connect-src 'self'"
    headers = {"Content-Type": MEDIA[".js"], "Cache-Control": "no-cache", "Content-Security-Policy": policy}
    return Content(content(WORKER), headers)


@routes.page("/offline")
def offline(request: PageRequest) -> Page:
    return request.page("offline.html")
