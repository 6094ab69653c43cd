"""The Teams chat of a person with the app: a page to click through, and the same as JSON for scripts.

| JSON twin | body → answer |
|---|---|
| `GET /microsoft/teams/chat/{oid}.json` | → `{person, tenant, installed, blocked, messages, version}` |
| `POST /microsoft/teams/chat/{oid}/messages` | `{text, reply_to?, html?, files?, pasted?}` → 201 message |
| `POST /microsoft/teams/chat/{oid}/messages/{id}/edit` | `{text}` → message |
| `POST /microsoft/teams/chat/{oid}/messages/{id}/delete` · `/undelete` | → message |
| `POST /microsoft/teams/chat/{oid}/messages/{id}/react` · `/unreact` | `{type}` → message; told for the app's own messages |
| `POST /microsoft/teams/chat/{oid}/install` · `/uninstall` · `/block` · `/unblock` | → person |
| `GET /microsoft/teams/l/app/{app}?tenantId=` · `POST` | "Add to Teams"; `{person}` installs for that person |
| `GET /microsoft/teams/l/entity/{app}/conversations?tenantId=` | the chat window of somebody in the tenant |

`files` are `{name, type?, base64}`, `pasted` pictures without names. `POST /microsoft/sharepoint/expire` ends the life of every
address that files may be downloaded from. A form that posts to the same addresses is sent back to the window.
"""

from datetime import UTC, datetime
from html import unescape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from chalicelib.providers.microsoft.reactions import reaction_from_teams
from local.fake_provider import web
from local.fake_provider.state import Json
from local.http import Answer, Refused, Request, not_found
from local.microsoft import activities, files, seed_data
from local.microsoft.fake_microsoft import Microsoft

REACTIONS = {"like": "👍", "heart": "❤️", "laugh": "😆", "surprised": "😮", "sad": "😢", "angry": "😡"}
_SHOWN = 300
_TAGS = {"a", "at", "b", "blockquote", "br", "code", "del", "em", "i", "li", "ol", "p", "pre", "s", "strong", "u", "ul"}
_markdown = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable("strikethrough")


