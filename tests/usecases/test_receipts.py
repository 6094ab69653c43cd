"""Receipts: made in the write in which a place ends, the same for both sides, signed, and true about what stays elsewhere."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from chalicelib.domain.ends import EndReason
from chalicelib.domain.identities import Identity
from chalicelib.domain.outside import PersonRef
from chalicelib.domain.receipts import Receipt
from chalicelib.gateways.receipt_signer import Ed25519Signer
from chalicelib.ports import NotTaken
from chalicelib.usecases import ending
from tests.support.app import Person
from tests.support.aws_calls import watched
from tests.support.form_browser import Browser
from tests.support.relay_in_memory import DANA, JONAS, Relay, relaying
from tests.support.sample_chat import GUEST, OWNER, Scene
from tests.support.steps import Json

CHECK = "/receipts/check"


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


def remove_all(scene: Scene, by: Person | None = None) -> Json:
    answer = (by or scene.owner).delete(f"/workspaces/{scene.workspace}/outside/{scene.guest.id}")
    assert answer.status == 200, answer.text
    (receipt,) = answer.json["receipts"]
    result: Json = receipt
    return result


def removed(relay: Relay, who: Identity) -> Receipt:
    """By Mara."""
    ports = relay.world.ports
    _, place = ports.chats.with_membership(relay.chat, relay.account(who).id)
    assert place
    mara = PersonRef(relay.mara.id, relay.mara.name)
    (receipt,) = ending.end(ports, [place], mara, EndReason.REMOVED)
    return receipt


def token_of(receipt: Json) -> str:
    return str(receipt["url"]).rpartition("/")[2]


def is_valid(scene: Scene, receipt: Any) -> bool:
    answer = scene.world.call("POST", CHECK, receipt)
    assert answer.status == 200, answer.text
    return bool(answer.json["valid"])


def without(receipt: Json, *names: str) -> Json:
    return {name: value for name, value in receipt.items() if name not in names}


@pytest.mark.requirement("A45")
def test_it_says_who_was_in_which_chats_from_when_to_when_and_who_ended_it(scene: Scene) -> None:
    scene.world.pass_time(days=3)
    scene.owner.token = scene.world.signs_in(OWNER).token
    receipt = remove_all(scene)
    assert receipt["person"] == {"name": "Dana Smith", "invited_as": GUEST, "via": "webtop"}
    assert receipt["workspace"] == {"id": scene.workspace, "name": "Brightwater Studio"}
    (chat,) = receipt["chats"]
    assert (chat["id"], chat["name"]) == (scene.chat, "Harbour house")
    assert (chat["from"], chat["to"]) == ("2026-11-23T09:00:00Z", "2026-11-26T09:00:00Z")
    assert (receipt["ended_by"], receipt["reason"]) == ({"name": "Mara Lindqvist"}, "removed")
    assert receipt["issued_at"] == chat["to"]
    assert [stays["where"] for stays in receipt["stays"]] == ["mail"]


@pytest.mark.requirement("A45")
def test_anybody_with_the_link_sees_the_same_and_nobody_guesses_one(scene: Scene) -> None:
    receipt = remove_all(scene)
    token = token_of(receipt)
    shown = scene.world.call("GET", f"/receipts/{token}")
    assert (shown.status, shown.json) == (200, without(receipt, "url"))
    page = Browser(scene.world).open(f"/receipts/{token}")
    assert ("Dana Smith is no longer in chats of" in page.html, "Harbour house" in page.html) == (True, True)
    assert page.answer.headers["cache-control"] == "no-store"
    changed = token[:-1] + ("A" if token[-1] != "A" else "B")
    for other in (changed, "x", "a" * 48, scene.link):
        assert scene.world.call("GET", f"/receipts/{other}").status == 404
        assert Browser(scene.world).open(f"/receipts/{other}").status == 404
    scene.world.pass_time(days=4000)
    assert scene.world.call("GET", f"/receipts/{token}").status == 200


@pytest.mark.requirement("A45")
def test_a_copy_is_checked_and_one_changed_character_makes_it_false(scene: Scene) -> None:
    receipt = remove_all(scene)
    assert is_valid(scene, receipt)
    assert is_valid(scene, without(receipt, "url"))
    assert is_valid(scene, dict(reversed(list(receipt.items()))))
    for changed in _changed_values(receipt):
        assert not is_valid(scene, changed), changed
    signature = receipt["signature"]
    for other in ("", "x", signature[:-1], signature + "A", signature.partition(".")[2], signature.lower()):
        assert not is_valid(scene, receipt | {"signature": other})


def _changed_values(receipt: Json) -> Iterator[Json]:
    """Each text in it with one character changed, or one more, one at a time; and what is left out or said twice."""
    for path, text in _texts(receipt, ()):
        yield _with(receipt, path, ("z" if text[0] != "z" else "y") + text[1:])
        yield _with(receipt, path, text + " ")
    yield receipt | {"ended_by": None}
    yield receipt | {"stays": []}
    yield receipt | {"chats": receipt["chats"] * 2}


def _texts(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(value, str) and value:
        yield path, value
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    ):
        yield from _texts(inner, (*path, step))


def _with(receipt: Json, path: tuple[Any, ...], text: str) -> Json:
    changed = deepcopy(receipt)
    within: Any = changed
    for step in path[:-1]:
        within = within[step]
    within[path[-1]] = text
    return changed


@pytest.mark.requirement("A32", "A45")
def test_what_is_no_receipt_is_refused_or_false(scene: Scene) -> None:
    receipt = remove_all(scene)
    bodies: list[Any] = [{}, [], 1, None, receipt | {"more": 1}, without(receipt, "person"), receipt | {"chats": None}]
    for body in bodies:
        assert scene.world.call("POST", CHECK, body).status == 422, body
    assert scene.world.call("POST", CHECK, b"{" * 9).status == 400
    assert scene.world.call("POST", CHECK, json.dumps(receipt | {"id": "x" * 65_536}).encode()).status == 413


@pytest.mark.requirement("A45")
def test_keys_may_be_renewed_and_old_receipts_stay_good(scene: Scene) -> None:
    receipt, ports = remove_all(scene), scene.world.ports
    before = ports.receipt_keys
    renewed = ("n" * 40, *before)
    with scene.world.using(receipt_signer=Ed25519Signer(renewed), receipt_keys=renewed):
        assert is_valid(scene, receipt)
        assert scene.world.call("GET", f"/receipts/{token_of(receipt)}").status == 200
    with scene.world.using(receipt_signer=Ed25519Signer(("n" * 40,)), receipt_keys=("n" * 40,)):
        assert not is_valid(scene, receipt)


@pytest.mark.requirement("A45")
def test_both_sides_get_the_same_one(scene: Scene) -> None:
    receipt = remove_all(scene)
    scene.world.settle()
    for email, words in ((GUEST, "You are out of chats of"), (OWNER, "Dana Smith is out of chats of")):
        mail = scene.world.last_mail(email)
        assert words in mail.subject
        assert receipt["url"].endswith(mail.link("receipts"))


@pytest.mark.requirement("A45")
def test_whoever_leaves_has_ended_it_themselves(scene: Scene) -> None:
    assert scene.guest.delete(f"{scene.base}/participants/{scene.guest.id}").status == 204
    scene.world.settle()
    shown = scene.world.call(
        "GET", f"/receipts/{scene.world.last_mail(GUEST).link('receipts').rpartition('/')[2]}"
    ).json
    assert (shown["ended_by"], shown["reason"]) == ({"name": "Dana Smith"}, "left")
    assert "Dana Smith left" in scene.lines(scene.owner)


def test_members_get_none(scene: Scene) -> None:
    before = scene.world.stored("receipt")
    assert scene.member.delete(f"{scene.base}/participants/{scene.member.id}").status == 204
    assert scene.owner.delete(f"{scene.base}/participants/{scene.owner.id}").status == 204
    assert scene.world.stored("receipt") == before


@pytest.mark.requirement("A05", "A45")
def test_several_chats_are_one_receipt_and_one_write(scene: Scene) -> None:
    chats = [scene.chat]
    for number in range(3):
        scene.world.pass_time(minutes=1)
        chats.append(scene.owner.invites(GUEST, "x@fjord.example", name=f"Chat {number}")["chat"]["id"])
        scene.guest.post(f"/join/{scene.world.invited(GUEST)}", {})
    with watched() as calls:
        receipt = remove_all(scene)
    assert calls.count("TransactWriteItems") == 1
    assert sorted(chat["id"] for chat in receipt["chats"]) == sorted(chats)
    assert is_valid(scene, receipt)


@pytest.mark.requirement("A05", "A35", "A45")
def test_a_place_that_is_gone_meanwhile_has_one_receipt(scene: Scene) -> None:
    other = scene.owner.invites(GUEST, "x@fjord.example", name="Other")["chat"]["id"]
    scene.guest.post(f"/join/{scene.world.invited(GUEST)}", {})
    receipts, ports = scene.world.ports.receipts, scene.world.ports

    class Raced:
        """Somebody else is faster by one write."""

        def __getattr__(self, name: str) -> Any:
            return getattr(receipts, name)

        def end(self, *call: Any) -> bool:
            with scene.world.using(receipts=receipts):
                scene.guest.delete(f"/chats/{other}/participants/{scene.guest.id}")
            return receipts.end(*call)

    with scene.world.using(receipts=Raced()):
        receipt = remove_all(scene)
    assert [chat["id"] for chat in receipt["chats"]] == [scene.chat]
    hers = [item for item in scene.world.stored("receipt") if item["account_id"]["S"] == scene.guest.id]
    told = [chat_id for item in hers for chat_id, *_ in json.loads(item["places"]["S"])]
    assert sorted(told) == sorted([scene.chat, other])
    assert ports.chats.memberships(scene.guest.id) == []


@pytest.mark.requirement("A45")
@pytest.mark.parametrize(("who", "where"), [(DANA, "slack"), (JONAS, "teams")])
def test_what_stays_in_slack_and_teams_is_counted_from_the_ledger(relay: Relay, who: Identity, where: str) -> None:
    for text in ("first", "second", "third"):
        relay.writes(text)
    relay.settle()
    relay.deletes(relay.message("second"))
    relay.settle()
    receipt = removed(relay, who)
    (stays,) = [each for each in receipt.stays if each.where == where]
    assert stays.text.startswith("2 messages were carried to their ")


@pytest.mark.requirement("A45")
def test_where_nothing_was_carried_nothing_is_said_to_stay(relay: Relay) -> None:
    receipt = removed(relay, DANA)
    assert [each.where for each in receipt.stays if each.where != "mail"] == []


@pytest.mark.requirement("A08", "A26")
@pytest.mark.parametrize("who", [DANA, JONAS])
def test_the_last_line_in_their_own_application_says_so_once(relay: Relay, who: Identity) -> None:
    relay.writes("before")
    relay.settle()
    removed(relay, who)
    relay.settle()
    relay.settle()
    relay.writes("after")
    relay.settle()
    (*_, last) = relay.room(who).shown
    assert "removed you from this chat." in last
    assert "/receipts/" in last
    assert len(relay.room(who).shown) == 2


@pytest.mark.requirement("A49")
def test_a_refused_last_line_costs_only_itself(relay: Relay) -> None:
    relay.writes("before")
    relay.settle()
    relay.room(DANA).faults.append(NotTaken("Not taken.", "restricted_action"))
    removed(relay, DANA)
    relay.settle()
    assert len(relay.room(DANA).shown) == 1


def test_the_page_checks_a_pasted_copy(scene: Scene) -> None:
    receipt = remove_all(scene)
    browser = Browser(scene.world)
    form = browser.open("/receipts/check").form("/receipts/check")
    assert "signed by us" in browser.send(form, copy=json.dumps(receipt)).html
    for copy in (json.dumps(receipt).replace("Dana", "Dora"), "", "{}", "[" * 5000, "x"):
        assert "not what we signed" in browser.send(form, copy=copy).html


def test_the_page_speaks_the_readers_language_and_shows_the_data(scene: Scene) -> None:
    token = token_of(remove_all(scene))
    page = Browser(scene.world).open(f"/receipts/{token}?lang=de")
    assert "bleiben im Postfach" in page.html
    assert "&#34;signature&#34;" in page.html


def test_names_that_look_like_markup_are_text_on_it(scene: Scene) -> None:
    account = scene.world.ports.accounts
    account.save_profile(scene.guest.id, "<b>Dana</b>", "en")
    scene.owner.patch(scene.base, {"name": "<i>x</i>"})
    token = token_of(remove_all(scene))
    html = Browser(scene.world).open(f"/receipts/{token}").html
    assert "<i>x</i>" not in html
