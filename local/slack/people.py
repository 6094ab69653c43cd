"""Methods about tokens, people and workspaces."""

from collections.abc import Callable, Mapping

from local.fake_provider.state import Json
from local.slack import oauth, seed_data
from local.slack.calls import Call
from local.slack.fake_slack import SlackError

_SIZES = (24, 32, 48, 72, 192, 512)


def auth_test(call: Call) -> Json:
    slack, user = call.slack, call.slack.user(call.about["user"])
    team = slack.team(call.team_id)
    answer: Json = {
        "url": f"https://{team['domain']}.slack.com/",
        "team": team["name"],
        "user": user["name"],
        "team_id": team["enterprise_id"] if call.about["org"] else team["id"],
        "user_id": user["id"],
        "is_enterprise_install": call.about["org"],
    }
    if team["enterprise_id"]:
        answer["enterprise_id"] = team["enterprise_id"]
    if call.about["kind"] == "bot":
        answer["bot_id"] = bot_id(team["id"])
    return answer


def auth_revoke(call: Call) -> Json:
    if not call.flag("test"):
        oauth.revoke(call.slack, call.token)
    return {"revoked": not call.flag("test")}


def apps_uninstall(call: Call) -> Json:
    oauth.is_client(call.slack, call.text("client_id"), call.text("client_secret"))
    oauth.uninstall(call.slack, call.team_id)
    return {}


def user_info(call: Call) -> Json:
    return {"user": _shown(call, call.slack.user(call.text("user"), call.team_id))}


def users_list(call: Call) -> Json:
    everybody = [user for user in call.slack.data["users"].values() if user["team_id"] == call.team_id]
    page, more = call.paged(everybody, 1_000)
    return {"members": [_shown(call, user) for user in page], "cache_ts": 0, **more}


def lookup(call: Call) -> Json:
    for user in call.slack.people(call.team_id):
        if user["email"] == call.text("email").lower() and not user["is_bot"] and not user["deleted"]:
            return {"user": _shown(call, user)}
    raise SlackError("users_not_found")


def openid_user_info(call: Call) -> Json:
    user = call.slack.user(call.about["user"])
    return {"sub": user["id"], **oauth.claims_of(call.slack, user, set(call.about["scopes"]))}


def team_info(call: Call) -> Json:
    team = call.slack.team(call.team_id)
    if call.text("team", team["id"]) != team["id"]:
        raise SlackError("team_not_found")
    picture = f"{call.slack.config.playground}/slack/pictures/{team['id']}.png"
    answer: Json = {
        "id": team["id"],
        "name": team["name"],
        "url": f"https://{team['domain']}.slack.com/",
        "domain": team["domain"],
        "email_domain": team["email_domain"],
        "icon": {**{f"image_{size}": picture for size in (34, 44, 68, 88, 102, 132)}, "image_default": True},
    }
    if team["enterprise_id"]:
        answer |= {"enterprise_id": team["enterprise_id"], "enterprise_name": team["enterprise_name"]}
    return {"team": answer}


def billing(call: Call) -> Json:
    return {"plan": call.slack.team(call.team_id)["plan"]}


def bot_id(team_id: str) -> str:
    return f"B{team_id[2:]}APP"


def _shown(call: Call, user: Json) -> Json:
    team = call.slack.team(user["team_id"])
    picture = f"{call.slack.config.playground}/slack/pictures/{user['id']}.png"
    profile: Json = {
        "real_name": user["real_name"],
        "real_name_normalized": user["real_name"],
        "display_name": user["name"],
        "display_name_normalized": user["name"],
        "first_name": user["first"],
        "last_name": user["last"],
        "team": team["id"],
        **{f"image_{size}": picture for size in _SIZES},
    }
    if user["email"] and not user["is_bot"] and "users:read.email" in call.about["scopes"]:
        profile["email"] = user["email"]
    if user["is_bot"]:
        profile |= {"bot_id": bot_id(team["id"]) if user.get("app") else f"B{user['id'][1:]}"}
        profile |= {"api_app_id": seed_data.APP_ID if user.get("app") else "A0OTHER"}
    answer: Json = {
        "id": user["id"],
        "team_id": team["id"],
        "name": user["name"],
        "real_name": user["real_name"],
        "deleted": user["deleted"],
        "profile": profile,
        "is_bot": user["is_bot"],
        "updated": 1_502_138_686,
    }
    if user["deleted"]:
        return answer
    if call.flag("include_locale"):
        answer["locale"] = "en-US"
    flags = ("is_admin", "is_owner", "is_primary_owner", "is_restricted", "is_ultra_restricted")
    answer |= {"tz": "Europe/Berlin", "tz_label": "Central European Time", "tz_offset": 3_600, "is_app_user": False}
    answer |= {flag: user[flag] for flag in flags} | {"is_email_confirmed": user["email_verified"]}
    if team["enterprise_id"]:
        answer["enterprise_user"] = _in_organisation(user, team)
    return answer


def _in_organisation(user: Json, team: Json) -> Json:
    return {
        "id": user["id"],
        "enterprise_id": team["enterprise_id"],
        "enterprise_name": team["enterprise_name"],
        "is_admin": user["is_admin"],
        "is_owner": user["is_owner"],
        "is_primary_owner": user["is_primary_owner"],
        "teams": [team["id"]],
    }


METHODS: Mapping[str, Callable[[Call], Json]] = {
    "auth.test": auth_test,
    "auth.revoke": auth_revoke,
    "apps.uninstall": apps_uninstall,
    "users.info": user_info,
    "users.list": users_list,
    "users.lookupByEmail": lookup,
    "openid.connect.userInfo": openid_user_info,
    "team.info": team_info,
    "team.billing.info": billing,
}
