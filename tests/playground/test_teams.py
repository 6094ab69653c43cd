"""Teams chats: the connector that the application writes through, and the signed activities that it gets."""

import json
from typing import Any

import httpx
import jwt
import pytest

from tests.support.fake_providers import JONAS, PAT, FakeProviders, headers_of
from tests.support.microsoft_clients import application

Json = dict[str, Any]
CHAT = f"/microsoft/teams/chat/{JONAS}"
KESSEL = "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01"
NORA = "7b2e4c90-1d3f-4a6b-8c5d-000000000005"


def _authorization(fakes: FakeProviders) -> dict[str, str]:
    settings = fakes.settings
    bot = (settings["TEAMS_BOT_ID"], settings["TEAMS_BOT_SECRET"])
    app = application(fakes.microsoft, fakes.http, bot, settings["TEAMS_BOT_TENANT"])
    token = app.acquire_token_for_client(["https://api.botframework.com/.default"])["access_token"]
    return {"Authorization": f"Bearer {token}"}


def _call(fakes: FakeProviders, method: str, path: str, body: Json | None = None, **headers: str) -> httpx.Response:
    address = f"{fakes.microsoft}/connector/emea/v3/conversations{path}"
    return fakes.http.request(method, address, json=body, headers=headers or _authorization(fakes))


def _chat(fakes: FakeProviders) -> str:
    """The conversation with Jonas, once he has the app."""
    fakes.post(f"{CHAT}/install")
    return f"/{fakes.get(f'{CHAT}.json')['person']['conversation']}"


def _heard(fakes: FakeProviders) -> list[Json]:
    fakes.quiet("microsoft")
    events = fakes.app.events()
    fakes.app.requests.clear()
    return events


def test_adding_the_app_tells_it(fakes: FakeProviders) -> None:
    link = f"{fakes.settings['TEAMS_LINK_BASE']}/l/app/{fakes.settings['TEAMS_APP_ID']}?tenantId={KESSEL}"
    page = fakes.http.get(link).text
    assert "Jonas Weber-Oppenheimer" in page
    assert "Nora Quist" not in page
    assert fakes.http.post(link, data={"person": JONAS}).status_code == 303
    assert fakes.http.post(link, data={"person": JONAS}).status_code == 303
    installation, conversation = _heard(fakes)
    assert (installation["type"], installation["action"]) == ("installationUpdate", "add")
    assert conversation["membersAdded"] == [{"id": f"28:{fakes.settings['TEAMS_BOT_ID']}"}]
    for activity in (installation, conversation):
        assert activity["from"]["aadObjectId"] == JONAS
        assert activity["conversation"]["conversationType"] == "personal"
        assert activity["channelData"]["tenant"]["id"] == activity["conversation"]["tenantId"]
        assert activity["channelId"] == "msteams"


def test_activities_are_signed(fakes: FakeProviders) -> None:
    _chat(fakes)
    fakes.quiet("microsoft")
    request = fakes.app.requests[0]
    assert request.target == "/teams/messages"
    metadata = fakes.http.get(fakes.settings["BOT_METADATA_URL"]).json()
    token = headers_of(request)["authorization"].removeprefix("Bearer ")
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(token)
    claims = jwt.decode(
        token, key.key, algorithms=["RS256"], audience=fakes.settings["TEAMS_BOT_ID"], issuer=metadata["issuer"]
    )
    assert claims["serviceurl"] == json.loads(request.body)["serviceUrl"]
    assert metadata["issuer"] == "https://api.botframework.com"
    assert "msteams" in fakes.http.get(metadata["jwks_uri"]).json()["keys"][0]["endorsements"]


def test_the_app_writes_edits_and_deletes(fakes: FakeProviders) -> None:
    chat = _chat(fakes)
    response = _call(fakes, "POST", f"{chat}/activities", {"type": "message", "text": "**Ada:** hello"})
    assert response.status_code == 201
    number = response.json()["id"]
    assert (
        _call(fakes, "PUT", f"{chat}/activities/{number}", {"type": "message", "text": "**Ada:** hi"}).status_code
        == 200
    )
    second = _call(fakes, "POST", f"{chat}/activities/{number}", {"type": "message", "text": "more"}).json()["id"]
    assert _call(fakes, "DELETE", f"{chat}/activities/{second}").status_code == 200
    shown = fakes.get(f"{CHAT}.json")["messages"]
    assert [(item["text"], item.get("edited"), item.get("deleted")) for item in shown] == [
        ("**Ada:** hi", True, None),
        ("more", None, True),
    ]
    _heard(fakes)
    assert _heard(fakes) == []


