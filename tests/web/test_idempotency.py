"""Idempotency keys: the same key and body get the same answer for a day, however often and however parallel. A06."""

from typing import Any

import pytest

from chalicelib.domain.providers import Option
from chalicelib.ports import Answer as Kept
from tests.support.app import PASSWORD, Answer, Person, World
from tests.support.form_browser import cookies_of
from tests.support.routes import ROUTES, Sample
from tests.support.sample_chat import GUEST, OWNER, Scene

pytestmark = pytest.mark.requirement("A06")
# What a second time without a key would refuse or double.
POSTS = [
    sample
    for sample in ROUTES
    if sample.method == "POST"
    and not sample.takes_file
    and "/code/confirm" not in sample.path
    and "/asks/" not in sample.path
]


@pytest.mark.parametrize("sample", POSTS, ids=lambda item: item.name)
def test_the_same_key_and_body_get_the_same_answer_and_one_effect(scene: Scene, sample: Sample) -> None:
    scene.world.pass_time(minutes=11)
    scene.world.use(configured=frozenset({Option.MAIL}))
    caller = scene.stranger if sample.path == "/join/{token}" else scene.owner
    body = {"confirm_mismatch": True} if sample.path == "/join/{token}" else sample.body_in(scene)
    if sample.path == "/chats/{chat}/calls":
        scene.owner.delete(f"/calls/{scene.call}")
    if sample.path in ("/chats/{chat}/take-over", "/chats/{chat}/close"):
        for person in (scene.owner, scene.member):
            assert person.delete(f"{scene.base}/participants/{person.id}").status == 204
        scene.world.settle()
    first = caller.post(sample.path_in(scene), body, Idempotency_Key="k-1")
    assert first.status < 300, first.text
    before = scene.world.snapshot()
    repeated = caller.post(sample.path_in(scene), body, Idempotency_Key="k-1")
    assert (repeated.status, repeated.text, repeated.headers) == (first.status, first.text, first.headers)
    assert scene.world.snapshot() == before


def test_nothing_that_was_typed_is_taken_for_the_place_of_a_secret(scene: Scene) -> None:
    invitees = [{"email": "a@acme.example"}, {"email": "b@acme.example"}]
    for name in ("{secret}", "\\0 {0}"):
        body = {"workspace_id": scene.workspace, "invitees": invitees, "name": name}
        first = scene.owner.post("/chats", body, Idempotency_Key=name)
        assert first.json["chat"]["name"] == name
        assert scene.owner.post("/chats", body, Idempotency_Key=name).text == first.text


@pytest.mark.parametrize("sample", [sample for sample in POSTS if sample.body], ids=lambda item: item.name)
def test_the_same_key_with_another_body_is_409(shared_scene: Scene, sample: Sample) -> None:
    with shared_scene.world.kept():
        shared_scene.world.use(configured=frozenset({Option.MAIL}))
        caller = shared_scene.stranger if sample.path == "/join/{token}" else shared_scene.owner
        body = sample.body_in(shared_scene) or {}
        body = {"confirm_mismatch": True} if sample.path == "/join/{token}" else body
        assert caller.post(sample.path_in(shared_scene), body, Idempotency_Key="k-2").status < 300
        other = body | {"confirm_mismatch": False} if "confirm_mismatch" in body else _other(body)
        answer = caller.post(sample.path_in(shared_scene), other, Idempotency_Key="k-2")
        assert (answer.status, answer.code) == (409, "idempotency_key_reused")


def test_a_session_is_answered_again_with_the_token_that_is_not_stored(world: World) -> None:
    world.signs_up(OWNER)
    body = {"email": OWNER, "password": PASSWORD}
    first = world.call("POST", "/sessions", body, Idempotency_Key="mine")
    repeated = world.call("POST", "/sessions", body, Idempotency_Key="mine")
    assert first.json["token"] == repeated.json["token"]
    assert cookies_of(first) == cookies_of(repeated)
    assert len(world.stored("session")) == 3  # the one from confirming, the helper's own, and this one
    assert first.json["token"].partition(".")[2] not in str(world.snapshot())


def test_a_password_leaves_no_quickly_tried_hash_behind(world: World) -> None:
    """A plain SHA-256 of the request would let whoever has the table try passwords by the billion."""
    import hashlib

    body = b'{"email": "mara@brightwater.example", "password": "plum kettle orbit 42"}'
    world.signs_up(OWNER)
    headers = {"Content-Type": "application/json", "Idempotency-Key": "mine"}
    assert world.request("POST", "/api/v1/sessions", body, headers).status == 201
    guesses = [body, b"/api/v1/sessions\n" + body, b"POST /api/v1/sessions\n" + body]
    stored = str(world.stored("once"))
    assert not [guess for guess in guesses if hashlib.sha256(guess).hexdigest() in stored]


def test_the_same_key_in_another_place_is_another_request(scene: Scene) -> None:
    other = scene.owner.invites("ida@fjord.example")["chat"]["id"]
    first = scene.owner.post(f"{scene.base}/messages", {"text": "Hello"}, Idempotency_Key="same")
    second = scene.owner.post(f"/chats/{other}/messages", {"text": "Hello"}, Idempotency_Key="same")
    assert first.status == 201
    assert second.status in (201, 409)
    assert second.status == 409 or second.json["chat_id"] == other


def test_the_same_key_of_another_person_is_another_request(scene: Scene) -> None:
    mine = scene.owner.post(f"{scene.base}/messages", {"text": "Hello"}, Idempotency_Key="1").json
    theirs = scene.guest.post(f"{scene.base}/messages", {"text": "Hello"}, Idempotency_Key="1").json
    assert mine["author"]["account_id"] == scene.owner.id
    assert theirs["author"]["account_id"] == scene.guest.id


