"""Coming in through Slack or Microsoft: sent out once, back once, in the same browser, for the same invitation."""

import hmac
import json
import logging
from dataclasses import asdict, dataclass, replace

from ..domain import errors, names, plans
from ..domain.identities import Attempt, Identity, Installation, Profile, Provider, of_key
from ..domain.letters import OUTSIDE_SIGN_IN_LIFE, LetterKind, Secret
from ..domain.people import Account, Session
from ..ports import Ports, ProviderFailed
from . import accounts, relay_out, sessions
from .joining import open_link
from .sessions import SignedIn

log = logging.getLogger(__name__)
INSTALL, CONNECT = "install", "connect"
_LONGEST_ADDRESS = 500


@dataclass(frozen=True, slots=True)
class Back:
    """Where the browser goes on, with a new session if the sign-in held, and a word why if it didn't.

    `next` is where it was on its way to when it must sign in first.
    """

    path: str
    signed: SignedIn | None = None
    said: str = ""
    next: str = ""


def start(
    ports: Ports, provider: Provider, token: str, browser: str, account: Account | None, following: str = ""
) -> str:
    """The provider's address to send the browser to. Refused before, not after: a plan without this way asks nobody anything.

    With an account, the identity will be linked to it; with a token, it will take that invitation; with neither, whoever
    has an account already is signed in and goes on to the local path `following`.
    """
    _refuse_unless_offered(ports, provider, token)
    state, nonce = ports.new_token(), ports.new_token()
    url, flow = _begin(ports, provider, state, nonce)
    attempt = Attempt(
        provider=provider,
        browser=sessions.digest(browser),
        nonce=nonce,
        token=token,
        account_id=account.id if account else "",
        flow=flow,
        next=sessions.local_path(following),
    )
    _put(ports, state, attempt)
    return url


def finish(
    ports: Ports, provider: Provider, query: dict[str, str], browser: str, account: Account | None, locale: str
) -> Back:
    """The order of checks is bolt's: whose browser, once, what the provider says, the plan now, the code, the identity.

    `account` is who is signed in now: whoever began to link must still be, for sessions end meanwhile. `locale` is the
    browser's, for an account that is made now.
    """
    attempt = consume(ports, query.get("state", ""), provider, browser, "sign_in")
    if attempt is None or (attempt.account_id and (account is None or account.id != attempt.account_id)):
        return Back("/sign-in", said="state")
    again = _where_it_began(attempt)
    if "error" in query or not query.get("code"):
        return replace(again, said="cancelled")
    try:
        _refuse_unless_offered(ports, provider, attempt.token)
        profile = _tidied(ports.sign_ins[provider].identify(query, attempt.nonce, attempt.flow))
    except errors.Refusal as refusal:
        return replace(again, said=refusal.code if refusal.code in ("plan", "not_set_up") else "over")
    except ProviderFailed as reason:
        log.warning("sign-in with %s failed: %s", provider, reason)
        return replace(again, said="failed")
    if attempt.account_id:
        return _linked(ports, profile, attempt.account_id)
    return _signed_in(ports, attempt, profile, locale)


def _where_it_began(attempt: Attempt) -> Back:
    """The page to come back to without a session."""
    if attempt.token:
        return Back(f"/join/{attempt.token}")
    return Back("/settings") if attempt.account_id else Back("/sign-in", next=attempt.next)


def _signed_in(ports: Ports, attempt: Attempt, profile: Profile, locale: str) -> Back:
    """An account is made only for an invitation: who merely wants to sign in would find an empty one, and look for theirs."""
    account = _known(ports, profile)
    if account is None and not attempt.token:
        return replace(_where_it_began(attempt), said="no_account")
    account = account or _new(ports, profile, locale)
    log.info("came in through %s: account %s", profile.identity.provider, account.id)
    path = f"/join/{attempt.token}" if attempt.token else attempt.next or "/chats"
    return Back(path, sessions.begin(ports, account, "", profile))


