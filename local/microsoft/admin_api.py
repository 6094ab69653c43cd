"""What one does to the whole played Microsoft: look, tenants' rules, faults, reset.

| JSON twin | body → answer |
|---|---|
| `GET /microsoft/overview.json` | → `{tenants, people, requests}` |
| `POST /microsoft/tenants/{tid}` | `{allows_apps: bool}` → tenant |
| `GET /microsoft/faults` · `POST` · `DELETE` | see below |
| `GET /microsoft/deliveries.json` | → `{idle, items: [{id, kind, attempt, status, reason, at}]}`, of activities |
| `GET /microsoft/calls.json` · `DELETE` | → `{items: [{at, method, answer, status}]}`: discovery, keys, token, connector |
| `POST /microsoft/reset` | everything as it was at first |

Faults: `{"answer": one of or a list of "409" (which no document names), "429", "412", "500", "501", "502", "503",
"504", "blocked", "no_id", "invalid_grant", "slow", "timeout", "garbage", "times": 1, "path": "discovery", "keys", "token",
"bot metadata", "bot keys" or "connector", "seconds", "chance", "seed", "done"}` for calls, and `{"double": n,
"reverse": n, "delay": seconds, "parallel": true}` for activities: the next n twice, in reverse order, all late, each
without waiting for another.
"""

from local.fake_provider import web
from local.fake_provider.state import Json
from local.http import Answer, Request
from local.microsoft import seed_data
from local.microsoft.fake_microsoft import Microsoft


def overview(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """The page that everything starts from."""
    with microsoft.store.lock:
        data = microsoft.data
        wishes = [{**item, "person": microsoft.person(item["user"])} for item in data["requests"]]
        rooms = [(tenant, microsoft.people(tenant["id"])) for tenant in data["tenants"].values()]
        add = f"/microsoft/teams/l/app/{microsoft.settings['TEAMS_APP_ID']}"
        return web.page(
            "ms_overview.html", app=seed_data.APP_NAME, rooms=rooms, wishes=wishes, add=add, personal=seed_data.PERSONAL
        )


def look(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    with microsoft.store.lock:
        people = [
            {name: value for name, value in person.items() if name != "messages"}
            for person in microsoft.data["people"].values()
        ]
        tenants = list(microsoft.data["tenants"].values())
        return web.answer({"tenants": tenants, "people": people, "requests": microsoft.data["requests"]})


def tenant(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    given = web.body(request)
    with microsoft.changing():
        results = microsoft.tenant(parts[0])
        results["allows_apps"] = given.get("allows_apps") in (True, "true")
        return _done(request, results)


def faults(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """Add, show or end faults."""
    if request.method == "DELETE" or web.form(request).get("clear"):
        microsoft.faults.clear()
        microsoft.courier.clear()
    elif request.method == "POST":
        given = web.body(request)
        if "answer" in given:
            microsoft.faults.add(given)
        microsoft.courier.switch(given)
    if web.is_form(request):
        return web.redirect(web.back(request, "/microsoft/"))
    return web.answer({"calls": microsoft.faults.shown(), "events": microsoft.courier.switches()})


def deliveries(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    return web.answer({"idle": microsoft.courier.is_idle, "items": list(microsoft.courier.log)})


def calls(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    with microsoft.store.lock:
        if request.method == "DELETE":
            microsoft.calls.clear()
        return web.answer({"items": microsoft.calls})


def version(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    return web.answer({"version": microsoft.store.version})


def reset(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    microsoft.faults.clear()
    microsoft.courier.forget()
    microsoft.courier.clear()
    microsoft.store.reset()
    microsoft.reaction_limit.reset()
    return _done(request, {})


def _done(request: Request, answer: Json) -> Answer:
    return web.redirect(web.back(request, "/microsoft/")) if web.is_form(request) else web.answer(answer)