def test_a_key_holds_for_a_day_and_then_it_is_free(scene: Scene) -> None:
    first = _says(scene.owner, scene, "Hello", "day")
    scene.world.pass_time(hours=23, minutes=59)
    assert _says(scene.owner, scene, "Hello", "day").json["seq"] == first.json["seq"]
    scene.world.pass_time(minutes=2)
    assert _says(scene.owner, scene, "Something else", "day").json["seq"] == first.json["seq"] + 1


def test_a_refused_request_leaves_its_key_free(scene: Scene) -> None:
    assert _says(scene.owner, scene, "", "retry").status == 422
    assert _says(scene.owner, scene, "Now with text", "retry").status == 201


def test_while_the_first_is_at_work_the_second_is_told_so(scene: Scene) -> None:
    """Two at the same moment: the second comes in the middle of the first."""
    seen: list[Answer] = []

    class Slow:
        def begin(self, key: str, fingerprint: str, now: Any) -> Kept | None:
            return once.begin(key, fingerprint, now)

        def forget(self, key: str) -> None:
            once.forget(key)

        def finish(self, key: str, answer: Kept) -> None:
            if not seen:
                seen.append(_says(scene.owner, scene, "Hello", "twice"))
            once.finish(key, answer)

    once = scene.world.ports.idempotency
    scene.world.use(idempotency=Slow())
    first = _says(scene.owner, scene, "Hello", "twice")
    assert first.status == 201
    assert (seen[0].status, seen[0].code) == (409, "in_progress")
    assert scene.lines(scene.owner).count("Hello") == 1


def test_a_request_that_died_half_way_is_finished_by_its_repeat_without_a_double(scene: Scene) -> None:
    """The work was done, the answer was lost before it was kept; a minute later the same request comes again."""

    body = {
        "workspace_id": scene.workspace,
        "invitees": [{"email": "ida@fjord.example"}, {"email": GUEST}, {"email": "no"}],
    }
    with scene.world.using(idempotency=_Dying(scene.world.ports.idempotency)):
        assert scene.owner.post("/chats", body, Idempotency_Key="k").status == 503
        assert _says(scene.owner, scene, "Hello", "m").status == 503
    scene.world.pass_time(minutes=1)
    made = scene.owner.post("/chats", body, Idempotency_Key="k")
    assert [result["outcome"] for result in made.json["results"]] == ["invited", "invited", "refused"]
    assert _says(scene.owner, scene, "Hello", "m").status == 201
    scene.world.settle()
    assert len(scene.owner.get("/chats").json["items"]) == 2
    assert len(scene.world.mails("ida@fjord.example")) == 1
    assert scene.lines(scene.owner).count("Hello") == 1


@pytest.mark.parametrize("end", ["revoked", "declined", "expired"])
def test_a_repeat_never_says_invited_of_an_invitation_that_ended_since(scene: Scene, end: str) -> None:
    """The first answer was lost before it was kept; the invitation it made is over by the time it comes again."""
    emails = ["ida@fjord.example", "per@fjord.example"]
    body = {"invitees": [{"email": email} for email in emails]}
    with scene.world.using(idempotency=_Dying(scene.world.ports.idempotency)):
        assert scene.owner.post(f"{scene.base}/invitations", body, Idempotency_Key="k").status == 503
    scene.world.settle()
    if end == "revoked":
        scene.owner.delete(f"{scene.base}/invitations/{scene.invitations()[emails[0]]['id']}")
    elif end == "declined":
        scene.world.call("POST", f"/join/{scene.world.invited(emails[0])}/decline")
    else:
        scene.world.pass_time(days=14)
    scene.world.pass_time(minutes=1)
    owner = scene.world.signs_in(OWNER)
    repeated = owner.post(f"{scene.base}/invitations", body, Idempotency_Key="k")
    if end == "expired":
        assert (repeated.status, repeated.json["errors"][0]["code"]) == (422, "ended_since")
        return
    results = repeated.json["results"]
    assert [result["outcome"] for result in results] == ["refused", "invited"]
    assert results[0]["code"] == "ended_since"
    anew = owner.post(f"{scene.base}/invitations", body, Idempotency_Key="k-2")
    assert [result["outcome"] for result in anew.json["results"]] == ["invited", "already_invited"]


class _Dying:
    """The work is done, and its answer is lost before it is kept."""

    def __init__(self, once: Any) -> None:
        self._once = once

    def begin(self, key: str, fingerprint: str, now: Any) -> Kept | None:
        result: Kept | None = self._once.begin(key, fingerprint, now)
        return result

    def forget(self, key: str) -> None:
        """Nobody is there any more to forget."""

    def finish(self, key: str, answer: Kept) -> None:
        raise ConnectionError


@pytest.mark.parametrize("key", ["k" * 201, "a\tb", "\x7f"])
def test_a_key_that_is_none_is_refused(shared_scene: Scene, key: str) -> None:
    answer = shared_scene.owner.post(f"{shared_scene.base}/messages", {"text": "x"}, Idempotency_Key=key)
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")


def _says(person: Person, scene: Scene, text: str, key: str) -> Answer:
    return person.post(f"{scene.base}/messages", {"text": text}, Idempotency_Key=key)


def _other(body: dict[str, Any]) -> dict[str, Any]:
    name = next(iter(body))
    if name == "invitees":
        return {name: [*body[name], {"email": "one-more@fjord.example"}]}
    return body | {name: "other@acme.example" if name == "email" else f"{body[name]} 2"}
