"""What is under way at a provider: one secret for one browser, provider, purpose and person, ten minutes long."""

import hmac
import json
from dataclasses import asdict

from ..domain.identities import Identity, OAuthState
from ..domain.notifications import OUTSIDE_SIGN_IN_LIFE, NotificationKind, OneTimeToken
from ..domain.providers import Provider
from ..ports import Ports
from . import sessions


def keep(ports: Ports, state: str, identity: Identity, account_id: str, browser: str, purpose: str) -> None:
    """An authorization under way, for this person in this browser and for nothing else."""
    oauth_state = OAuthState(
        provider=identity.provider,
        browser=sessions.digest(browser),
        nonce="",
        account_id=account_id,
        token=f"{identity.tenant}#{identity.user}",
        purpose=purpose,
    )
    put(ports, state, oauth_state)


def put(ports: Ports, state: str, oauth_state: OAuthState) -> None:
    one_time_token = OneTimeToken(
        purpose=NotificationKind.OUTSIDE,
        email="",
        expires_at=ports.now() + OUTSIDE_SIGN_IN_LIFE,
        account_id=oauth_state.account_id,
        detail=json.dumps(asdict(oauth_state)),
    )
    ports.one_time_tokens.put(sessions.digest(state), one_time_token)


def consume(ports: Ports, state: str, provider: Provider, browser: str, purpose: str) -> OAuthState | None:
    """The attempt that this state stands for: once, in time, in the browser and for the provider and purpose it was made for."""
    one_time_token = ports.one_time_tokens.peek(sessions.digest(state)) if state else None
    if one_time_token is None or one_time_token.purpose is not NotificationKind.OUTSIDE:
        return None
    stored = json.loads(one_time_token.detail)
    oauth_state = OAuthState(**{**stored, "provider": Provider(stored["provider"])})
    same_browser = bool(browser) and hmac.compare_digest(oauth_state.browser, sessions.digest(browser))
    if not same_browser or oauth_state.provider is not provider or oauth_state.purpose != purpose:
        return None
    if ports.one_time_tokens.consume(sessions.digest(state)) is None or ports.now() >= one_time_token.expires_at:
        return None
    return oauth_state
