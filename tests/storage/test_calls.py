"""How many calls to AWS each route makes: pinned, so that one more is a decision and not an accident."""

import json
from pathlib import Path

import pytest

import chalicelib
from chalicelib.domain.providers import Option
from tests.support.app import PASSWORD, World
from tests.support.aws_calls import watched
from tests.support.routes import ROUTES, Sample
from tests.support.sample_chat import INVITED, OWNER, Scene

LETTERS = {
    "B": "BatchGetItem",
    "G": "GetItem",
    "Q": "Query",
    "P": "PutItem",
    "U": "UpdateItem",
    "D": "DeleteItem",
    "T": "TransactWriteItems",
    "W": "BatchWriteItem",
    "O": "GetObject",
}
# In order. With a session the first is always the session and its account, in one read.
CALLS = {
    "POST /accounts": "T G U P P",
    "POST /sessions": "T G G T P",
    "POST /sign-in-links": "T G U P P",
    "POST /password-resets": "T G U P P",
    "GET /me": "B Q B",
    "PATCH /me": "B U U Q B",
    "GET /me/sessions": "B Q",
    "DELETE /me/sessions/{session}": "B Q D",
    "DELETE /me": "B Q T T U Q D P G",
    "POST /me/keep": "B",
    "POST /me/export": "B T P",
    "DELETE /me/picture": "B",
    # The person, whose picture it is; then the workspaces of both.
    "GET /people/{member}/pictures/{picture}": "B G Q B Q B O",
    # The password counts as a try to sign in; the mail against the caps.
    "POST /me/email": "B T T T G U P U P",
    "GET /push-key": "",
    # Whose the browser was before; then it is listed among theirs.
    "POST /push-subscriptions": "B G P G P",
    "DELETE /push-subscriptions/{push}": "B B G P D",
    "GET /workspaces/{workspace}": "B B",
    "PATCH /workspaces/{workspace}": "B B U",
    "GET /workspaces/{workspace}/members": "B B Q",
    "POST /workspaces/{workspace}/members": "B B G G B B T G U P P",
    "PATCH /workspaces/{workspace}/members/{member}": "B B B T",
    "DELETE /workspaces/{workspace}/members/{member}": "B B B T Q T",
    "GET /workspaces/{workspace}/lines": "B B",
    "PUT /workspaces/{workspace}/lines": "B B U",
    "GET /workspaces/{workspace}/contacts?q=dana": "B B Q Q Q",
    # The register's index, what it leads to, and the inviters' places.
    "GET /workspaces/{workspace}/outside": "B B Q B B",
    "DELETE /workspaces/{workspace}/outside/{guest}": "B B Q B G B Q T",
    "GET /workspaces/{workspace}/audit": "B B Q B",
    "POST /chats": "B B B B B G P W P B Q",
    "GET /chats": "B Q B",
    "GET /chats/{chat}": "B B Q",
    "PATCH /chats/{chat}": "B B U B Q",
    # Refused: members are in it.
    "POST /chats/{chat}/take-over": "B B B",
    "POST /chats/{chat}/close": "B B B",
    "GET /chats/{chat}/preview": "B B Q Q",
    "POST /chats/{chat}/invitations": "B B B Q B B B G P T",
    "GET /chats/{chat}/invitations": "B B Q",
    "POST /chats/{chat}/invitations/{invitation}/resend": "B B G B Q B B B G P T G",
    "PATCH /chats/{chat}/invitations/{invitation}": "B B G B Q B B B G P T G D D",
    "GET /chats/{chat}/invitations/{invitation}/link": "B B G",
    "DELETE /chats/{chat}/invitations/{invitation}": "B B G U",
    # The third read is for the files on the page.
    # The second query is for how one's own messages fare; where nobody reads elsewhere there is no third, for the roster.
    "GET /chats/{chat}/messages": "B B Q B Q",
    "GET /chats/{chat}/messages/{post}/deliveries": "B B G Q Q",
    "GET /chats/{chat}/messages/{mailed}/mail": "B B G G",
    # A search is counted first. The reads behind it are for what the hits reply to and for their files;
    # over all chats there is one query for each.
    "GET /chats/{chat}/search?q=glad": "B B T Q B B",
    "GET /search?q=glad": "B T Q B Q B B",
    "GET /chats/{chat}/files": "B B T Q B B",
    "POST /chats/{chat}/messages": "B B P U U",
    "PATCH /chats/{chat}/messages/{post}": "B B G U Q",
    "PUT /chats/{chat}/messages/{post}/reactions/%F0%9F%91%8D": "B B G Q P",
    "DELETE /chats/{chat}/messages/{post}/reactions/%F0%9F%91%8D": "B B G D",
    "DELETE /chats/{chat}/messages/{post}": "B B G U",
    "PUT /chats/{chat}/read": "B B G",
    "DELETE /chats/{chat}/participants/{guest}": "B B B G B G B Q T",
    "PATCH /chats/{chat}/participants/{guest}": "B B B Q B G T Q",
    "POST /chats/{chat}/invitations/{invitation}/asks/{ask}": "B B G U G",
    "POST /chats/{chat}/calls": "B B G T G T U",
    "GET /calls/{call}": "B G B",
    "DELETE /calls/{call}": "B G B T G",  # this one began without a line; with one two more change it
    # What a file is, whose chat, its message; the address itself is signed without a call.
    "POST /chats/{chat}/files": "B B G T P",
    "GET /files/{file}": "B G B G",
    "PUT /me/meeting-link": "B U",
    "PUT /chats/{chat}/hidden": "B B Q U",
    "DELETE /chats/{chat}/hidden": "B B",
    "PUT /chats/{chat}/notifications": "B B U",
    "POST /socket-tickets": "B P",
    "DELETE /sessions/current": "B D",
    "GET /join/{token}": "B B Q",
    "POST /join/{token}": "B B B Q Q T",
    "POST /join/{token}/account": "B B Q T Q Q T P",
    "POST /join/{token}/mail": "B B G G Q T Q Q T",
    "POST /join/{token}/decline": "B U",
    "POST /join/{token}/code": "B B B B T P",
    "POST /join/{token}/code/confirm": "B B U",
    "POST /join/{token}/ask": "B B B",
    "POST /join/{token}/hand-over": "B B T U G",
    "GET /receipts/{receipt}": "G",
    "POST /receipts/check": "",
    "GET /health": "",
    "GET /openapi.json": "",
}


