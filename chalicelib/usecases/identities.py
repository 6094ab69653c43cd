"""Coming in through a provider: sent out once, back once, in the same browser, for the same invitation."""

import logging
from dataclasses import dataclass, replace

from ..domain import errors, names, plans
from ..domain.identities import Identity, OAuthState, Profile, of_key
from ..domain.invitations import Invitation, Status
from ..domain.people import Account, SignInMethod
from ..domain.providers import Provider
from ..ports import Ports, ProviderFailed
from . import accounts, oauth_states, sessions
from .joining import find, open_link
from .sessions import SignedIn

log = logging.getLogger(__name__)
_LONGEST_ADDRESS = 500


@dataclass(frozen=True, slots=True)
class OAuthResult:
    """Where the browser goes on, with a new session if the sign-in held, and a word why if it didn't.

    `next` is where it was on its way to when it must sign in first.
    """

    path: str
    signed_in: SignedIn | None = None
    notice: str = ""
    next: str = ""


def start(
    ports: Ports, provider: Provider, token: str, browser: str, account: Account | None, following: str = ""
) -> str:
    """The provider's address to send the browser to. Refused before, not after: a plan without this way asks nobody anything.

    With an account, the identity will be linked to it, and they go on to the local path `following`; with a token, it will take
    that invitation, or, where it has taken it, be signed in; with neither, whoever has an account already is signed in and goes
    on to `following`.
    """
    _refuse_unless_offered(ports, provider, token)
    state, nonce = ports.new_token(), ports.new_token()
    url, flow = _begin(ports, provider, state, nonce)
    oauth_state = OAuthState(
        provider=provider,
        browser=sessions.digest(browser),
        nonce=nonce,
        token=token,
        account_id=account.id if account else "",
        flow=flow,
        next=sessions.local_path(following),
    )
    oauth_states.put(ports, state, oauth_state)
    return url


def finish(
    ports: Ports, provider: Provider, query: dict[str, str], browser: str, account: Account | None, locale: str
) -> OAuthResult:
    """The order of checks is bolt's: whose browser, once, what the provider says, the plan now, the code, the identity.

    `account` is who is signed in now: whoever began to link must still be, for sessions end meanwhile. `locale` is the
    browser's, for an account that is made now.
    """
    oauth_state = oauth_states.consume(ports, query.get("state", ""), provider, browser, "sign_in")
    if oauth_state is None or (oauth_state.account_id and (account is None or account.id != oauth_state.account_id)):
        return OAuthResult("/sign-in", notice="state")
    again = _where_it_began(oauth_state)
    if "error" in query or not query.get("code"):
        return replace(again, notice="cancelled")
    try:
        _refuse_unless_offered(ports, provider, oauth_state.token)
        profile = _tidied(ports.sign_ins[provider].identify(query, oauth_state.nonce, oauth_state.flow))
    except errors.Refusal as refusal:
        return replace(again, notice=refusal.code if refusal.code in ("plan", "not_set_up") else "over")
    except ProviderFailed as reason:
        log.warning("sign-in with %s failed: %s", provider, reason)
        return replace(again, notice="failed")
    if oauth_state.account_id:
        return _linked(ports, profile, oauth_state.account_id, again)
    return _signed_in(ports, oauth_state, profile, locale)


def _where_it_began(oauth_state: OAuthState) -> OAuthResult:
    """The page to come back to without a session."""
    if oauth_state.token:
        return OAuthResult(f"/join/{oauth_state.token}")
    if oauth_state.account_id:
        return OAuthResult(oauth_state.next or "/settings")
    return OAuthResult("/sign-in", next=oauth_state.next)


def _signed_in(ports: Ports, oauth_state: OAuthState, profile: Profile, locale: str) -> OAuthResult:
    """An account is made only for an invitation: who merely wants to sign in would find an empty one, and look for theirs."""
    account = _known(ports, profile)
    if account is None and not oauth_state.token:
        return replace(_where_it_began(oauth_state), notice="no_account")
    joined = _joined(ports, oauth_state.token)
    if joined and (account is None or account.id != joined.account_id):
        return replace(_where_it_began(oauth_state), notice="over")
    account = account or _new(ports, profile, locale)
    log.info("came in through %s: account %s", profile.identity.provider, account.id)
    path = f"/join/{oauth_state.token}" if oauth_state.token else oauth_state.next or "/chats"
    return OAuthResult(
        f"/chats/{joined.chat_id}" if joined else path, sessions.begin(ports, account, SignInMethod.LINK, "", profile)
    )


def _joined(ports: Ports, token: str) -> Invitation | None:
    """The invitation, where somebody took it already: whoever got no answer presses the button once more."""
    invitation = find(ports, token)[1] if token else None
    return invitation if invitation and invitation.status is Status.ACCEPTED else None


def is_reached(ports: Ports, identity: str) -> bool:
    """Whether messages can go to this person's own application."""
    linked_identity = of_key(identity)
    adapter = ports.relay_adapters.get(linked_identity.provider) if linked_identity else None
    return adapter is not None and linked_identity is not None and adapter.is_reached(linked_identity)


def profiles(ports: Ports, account: Account) -> list[Profile]:
    """The identities that are linked to this account."""
    return ports.identities.of_account(account.id)


def is_still_theirs(ports: Ports, identity: Identity, account_id: str) -> bool:
    return ports.identities.account_of(identity) == account_id


def unlink(ports: Ports, account: Account, key: str) -> None:
    """An account keeps at least one way in. Who came in by what is unlinked is signed out."""
    identity = of_key(key)
    profiles = ports.identities.of_account(account.id)
    if identity is None or all(profile.identity != identity for profile in profiles):
        raise errors.unknown()
    if len(profiles) == 1 and not account.email:
        raise errors.conflict("last_way_in", "This is your only way to sign in. Link another one first.")
    ports.identities.remove(identity, account.id)
    log.info("%s unlinked: account %s", identity.provider, account.id)
    for session in ports.accounts.sessions(account.id):
        if session.identity == identity.key:
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


def _linked(ports: Ports, profile: Profile, account_id: str, began: OAuthResult) -> OAuthResult:
    existing = ports.identities.account_of(profile.identity)
    account = ports.accounts.get(account_id)
    if account is None or (existing and existing != account_id):
        return replace(began, notice="taken")
    if not existing and not ports.identities.add(profile, account, is_new=False):
        return replace(began, notice="taken")
    log.info("%s linked: account %s", profile.identity.provider, account.id)
    return replace(began, notice="linked")


def _refuse_unless_offered(ports: Ports, provider: Provider, token: str) -> None:
    if provider.option is None or provider.option not in ports.configured:
        raise errors.plan_lacks(provider.shown) if token else errors.not_set_up(provider.shown)
    if token and not _joined(ports, token):
        opened = open_link(ports, token)
        plans.refuse_unless_offered(provider.option, opened.workspace.plan, ports.configured)


def _begin(ports: Ports, provider: Provider, state: str, nonce: str) -> tuple[str, str]:
    try:
        return ports.sign_ins[provider].begin(state, nonce)
    except ProviderFailed as reason:
        log.warning("sign-in with %s can't begin: %s", provider, reason)
        raise errors.Refusal(
            errors.RefusalKind.PROVIDER_FAILED,
            "provider_failed",
            "{provider} isn't responding. Your invitation is still valid; try again or choose another way.",
            values={"provider": provider.shown},
        ) from reason


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