def start_install(ports: Ports, session: Session, browser: str, purpose: str = INSTALL) -> str:
    """Installing our app in the team of the signed-in person's Slack identity, and in no other.

    To CONNECT is to install it with one right more: Slack adds what is granted to what the app has there.
    """
    identity = slack_identity(ports, session)
    state = ports.new_token()
    keep(ports, state, identity, session.account_id, browser, purpose)
    return ports.slack_install.begin(state, identity.tenant, connect=purpose == CONNECT)


def finish_install(ports: Ports, query: dict[str, str], browser: str) -> Back:
    """One installation serves everybody of the team. Another team than the person's own is refused."""
    state = query.get("state", "")
    attempt = consume(ports, state, Provider.SLACK, browser, INSTALL) or consume(
        ports, state, Provider.SLACK, browser, CONNECT
    )
    if attempt is None:
        return Back("/chats", said="state")
    connects = attempt.purpose == CONNECT
    path = "/slack/connect" if connects else _newest_chat(ports, attempt.account_id)
    if "error" in query or not query.get("code"):
        return Back(path, said="cancelled")
    try:
        installed = ports.slack_install.finish(query["code"])
    except ProviderFailed as reason:
        log.warning("installation failed: %s", reason)
        return Back(path, said="failed")
    if installed.team_id != attempt.token.partition("#")[0]:
        log.warning("installation for another team refused")
        return Back(path, said="team")
    ports.identities.install(installed)
    log.info("app installed: by account %s", attempt.account_id)
    identity = of_key(f"{Provider.SLACK}#{attempt.token}")
    if identity:
        relay_out.catch_up(ports, identity)
    return Back(path, said="connected" if connects else "installed")


def installation_for(ports: Ports, identity: str) -> Installation | None:
    """Our app in the Slack team of this identity; None where it isn't there, or waits for an admin's approval."""
    known = of_key(identity)
    return ports.identities.installation(known.tenant) if known and known.provider is Provider.SLACK else None


def is_reached(ports: Ports, identity: str) -> bool:
    """Whether messages can go to this person's own application."""
    known = of_key(identity)
    if known is None:
        return False
    if known.provider is Provider.SLACK:
        return ports.identities.installation(known.tenant) is not None
    return bool(ports.identities.conversation(known)[1])


def keep(ports: Ports, state: str, identity: Identity, account_id: str, browser: str, purpose: str) -> None:
    """An authorization under way, for this person in this browser and for nothing else."""
    attempt = Attempt(
        provider=identity.provider,
        browser=sessions.digest(browser),
        nonce="",
        account_id=account_id,
        token=f"{identity.tenant}#{identity.user}",
        purpose=purpose,
    )
    _put(ports, state, attempt)


def unlink(ports: Ports, account: Account, key: str) -> None:
    """An account keeps at least one way in. Who came in by what is unlinked is signed out."""
    known = of_key(key)
    own = ports.identities.of_account(account.id)
    if known is None or all(one.identity != known for one in own):
        raise errors.unknown()
    if len(own) == 1 and not account.email:
        raise errors.conflict("last_way_in", "This is your only way to sign in. Link another one first.")
    ports.identities.remove(known, account.id)
    log.info("%s unlinked: account %s", known.provider, account.id)
    for session in ports.accounts.sessions_by(account.id, known.key):
        sessions.sign_out(ports, session)


def _known(ports: Ports, profile: Profile) -> Account | None:
    """The identity's account. Found by the identity alone, never by an address."""
    account_id = ports.identities.account_of(profile.identity)
    account = ports.accounts.get(account_id) if account_id else None
    if account:
        ports.identities.refresh(profile, account.id)
    return account


def _new(ports: Ports, profile: Profile, locale: str) -> Account:
    """An account for an identity that has none; where another request made it meanwhile, that one."""
    new = accounts.new_account(ports, "", _name(profile), "", locale)
    made = new if ports.identities.add(profile, new, is_new=True) else _known(ports, profile)
    if made is None:
        raise errors.busy()
    return made