def test_what_a_person_does_arrives_as_activities(fakes: FakeProviders) -> None:
    chat = _chat(fakes)
    theirs = _call(fakes, "POST", f"{chat}/activities", {"type": "message", "text": "Hello <b>"}).json()["id"]
    _heard(fakes)
    mine = fakes.post(f"{CHAT}/messages", text="Hi & bye")["id"]
    fakes.post(f"{CHAT}/messages/{mine}/edit", text="Hi")
    fakes.post(f"{CHAT}/messages/{mine}/react", type="like")
    fakes.post(f"{CHAT}/messages/{theirs}/react", type="heart")
    fakes.post(f"{CHAT}/messages/{theirs}/unreact", type="heart")
    fakes.post(f"{CHAT}/messages/{mine}/delete")
    fakes.post(f"{CHAT}/messages/{mine}/undelete")
    fakes.post(f"{CHAT}/messages", text="That", reply_to=theirs)
    fakes.post(f"{CHAT}/uninstall")
    new, edit, like, unlike, delete, undelete, quoting, gone = _heard(fakes)
    assert (new["type"], new["id"], new["text"]) == ("message", mine, "Hi & bye")
    assert new["attachments"] == [{"contentType": "text/html", "content": "<p>Hi &amp; bye</p>"}]
    assert (edit["type"], edit["id"], edit["channelData"]["eventType"]) == ("messageUpdate", mine, "editMessage")
    assert (like["reactionsAdded"], like["replyToId"]) == ([{"type": "heart"}], theirs)
    assert unlike["reactionsRemoved"] == [{"type": "heart"}]
    assert (delete["type"], delete["channelData"]["eventType"]) == ("messageDelete", "softDeleteMessage")
    assert undelete["channelData"]["eventType"] == "undeleteMessage"
    assert f'itemid="{theirs}"' in quoting["attachments"][0]["content"]
    assert (gone["type"], gone["action"]) == ("installationUpdate", "remove")


def test_members_are_known_to_the_bot_only(fakes: FakeProviders) -> None:
    chat = _chat(fakes)
    person = fakes.get(f"{CHAT}.json")["person"]
    result = _call(fakes, "GET", f"{chat}/members/{person['user_id']}").json()
    assert (result["aadObjectId"], result["tenantId"]) == (JONAS, person["tid"])
    assert _call(fakes, "GET", f"{chat}/members").json() == [result]
    assert _call(fakes, "GET", f"{chat}/members/29:nobody").status_code == 404
    assert _call(fakes, "GET", f"{chat}/members", None, Authorization="Bearer x").status_code == 401
    assert _call(fakes, "GET", f"{chat}/members", None, Accept="*/*").status_code == 401


def test_conversations_begin_only_with_who_has_the_app(fakes: FakeProviders) -> None:
    people = {person["oid"]: person for person in fakes.get("/microsoft/overview.json")["people"]}
    jonas = people[JONAS]
    body = {
        "bot": {"id": f"28:{fakes.settings['TEAMS_BOT_ID']}"},
        "members": [{"id": jonas["user_id"]}],
        "channelData": {"tenant": {"id": jonas["tid"]}},
        "isGroup": False,
    }
    assert _call(fakes, "POST", "", body).status_code == 403
    assert (
        _call(fakes, "POST", f"/{jonas['conversation']}/activities", {"type": "message", "text": "a"}).status_code
        == 403
    )
    fakes.post(f"{CHAT}/install")
    assert _call(fakes, "POST", "", body).json()["id"] == jonas["conversation"]
    assert _call(fakes, "POST", "", body | {"members": [{"id": "29:nobody"}]}).status_code == 404
    assert _call(fakes, "POST", "", body | {"members": []}).status_code == 400


@pytest.mark.parametrize("how", ["block", "uninstall"])
def test_writing_to_who_blocked_or_removed_the_app_is_refused(fakes: FakeProviders, how: str) -> None:
    chat = _chat(fakes)
    fakes.post(f"{CHAT}/{how}")
    response = _call(fakes, "POST", f"{chat}/activities", {"type": "message", "text": "a"})
    assert response.status_code == 403
    assert json.loads(response.json()["message"])["subCode"] == "MessageWritesBlocked"


