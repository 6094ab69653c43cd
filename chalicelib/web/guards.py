"""Who is asking, and did they mean to: sessions by token or cookie, and proof of origin."""

from dataclasses import dataclass
from datetime import datetime

from ..domain import errors, links
from ..domain.people import Account, Session
from ..ports import Ports
from ..usecases import sessions
from ..usecases.links_of import PROOF_LIFE
from ..usecases.proving import Proof
from .requests import Incoming

SAFE = ("GET", "HEAD")
# With the answer to a sign-out the browser forgets what our pages kept in it; without a script, too.
FORGET = {"Clear-Site-Data": '"storage"'}


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
    token = got.cookies.get(name_of(ports, "session"), "") if by_cookie else token.strip()
    if not token:
        return None
    if by_cookie and got.method not in SAFE:
        refuse_other_origins(ports, got)
    found = sessions.who_is(ports, token)
    if found and by_cookie:
        refuse_other_account(got, found[0])
    return Signed(*found) if found else None


def refuse_other_account(got: Incoming, account: Account) -> None:
    """A page that stayed open while somebody else signed in says whose it is: what it sends is never done for another."""
    meant = got.header("webtop-account")
    if meant and meant != account.id:
        raise errors.other_account()


def refuse_other_origins(ports: Ports, got: Incoming) -> None:
    """The browser says where the request comes from: `Origin`, or `Sec-Fetch-Site` where the origin is hidden."""
    origin, site = got.header("origin"), got.header("sec-fetch-site")
    if origin and origin != "null":
        if origin != links.origin_of(ports.public_url):
            raise errors.wrong_origin()
    elif site != "same-origin":
        raise errors.wrong_origin()


def refuse_other_sites(got: Incoming) -> None:
    """For a GET that begins something: another site can't send a signed-in browser there. Old browsers don't say."""
    if got.header("sec-fetch-site") not in ("", "same-origin", "none"):
        raise errors.wrong_origin()


def session_cookie(ports: Ports, token: str, expires_at: datetime) -> str:
    return cookie(ports, "session", token, max(0, int((expires_at - ports.now()).total_seconds())))


def no_session_cookie(ports: Ports) -> str:
    return cookie(ports, "session", "", 0)


def cookie(ports: Ports, name: str, value: str, seconds: int) -> str:
    secure = "; Secure" if _is_secure(ports) else ""
    return f"{name_of(ports, name)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def name_of(ports: Ports, name: str) -> str:
    return f"__Host-{name}" if _is_secure(ports) else name


def proof(ports: Ports, got: Incoming, signed: Signed | None, confirmed: bool = False) -> Proof:
    """What this caller can show for an invited address."""
    shown = got.cookies.get(name_of(ports, "proof"), "")
    return Proof(shown, signed.session if signed else None, confirmed)


def proof_cookie(ports: Ports, value: str) -> str:
    return cookie(ports, "proof", value, int(PROOF_LIFE.total_seconds()))


def _is_secure(ports: Ports) -> bool:
    return ports.public_url.startswith("https:")
