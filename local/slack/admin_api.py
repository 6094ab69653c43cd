"""What one does to the whole played Slack: look, install and take out, change people, faults, reset.

| JSON twin | body → answer |
|---|---|
| `GET /slack/overview.json` | → `{workspaces, people, channels, installs, requests, invites, shared_invites}` |
| `POST /slack/workspaces/{team}` | `{plan}` → workspace |
| `POST /slack/workspaces/{team}/uninstall` · `/revoke` | → `{}`; revoke ends the bot's token alone |
| `POST /slack/people/{user}` | any of `{email}` and the flags of `_CHANGEABLE` → person |
| `POST /slack/channels/{channel}/app` | `{member: bool}` → channel |
| `GET /slack/faults` · `POST` · `DELETE` | see below |
| `GET /slack/deliveries.json` | → `{idle, items: [{id, kind, attempt, status, reason, at}]}`, of events |
| `GET /slack/calls.json` · `DELETE` | → `{items: [{at, method, answer, status}]}`, of the Web API and the keys |
| `GET /slack/limits.json` · `POST /slack/limits` | `{on: bool}` → `{on, rates, most_read, longest_update}`; on at first |
| `GET /slack/errors.json` | → `{methods: {name: [code]}}`, the documented ones of what the relay calls |
| `POST /slack/verify-address` | plays `url_verification` → `{challenge}` |
| `POST /slack/reset` | everything as it was at first |

Faults: `{"answer": one of or a list of "429", "500", "502", "503", "slow", "timeout", "garbage" or any of Slack's error codes,
"times": 1, "path": part of the method's name, "seconds": for 429 the Retry-After, else how long, "chance": 0 to 1, "seed",
"done": true where the work is done all the same}` for calls, and `{"double": n, "reverse": n, "delay": seconds,
"parallel": true, "retries": [seconds, …]}` for events: the next n twice, the next n in reverse order, all later by
some seconds, each without waiting for the one before, and the times to Slack's three further tries.
"""

from datetime import UTC, datetime
from typing import Any

from local.fake_provider import web
from local.fake_provider.state import Json
from local.http import Answer, Refused, Request
from local.slack import events, oauth, seed_data
from local.slack.errors import METHOD_ERRORS, documented
from local.slack.fake_slack import RETRIES, Slack
from local.slack.limits import LONGEST_UPDATE, MOST_READ, RATES

_CHANGEABLE = ("deleted", "is_admin", "is_owner", "is_restricted", "is_ultra_restricted", "email_verified")
_PLANS = ("free", "std", "plus", "enterprise", "compliance")


