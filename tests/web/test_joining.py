"""Joining through the API: every answer of the contract, for both kinds of link."""

from typing import Any

import pytest

from chalicelib.domain import links
from chalicelib.usecases import invitation_links
from tests.support.app import PASSWORD, Answer, World
from tests.support.form_browser import Browser, cookies_of
from tests.support.sample_chat import GUEST, INVITED, Scene

OLAF = {"name": "Olaf Berg", "password": PASSWORD}


@pytest.fixture
def copied(scene: Scene) -> str:
    url = scene.owner.get(f"{scene.base}/invitations/{scene.invitation}/link").json["url"]
    return str(url).rpartition("/")[2]


def test_a_link_shows_what_it_is_for(shared_scene: Scene) -> None:
    assert shared_scene.world.call("GET", f"/join/{shared_scene.link}").json == {
        "status": "pending",
        "inviter": {"name": "Mara Lindqvist"},
        "workspace": {"name": "Brightwater Studio"},
        "chat": {"name": "Harbour house", "kind": "group", "participants": 3},
        "email": INVITED,
        "expires_at": "2026-12-07T09:00:00Z",
        "options": ["account", "new_account"],
        "link": "mailed",
    } | _more(shared_scene.world.call("GET", f"/join/{shared_scene.link}").json)


def test_making_an_account_answers_a_session_and_the_chat(scene: Scene) -> None:
    answer = scene.world.call("POST", f"/join/{scene.link}/account", OLAF)
    assert answer.status == 201
    assert set(answer.json) == {"token", "expires_at", "account", "chat_id"}
    assert answer.json["account"]["email"] == INVITED
    assert answer.json["chat_id"] == scene.chat
    assert cookies_of(answer)[0].startswith(f"session={answer.json['token']};")


@pytest.mark.parametrize(
    ("field", "value"), [("name", "\u200b"), ("name", "x" * 61), ("password", "short"), ("password", "password123")]
)
def test_a_fault_in_the_form_makes_no_account_and_leaves_the_invitation(
    shared_scene: Scene, field: str, value: str
) -> None:
    before = shared_scene.world.snapshot()
    answer = shared_scene.world.call("POST", f"/join/{shared_scene.link}/account", OLAF | {field: value})
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)
    assert shared_scene.world.snapshot() == before


def test_an_address_with_an_account_is_409_account_exists(scene: Scene) -> None:
    scene.world.signs_up(INVITED)
    answer = scene.world.call("POST", f"/join/{scene.link}/account", OLAF)
    assert (answer.status, answer.code) == (409, "account_exists")
    assert scene.invitations()[INVITED]["status"] == "pending"


@pytest.mark.requirement("A06")
def test_joining_again_with_the_same_account_is_the_same_answer(scene: Scene) -> None:
    olaf = scene.world.signs_up(INVITED)
    answers = [olaf.post(f"/join/{scene.link}") for _ in range(3)]
    assert [(answer.status, answer.json) for answer in answers] == [(200, {"chat_id": scene.chat})] * 3
    assert (
        len(
            [
                participant
                for participant in scene.owner.get(scene.base).json["participants"]
                if participant["account_id"] == olaf.id
            ]
        )
        == 1
    )


@pytest.mark.requirement("A01")
def test_the_same_link_with_another_account_is_410(scene: Scene) -> None:
    scene.world.signs_up(INVITED).post(f"/join/{scene.link}")
    for answer in (
        scene.stranger.post(f"/join/{scene.link}", {"confirm_mismatch": True}),
        scene.world.call("GET", f"/join/{scene.link}"),
        scene.world.call("POST", f"/join/{scene.link}/account", OLAF),
        scene.world.call("POST", f"/join/{scene.link}/decline", {}),
    ):
        assert (answer.status, answer.code) == (410, "invitation_accepted")


@pytest.mark.requirement("A07")
def test_another_account_is_told_its_ways_on_and_may_confirm(scene: Scene) -> None:
    refused = scene.stranger.post(f"/join/{scene.link}")
    assert (refused.status, refused.code) == (409, "address_mismatch")
    assert refused.json["ways"] == ["switch", "code", "ask", "confirm"]
    assert scene.stranger.post(f"/join/{scene.link}", {"confirm_mismatch": True}).status == 200
    joined = scene.invitations()[INVITED]["joined"]
    assert joined == {
        "account_id": scene.stranger.id,
        "name": "Nora Quist",
        "email": "nora@elsewhere.example",
        "via": "webtop",
    }


