"""Signing in: discovery, the keys, and the page that asks a person."""

import secrets
import time

from local.fake_provider import demo, web
from local.fake_provider.state import Json
from local.http import Answer, Request
from local.microsoft import seed_data
from local.microsoft.fake_microsoft import SHARED, Microsoft, new_guid


class Refusal(Exception):
    """The request is wrong; Microsoft says so on its own page and goes nowhere."""


def discovery(microsoft: Microsoft, tenant: str) -> Answer:
    """The OpenID configuration of a tenant, or of all of them."""
    microsoft.check_tenant(tenant)
    base = f"{microsoft.base}/{tenant}"
    issuer = "{tenantid}" if tenant in SHARED else tenant
    if tenant == "consumers":
        issuer = seed_data.PERSONAL
    answer = {
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
    return web.answer(answer)


def keys(microsoft: Microsoft, tenant: str) -> Answer:
    microsoft.check_tenant(tenant)
    issuer = f"{microsoft.base}/{{tenantid}}/v2.0" if tenant in SHARED else f"{microsoft.base}/{tenant}/v2.0"
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
        app=seed_data.APP_NAME,
        groups=[(item, microsoft.people(item["id"])) for item in tenants],
        action=request.target,
        hint=wanted.get("login_hint", ""),
    )


def decide(microsoft: Microsoft, request: Request, tenant: str) -> Answer:
    """What the person pressed: `user` (an oid) and `decision` (`allow`, `cancel`, `approval`)."""
    wanted, given = web.query(request), web.body(request)
    try:
        tenants = {item["id"] for item in _tenants(microsoft, tenant)}
        _check(microsoft, wanted)
    except Refusal as reason:
        return _stopped(str(reason), 400)
    person = microsoft.data["people"].get(given.get("user"))
    if person is None or person["tid"] not in tenants:
        return _stopped("AADSTS50020: nobody was picked, or the account is not of a tenant that may sign in.", 403)
    if given.get("decision") == "allow":
        microsoft.data["requests"] = [item for item in microsoft.data["requests"] if item["user"] != person["oid"]]
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
        return web.page("ms_waiting.html", app=seed_data.APP_NAME, tenant=microsoft.tenant(person["tid"]))
    words = "AADSTS65004: User declined to consent to access the app."
    return _back(wanted, error="access_denied", error_subcode="cancel", error_description=words)


def _check(microsoft: Microsoft, wanted: dict[str, str]) -> None:
    if not wanted.get("client_id") or wanted["client_id"] != microsoft.settings["MICROSOFT_CLIENT_ID"]:
        raise Refusal("AADSTS700016: no application has this client id.")
    if not demo.is_registered(microsoft.config, wanted.get("redirect_uri", "")):
        raise Refusal("AADSTS50011: the redirect address isn’t one of the application’s.")
    if wanted.get("response_type") != "code" or wanted.get("response_mode", "query") != "query":
        raise Refusal("AADSTS900561: only response_type code with response_mode query is played here.")
    if "openid" not in wanted.get("scope", "").split():
        raise Refusal("AADSTS90015: the scope openid is missing.")
    if wanted.get("code_challenge") and wanted.get("code_challenge_method") != "S256":
        raise Refusal("AADSTS501491: code_challenge_method must be S256.")


def _tenants(microsoft: Microsoft, tenant: str) -> list[Json]:
    """Whose people may sign in at this address."""
    every = microsoft.data["tenants"]
    if tenant == "organizations":
        return [item for item in every.values() if item["id"] != seed_data.PERSONAL]
    if tenant == "consumers":
        return [every[seed_data.PERSONAL]]
    if tenant == "common":
        return list(every.values())
    if tenant not in every:
        raise Refusal(f"AADSTS90002: tenant '{tenant}' not found.")
    return [every[tenant]]


def _stopped(reason: str, status: int) -> Answer:
    return web.page("ms_stopped.html", status, reason=reason)


def _back(wanted: dict[str, str], **parameters: str) -> Answer:
    return web.redirect(wanted["redirect_uri"], **parameters, state=wanted.get("state"))
