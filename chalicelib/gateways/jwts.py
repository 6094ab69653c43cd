"""Tokens that others signed, checked fully: signature with a known key set, algorithm, audience, issuer, times.

PyJWT and its keys are loaded when first needed; each key set is fetched once a day, and an unknown key makes no storm of fetches.
"""

import functools
from typing import TYPE_CHECKING, Any

from . import unexpected

if TYPE_CHECKING:
    import jwt

_DAY, _COOL_DOWN, _TIMEOUT, _LEEWAY = 86_400, 30, 5, 60


class TokenRefused(Exception):
    """The token isn't what it must be; the message is for the log, never for people."""


def claims(
    token: str, keys_url: str, audience: str, issuer: str | None = None, leeway: int = _LEEWAY
) -> dict[str, Any]:
    """The claims of a token that holds. Without `issuer` the caller must judge `iss` itself."""
    import jwt

    try:
        with unexpected.odd_answers():
            key = keys(keys_url).get_signing_key_from_jwt(token)
            results: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                audience=audience,
                issuer=issuer,
                leeway=leeway,
                options={"require": ["exp", "aud", "iss"]},
            )
    except (jwt.PyJWTError, *unexpected.UNEXPECTED_RESPONSE_ERRORS) as error:
        raise TokenRefused(type(error).__name__) from error
    return results


@functools.cache
def keys(url: str) -> "jwt.PyJWKClient":
    import jwt

    return jwt.PyJWKClient(url, lifespan=_DAY, cooldown_duration=_COOL_DOWN, timeout=_TIMEOUT)