@pytest.mark.parametrize("sample", [sample for sample in ROUTES if not sample.takes_file], ids=lambda item: item.name)
def test_the_calls_of_a_route(scene: Scene, sample: Sample) -> None:
    scene.world.pass_time(minutes=11)
    callers = {"POST /join/{token}": scene.stranger, "GET /join/{token}": scene.stranger, "DELETE /me": scene.guest}
    caller = callers.get(sample.name, scene.owner)
    body = {"confirm_mismatch": True} if sample.name == "POST /join/{token}" else sample.body_in(scene)
    token = "" if sample.open_to_all else caller.token
    if sample.path == "/chats/{chat}/calls":
        scene.owner.delete(f"/calls/{scene.call}")
    if sample.path.endswith("/mail"):
        scene.world.use(configured=frozenset(Option))
    with watched() as calls:
        answer = scene.world.call(sample.method, sample.path_in(scene), body, token=token)
    assert answer.status < 400 or sample.path.endswith(("/code/confirm", "/ask", "/take-over", "/close")), answer.text
    assert calls.made == [LETTERS[letter] for letter in CALLS[sample.name].split()]


@pytest.mark.parametrize("count", [1, 10, 100])
def test_invitees_are_never_written_one_by_one(world: World, count: int) -> None:
    owner = world.signs_up(OWNER)
    workspace = owner.workspace()
    invitees = [{"email": f"x{number}@acme.example"} for number in range(count)]
    with watched() as calls:
        made = owner.post("/chats", {"workspace_id": workspace, "invitees": invitees}).json
    assert len(made["invitations"]) == count
    assert calls.count("BatchWriteItem") == -(-(count + 1) // 25)
    assert calls.count("PutItem") == 2
    assert calls.count("BatchGetItem") <= 6 + 3 * (count > 33)
    more = [{"email": f"y{number}@acme.example"} for number in range(count)]
    with watched() as calls:
        assert owner.post(f"/chats/{made['chat']['id']}/invitations", {"invitees": more}).status == 201
    assert calls.count("TransactWriteItems") == -(-count // 98)
    assert calls.count("PutItem") == 1
    assert len(calls.made) < 20


def test_a_message_and_a_page_cost_the_same_calls_in_a_chat_of_two_and_of_two_hundred(world: World) -> None:
    owner = world.signs_up(OWNER)
    workspace, made = owner.workspace(), []
    for count in (1, 199):
        invitees = [{"email": f"x{number}@acme.example"} for number in range(count)]
        chat = owner.post("/chats", {"workspace_id": workspace, "invitees": invitees}).json["chat"]["id"]
        with watched() as calls:
            assert owner.post(f"/chats/{chat}/messages", {"text": "Hello"}).status == 201
            assert owner.get(f"/chats/{chat}/messages").status == 200
        made.append(calls.made)
    assert made[0] == made[1]


@pytest.mark.requirement("A14")
def test_signing_in_asks_as_much_for_an_unknown_address_as_for_a_known_one(world: World) -> None:
    world.signs_up(OWNER)
    made = []
    for email in (OWNER, "nobody@acme.example"):
        with watched() as calls:
            assert world.call("POST", "/sessions", {"email": email, "password": f"not {PASSWORD}"}).status == 401
        made.append(calls.made)
    for path in ("/sign-in-links", "/password-resets"):
        for email in (OWNER, "nobody@acme.example"):
            with watched() as calls:
                world.call("POST", path, {"email": email})
            made.append(calls.made)
    assert made[0] == made[1]
    assert made[2] == made[3] == made[4] == made[5]


@pytest.mark.requirement("A38")
def test_every_read_is_consistent_and_none_is_a_scan_or_of_an_index(scene: Scene) -> None:
    read = {"GetItem", "BatchGetItem", "Query", "Scan"}
    with watched() as calls:
        scene.world.joins(INVITED)
        for sample in ROUTES:
            with scene.world.kept():
                scene.world.call(sample.method, sample.path_in(scene), sample.body_in(scene), token=scene.owner.token)
    asked = [(item["operation"], json.loads(item["body"])) for item in calls.asked if item["operation"] in read]
    assert len(asked) > 100
    for operation, body in asked:
        consistent = body.get("ConsistentRead") or all(
            item.get("ConsistentRead") for item in body.get("RequestItems", {"": {}}).values()
        )
        assert consistent, (operation, body)
        assert "IndexName" not in body
        assert operation != "Scan"


@pytest.mark.requirement("A38")
def test_the_code_knows_no_scan_and_no_index() -> None:
    sources = Path(chalicelib.__file__).parent.rglob("*.py")
    results = [
        path.name
        for path in sources
        if any(word in path.read_text() for word in (".scan(", "GlobalSecondaryIndex", "LocalSecondaryIndex"))
    ]
    assert results == []