@pytest.mark.parametrize(("policy", "ways"), [("ask", ["switch", "code", "ask"]), ("refuse", ["switch", "code"])])
def test_a_stricter_policy_leaves_fewer_ways(scene: Scene, policy: str, ways: list[str]) -> None:
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"mismatch": policy})
    refused = scene.stranger.post(f"/join/{scene.link}", {"confirm_mismatch": True})
    assert (refused.code, refused.json["ways"]) == ("address_mismatch", ways)


@pytest.mark.requirement("A01", "A04", "A13")
def test_a_copied_link_without_a_proof_of_the_address_is_403_code_needed(scene: Scene, copied: str) -> None:
    for answer in (
        scene.world.call("POST", f"/join/{copied}/account", OLAF),
        scene.stranger.post(f"/join/{copied}", {"confirm_mismatch": True}),
        scene.member.post(f"/join/{copied}"),
    ):
        assert (answer.status, answer.code) == (403, "code_needed")


def test_a_confirmed_code_counts_for_that_browser_alone(scene: Scene, copied: str) -> None:
    assert scene.world.call("POST", f"/join/{copied}/code").status == 202
    scene.world.settle()
    answer = scene.world.call("POST", f"/join/{copied}/code/confirm", {"code": _code(scene.world)})
    assert answer.status == 200
    proof = cookies_of(answer)[0].partition(";")[0]
    assert scene.world.call("POST", f"/join/{copied}/account", OLAF).code == "code_needed"
    assert scene.world.call("POST", f"/join/{copied}/account", OLAF, Cookie=proof).status == 201


def test_a_confirmed_code_counts_for_that_session(scene: Scene, copied: str) -> None:
    scene.stranger.post(f"/join/{copied}/code")
    scene.world.settle()
    assert scene.stranger.post(f"/join/{copied}/code/confirm", {"code": _code(scene.world)}).status == 200
    assert scene.member.post(f"/join/{copied}").code == "code_needed"
    assert scene.stranger.post(f"/join/{copied}").status == 200


@pytest.mark.requirement("A37")
def test_a_proof_is_worth_nothing_after_thirty_minutes_or_for_another_invitation(scene: Scene, copied: str) -> None:
    scene.world.call("POST", f"/join/{copied}/code")
    scene.world.settle()
    answer = scene.world.call("POST", f"/join/{copied}/code/confirm", {"code": _code(scene.world)})
    proof = cookies_of(answer)[0].partition(";")[0]
    other = scene.owner.invites("ida@fjord.example")
    path = f"/chats/{other['chat']['id']}/invitations/{other['invitations'][0]['id']}/link"
    elsewhere = scene.owner.get(path).json["url"].rpartition("/")[2]
    assert scene.world.call("POST", f"/join/{elsewhere}/account", OLAF, Cookie=proof).code == "code_needed"
    scene.world.pass_time(minutes=30)
    assert scene.world.call("POST", f"/join/{copied}/account", OLAF, Cookie=proof).code == "code_needed"


@pytest.mark.requirement("A16")
def test_five_wrong_codes_kill_the_code(scene: Scene, copied: str) -> None:
    scene.world.call("POST", f"/join/{copied}/code")
    scene.world.settle()
    right = _code(scene.world)
    wrong = "000000" if right != "000000" else "111111"
    statuses = [_confirm(scene, copied, wrong).status for _ in range(5)]
    assert set(statuses) == {422}
    assert _confirm(scene, copied, right).status == 410


@pytest.mark.requirement("A11", "A16")
def test_codes_are_mailed_to_the_stored_address_five_times_an_hour_at_most(scene: Scene, copied: str) -> None:
    statuses = [scene.world.call("POST", f"/join/{copied}/code").status for _ in range(6)]
    assert statuses == [202] * 5 + [429]
    scene.world.settle()
    assert {mail.to for mail in scene.world.mails() if "code" in mail.subject.lower()} == {INVITED}


def test_declining_is_204_and_again_204_and_final(scene: Scene) -> None:
    path = f"/join/{scene.link}/decline"
    assert [scene.world.call("POST", path, {"reason": "busy"}).status for _ in range(2)] == [204, 204]
    assert scene.world.call("GET", f"/join/{scene.link}").code == "invitation_declined"
    assert scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend").status == 410