def _linked(ports: Ports, profile: Profile, account_id: str) -> Back:
    there = ports.identities.account_of(profile.identity)
    account = ports.accounts.get(account_id)
    if account is None or (there and there != account_id):
        return Back("/settings", said="taken")
    if not there and not ports.identities.add(profile, account, is_new=False):
        return Back("/settings", said="taken")
    log.info("%s linked: account %s", profile.identity.provider, account.id)
    return Back("/settings", said="linked")


def _refuse_unless_offered(ports: Ports, provider: Provider, token: str) -> None:
    if provider.option not in ports.configured:
        raise errors.plan_lacks(provider.shown) if token else errors.not_set_up(provider.shown)
    if token:
        opened = open_link(ports, token)
        plans.refuse_unless_offered(provider.option, opened.workspace.plan, ports.configured)


def _begin(ports: Ports, provider: Provider, state: str, nonce: str) -> tuple[str, str]:
    try:
        return ports.sign_ins[provider].begin(state, nonce)
    except ProviderFailed as reason:
        log.warning("sign-in with %s can't begin: %s", provider, reason)
        raise errors.Refusal(
            errors.Kind.PROVIDER_FAILED,
            "provider_failed",
            "{provider} doesn't answer now. Your invitation is still good; try again, or choose another way.",
            values={"provider": provider.shown},
        ) from reason


def _put(ports: Ports, state: str, attempt: Attempt) -> None:
    secret = Secret(
        purpose=LetterKind.OUTSIDE,
        email="",
        expires_at=ports.now() + OUTSIDE_SIGN_IN_LIFE,
        account_id=attempt.account_id,
        detail=json.dumps(asdict(attempt)),
    )
    ports.secrets.put(sessions.digest(state), secret)


def consume(ports: Ports, state: str, provider: Provider, browser: str, purpose: str) -> Attempt | None:
    """The attempt that this state stands for: once, in time, in the browser and for the provider and purpose it was made for."""
    found = ports.secrets.peek(sessions.digest(state)) if state else None
    if found is None or found.purpose is not LetterKind.OUTSIDE:
        return None
    stored = json.loads(found.detail)
    attempt = Attempt(**{**stored, "provider": Provider(stored["provider"])})
    same_browser = bool(browser) and hmac.compare_digest(attempt.browser, sessions.digest(browser))
    if not same_browser or attempt.provider is not provider or attempt.purpose != purpose:
        return None
    if ports.secrets.consume(sessions.digest(state)) is None or ports.now() >= found.expires_at:
        return None
    return attempt


def slack_identity(ports: Ports, session: Session) -> Identity:
    known = of_key(session.identity)
    if known is not None and known.provider is Provider.SLACK:
        return known
    own = [one.identity for one in ports.identities.of_account(session.account_id)]
    found = next((one for one in own if one.provider is Provider.SLACK), None)
    if found is None:
        raise errors.conflict("no_slack", "Sign in with Slack first; then the app can be added to your Slack.")
    return found


def _newest_chat(ports: Ports, account_id: str) -> str:
    """The chat that was joined last through Slack."""
    through = [place for place in ports.chats.places(account_id) if place.via is Provider.SLACK.via]
    newest = max(through, key=lambda place: place.joined_at, default=None)
    return f"/chats/{newest.chat_id}" if newest else "/chats"


def _tidied(profile: Profile) -> Profile:
    """Whoever runs a team or tenant types its name: it gets the length and the letters that names have here."""
    return replace(
        profile,
        name=names.tidy(profile.name)[: names.PERSON],
        organization=names.tidy(profile.organization)[: names.PERSON].strip(),
        email=sessions.canonical_or_nothing(profile.email),
        picture=profile.picture if len(profile.picture) <= _LONGEST_ADDRESS else "",
    )


def _name(profile: Profile) -> str:
    try:
        return names.clean(profile.name[: names.PERSON], "name")
    except errors.Refusal:
        return f"Somebody from {profile.organization or profile.identity.provider.shown}"[: names.PERSON]
