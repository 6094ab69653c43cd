"""Who is asking, and did they mean to: sessions by token or cookie, and proof of origin."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from ..domain import errors
from ..domain.people import Account, Session
from ..ports import Ports
from ..usecases import sessions
from .requests import Incoming

SAFE = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Signed:
    """The account that asks, and the session it asks by."""

    account: Account
    session: Session


def signed_in(ports: Ports, got: Incoming) -> Signed:
    found = maybe_signed_in(ports, got)
    if found is None:
        raise errors.not_signed_in()
    return found


def maybe_signed_in(ports: Ports, got: Incoming) -> Signed | None:
    """By bearer token, else by cookie; with the cookie an unsafe method must come from our own pages."""
    scheme, _, token = got.header("authorization").partition(" ")
    by_cookie = scheme.lower() != "bearer"
    token = got.cookies.get(cookie_name(ports), "") if by_cookie else token.strip()
    if not token:
        return None
    if by_cookie and got.method not in SAFE:
        refuse_other_origins(ports, got)
    found = sessions.who_is(ports, token)
    return Signed(*found) if found else None


def refuse_other_origins(ports: Ports, got: Incoming) -> None:
    """The browser says where the request comes from: `Origin`, or `Sec-Fetch-Site` where the origin is hidden."""
    origin, site = got.header("origin"), got.header("sec-fetch-site")
    if origin and origin != "null":
        parts = urlsplit(ports.public_url)
        if origin != f"{parts.scheme}://{parts.netloc}":
            raise errors.wrong_origin()
    elif site != "same-origin":
        raise errors.wrong_origin()


def cookie_name(ports: Ports) -> str:
    return "__Host-session" if ports.public_url.startswith("https:") else "session"


def session_cookie(ports: Ports, token: str, expires_at: datetime) -> str:
    return _cookie(ports, token, max(0, int((expires_at - ports.now()).total_seconds())))


def no_session_cookie(ports: Ports) -> str:
    return _cookie(ports, "", 0)


def _cookie(ports: Ports, value: str, seconds: int) -> str:
    secure = "; Secure" if ports.public_url.startswith("https:") else ""
    return f"{cookie_name(ports)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
