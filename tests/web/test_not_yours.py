"""What is not yours is not there: the same 404 for unknown and for somebody else's, on every route."""

import pytest

from tests.scenes import Scene
from tests.web.routes import NOBODY, ROUTES, SIGNED_IN, Sample
from tests.world import Person

OWNED = [one for one in ROUTES if one.owned and "token" not in one.owned]
IDS = [one.name for one in OWNED]


@pytest.mark.parametrize("sample", SIGNED_IN, ids=lambda one: one.name)
@pytest.mark.requirement("A28")
def test_nobody_gets_anything_without_a_session(town: Scene, sample: Sample) -> None:
    answer = town.world.call(sample.method, sample.path_in(town), sample.body_in(town))
    assert (answer.status, answer.code) == (401, "not_signed_in")


@pytest.mark.parametrize("sample", OWNED, ids=IDS)
@pytest.mark.requirement("A28")
def test_a_stranger_gets_the_same_404_for_what_exists_and_what_does_not(town: Scene, sample: Sample) -> None:
    before = town.world.snapshot()
    theirs = _call(town.stranger, sample, sample.path_in(town))
    nothing = _call(town.stranger, sample, sample.path_in(town, **dict.fromkeys(sample.owned, _unknown(sample, town))))
    assert theirs == nothing
    assert theirs[0] == 404
    assert town.world.snapshot() == before


@pytest.mark.parametrize("sample", [one for one in OWNED if len(one.owned) > 1], ids=lambda one: one.name)
@pytest.mark.requirement("A28")
def test_a_name_of_somewhere_else_is_unknown_here(town: Scene, sample: Sample) -> None:
    """Insecure direct object reference: one's own chat with another chat's invitation, message, person."""
    inner = sample.owned[-1]
    other = {"post": f"{NOBODY}-1", "guest": town.stranger.id, "member": town.stranger.id}.get(inner, NOBODY)
    answer = _call(town.owner, sample, sample.path_in(town, **{inner: other}))
    assert answer[0] == 404


@pytest.mark.parametrize(
    "identifier", ["x", "A" * 16, "a" * 15, "a" * 17, "%00", "%2e%2e", "a%2fb", "é", "a" * 2000, "1" * 16]
)
@pytest.mark.requirement("A32")
def test_an_id_that_can_not_be_ours_is_the_same_404(town: Scene, identifier: str) -> None:
    usual = town.owner.get(f"/chats/{NOBODY}")
    answer = town.owner.get(f"/chats/{identifier}")
    assert (answer.status, answer.json | {"request_id": ""}) == (404, usual.json | {"request_id": ""})


@pytest.mark.parametrize("token", ["x", "a" * 67, "%00", "..", "é" * 20])
@pytest.mark.parametrize("way", ["", "/account", "/decline"])
@pytest.mark.requirement("A01", "A32")
def test_a_made_up_invitation_link_is_unknown(town: Scene, token: str, way: str) -> None:
    body = {"name": "X", "password": "plum kettle 42 orbit"} if way == "/account" else {}
    answer = town.stranger.post(f"/join/{token}{way}", body)
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.requirement("A28")
def test_a_guest_may_read_and_write_and_nothing_else(town: Scene) -> None:
    base, before = town.base, town.world.snapshot()
    invitation = f"{base}/invitations/{town.invitation}"
    refused = [
        town.guest.patch(base, {"name": "Mine"}),
        town.guest.post(f"{base}/invitations", {"invitees": [{"email": "x@y.example"}]}),
        town.guest.get(f"{base}/invitations"),
        town.guest.post(f"{invitation}/resend"),
        town.guest.patch(invitation, {"email": "x@y.example"}),
        town.guest.delete(invitation),
        town.guest.get(f"{invitation}/link"),
        town.guest.delete(f"{base}/participants/{town.owner.id}"),
        town.guest.delete(f"{base}/participants/{town.member.id}"),
    ]
    assert {(one.status, one.code) for one in refused} == {(403, "members_only")}
    assert town.guest.patch(f"{base}/messages/{town.post['id']}", {"text": "mine"}).status == 403
    assert town.guest.delete(f"{base}/messages/{town.post['id']}").status == 403
    assert town.world.snapshot() == before


@pytest.mark.requirement("A28")
def test_another_member_sees_an_invitation_and_may_not_touch_it(town: Scene) -> None:
    path = f"{town.base}/invitations/{town.invitation}"
    assert town.member.get(f"{town.base}/invitations").status == 200
    for answer in (
        town.member.delete(path),
        town.member.post(f"{path}/resend"),
        town.member.patch(path, {"email": "x@y.example"}),
        town.member.get(f"{path}/link"),
    ):
        assert (answer.status, answer.code) == (403, "role")


@pytest.mark.requirement("A30")
def test_people_from_outside_read_no_address_and_no_secret(town: Scene) -> None:
    seen = " ".join(
        town.guest.get(path).text for path in ("/chats", town.base, f"{town.base}/messages", "/me")
    ).replace(town.guest.email, "")
    assert "@" not in seen
    everything = seen + town.owner.get(f"{town.base}/invitations").text + town.owner.get(town.base).text
    assert town.link not in everything
    assert "hash" not in everything


def _call(person: Person, sample: Sample, path: str) -> tuple[int, dict[str, object]]:
    answer = person.world.call(sample.method, path, sample.body, token=person.token)
    return answer.status, answer.json | {"request_id": ""}


def _unknown(sample: Sample, town: Scene) -> str:
    return f"{NOBODY}-1" if sample.owned[-1] == "post" else NOBODY
