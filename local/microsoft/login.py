"""Signing in: discovery, the page that asks, and the tokens that a code or a client secret is given for."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from local.http import Answer, Request, not_found
from local.microsoft import town
from local.microsoft.far import Microsoft, new_guid, pairwise
from local.slack.kit import demo, web
from local.slack.kit.state import Json

BOT_SCOPE = "https://api.botframework.com/.default"
BOT_AUDIENCE = "https://api.botframework.com"
_SHARED = ("organizations", "common", "consumers")
_CODE_LIFE = 600
_TOKEN_LIFE = 3_600


class LoginError(Exception):
    """What the token endpoint answers: OAuth's word, Microsoft's number, a sentence."""

    def __init__(self, error: str, number: int, words: str) -> None:
        super().__init__(words)
        self.error, self.number, self.words = error, number, words

    def answer(self) -> Answer:
        said = {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.words}",
            "error_codes": [self.number],
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ"),
            "trace_id": new_guid(),
            "correlation_id": new_guid(),
        }
        return web.answer(said, 401 if self.error == "invalid_client" else 400)


class Refusal(Exception):
    """The request is wrong; Microsoft says so on its own page and goes nowhere."""


def discovery(microsoft: Microsoft, tenant: str) -> Answer:
    """The OpenID configuration of a tenant, or of all of them."""
    _known(microsoft, tenant)
    base = f"{microsoft.base}/{tenant}"
    issuer = "{tenantid}" if tenant in _SHARED else tenant
    if tenant == "consumers":
        issuer = town.PERSONAL
    said = {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"{microsoft.base}/{issuer}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver"],
        "tenant_region_scope": None,
    }
    return web.answer(said)


def keys(microsoft: Microsoft, tenant: str) -> Answer:
    _known(microsoft, tenant)
    issuer = f"{microsoft.base}/{{tenantid}}/v2.0" if tenant in _SHARED else f"{microsoft.base}/{tenant}/v2.0"
    return web.answer({"keys": [microsoft.logins.public(x5t=microsoft.logins.id, issuer=issuer)]})


def ask(microsoft: Microsoft, request: Request, tenant: str) -> Answer:
    """The page: whose account, and whether it may."""
    wanted = web.query(request)
    try:
        tenants = _tenants(microsoft, tenant)
        _check(microsoft, wanted)
    except Refusal as reason:
        return _stopped(str(reason), 400)
    return web.page(
        "ms_consent.html",
        leads_to=wanted["redirect_uri"],
        app=town.APP_NAME,
        groups=[(one, microsoft.people(one["id"])) for one in tenants],
        action=request.target,
        hint=wanted.get("login_hint", ""),
    )


def decide(microsoft: Microsoft, request: Request, tenant: str) -> Answer:
    """What the person pressed: `user` (an oid) and `decision` (`allow`, `cancel`, `approval`)."""
    wanted, given = web.query(request), web.body(request)
    try:
        tenants = {one["id"] for one in _tenants(microsoft, tenant)}
        _check(microsoft, wanted)
    except Refusal as reason:
        return _stopped(str(reason), 400)
    person = microsoft.data["people"].get(given.get("user"))
    if person is None or person["tid"] not in tenants:
        return _stopped("AADSTS50020: nobody was picked, or the account is not of a tenant that may sign in.", 403)
    if given.get("decision") == "allow":
        code = f"1.{secrets.token_urlsafe(48)}"
        microsoft.data["codes"][code] = {
            "user": person["oid"],
            "made_at": time.time(),
            "used": False,
            "tenant": tenant,
            "wanted": wanted,
        }
        return _back(wanted, code=code, session_state=new_guid())
    if given.get("decision") == "approval":
        microsoft.data["requests"].append({"user": person["oid"], "address": request.target})
        return web.page("ms_waiting.html", app=town.APP_NAME, tenant=microsoft.tenant(person["tid"]))
    words = "AADSTS65004: User declined to consent to access the app."
    return _back(wanted, error="access_denied", error_subcode="cancel", error_description=words)


def token(microsoft: Microsoft, request: Request, tenant: str) -> Answer:
    """The token endpoint."""
    given, authorization = web.form(request), dict(request.headers).get("authorization", "")
    try:
        _known(microsoft, tenant)
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
    person, scopes = microsoft.person(code["user"]), _scopes(wanted)
    said: Json = {
        "token_type": "Bearer",
        "scope": " ".join(sorted(scopes)),
        "expires_in": _TOKEN_LIFE - 1,
        "ext_expires_in": _TOKEN_LIFE - 1,
        "access_token": microsoft.logins.sign(_access(microsoft, person, client_id)),
        "id_token": microsoft.logins.sign(_identity(microsoft, person, client_id, wanted)),
        "client_info": _base64({"uid": person["oid"], "utid": person["tid"]}),
    }
    if "offline_access" in scopes:
        said["refresh_token"] = f"1.{secrets.token_urlsafe(48)}"
    return said


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


def _check(microsoft: Microsoft, wanted: dict[str, str]) -> None:
    if not wanted.get("client_id") or wanted["client_id"] != microsoft.settings["MICROSOFT_CLIENT_ID"]:
        raise Refusal("AADSTS700016: no application has this client id.")
    if not demo.is_registered(microsoft.place, wanted.get("redirect_uri", "")):
        raise Refusal("AADSTS50011: the redirect address isn’t one of the application’s.")
    if wanted.get("response_type") != "code" or wanted.get("response_mode", "query") != "query":
        raise Refusal("AADSTS900561: only response_type code with response_mode query is played here.")
    if "openid" not in _scopes(wanted):
        raise Refusal("AADSTS90015: the scope openid is missing.")
    if wanted.get("code_challenge") and wanted.get("code_challenge_method") != "S256":
        raise Refusal("AADSTS501491: code_challenge_method must be S256.")


def _tenants(microsoft: Microsoft, tenant: str) -> list[Json]:
    """Whose people may sign in at this address."""
    every = microsoft.data["tenants"]
    if tenant == "organizations":
        return [one for one in every.values() if one["id"] != town.PERSONAL]
    if tenant == "consumers":
        return [every[town.PERSONAL]]
    if tenant == "common":
        return list(every.values())
    if tenant not in every:
        raise Refusal(f"AADSTS90002: tenant '{tenant}' not found.")
    return [every[tenant]]


def _known(microsoft: Microsoft, tenant: str) -> None:
    own = microsoft.settings["TEAMS_BOT_TENANT"]
    if tenant not in (*_SHARED, *microsoft.data["tenants"], own):
        raise not_found()


def _scopes(wanted: dict[str, Any]) -> set[str]:
    return set(str(wanted.get("scope", "")).split())


def _stopped(reason: str, status: int) -> Answer:
    return web.page("ms_stopped.html", status, reason=reason)


def _back(wanted: dict[str, str], **parameters: str) -> Answer:
    return web.redirect(wanted["redirect_uri"], **parameters, state=wanted.get("state"))


def _base64(value: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
