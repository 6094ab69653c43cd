"""Headers that every answer carries, whatever it is."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from chalice.app import Response

from .. import wiring

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def secure(event: Any, get_response: Callable[[Any], Response]) -> Response:
    """Middleware: fills in what the answer doesn't say itself. Nothing is kept by caches unless it says so."""
    response = get_response(event)
    for name, value in {**_FIXED, "Cache-Control": "no-store", "Content-Security-Policy": _policy()}.items():
        response.headers.setdefault(name, value)
    return response


def _policy() -> str:
    """Scripts, styles, pictures from here alone; sockets and files to the hosts in the settings."""
    socket, files = (_origin(url) for url in (wiring.configured().socket_url, wiring.configured().files_url))
    connect = " ".join(filter(None, ["'self'", socket, files]))
    pictures = " ".join(filter(None, ["'self' data:", files]))
    return (
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; font-src 'self'; "
        f"img-src {pictures}; connect-src {connect}; "
        "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
