"""The two pages that ask a person: Sign in with Slack, and adding the app to a workspace.

GET shows who can be picked; POST with `user` and `decision` (`allow`, `cancel`, `approval`) answers: a redirect back
to the application for the first two, and for `approval` Slack's waiting page, which never goes back.
"""

from typing import Any

from local.fake_provider import demo, web
from local.fake_provider.state import Json
from local.http import Answer, Request
from local.slack import oauth, seed_data
from local.slack.fake_slack import Slack
from local.slack.reference import ADMIN_SCOPES, BOT_SCOPES, IDENTITY_SCOPES, USER_SCOPES

_WORDS = {
    "openid": "Confirm your identity on Slack",
    "email": "See your e-mail address",
    "profile": "See your name and picture",
    "chat:write": "Send messages as the app",
    "chat:write.customize": "Send messages with another name and picture",
    "im:write": "Start direct messages with people",
    "im:history": "Read direct messages with the app",
    "users:read": "See the people of the workspace",
    "users:read.email": "See their e-mail addresses",
    "channels:read": "See the channels of the workspace",
    "groups:read": "See private channels that the app is in",
    "team:read": "See the workspace’s name and domain",
    "reactions:read": "See reactions",
    "reactions:write": "Add reactions",
    "files:read": "Read files of conversations with the app",
    "files:write": "Upload, share and delete files as the app",
    "team.billing:read": "See which plan the workspace has",
    "conversations.connect:write": "Invite people through Slack Connect",
    "admin.users:write": "Invite people to workspaces of the organisation",
}


class Refusal(Exception):
    """The request for consent is wrong; Slack says so on its own page and goes nowhere."""


def ask(slack: Slack, request: Request, flow: str) -> Answer:
    """The page."""
    wanted = web.query(request)
    try:
        scopes, user_scopes = _checked(slack, wanted, flow)
    except Refusal as reason:
        return web.page("slack_stopped.html", 400, title="This request can’t be used", reason=str(reason))
    team = _team(slack, wanted)
    people = [user for user in slack.people(team["id"]) if not user["is_bot"] and not user["deleted"]]
    return web.page(
        "slack_consent.html",
        leads_to=wanted["redirect_uri"],
        flow=flow,
        app=seed_data.APP_NAME,
        team=team,
        teams=[] if wanted.get("team") in slack.data["teams"] else _choices(slack, request),
        people=[{**user, "role": seed_data.role(user)} for user in people],
        asked=[_WORDS.get(scope, scope) for scope in [*scopes, *user_scopes]],
        action=request.target,
        installed=slack.install(team["id"]) is not None,
    )


def decide(slack: Slack, request: Request, flow: str) -> Answer:
    """What the person pressed."""
    wanted, given = web.query(request), web.body(request)
    try:
        scopes, user_scopes = _checked(slack, wanted, flow)
        user = slack.data["users"].get(given.get("user"))
        if user is None or user["is_bot"] or user["deleted"]:
            raise Refusal("Nobody was picked.")
        if wanted.get("team") in slack.data["teams"] and user["team_id"] != wanted["team"]:
            raise Refusal("That person is in another workspace.")
        if given.get("decision") == "allow":
            _may(slack, user, flow, [*scopes, *user_scopes], bool(given.get("for_organization")))
    except Refusal as reason:
        return web.page("slack_stopped.html", 403, title="Not possible", reason=str(reason))
    if given.get("decision") == "allow":
        slack.data["requests"] = [item for item in slack.data["requests"] if item["team"] != user["team_id"]]
        about = _grant(wanted, user, flow, scopes, user_scopes)
        about["org"] = about["org"] or bool(given.get("for_organization"))
        return _back(wanted, code=oauth.new_code(slack, about))
    if given.get("decision") == "approval":
        slack.data["requests"].append({"user": user["id"], "team": user["team_id"], "address": request.target})
        return web.page("slack_waiting.html", app=seed_data.APP_NAME, team=slack.team(user["team_id"]))
    return _back(wanted, error="access_denied")


def _checked(slack: Slack, wanted: dict[str, str], flow: str) -> tuple[list[str], list[str]]:
    """Bot scopes and user scopes; raises `Refusal` where Slack shows an error."""
    if not wanted.get("client_id") or wanted["client_id"] != slack.settings["SLACK_CLIENT_ID"]:
        raise Refusal("invalid_client_id: no app has this client id.")
    if not demo.is_registered(slack.config, wanted.get("redirect_uri", "")):
        raise Refusal("bad_redirect_uri: the redirect address isn’t one of the app’s.")
    scopes, user_scopes = _list(wanted.get("scope", "")), _list(wanted.get("user_scope", ""))
    if flow == "openid":
        return [], _identity(wanted, scopes)
    if not scopes and not user_scopes:
        raise Refusal("no_scopes: the request names no scope.")
    if IDENTITY_SCOPES & set(scopes + user_scopes):
        raise Refusal("invalid_scope: identity scopes can’t be asked together with others.")
    unknown = (set(scopes) - BOT_SCOPES) | (set(user_scopes) - USER_SCOPES - ADMIN_SCOPES)
    if unknown:
        raise Refusal(f"invalid_scope: {', '.join(sorted(unknown))}.")
    return scopes, user_scopes


def _identity(wanted: dict[str, str], scopes: list[str]) -> list[str]:
    if wanted.get("response_type") != "code":
        raise Refusal("unsupported_response_type: only code is possible.")
    if "openid" not in scopes or set(scopes) - IDENTITY_SCOPES:
        raise Refusal("invalid_scope: openid is needed; email and profile may be added.")
    return scopes


def _may(slack: Slack, user: Json, flow: str, scopes: list[str], for_organization: bool) -> None:
    """Whether this person may allow this at all."""
    if flow == "openid":
        return
    if user["is_restricted"]:
        raise Refusal("Guests can’t add apps to this workspace. A member can.")
    if ADMIN_SCOPES & set(scopes) or for_organization:
        if slack.team(user["team_id"])["plan"] != "enterprise":
            raise Refusal("Apps with this feature are only available to Enterprise customers.")
        if not user["is_admin"]:
            raise Refusal("Only an owner or admin of the organisation can install this for all of it.")


def _grant(wanted: dict[str, str], user: Json, flow: str, scopes: list[str], user_scopes: list[str]) -> Json:
    return {
        "flow": flow,
        "user": user["id"],
        "team": user["team_id"],
        "scopes": scopes,
        "user_scopes": user_scopes,
        "org": bool(ADMIN_SCOPES & set(user_scopes)),
        "redirect_uri": wanted["redirect_uri"],
        "nonce": wanted.get("nonce"),
    }


def _back(wanted: dict[str, str], **parameters: str) -> Answer:
    return web.redirect(wanted["redirect_uri"], **parameters, state=wanted.get("state"))


def _team(slack: Slack, wanted: dict[str, str]) -> Json:
    teams: dict[str, Json] = slack.data["teams"]
    for name in (wanted.get("team"), wanted.get("workspace")):
        if name in teams:
            return teams[name]
    return next(iter(teams.values()))


def _choices(slack: Slack, request: Request) -> list[dict[str, Any]]:
    base = request.target.partition("&workspace=")[0]
    return [{**team, "address": f"{base}&workspace={team['id']}"} for team in slack.data["teams"].values()]


def _list(text: str) -> list[str]:
    return list(dict.fromkeys(text.replace(",", " ").split()))
