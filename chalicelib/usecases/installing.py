"""Our app in the application of the signed-in person's own company: sent out once, back once."""

import logging
from dataclasses import replace

from ..domain import errors
from ..domain.identities import Identity, OAuthState, of_key
from ..domain.people import Session
from ..domain.providers import Provider
from ..ports import INSTALL, Installer, Ports, ProviderFailed
from . import oauth_states, relay_out
from .identities import OAuthResult

log = logging.getLogger(__name__)


def start(ports: Ports, provider: Provider, session: Session, browser: str, purpose: str = INSTALL) -> str:
    """Where to send the browser: to install it in the team of this person's identity, and in no other."""
    installer = _installer(ports, provider)
    identity = identity_at(ports, session, provider)
    state = ports.new_token()
    oauth_states.keep(ports, state, identity, session.account_id, browser, purpose)
    return installer.begin(state, identity.tenant, purpose)


def finish(ports: Ports, provider: Provider, query: dict[str, str], browser: str) -> OAuthResult:
    """One installation serves everybody of the team. Another team than the person's own is refused."""
    installer = _installer(ports, provider)
    oauth_state = _state(ports, installer, provider, query.get("state", ""), browser)
    if oauth_state is None:
        return OAuthResult("/chats", notice="state")
    path = installer.purposes[oauth_state.purpose] or _newest_chat(ports, provider, oauth_state.account_id)
    if "error" in query or not query.get("code"):
        return OAuthResult(path, notice="cancelled")
    try:
        installed = installer.finish(query["code"], oauth_state.token.partition("#")[0])
    except ProviderFailed as reason:
        log.warning("installation failed: %s", reason)
        return OAuthResult(path, notice="failed")
    if installed.team_id != oauth_state.token.partition("#")[0]:
        log.warning("installation for another team refused")
        return OAuthResult(path, notice="team")
    ports.identities.install(provider, replace(installed, installed_at=ports.now()))
    log.info("app installed: by account %s", oauth_state.account_id)
    identity = of_key(f"{provider}#{oauth_state.token}")
    if identity:
        relay_out.catch_up(ports, identity)
    return OAuthResult(path, notice="installed" if oauth_state.purpose == INSTALL else "connected")


def identity_at(ports: Ports, session: Session, provider: Provider) -> Identity:
    """The identity by which this person came in, or another of theirs there. Refused where they have none."""
    linked_identity = of_key(session.identity)
    if linked_identity is not None and linked_identity.provider is provider:
        return linked_identity
    identities = [profile.identity for profile in ports.identities.of_account(session.account_id)]
    identity = next((item for item in identities if item.provider is provider), None)
    if identity is None:
        raise errors.conflict(
            f"no_{provider}",
            "Sign in with {provider} first; then the app can be added to your {provider}.",
            provider=provider.shown,
        )
    return identity


def _installer(ports: Ports, provider: Provider) -> Installer:
    if provider not in ports.installers:
        raise errors.unknown()
    return ports.installers[provider]


def _state(ports: Ports, installer: Installer, provider: Provider, state: str, browser: str) -> OAuthState | None:
    """For whichever purpose it was begun."""
    states = (oauth_states.consume(ports, state, provider, browser, purpose) for purpose in installer.purposes)
    return next((oauth_state for oauth_state in states if oauth_state), None)


def _newest_chat(ports: Ports, provider: Provider, account_id: str) -> str:
    """The chat that was joined last from there."""
    through = [membership for membership in ports.chats.memberships(account_id) if membership.via is provider.via]
    newest = max(through, key=lambda membership: membership.joined_at, default=None)
    return f"/chats/{newest.chat_id}" if newest else "/chats"
