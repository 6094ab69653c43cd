"""Teams: who may speak to our bot. Each activity's token is checked fully, and its service must be on the allow-list."""

import logging
from typing import Any
from urllib.parse import urlsplit

from ...gateways import jwts, unexpected
from .settings import Teams

log = logging.getLogger(__name__)
_ISSUER, _SKEW = "https://api.botframework.com", 300


def is_signed(chosen: Teams, authorization: str, activity: dict[str, Any]) -> bool:
    """Whether the Bot Framework sent this activity, to us, from the service that it names."""
    scheme, _, token = authorization.partition(" ")
    service = activity.get("serviceUrl")
    if scheme.lower() != "bearer" or not token or not isinstance(service, str) or not is_known(chosen, service):
        return False
    try:
        claims = jwts.claims(token.strip(), _keys_url(chosen), chosen.bot_id, _ISSUER, _SKEW)
        endorsed = _endorsements(chosen, token.strip())
    except jwts.TokenRefused as reason:
        log.warning("activity refused: %s", reason)
        return False
    named = claims.get("serviceurl") or claims.get("serviceUrl")
    same = isinstance(named, str) and named.rstrip("/") == service.rstrip("/")
    return same and activity.get("channelId") in endorsed


def is_known(chosen: Teams, service: str) -> bool:
    """Only to these services goes a token of ours."""
    try:
        parts = urlsplit(service)
    except ValueError:
        return False
    existing = any(parts.netloc == host for host in chosen.service_hosts)
    return existing and (parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost"))


def _keys_url(chosen: Teams) -> str:
    """Beside the metadata, as Microsoft publishes it: no address is taken from an answer."""
    return chosen.metadata_url.rpartition("/.well-known/")[0] + "/.well-known/keys"


def _endorsements(chosen: Teams, token: str) -> list[str]:
    import jwt

    try:
        with unexpected.odd_answers():
            key = jwts.keys(_keys_url(chosen)).get_signing_key_from_jwt(token)
    except (jwt.PyJWTError, *unexpected.UNEXPECTED_RESPONSE_ERRORS) as error:
        raise jwts.TokenRefused(type(error).__name__) from error
    result = key._jwk_data.get("endorsements", [])  # noqa: SLF001  # PyJWT keeps what it doesn't know, but not in public
    return [str(item) for item in result] if isinstance(result, list) else []
