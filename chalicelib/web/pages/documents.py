"""Help, the API's document as a page, and the files that pages need; the service worker, and the page it shows offline."""

import json
import re
from typing import Any

from ...domain import errors
from .. import examples
from ..api import openapi
from ..routing import PREFIX
from .routing import Content, Page, PageRequest, Pages
from .static import MEDIA, WORKER, content, files, version

routes = Pages(__name__)
_EVERYWHERE = {"400", "401", "403", "404", "413", "414", "415", "422", "429", "431", "503"}
"""Explained once, under Errors."""


@routes.page("/docs")
def docs(request: PageRequest) -> Page:
    return request.page("docs.html", **shown(f"{request.ports.public_url}{PREFIX}"))


@routes.page("/help")
def help_page(request: PageRequest) -> Page:
    """For everybody; whoever is signed in chooses their language in the settings, too."""
    return request.page("help.html")


@routes.page("/static/{version}/{name}")
def static_file(request: PageRequest) -> Content:
    """Kept by browsers for good: another content has another address. Under the address of another version, of which a roll-out
    has two for a minute, nobody keeps what isn't it.
    """
    path = files().get(request.path["name"])
    if path is None:
        raise errors.unknown()
    cached = "public, max-age=31536000, immutable" if request.path["version"] == version() else "no-store"
    return Content(content(path), {"Content-Type": MEDIA[path.suffix], "Cache-Control": cached})


@routes.page("/sw.js")
def service_worker(request: PageRequest) -> Content:
    """At the root, so that it is there for every page. It may ask us, and run nothing else."""
    policy = "default-src 'none'; connect-src 'self'"
    headers = {"Content-Type": MEDIA[".js"], "Cache-Control": "no-cache", "Content-Security-Policy": policy}
    return Content(content(WORKER), headers)


@routes.page("/offline")
def offline(request: PageRequest) -> Page:
    return request.page("offline.html")


def shown(api: str) -> dict[str, Any]:
    """All that the page says of the API at this address."""
    document = openapi.document()
    return {
        "openapi": document,
        "nouns": [(tag["name"], _operations(document, tag["name"], api)) for tag in document["tags"]],
        "refusals": sorted((status, code, sentence) for code, (status, sentence) in examples.refusals().items()),
        "api": api,
    }


def _operations(document: dict[str, Any], noun: str, api: str) -> list[dict[str, Any]]:
    return [
        {
            "id": re.sub(r"[^a-z0-9_]+", "-", f"{method}{path.removeprefix(PREFIX)}").strip("-"),
            "method": method,
            "path": path.removeprefix(PREFIX),
            "own": {status: each for status, each in operation["responses"].items() if status not in _EVERYWHERE},
            "example": _example(examples.of(method, path.removeprefix(PREFIX)), method.upper(), operation, api),
            **operation,
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if noun in operation["tags"]
    ]


def _example(played: dict[str, Any] | None, method: str, operation: dict[str, Any], api: str) -> dict[str, Any] | None:
    """As one types it into a shell, and what came back."""
    if played is None:
        return None
    verb = "" if method == "GET" else f"-X {method} "
    lines = [f"curl {verb}'{api}{played['path']}'"]
    if operation["security"]:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if played["body"] is not None:
        body = json.dumps(played["body"], ensure_ascii=False, indent=2).replace("'", "'\\''")
        lines += ["-H 'Content-Type: application/json'", f"-d '{body}'"]
    elif "text/csv" in operation.get("requestBody", {}).get("content", {}):
        lines += ["-H 'Content-Type: text/csv'", "--data-binary @people.csv"]
    elif "image/png" in operation.get("requestBody", {}).get("content", {}):
        lines += ["-H 'Content-Type: image/png'", "--data-binary @me.png"]
    answer = played["answer"]
    return {
        "curl": " \\\n  ".join(lines),
        "status": played["status"],
        "answer": "" if answer is None else json.dumps(answer, ensure_ascii=False, indent=2),
    }
