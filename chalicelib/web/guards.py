"""Who is asking, and did they mean to: sessions by token or cookie, and proof of origin."""

from dataclasses import dataclass
from datetime import datetime

from ..domain import errors, links
from ..domain.people import Account, Session
from ..ports import Ports
from ..usecases import sessions
from ..usecases.invitation_links import PROOF_LIFE
from ..usecases.proving import Proof
from .requests import Incoming

SAFE = ("GET", "HEAD")
# With the answer to a sign-out the browser forgets what our pages kept in it; without a script, too.
FORGET = {"Clear-Site-Data": '"storage"'}


@dataclass(frozen=True, slots=True)
class Principal:
    """The account that asks, and the session it asks by."""

    account: Account
    session: Session


def signed_in(ports: Ports, incoming: Incoming) -> Principal:
    principal = maybe_signed_in(ports, incoming)
    if principal is None:
        raise errors.not_signed_in()
    return principal


def maybe_signed_in(ports: Ports, incoming: Incoming) -> Principal | None:
    """By bearer token, else by cookie; with the cookie an unsafe method must come from our own pages."""
    scheme, _, token = incoming.header("authorization").partition(" ")
    by_cookie = scheme.lower() != "bearer"
    token = incoming.cookies.get(cookie_name(ports, "session"), "") if by_cookie else token.strip()
    if not token:
        return None
    if by_cookie and incoming.method not in SAFE:
        refuse_other_origins(ports, incoming)
    result = sessions.who_is(ports, token)
    if result and by_cookie:
        refuse_other_account(incoming, result[0])
    return Principal(*result) if result else None


def refuse_leaving(principal: Principal) -> None:
    """An account that is being deleted can be kept, and nothing else."""
    if principal.account.leaves_at is not None:
        raise errors.account_leaving()


def refuse_other_account(incoming: Incoming, account: Account) -> None:
    """A page that stayed open while somebody else signed in says whose it is: what it sends is never done for another.

    Scripts say it in a header; forms in a field, see `refuse_other_page`.
    """
    meant = incoming.header("webtop-account")
    if meant and meant != account.id:
        raise errors.other_account()


def refuse_other_page(principal: Principal | None, meant: str | None) -> None:
    """`meant` is the account that a form or link was made for, empty for nobody's; None where it doesn't say."""
    if principal and meant is not None and meant != principal.account.id:
        raise errors.other_account()


def refuse_other_origins(ports: Ports, incoming: Incoming) -> None:
    """The browser says where the request comes from: `Origin`, or `Sec-Fetch-Site` where the origin is hidden."""
    origin, site = incoming.header("origin"), incoming.header("sec-fetch-site")
    if origin and origin != "null":
        if origin != links.origin_of(ports.public_url):
            raise errors.wrong_origin()
    elif site != "same-origin":
        raise errors.wrong_origin()


def refuse_other_sites(incoming: Incoming) -> None:
    """For a GET that begins something: another site can't send a signed-in browser there. Old browsers don't say."""
    if incoming.header("sec-fetch-site") not in ("", "same-origin", "none"):
        raise errors.wrong_origin()


def had_session(ports: Ports, incoming: Incoming) -> bool:
    """Whether this browser was signed in: it still has the cookie of a session that is over."""
    return bool(incoming.cookies.get(cookie_name(ports, "session")))


def session_cookie(ports: Ports, token: str, expires_at: datetime) -> str:
    return cookie(ports, "session", token, max(0, int((expires_at - ports.now()).total_seconds())))


def no_session_cookie(ports: Ports) -> str:
    return cookie(ports, "session", "", 0)


def cookie(ports: Ports, name: str, value: str, seconds: int) -> str:
    secure = "; Secure" if _is_secure(ports) else ""
    return f"{cookie_name(ports, name)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def cookie_name(ports: Ports, name: str) -> str:
    return f"__Host-{name}" if _is_secure(ports) else name


def proof(ports: Ports, incoming: Incoming, principal: Principal | None, confirmed: bool = False) -> Proof:
    """What this caller can show for an invited address."""
    shown = incoming.cookies.get(cookie_name(ports, "proof"), "")
    return Proof(shown, principal.session if principal else None, confirmed)


def proof_cookie(ports: Ports, value: str) -> str:
    return cookie(ports, "proof", value, int(PROOF_LIFE.total_seconds()))


def _is_secure(ports: Ports) -> bool:
    return ports.public_url.startswith("https:")
