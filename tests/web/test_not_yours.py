"""What is not yours is not there: the same 404 for unknown and for somebody else's, on every route."""

import pytest

from tests.support.app import Person
from tests.support.routes import NOBODY, ROUTES, SIGNED_IN, Sample
from tests.support.sample_chat import Scene

OWNED = [sample for sample in ROUTES if sample.owned and "token" not in sample.owned]
IDS = [sample.name for sample in OWNED]


@pytest.mark.parametrize("sample", SIGNED_IN, ids=lambda item: item.name)
@pytest.mark.requirement("A28")
def test_nobody_gets_anything_without_a_session(shared_scene: Scene, sample: Sample) -> None:
    answer = shared_scene.world.call(sample.method, sample.path_in(shared_scene), sample.body_in(shared_scene))
    assert (answer.status, answer.code) == (401, "not_signed_in")


@pytest.mark.parametrize("sample", OWNED, ids=IDS)
@pytest.mark.requirement("A28")
def test_a_stranger_gets_the_same_404_for_what_exists_and_what_does_not(shared_scene: Scene, sample: Sample) -> None:
    before = shared_scene.world.snapshot()
    theirs = _call(shared_scene.stranger, sample, sample.path_in(shared_scene))
    nothing = _call(
        shared_scene.stranger,
        sample,
        sample.path_in(shared_scene, **dict.fromkeys(sample.owned, _unknown(sample, shared_scene))),
    )
    assert theirs == nothing
    assert theirs[0] == 404
    assert shared_scene.world.snapshot() == before


@pytest.mark.parametrize("sample", [sample for sample in OWNED if len(sample.owned) > 1], ids=lambda item: item.name)
@pytest.mark.requirement("A28")
def test_a_name_of_somewhere_else_is_unknown_here(shared_scene: Scene, sample: Sample) -> None:
    """Insecure direct object reference: one's own chat with another chat's invitation, message, person."""
    inner = sample.owned[-1]
    other = {"post": f"{NOBODY}-1", "guest": shared_scene.stranger.id, "member": shared_scene.stranger.id}.get(
        inner, NOBODY
    )
    answer = _call(shared_scene.owner, sample, sample.path_in(shared_scene, **{inner: other}))
    assert answer[0] == 404


@pytest.mark.parametrize(
    "identifier", ["x", "A" * 16, "a" * 15, "a" * 17, "%00", "%2e%2e", "a%2fb", "é", "a" * 2000, "1" * 16]
)
@pytest.mark.requirement("A32")
def test_an_id_that_can_not_be_ours_is_the_same_404(shared_scene: Scene, identifier: str) -> None:
    usual = shared_scene.owner.get(f"/chats/{NOBODY}")
    answer = shared_scene.owner.get(f"/chats/{identifier}")
    assert (answer.status, answer.json | {"request_id": ""}) == (404, usual.json | {"request_id": ""})


@pytest.mark.parametrize("token", ["x", "a" * 67, "%00", "..", "é" * 20])
@pytest.mark.parametrize("way", ["", "/account", "/decline"])
@pytest.mark.requirement("A01", "A32")
def test_a_made_up_invitation_link_is_unknown(shared_scene: Scene, token: str, way: str) -> None:
    body = {"name": "X", "password": "plum kettle 42 orbit"} if way == "/account" else {}
    answer = shared_scene.stranger.post(f"/join/{token}{way}", body)
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.requirement("A28")
def test_a_guest_may_read_and_write_and_nothing_else(shared_scene: Scene) -> None:
    base, before = shared_scene.base, shared_scene.world.snapshot()
    invitation = f"{base}/invitations/{shared_scene.invitation}"
    refused = [
        shared_scene.guest.patch(base, {"name": "Mine"}),
        shared_scene.guest.post(f"{base}/invitations", {"invitees": [{"email": "x@y.example"}]}),
        shared_scene.guest.get(f"{base}/invitations"),
        shared_scene.guest.post(f"{invitation}/resend"),
        shared_scene.guest.patch(invitation, {"email": "x@y.example"}),
        shared_scene.guest.delete(invitation),
        shared_scene.guest.get(f"{invitation}/link"),
        shared_scene.guest.delete(f"{base}/participants/{shared_scene.owner.id}"),
        shared_scene.guest.delete(f"{base}/participants/{shared_scene.member.id}"),
    ]
    assert {(item.status, item.code) for item in refused} == {(403, "members_only")}
    assert shared_scene.guest.patch(f"{base}/messages/{shared_scene.post['id']}", {"text": "mine"}).status == 403
    assert shared_scene.guest.delete(f"{base}/messages/{shared_scene.post['id']}").status == 403
    assert shared_scene.world.snapshot() == before


@pytest.mark.requirement("A28")
def test_another_member_sees_an_invitation_and_may_not_touch_it(shared_scene: Scene) -> None:
    path = f"{shared_scene.base}/invitations/{shared_scene.invitation}"
    assert shared_scene.member.get(f"{shared_scene.base}/invitations").status == 200
    for answer in (
        shared_scene.member.delete(path),
        shared_scene.member.post(f"{path}/resend"),
        shared_scene.member.patch(path, {"email": "x@y.example"}),
        shared_scene.member.get(f"{path}/link"),
    ):
        assert (answer.status, answer.code) == (403, "role")


@pytest.mark.requirement("A30")
def test_people_from_outside_read_no_address_and_no_secret(shared_scene: Scene) -> None:
    seen = " ".join(
        shared_scene.guest.get(path).text
        for path in ("/chats", shared_scene.base, f"{shared_scene.base}/messages", "/me")
    ).replace(shared_scene.guest.email, "")
    assert "@" not in seen
    everything = (
        seen
        + shared_scene.owner.get(f"{shared_scene.base}/invitations").text
        + shared_scene.owner.get(shared_scene.base).text
    )
    assert shared_scene.link not in everything
    assert "hash" not in everything


def _call(person: Person, sample: Sample, path: str) -> tuple[int, dict[str, object]]:
    answer = person.world.call(sample.method, path, sample.body, token=person.token)
    return answer.status, answer.json | {"request_id": ""}


def _unknown(sample: Sample, scene: Scene) -> str:
    return f"{NOBODY}-1" if sample.owned[-1] == "post" else NOBODY