@pytest.mark.parametrize(
    "body",
    [{}, {"type": "shout", "text": "a"}, {"type": "message"}, {"type": "message", "text": "a", "colour": "blue"}],
)
def test_activities_of_a_wrong_form_are_refused(fakes: FakeProviders, body: Json) -> None:
    chat = _chat(fakes)
    response = _call(fakes, "POST", f"{chat}/activities", body)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "BadSyntax")
    assert _call(fakes, "PUT", f"{chat}/activities/1", {"type": "message", "text": "a"}).status_code == 404
    assert _call(fakes, "POST", "/a:nowhere/activities", {"type": "message", "text": "a"}).status_code == 404


def test_an_organisation_can_forbid_the_app(fakes: FakeProviders) -> None:
    nora = fakes.get(f"/microsoft/teams/chat/{NORA}.json")["person"]
    fakes.post(f"/microsoft/tenants/{nora['tid']}", allows_apps=False)
    assert fakes.refused(f"/microsoft/teams/chat/{NORA}/install") == "apps_forbidden"
    assert fakes.refused(f"/microsoft/teams/chat/{PAT}/install") == "apps_forbidden"
    assert fakes.refused(f"/microsoft/teams/chat/{NORA}/messages", text="a") == "app_not_installed"
    link = f"{fakes.settings['TEAMS_LINK_BASE']}/l/app/{fakes.settings['TEAMS_APP_ID']}?tenantId={nora['tid']}"
    assert "doesn’t allow this app" in fakes.http.get(link).text


def test_an_activity_that_is_not_taken_is_shown(fakes: FakeProviders) -> None:
    _chat(fakes)
    fakes.quiet("microsoft")
    fakes.app.status = 500
    fakes.post(f"{CHAT}/messages", text="Hello")
    fakes.quiet("microsoft")
    assert fakes.get(f"{CHAT}.json")["messages"][0]["taken"] is False
    assert "didn’t take this" in fakes.http.get(f"{fakes.place.playground}{CHAT}").text


def test_the_windows_form_sends_files_and_pasted_pictures(fakes: FakeProviders) -> None:
    _chat(fakes)
    _heard(fakes)
    picture = b"\x89PNG\r\n\x1a\n..."
    files = [
        ("files", ("Größe.txt", b"line\r\n--not the limit\r\n", "text/plain")),
        ("pasted", ("x.png", picture, "image/png")),
    ]
    done = fakes.http.post(f"{fakes.place.playground}{CHAT}/messages", data={"text": "Look"}, files=files)
    assert done.status_code == 303, done.text
    (sent,) = _heard(fakes)
    file, image, html = sent["attachments"]
    assert (sent["text"], file["name"], image["contentType"]) == ("Look", "Größe.txt", "image/*")
    assert image["contentUrl"].endswith("/views/original")
    assert "/views/imgo" in html["content"]
    assert fakes.http.get(file["content"]["downloadUrl"]).content == b"line\r\n--not the limit\r\n"
    assert fakes.http.get(image["contentUrl"]).status_code == 401
    assert fakes.http.get(image["contentUrl"], headers=_authorization(fakes)).content == picture
    wrong = fakes.http.get(file["content"]["downloadUrl"], headers=_authorization(fakes))
    assert wrong.status_code == 401, "SharePoint takes no token of the Bot Framework's"


def test_only_cards_that_teams_shows_are_taken(fakes: FakeProviders) -> None:
    chat = _chat(fakes)
    card = {"type": "AdaptiveCard", "version": "1.4", "body": [], "actions": []}
    kind = "application/vnd.microsoft.card.adaptive"
    for attachment in (
        {"contentType": "application/pdf", "content": card},
        {"contentType": kind, "content": {**card, "type": "Card"}},
        {"contentType": kind, "content": {**card, "version": "9"}},
        {
            "contentType": kind,
            "content": {**card, "actions": [{"type": "Action.OpenUrl", "title": "x", "url": "javascript:x"}]},
        },
        {"contentType": kind, "content": {**card, "actions": [{"type": "Action.OpenUrl", "url": "https://x"}]}},
    ):
        refused = _call(fakes, "POST", f"{chat}/activities", {"type": "message", "attachments": [attachment]})
        assert refused.status_code == 400, attachment