@pytest.mark.parametrize("block", ["inviter", "workspace", "everyone"])
def test_who_blocks_is_not_reached_again(scene: Scene, block: str) -> None:
    assert scene.world.call("POST", f"/join/{scene.link}/decline", {"block": block, "report": True}).status == 204
    body = {"workspace_id": scene.workspace, "invitees": [{"email": INVITED}, {"email": "ida@fjord.example"}]}
    result = scene.owner.post("/chats", body).json["results"][0]
    assert (result["outcome"], result["code"]) == ("refused", "not_reachable")
    assert scene.world.call("POST", f"/join/{scene.link}/decline", {"block": "nobody"}).status == 422


def test_a_copied_link_blocks_nobody(scene: Scene, copied: str) -> None:
    """Whoever has the copied link may not speak for the address."""
    scene.world.call("POST", f"/join/{copied}/decline", {"block": "everyone"})
    body = {"workspace_id": scene.workspace, "invitees": [{"email": INVITED}]}
    assert scene.owner.post("/chats", body).json["results"][0]["outcome"] == "invited"


def test_a_link_in_another_letter_case_or_with_more_behind_it_is_unknown(shared_scene: Scene) -> None:
    token = shared_scene.link
    for wrong in (token.swapcase(), token + "=", token + "A", token[:-1], "A" + token, token[:-1] + "!", f"{token}%00"):
        assert shared_scene.world.call("GET", f"/join/{wrong}").status == 404


def test_a_guest_of_the_chat_can_not_take_a_second_seat(scene: Scene) -> None:
    answer = scene.guest.post(f"/join/{scene.link}", {"confirm_mismatch": True})
    assert (answer.status, answer.code) == (409, "already_in_chat")
    assert scene.invitations()[INVITED]["status"] == "pending"
    assert scene.world.call("GET", f"/join/{scene.world.invited(GUEST)}").code == "invitation_accepted"


def _confirm(scene: Scene, token: str, code: str) -> Answer:
    return scene.world.call("POST", f"/join/{token}/code/confirm", {"code": code})


def _code(world: World) -> str:
    import re

    match = re.search(r"\b(\d{3})\s?(\d{3})\b", world.last_mail(INVITED).text)
    assert match
    return match[1] + match[2]


def _more(shown: dict[str, Any]) -> dict[str, Any]:
    """Fields that the contract doesn't name and that may be added."""
    return {name: value for name, value in shown.items() if name in ("history", "three_words", "words", "check")}


TAILS = [".", ")", "%20", "%2520", ").", ",", "%3E", "'", "%22", "%E2%80%9D", "*", "_", "-", "%0A", ";", "!", "]"]


@pytest.mark.parametrize("tail", TAILS)
def test_what_a_mail_program_puts_behind_a_link_does_not_kill_it(
    shared_scene: Scene, copied_town: str, tail: str
) -> None:
    for token in (shared_scene.link, copied_town):
        assert shared_scene.world.call("GET", f"/join/{token}{tail}").status == 200
        assert Browser(shared_scene.world).open(f"/join/{token}{tail}").status == 200


@pytest.fixture
def copied_town(shared_scene: Scene) -> str:
    url = shared_scene.owner.get(f"{shared_scene.base}/invitations/{shared_scene.invitation}/link").json["url"]
    return str(url).rpartition("/")[2]


def test_joining_by_such_a_link_works(scene: Scene) -> None:
    assert scene.world.call("POST", f"/join/{scene.link}./account", OLAF).status == 201


@pytest.mark.parametrize("tail", TAILS)
def test_nor_any_other_link_that_is_mailed(shared_scene: Scene, tail: str) -> None:
    ports, world = shared_scene.world.ports, shared_scene.world
    with world.kept():
        world.call("POST", "/sign-in-links", {"email": GUEST})
        world.settle()
        enter = next(mail for mail in reversed(world.mails(GUEST)) if "/enter/" in mail.text).link("enter")
        unsubscribe = invitation_links.unsubscribe_url(ports, INVITED).removeprefix(ports.public_url)
        stop = f"/stop/{links.sign_text(ports.link_keys[0], links.Purpose.STOP_MISSED, shared_scene.guest.id)}"
        for path in (enter, unsubscribe, stop):
            assert Browser(world).open(path + tail).status == 200, path


def test_more_than_punctuation_behind_a_link_is_another_link(shared_scene: Scene) -> None:
    for tail in ("x", "-x", "_____", "xx."):
        assert shared_scene.world.call("GET", f"/join/{shared_scene.link}{tail}").status == 404
