"""Codes become tokens here: Sign in with Slack (OpenID Connect) and the installation (OAuth v2), which never mix."""

import base64
import hashlib
import hmac
import secrets
import time
from typing import Any
from urllib.parse import unquote

from local.fake_provider.state import Json
from local.slack import events, seed_data
from local.slack.fake_slack import Slack, SlackError

_CODE_LIFE = 600
_ID_TOKEN_LIFE = 300
_IMAGES = (24, 32, 48, 72, 192, 512)
_TEAM_IMAGES = (34, 44, 68, 88, 102, 132, 230)


def new_code(slack: Slack, about: Json) -> str:
    """A code for one use; `about` says which flow, who, what scopes, where it goes."""
    code = f"{secrets.randbelow(10**12):012}.{secrets.token_hex(24)}"
    slack.data["codes"][code] = {**about, "made_at": time.time(), "used": False}
    return code


def openid_token(slack: Slack, given: Json, authorization: str) -> Json:
    """`openid.connect.token`"""
    code = _redeem(slack, given, authorization, "openid")
    user, team = slack.user(code["user"]), slack.team(code["team"])
    about = {
        "kind": "user",
        "team_id": team["id"],
        "enterprise_id": team["enterprise_id"],
        "user": user["id"],
        "scopes": code["user_scopes"],
        "org": False,
    }
    token = slack.new_token("xoxp", about)
    now = int(time.time())
    claims: Json = {
        "iss": slack.base,
        "sub": user["id"],
        "aud": slack.settings["SLACK_CLIENT_ID"],
        "exp": now + _ID_TOKEN_LIFE,
        "iat": now,
        "auth_time": now,
        "at_hash": _half_hash(token),
        **claims_of(slack, user, set(code["user_scopes"])),
    }
    if code.get("nonce"):
        claims["nonce"] = code["nonce"]
    return {"access_token": token, "token_type": "Bearer", "id_token": slack.signer.sign(claims)}


def claims_of(slack: Slack, user: Json, scopes: set[str]) -> Json:
    """What Slack tells about somebody, as far as the scopes go."""
    team = slack.team(user["team_id"])
    claims: Json = {"https://slack.com/user_id": user["id"], "https://slack.com/team_id": team["id"]}
    if team["enterprise_id"]:
        claims["https://slack.com/enterprise_id"] = team["enterprise_id"]
        claims["https://slack.com/enterprise_name"] = team["enterprise_name"]
    if "email" in scopes:
        claims |= {"email": user["email"], "email_verified": user["email_verified"]}
        if user["email_verified"]:
            claims["date_email_verified"] = 1_622_128_723
    if "profile" in scopes:
        claims |= _profile(slack, user, team)
    return claims


def install_token(slack: Slack, given: Json, authorization: str) -> Json:
    """`oauth.v2.access`"""
    code = _redeem(slack, given, authorization, "oauth")
    team = slack.team(code["team"])
    answer: Json = {
        "app_id": seed_data.APP_ID,
        "authed_user": {"id": code["user"]},
        "team": None if code["org"] else {"id": team["id"], "name": team["name"]},
        "enterprise": _enterprise(team),
        "is_enterprise_install": code["org"],
    }
    about = {"team_id": None if code["org"] else team["id"], "enterprise_id": team["enterprise_id"], "org": code["org"]}
    if code["scopes"]:
        token, scopes = _bot_token(slack, team, code, about)
        bot = slack.bot_user(team["id"])["id"]
        answer |= {"access_token": token, "token_type": "bot", "scope": ",".join(scopes), "bot_user_id": bot}
    if code["user_scopes"]:
        token = slack.new_token("xoxp", {**about, "kind": "user", "user": code["user"], "scopes": code["user_scopes"]})
        content = {"scope": ",".join(code["user_scopes"]), "access_token": token, "token_type": "user"}
        answer["authed_user"] |= content
    return answer


def revoke(slack: Slack, token: str, how: str = "token_revoked") -> None:
    """End one token, and tell the application."""
    about = slack.data["tokens"][token]
    about["revoked"] = how
    team_id = about["team_id"] or _any_team(slack, about["enterprise_id"])
    if about["kind"] == "bot":
        slack.data["installs"].pop(team_id, None)
    events.tokens_revoked(slack, team_id, [about], of_organization=about["org"])


