"""Teams chats: the connector that the application writes through, and the signed activities that it gets."""

import json
from typing import Any

import httpx
import jwt
import pytest

from tests.playground.far import JONAS, PAT, Far, headers_of
from tests.playground.microsoft import application

Json = dict[str, Any]
CHAT = f"/microsoft/teams/chat/{JONAS}"
KESSEL = "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01"
NORA = "7b2e4c90-1d3f-4a6b-8c5d-000000000005"


def _authorization(far: Far) -> dict[str, str]:
    settings = far.settings
    bot = (settings["TEAMS_BOT_ID"], settings["TEAMS_BOT_SECRET"])
    app = application(far.microsoft, far.http, bot, settings["TEAMS_BOT_TENANT"])
    token = app.acquire_token_for_client(["https://api.botframework.com/.default"])["access_token"]
    return {"Authorization": f"Bearer {token}"}


def _call(far: Far, method: str, path: str, body: Json | None = None, **headers: str) -> httpx.Response:
    address = f"{far.microsoft}/connector/emea/v3/conversations{path}"
    return far.http.request(method, address, json=body, headers=headers or _authorization(far))


def _chat(far: Far) -> str:
    """The conversation with Jonas, once he has the app."""
    far.post(f"{CHAT}/install")
    return f"/{far.get(f'{CHAT}.json')['person']['conversation']}"


def _heard(far: Far) -> list[Json]:
    far.quiet("microsoft")
    events = far.app.events()
    far.app.heard.clear()
    return events


def test_adding_the_app_tells_it(far: Far) -> None:
    link = f"{far.settings['TEAMS_LINK_BASE']}/l/app/{far.settings['TEAMS_APP_ID']}?tenantId={KESSEL}"
    page = far.http.get(link).text
    assert "Jonas Weber-Oppenheimer" in page
    assert "Nora Quist" not in page
    assert far.http.post(link, data={"person": JONAS}).status_code == 303
    assert far.http.post(link, data={"person": JONAS}).status_code == 303
    installation, conversation = _heard(far)
    assert (installation["type"], installation["action"]) == ("installationUpdate", "add")
    assert conversation["membersAdded"] == [{"id": f"28:{far.settings['TEAMS_BOT_ID']}"}]
    for activity in (installation, conversation):
        assert activity["from"]["aadObjectId"] == JONAS
        assert activity["conversation"]["conversationType"] == "personal"
        assert activity["channelData"]["tenant"]["id"] == activity["conversation"]["tenantId"]
        assert activity["channelId"] == "msteams"


def test_activities_are_signed(far: Far) -> None:
    _chat(far)
    far.quiet("microsoft")
    request = far.app.heard[0]
    assert request.target == "/teams/messages"
    metadata = far.http.get(far.settings["BOT_METADATA_URL"]).json()
    token = headers_of(request)["authorization"].removeprefix("Bearer ")
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(token)
    claims = jwt.decode(
        token, key.key, algorithms=["RS256"], audience=far.settings["TEAMS_BOT_ID"], issuer=metadata["issuer"]
    )
    assert claims["serviceurl"] == json.loads(request.body)["serviceUrl"]
    assert metadata["issuer"] == "https://api.botframework.com"
    assert "msteams" in far.http.get(metadata["jwks_uri"]).json()["keys"][0]["endorsements"]


def test_the_app_writes_edits_and_deletes(far: Far) -> None:
    chat = _chat(far)
    said = _call(far, "POST", f"{chat}/activities", {"type": "message", "text": "**Ada:** hello"})
    assert said.status_code == 201
    number = said.json()["id"]
    assert (
        _call(far, "PUT", f"{chat}/activities/{number}", {"type": "message", "text": "**Ada:** hi"}).status_code == 200
    )
    second = _call(far, "POST", f"{chat}/activities/{number}", {"type": "message", "text": "more"}).json()["id"]
    assert _call(far, "DELETE", f"{chat}/activities/{second}").status_code == 200
    shown = far.get(f"{CHAT}.json")["messages"]
    assert [(one["text"], one.get("edited"), one.get("deleted")) for one in shown] == [
        ("**Ada:** hi", True, None),
        ("more", None, True),
    ]
    _heard(far)
    assert _heard(far) == []


