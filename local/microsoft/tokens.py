"""Tokens: what a person's code or the bot's own secret is given for."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from datetime import UTC, datetime
from urllib.parse import unquote

from local.fake_provider import web
from local.fake_provider.state import Json
from local.http import Answer, Request
from local.microsoft.fake_microsoft import Microsoft, new_guid, pairwise

BOT_SCOPE = "https://api.botframework.com/.default"
BOT_AUDIENCE = "https://api.botframework.com"
BOT_ISSUER = "https://api.botframework.com"
_CODE_LIFE = 600
_TOKEN_LIFE = 3_600


class LoginError(Exception):
    """What the token endpoint answers: OAuth's word, Microsoft's number, a sentence."""

    def __init__(self, error: str, number: int, words: str) -> None:
        super().__init__(words)
        self.error, self.number, self.words = error, number, words

    def answer(self) -> Answer:
        answer = {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.words}",
            "error_codes": [self.number],
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ"),
            "trace_id": new_guid(),
            "correlation_id": new_guid(),
        }
        return web.answer(answer, 401 if self.error == "invalid_client" else 400)


def token(microsoft: Microsoft, request: Request, tenant: str) -> Answer:
    """The token endpoint."""
    given, authorization = web.form(request), dict(request.headers).get("authorization", "")
    try:
        microsoft.check_tenant(tenant)
        client_id = _client(microsoft, given, authorization)
        if given.get("grant_type") == "client_credentials":
            return web.answer(_for_client(microsoft, tenant, client_id, given))
        if given.get("grant_type") != "authorization_code":
            raise LoginError("unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        return web.answer(_for_code(microsoft, tenant, client_id, given))
    except LoginError as error:
        return error.answer()


def _for_client(microsoft: Microsoft, tenant: str, client_id: str, given: dict[str, str]) -> Json:
    """A token for the bot itself: from the bot's own tenant only, as the connector wants it."""
    if client_id != microsoft.settings["TEAMS_BOT_ID"] or tenant != microsoft.settings["TEAMS_BOT_TENANT"]:
        raise LoginError("unauthorized_client", 700016, f"Application '{client_id}' was not found in '{tenant}'.")
    if given.get("scope") != BOT_SCOPE:
        raise LoginError("invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid.")
    now = int(time.time())
    claims = {
        "aud": BOT_AUDIENCE,
        "iss": f"{microsoft.base}/{tenant}/v2.0",
        "iat": now,
        "nbf": now,
        "exp": now + _TOKEN_LIFE,
        "appid": client_id,
        "azp": client_id,
        "tid": tenant,
        "ver": "2.0",
    }
    return {
        "token_type": "Bearer",
        "expires_in": _TOKEN_LIFE - 1,
        "ext_expires_in": _TOKEN_LIFE - 1,
        "access_token": microsoft.logins.sign(claims),
    }


def _for_code(microsoft: Microsoft, tenant: str, client_id: str, given: dict[str, str]) -> Json:
    code: Json | None = microsoft.data["codes"].get(given.get("code"))
    if code is None or time.time() - code["made_at"] > _CODE_LIFE:
        raise LoginError("invalid_grant", 70008, "The provided authorization code has expired or is not known.")
    if code["used"]:
        raise LoginError("invalid_grant", 54005, "OAuth2 Authorization code was already redeemed.")
    wanted = code["wanted"]
    if wanted["client_id"] != client_id or wanted["redirect_uri"] != given.get("redirect_uri"):
        raise LoginError("invalid_client", 50011, "The reply address does not match the one of the request.")
    if code["tenant"] != tenant:
        raise LoginError("invalid_grant", 700005, "The code is intended for another tenant.")
    _prove(wanted, given.get("code_verifier", ""))
    code["used"] = True
    person, scopes = microsoft.person(code["user"]), set(wanted.get("scope", "").split())
    answer: Json = {
        "token_type": "Bearer",
        "scope": " ".join(sorted(scopes)),
        "expires_in": _TOKEN_LIFE - 1,
        "ext_expires_in": _TOKEN_LIFE - 1,
        "access_token": microsoft.logins.sign(_access(microsoft, person, client_id)),
        "id_token": microsoft.logins.sign(_identity(microsoft, person, client_id, wanted)),
        "client_info": _base64({"uid": person["oid"], "utid": person["tid"]}),
    }
    if "offline_access" in scopes:
        answer["refresh_token"] = f"1.{secrets.token_urlsafe(48)}"
    return answer


def _identity(microsoft: Microsoft, person: Json, client_id: str, wanted: dict[str, str]) -> Json:
    now = int(time.time())
    claims: Json = {
        "aud": client_id,
        "iss": f"{microsoft.base}/{person['tid']}/v2.0",
        "iat": now,
        "nbf": now,
        "exp": now + _TOKEN_LIFE,
        "name": person["name"],
        "oid": person["oid"],
        "preferred_username": person["login"],
        "rh": f"1.{pairwise(person, 'rh')}",
        "sub": pairwise(person, client_id),
        "tid": person["tid"],
        "uti": secrets.token_urlsafe(16),
        "ver": "2.0",
    }
    if person["email"]:
        claims["email"] = person["email"]
    if wanted.get("nonce"):
        claims["nonce"] = wanted["nonce"]
    return claims


def _access(microsoft: Microsoft, person: Json, client_id: str) -> Json:
    now = int(time.time())
    return {
        "aud": "00000003-0000-0000-c000-000000000000",
        "iss": f"{microsoft.base}/{person['tid']}/",
        "iat": now,
        "exp": now + _TOKEN_LIFE,
        "appid": client_id,
        "oid": person["oid"],
        "tid": person["tid"],
        "ver": "1.0",
    }


def _prove(wanted: dict[str, str], verifier: str) -> None:
    """PKCE: who redeems the code is who asked for it."""
    challenge = wanted.get("code_challenge")
    if not challenge:
        return
    if not verifier:
        raise LoginError("invalid_grant", 501481, "The code_verifier is missing.")
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if not hmac.compare_digest(digest, challenge):
        raise LoginError("invalid_grant", 501481, "The code_verifier does not match the code_challenge.")


def _client(microsoft: Microsoft, given: dict[str, str], authorization: str) -> str:
    """The application that asks, proved by its secret."""
    client_id, secret = given.get("client_id", ""), given.get("client_secret", "")
    kind, _, value = authorization.partition(" ")
    if kind.lower() == "basic":
        try:
            name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            raise LoginError("invalid_request", 900144, "The Authorization header can't be read.") from None
        client_id, secret = unquote(name), unquote(password)
    settings = microsoft.settings
    secrets_of = {settings["MICROSOFT_CLIENT_ID"]: [settings["MICROSOFT_CLIENT_SECRET"]]}
    secrets_of.setdefault(settings["TEAMS_BOT_ID"], []).append(settings["TEAMS_BOT_SECRET"])
    if not client_id or client_id not in secrets_of:
        raise LoginError("unauthorized_client", 700016, f"Application with identifier '{client_id}' was not found.")
    if not secret or secret not in secrets_of[client_id]:
        raise LoginError("invalid_client", 7000215, "Invalid client secret provided.")
    return client_id


def _base64(value: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