def choose(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """The chat of the person picked, or of the first."""
    picked = web.query(request).get("user") or next(iter(microsoft.data["people"]))
    return web.redirect(f"/microsoft/teams/chat/{microsoft.person(picked)['oid']}")


def show(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """The window."""
    with microsoft.store.lock:
        person = microsoft.person(parts[0])
        tenants = [tenant for tenant in microsoft.data["tenants"].values() if tenant["id"] != seed_data.PERSONAL]
        return web.page(
            "teams_chat.html",
            person=person,
            first=person["name"].split()[0],
            tenant=microsoft.tenant(person["tid"]),
            app=seed_data.APP_NAME,
            app_id=microsoft.settings["TEAMS_APP_ID"],
            groups=[(tenant, microsoft.people(tenant["id"])) for tenant in tenants],
            messages=[_shown(microsoft, person, message) for message in person["messages"][-_SHOWN:]],
            reactions=REACTIONS,
            faults=microsoft.faults.shown(),
            switches=microsoft.courier.switches(),
            version=microsoft.store.version,
        )


def look(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    with microsoft.store.lock:
        person = microsoft.person(parts[0])
        answer = {
            "person": {name: value for name, value in person.items() if name != "messages"},
            "tenant": microsoft.tenant(person["tid"]),
            "installed": person["has_app"],
            "blocked": person["blocked"],
            "messages": person["messages"],
            "version": microsoft.store.version,
        }
        return web.answer(answer)


def write(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    given = web.body(request)
    with microsoft.changing():
        person = _writer(microsoft, parts[0])
        sent = files.attached(microsoft, given)
        text = "" if sent and not given.get("text") else _text(given)
        message: Json = {"id": microsoft.new_id(), "by": person["oid"], "text": text, "format": "plain", "files": sent}
        if given.get("html"):
            message["html"] = web.text(given, "html")
        if given.get("reply_to"):
            message |= {"reply_to": given["reply_to"], "quoted": _quote(microsoft, person, str(given["reply_to"]))}
        person["messages"].append(message)
        activities.written(microsoft, person, message)
        return _done(request, person, message, 201)


def change(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """`edit`, `delete`, `undelete`, `react`, `unreact`"""
    given, (oid, number, what) = web.body(request), parts
    with microsoft.changing():
        person = _writer(microsoft, oid)
        message = _find(person, number)
        if what in ("react", "unreact"):
            _react(microsoft, person, message, web.text(given, "type"), what == "react")
        elif message["by"] != person["oid"]:
            raise Refused(409, "not_yours", "Only the author can change a message.")
        elif what == "edit":
            message.update(text=_text(given), edited=True)
            activities.edited(microsoft, person, message)
        elif what == "delete":
            message["deleted"] = True
            activities.deleted(microsoft, person, message)
        else:
            message["deleted"] = False
            activities.edited(microsoft, person, message, "undeleteMessage")
        return _done(request, person, message, 200)


def switch(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """`install`, `uninstall`, `block`, `unblock`"""
    with microsoft.changing():
        person = microsoft.person(parts[0])
        if parts[1] == "install":
            install(microsoft, person)
        elif parts[1] == "uninstall" and person["has_app"]:
            person["has_app"] = False
            activities.removed(microsoft, person)
        elif parts[1] in ("block", "unblock"):
            person["blocked"] = parts[1] == "block"
        return _done(request, person, {name: value for name, value in person.items() if name != "messages"}, 200)


def add_page(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """ "Add to Teams", as the link of the join page opens it."""
    _is_app(microsoft, parts[0])
    wanted = web.query(request).get("tenantId")
    with microsoft.store.lock:
        tenants = [tenant for tenant in microsoft.data["tenants"].values() if tenant["id"] != seed_data.PERSONAL]
        several = [tenant for tenant in tenants if wanted in (None, "", tenant["id"])]
        if not several:
            raise not_found()
        return web.page(
            "teams_add.html",
            app=seed_data.APP_NAME,
            groups=[(item, microsoft.people(item["id"])) for item in several],
            action=request.target,
        )


def add(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    _is_app(microsoft, parts[0])
    given = web.body(request)
    with microsoft.changing():
        person = microsoft.person(web.text(given, "person"))
        install(microsoft, person)
        return _done(request, person, {"conversation": person["conversation"]}, 201)


def open_chat(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """The chat with the app, of the first person of the tenant who has it."""
    _is_app(microsoft, parts[0])
    tid = web.query(request).get("tenantId")
    people = [person for person in microsoft.data["people"].values() if tid in (None, "", person["tid"])]
    people.sort(key=lambda person: not person["has_app"])
    if not people:
        raise not_found()
    return web.redirect(f"/microsoft/teams/chat/{people[0]['oid']}")


def install(microsoft: Microsoft, person: Json) -> None:
    """Add the app for somebody, and tell it; nothing happens where it is there already."""
    if person["tid"] == seed_data.PERSONAL or not microsoft.tenant(person["tid"])["allows_apps"]:
        raise Refused(403, "apps_forbidden", "The organisation doesn’t allow this app.")
    if not person["has_app"]:
        person.update(has_app=True, seen=True, blocked=False)
        activities.installed(microsoft, person)


def _done(request: Request, person: Json, answer: Json, status: int) -> Answer:
    return (
        web.redirect(f"/microsoft/teams/chat/{person['oid']}") if web.is_form(request) else web.answer(answer, status)
    )


def _is_app(microsoft: Microsoft, app_id: str) -> None:
    if app_id not in (microsoft.settings["TEAMS_APP_ID"], microsoft.settings["TEAMS_BOT_ID"]):
        raise not_found()


def _writer(microsoft: Microsoft, oid: str) -> Json:
    person = microsoft.person(oid)
    if not person["has_app"]:
        raise Refused(409, "app_not_installed", "The app isn’t installed for this person.")
    return person


def _text(given: Json) -> str:
    text = web.text(given, "text")
    if not text.strip():
        raise Refused(422, "invalid", "text must not be empty.")
    return text


def _find(person: Json, number: str) -> Json:
    for message in person["messages"]:
        if message["id"] == number:
            results: Json = message
            return results
    raise not_found()


def _quote(microsoft: Microsoft, person: Json, number: str) -> Json:
    message = _find(person, number)
    mine = message["by"] == person["oid"]
    by = person["user_id"] if mine else f"28:{microsoft.settings['TEAMS_BOT_ID']}"
    return {
        "id": number,
        "by": by,
        "name": person["name"] if mine else seed_data.APP_NAME,
        "text": unescape(nh3.clean(str(_html(message)), tags=set())).strip(),
    }


def _react(microsoft: Microsoft, person: Json, message: Json, kind: str, add_it: bool) -> None:
    reactions: list[str] = message.setdefault("reactions", [])
    if (kind in reactions) == add_it:
        raise Refused(409, "no_change", "That reaction is there already, or isn’t.")
    reactions.append(kind) if add_it else reactions.remove(kind)
    if message["by"] == "bot":
        activities.reacted(microsoft, person, message, kind, "reactionsAdded" if add_it else "reactionsRemoved")


def _shown(microsoft: Microsoft, person: Json, message: Json) -> dict[str, Any]:
    mine = message["by"] == person["oid"]
    name = person["name"] if mine else seed_data.APP_NAME
    return {
        "id": message["id"],
        "name": name,
        "initials": "".join(word[0] for word in name.replace("-", " ").split()[:2]).upper(),
        "mine": mine,
        "time": datetime.fromtimestamp(int(message["id"]) / 1_000, UTC).strftime("%H:%M"),
        "html": _html(message),
        "text": message["text"],
        "words": message["text"][:60],
        "files": [files.shown(microsoft, file) for file in message.get("files", [])],
        "cards": [_card(attachment["content"]) for attachment in message.get("attachments", [])],
        "quoted": message.get("quoted"),
        "edited": message.get("edited", False),
        "deleted": message.get("deleted", False),
        "taken": message.get("taken", True),
        "bot_reactions": [reaction_from_teams(kind) or kind for kind in message.get("bot_reactions", [])],
        "reactions": [(kind, REACTIONS.get(kind, kind)) for kind in message.get("reactions", [])],
    }


def _card(content: Json) -> dict[str, Any]:
    """The lines of a card, as plain text as a `TextRun` is, and what its links lead to."""
    lines = ["".join(run["text"] for run in block.get("inlines", [])) for block in content["body"]]
    links = [(item["title"], item["url"]) for item in content.get("actions", []) if "url" in item]
    return {"lines": lines, "links": links}


def _html(message: Json) -> Markup:
    """What Teams shows: Markdown or Teams's XML for the bot, plain text for people, nothing that runs."""
    if message["format"] == "plain":
        return Markup("<br>\n").join(escape(line) for line in message["text"].split("\n"))
    raw = message["text"] if message["format"] == "xml" else _markdown.render(message["text"])
    return Markup(nh3.clean(raw, tags=_TAGS, link_rel="noreferrer"))  # noqa: S704  # cleaned just now