def overview(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """The page that everything starts from."""
    with slack.store.lock:
        data = slack.data
        rooms = [
            {
                "team": team,
                "installed": slack.install(team["id"]),
                "people": [{**user, "role": seed_data.role(user)} for user in slack.people(team["id"])],
                "channels": _channels(slack, team["id"]),
                "requests": [_wish(slack, item) for item in data["requests"] if item["team"] == team["id"]],
            }
            for team in data["teams"].values()
        ]
        codes = {name: sorted(documented(name)) for name in sorted(METHOD_ERRORS)}
        return web.page(
            "slack_overview.html",
            app=seed_data.APP_NAME,
            rooms=rooms,
            plans=_PLANS,
            codes=codes,
            limited=slack.limits.on,
        )


def look(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    with slack.store.lock:
        data = slack.data
        answer = {
            "workspaces": list(data["teams"].values()),
            "people": [
                {**user, "role": seed_data.role(user)} for user in data["users"].values() if not user.get("app")
            ],
            "channels": [channel for channel in data["channels"].values() if channel["kind"] != "im"],
            "installs": data["installs"],
            "requests": data["requests"],
            "invites": data["invites"],
            "shared_invites": data["shared_invites"],
        }
        return web.answer(answer)


def invites(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """What `Invite people` of each workspace shows as pending."""
    with slack.store.lock:
        names = {channel["id"]: channel.get("name", "") for channel in slack.data["channels"].values()}
        return web.page(
            "slack_invites.html",
            teams=list(slack.data["teams"].values()),
            invites=slack.data["invites"],
            shared=slack.data["shared_invites"],
            channels=names,
            days={invite["id"]: _day(invite["expires"]) for invite in slack.data["invites"] if invite["expires"]},
            users=slack.data["users"],
        )


def invites_json(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    with slack.store.lock:
        return web.answer({"items": slack.data["invites"], "shared": slack.data["shared_invites"]})


def workspace(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    given = web.body(request)
    with slack.changing():
        team = slack.team(parts[0])
        if given.get("plan") not in _PLANS:
            raise Refused(422, "invalid", f"plan must be one of {', '.join(_PLANS)}.")
        team["plan"] = given["plan"]
        return _done(request, team)


def take_out(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """`uninstall` or `revoke`"""
    with slack.changing():
        team = slack.team(parts[0])
        install = slack.install(team["id"])
        if install is None:
            raise Refused(409, "app_not_installed", "The app isn’t in this workspace.")
        if parts[1] == "revoke":
            oauth.revoke(slack, install["token"])
        else:
            oauth.uninstall(slack, team["id"])
        return _done(request, {})


def person(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    given = web.body(request)
    with slack.changing():
        user = slack.user(parts[0])
        user.update({name: bool(given[name]) for name in _CHANGEABLE if name in given})
        if "email" in given:
            user["email"] = web.text(given, "email").lower()
        return _done(request, {**user, "role": seed_data.role(user)})


def channel(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """Put the app into a channel, or take it out."""
    wanted = web.body(request).get("member") in (True, "true")
    with slack.changing():
        results: Json | None = slack.data["channels"].get(parts[0])
        if results is None or results["kind"] == "im":
            raise Refused(404, "channel_not_found", "There is no such channel.")
        bot = slack.bot_user(results["team_id"])["id"]
        results["members"] = [member for member in results["members"] if member != bot] + ([bot] if wanted else [])
        return _done(request, results)


def faults(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """Add, show or end faults."""
    if request.method == "DELETE" or web.form(request).get("clear"):
        slack.faults.clear()
        slack.courier.clear()
        slack.retries = RETRIES
    elif request.method == "POST":
        given = web.body(request)
        if "answer" in given:
            slack.faults.add(given)
        slack.courier.switch(given)
        if "retries" in given:
            slack.retries = _seconds(given["retries"])
    if web.is_form(request):
        return web.redirect(web.back(request, "/slack/"))
    return web.answer({"calls": slack.faults.shown(), "events": slack.courier.switches()})


def deliveries(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    return web.answer({"idle": slack.courier.is_idle, "items": list(slack.courier.log)})


def calls(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    with slack.store.lock:
        if request.method == "DELETE":
            slack.calls.clear()
        return web.answer({"items": slack.calls})


def version(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    return web.answer({"version": slack.store.version})


def verify(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    return _done(request, {"challenge": events.verify_address(slack)})


def limits(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """Turn Slack's limits on or off, and say what they are."""
    if request.method == "POST":
        slack.limits.on = web.body(request).get("on") in (True, "true")
    if web.is_form(request):
        return web.redirect(web.back(request, "/slack/"))
    rates = {name: {"burst": rate.burst, "seconds": rate.seconds} for name, rate in RATES.items()}
    return web.answer({"on": slack.limits.on, "rates": rates, "most_read": MOST_READ, "longest_update": LONGEST_UPDATE})


def errors(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    """Every error code that is documented for a method."""
    return web.answer({"methods": {name: sorted(documented(name)) for name in sorted(METHOD_ERRORS)}})


def reset(slack: Slack, request: Request, parts: tuple[str, ...]) -> Answer:
    slack.faults.clear()
    slack.limits.reset()
    slack.courier.forget()
    slack.courier.clear()
    slack.retries = RETRIES
    slack.store.reset()
    return _done(request, {})


def _done(request: Request, answer: Json) -> Answer:
    return web.redirect(web.back(request, "/slack/")) if web.is_form(request) else web.answer(answer)


def _day(stamp: float) -> str:
    return datetime.fromtimestamp(stamp, UTC).strftime("%d %B %Y")


def _seconds(given: Any) -> tuple[float, ...]:
    if not isinstance(given, list) or not all(isinstance(item, int | float) and 0 <= item <= 3_600 for item in given):
        raise Refused(422, "invalid", "retries must be a list of seconds.")
    return tuple(float(item) for item in given)


def _channels(slack: Slack, team_id: str) -> list[Json]:
    bot = slack.bot_user(team_id)["id"]
    several = [
        channel
        for channel in slack.data["channels"].values()
        if channel["team_id"] == team_id and channel["kind"] != "im"
    ]
    return [{**item, "has_app": bot in item["members"]} for item in several]


def _wish(slack: Slack, wish: Json) -> Json:
    return {**wish, "name": slack.user(wish["user"])["real_name"]}