def uninstall(slack: Slack, team_id: str) -> None:
    """Take the app out of a workspace: all its tokens end, and both events are sent."""
    installed = slack.data["installs"].pop(team_id, None)
    is_org = bool(installed and installed["org"])
    ended = [about for about in slack.data["tokens"].values() if _belongs(slack, about, team_id)]
    for about in ended:
        about["revoked"] = "account_inactive"
    events.app_uninstalled(slack, team_id, is_org)
    events.tokens_revoked(slack, team_id, ended, is_org)


def is_client(slack: Slack, client_id: str, secret: str) -> None:
    if not client_id or client_id != slack.settings["SLACK_CLIENT_ID"]:
        raise SlackError("invalid_client_id")
    if not hmac.compare_digest(secret.encode(), slack.settings["SLACK_CLIENT_SECRET"].encode()):
        raise SlackError("bad_client_secret")


def _redeem(slack: Slack, given: Json, authorization: str, flow: str) -> Json:
    is_client(slack, *_client(given, authorization))
    grant = given.get("grant_type") or "authorization_code"
    if grant != "authorization_code":
        raise SlackError("invalid_grant_type")
    if given.get("code_verifier"):
        raise SlackError("pkce_not_allowed")
    code: Json | None = slack.data["codes"].get(given.get("code"))
    if code is None or code["used"] or time.time() - code["made_at"] > _CODE_LIFE:
        raise SlackError("invalid_code")
    if code["flow"] != flow:
        raise SlackError("oauth_authorization_url_mismatch")
    if code["redirect_uri"] != given.get("redirect_uri"):
        raise SlackError("bad_redirect_uri")
    code["used"] = True
    return code


def _client(given: Json, authorization: str) -> tuple[str, str]:
    kind, _, value = authorization.partition(" ")
    if kind.lower() != "basic":
        return str(given.get("client_id") or ""), str(given.get("client_secret") or "")
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        raise SlackError("invalid_client_id") from None
    return unquote(client_id), unquote(secret)


def _bot_token(slack: Slack, team: Json, code: Json, about: Json) -> tuple[str, list[str]]:
    """The token of the installation: the one that is there, with what was granted now added, or a new one."""
    install = slack.data["installs"].get(team["id"])
    if install:
        token = install["token"]
        scopes = list(dict.fromkeys([*slack.data["tokens"][token]["scopes"], *code["scopes"]]))
        slack.data["tokens"][token]["scopes"] = scopes
        return token, scopes
    user = slack.bot_user(team["id"])["id"]
    token = slack.new_token("xoxb", {**about, "kind": "bot", "user": user, "scopes": code["scopes"]})
    slack.data["installs"][team["id"]] = {"token": token, "by": code["user"], "org": code["org"]}
    return token, code["scopes"]


def _belongs(slack: Slack, about: Json, team_id: str) -> bool:
    if about["revoked"] or set(about["scopes"]) <= {"openid", "email", "profile"}:
        return False
    return bool(about["team_id"] == team_id or (about["org"] and _any_team(slack, about["enterprise_id"]) == team_id))


def _any_team(slack: Slack, enterprise_id: str) -> str:
    return next(str(team["id"]) for team in slack.data["teams"].values() if team["enterprise_id"] == enterprise_id)


def _enterprise(team: Json) -> Json | None:
    return {"id": team["enterprise_id"], "name": team["enterprise_name"]} if team["enterprise_id"] else None


def _profile(slack: Slack, user: Json, team: Json) -> Json:
    picture = f"{slack.config.playground}/slack/pictures"
    claims: dict[str, Any] = {
        "name": user["real_name"],
        "given_name": user["first"],
        "family_name": user["last"],
        "picture": f"{picture}/{user['id']}.png",
        "locale": "en-US",
        "https://slack.com/team_name": team["name"],
        "https://slack.com/team_domain": team["domain"],
        "https://slack.com/team_image_default": True,
    }
    claims |= {f"https://slack.com/user_image_{size}": f"{picture}/{user['id']}.png" for size in _IMAGES}
    claims |= {f"https://slack.com/team_image_{size}": f"{picture}/{team['id']}.png" for size in _TEAM_IMAGES}
    return claims


def _half_hash(token: str) -> str:
    half = hashlib.sha256(token.encode()).digest()[:16]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()