def test_what_a_person_does_arrives_as_activities(far: Far) -> None:
    chat = _chat(far)
    theirs = _call(far, "POST", f"{chat}/activities", {"type": "message", "text": "Hello <b>"}).json()["id"]
    _heard(far)
    mine = far.post(f"{CHAT}/messages", text="Hi & bye")["id"]
    far.post(f"{CHAT}/messages/{mine}/edit", text="Hi")
    far.post(f"{CHAT}/messages/{mine}/react", type="like")
    far.post(f"{CHAT}/messages/{theirs}/react", type="heart")
    far.post(f"{CHAT}/messages/{theirs}/unreact", type="heart")
    far.post(f"{CHAT}/messages/{mine}/delete")
    far.post(f"{CHAT}/messages/{mine}/undelete")
    far.post(f"{CHAT}/messages", text="That", reply_to=theirs)
    far.post(f"{CHAT}/uninstall")
    new, edit, like, unlike, delete, undelete, quoting, gone = _heard(far)
    assert (new["type"], new["id"], new["text"]) == ("message", mine, "Hi & bye")
    assert new["attachments"] == [{"contentType": "text/html", "content": "<p>Hi &amp; bye</p>"}]
    assert (edit["type"], edit["id"], edit["channelData"]["eventType"]) == ("messageUpdate", mine, "editMessage")
    assert (like["reactionsAdded"], like["replyToId"]) == ([{"type": "heart"}], theirs)
    assert unlike["reactionsRemoved"] == [{"type": "heart"}]
    assert (delete["type"], delete["channelData"]["eventType"]) == ("messageDelete", "softDeleteMessage")
    assert undelete["channelData"]["eventType"] == "undeleteMessage"
    assert f'itemid="{theirs}"' in quoting["attachments"][0]["content"]
    assert (gone["type"], gone["action"]) == ("installationUpdate", "remove")


def test_members_are_known_to_the_bot_only(far: Far) -> None:
    chat = _chat(far)
    person = far.get(f"{CHAT}.json")["person"]
    found = _call(far, "GET", f"{chat}/members/{person['user_id']}").json()
    assert (found["aadObjectId"], found["tenantId"]) == (JONAS, person["tid"])
    assert _call(far, "GET", f"{chat}/members").json() == [found]
    assert _call(far, "GET", f"{chat}/members/29:nobody").status_code == 404
    assert _call(far, "GET", f"{chat}/members", None, Authorization="Bearer x").status_code == 401
    assert _call(far, "GET", f"{chat}/members", None, Accept="*/*").status_code == 401


def test_conversations_begin_only_with_who_has_the_app(far: Far) -> None:
    people = {one["oid"]: one for one in far.get("/microsoft/overview.json")["people"]}
    jonas = people[JONAS]
    body = {
        "bot": {"id": f"28:{far.settings['TEAMS_BOT_ID']}"},
        "members": [{"id": jonas["user_id"]}],
        "channelData": {"tenant": {"id": jonas["tid"]}},
        "isGroup": False,
    }
    assert _call(far, "POST", "", body).status_code == 403
    assert (
        _call(far, "POST", f"/{jonas['conversation']}/activities", {"type": "message", "text": "a"}).status_code == 403
    )
    far.post(f"{CHAT}/install")
    assert _call(far, "POST", "", body).json()["id"] == jonas["conversation"]
    assert _call(far, "POST", "", body | {"members": [{"id": "29:nobody"}]}).status_code == 404
    assert _call(far, "POST", "", body | {"members": []}).status_code == 400


@pytest.mark.parametrize("how", ["block", "uninstall"])
def test_writing_to_who_blocked_or_removed_the_app_is_refused(far: Far, how: str) -> None:
    chat = _chat(far)
    far.post(f"{CHAT}/{how}")
    said = _call(far, "POST", f"{chat}/activities", {"type": "message", "text": "a"})
    assert said.status_code == 403
    assert json.loads(said.json()["message"])["subCode"] == "MessageWritesBlocked"


@pytest.mark.parametrize(
    "body",
    [{}, {"type": "shout", "text": "a"}, {"type": "message"}, {"type": "message", "text": "a", "colour": "blue"}],
)
def test_activities_of_a_wrong_form_are_refused(far: Far, body: Json) -> None:
    chat = _chat(far)
    said = _call(far, "POST", f"{chat}/activities", body)
    assert (said.status_code, said.json()["error"]["code"]) == (400, "BadSyntax")
    assert _call(far, "PUT", f"{chat}/activities/1", {"type": "message", "text": "a"}).status_code == 404
    assert _call(far, "POST", "/a:nowhere/activities", {"type": "message", "text": "a"}).status_code == 404


def test_an_organisation_can_forbid_the_app(far: Far) -> None:
    nora = far.get(f"/microsoft/teams/chat/{NORA}.json")["person"]
    far.post(f"/microsoft/tenants/{nora['tid']}", allows_apps=False)
    assert far.refused(f"/microsoft/teams/chat/{NORA}/install") == "apps_forbidden"
    assert far.refused(f"/microsoft/teams/chat/{PAT}/install") == "apps_forbidden"
    assert far.refused(f"/microsoft/teams/chat/{NORA}/messages", text="a") == "app_not_installed"
    link = f"{far.settings['TEAMS_LINK_BASE']}/l/app/{far.settings['TEAMS_APP_ID']}?tenantId={nora['tid']}"
    assert "doesn’t allow this app" in far.http.get(link).text


def test_an_activity_that_is_not_taken_is_shown(far: Far) -> None:
    _chat(far)
    far.quiet("microsoft")
    far.app.status = 500
    far.post(f"{CHAT}/messages", text="Hello")
    far.quiet("microsoft")
    assert far.get(f"{CHAT}.json")["messages"][0]["taken"] is False
    assert "didn’t take this" in far.http.get(f"{far.place.playground}{CHAT}").text
