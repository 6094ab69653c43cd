"""Handing over while others accept, answer, mend or end the invitation at the same moment."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.app import PASSWORD, Answer
from tests.support.aws_calls import watched
from tests.support.hand_overs import COLLEAGUE, RIGHT, allowed, asks, decides, mails_left, names, policy, shown
from tests.support.sample_chat import INVITED, Scene
from tests.support.steps import account, in_mailbox


def meanwhile(scene: Scene, operation: str, rival: Callable[[], Any], do: Callable[[], Answer]) -> Answer:
    """`rival` acts at the last moment before the first write of this kind that `do` makes."""
    acted: list[Any] = []

    def each(event_name: str, _: Any) -> None:
        if event_name.endswith(f".{operation}") and not acted:
            acted.append(None)
            acted[0] = rival()

    with watched() as calls:
        calls.each = each
        answer = do()
    scene.world.settle()
    assert acted
    return answer


@pytest.mark.requirement("A05", "A35")
class TestAtTheSameMoment:
    def allow(self, scene: Scene, ask: str) -> Answer:
        return scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/asks/{ask}", {"decision": "allow"})

    def test_two_allow_the_same_one(self, scene: Scene) -> None:
        names(scene)
        ask, left = asks(scene)[0]["id"], mails_left(scene)
        rival: list[Answer] = []
        act = lambda: rival.append(self.allow(scene, ask))  # noqa: E731
        answer = meanwhile(scene, "TransactWriteItems", act, lambda: self.allow(scene, ask))
        assert (answer.status, rival[0].status) == (200, 200)
        assert len(shown(scene)["handed_over"]) == 1
        assert len(scene.world.mails(RIGHT)) == 1
        assert mails_left(scene) == left - 1

    def test_two_allow_different_ones(self, scene: Scene) -> None:
        names(scene)
        names(scene, "liv@fjord.example")
        (first, second), left = asks(scene), mails_left(scene)
        act = lambda: self.allow(scene, second["id"])  # noqa: E731
        answer = meanwhile(scene, "TransactWriteItems", act, lambda: self.allow(scene, first["id"]))
        assert (answer.status, answer.code) == (409, "changed_meanwhile")
        assert [move["to"] for move in shown(scene)["handed_over"]] == ["liv@fjord.example"]
        assert (len(scene.world.mails(RIGHT)), mails_left(scene)) == (0, left - 1)

    def test_the_invited_person_accepts(self, scene: Scene) -> None:
        names(scene)
        ask, left = asks(scene)[0]["id"], mails_left(scene)
        body = {"name": "Olaf Nord", "password": PASSWORD}
        act = lambda: scene.world.call("POST", f"/join/{scene.link}/account", body)  # noqa: E731
        answer = meanwhile(scene, "TransactWriteItems", act, lambda: self.allow(scene, ask))
        assert (answer.status, answer.code) == (410, "invitation_accepted")
        assert (shown(scene)["status"], shown(scene)["email"], shown(scene)["handed_over"]) == ("accepted", INVITED, [])
        assert (scene.world.mails(RIGHT), mails_left(scene)) == ([], left)

    def test_it_moves_before_the_invited_person_is_in(self, scene: Scene) -> None:
        names(scene)
        ask = asks(scene)[0]["id"]
        olaf = account(scene.world, INVITED, "Olaf Nord")
        answer = meanwhile(
            scene, "TransactWriteItems", lambda: self.allow(scene, ask), lambda: olaf.post(f"/join/{scene.link}", {})
        )
        assert answer.status == 404
        assert (shown(scene)["status"], shown(scene)["email"]) == ("pending", RIGHT)
        assert olaf.get(scene.base).status == 404

    @pytest.mark.parametrize("end", ["revoked", "declined"])
    def test_it_ends(self, scene: Scene, end: str) -> None:
        names(scene)
        ask, left = asks(scene)[0]["id"], mails_left(scene)

        def act() -> Answer:
            if end == "revoked":
                return scene.owner.delete(f"{scene.base}/invitations/{scene.invitation}")
            return scene.world.call("POST", f"/join/{scene.link}/decline")

        answer = meanwhile(scene, "TransactWriteItems", act, lambda: self.allow(scene, ask))
        assert (answer.status, answer.code) == (410, f"invitation_{end}")
        assert (shown(scene)["email"], scene.world.mails(RIGHT), mails_left(scene)) == (INVITED, [], left)

    def test_revoking_takes_back_what_moved_meanwhile(self, scene: Scene) -> None:
        names(scene)
        ask = asks(scene)[0]["id"]
        revoke = lambda: scene.owner.delete(f"{scene.base}/invitations/{scene.invitation}")  # noqa: E731
        answer = meanwhile(scene, "UpdateItem", lambda: self.allow(scene, ask), revoke)
        assert answer.status == 204
        assert shown(scene)["status"] == "revoked"

    def test_another_answers_with_a_refusal(self, scene: Scene) -> None:
        names(scene)
        ask = asks(scene)[0]["id"]
        act = lambda: decides(scene, ask, "refuse")  # noqa: E731
        answer = meanwhile(scene, "TransactWriteItems", act, lambda: self.allow(scene, ask))
        assert (answer.status, answer.code) == (409, "changed_meanwhile")
        assert shown(scene)["email"] == INVITED

    def test_somebody_else_joins_the_chat(self, scene: Scene) -> None:
        """The roster changed, the invitation didn't: it moves all the same."""
        names(scene)
        ask, left = asks(scene)[0]["id"], mails_left(scene)
        body = {"invitees": [{"email": "ida@tide.example"}]}
        act = lambda: scene.owner.post(f"{scene.base}/invitations", body)  # noqa: E731
        answer = meanwhile(scene, "TransactWriteItems", act, lambda: self.allow(scene, ask))
        assert (answer.status, answer.json["email"]) == (200, RIGHT)
        assert mails_left(scene) == left - 2

    def test_the_other_address_is_invited(self, scene: Scene) -> None:
        names(scene)
        ask = asks(scene)[0]["id"]
        body = {"invitees": [{"email": RIGHT}]}
        act = lambda: scene.owner.post(f"{scene.base}/invitations", body)  # noqa: E731
        answer = meanwhile(scene, "TransactWriteItems", act, lambda: self.allow(scene, ask))
        assert (answer.status, answer.code) == (409, "already_invited")
        assert [ask["id"] for ask in asks(scene)] == [ask]

    @pytest.mark.parametrize("way", ["hand-over", "ask"])
    def test_who_asks_by_a_link_that_dies_meanwhile_asked_for_nothing(self, scene: Scene, way: str) -> None:
        names(scene)
        ask = asks(scene)[0]["id"]
        dana = account(scene.world, "dana.work@elsewhere.example")
        body = {"email": "liv@fjord.example"} if way == "hand-over" else None
        answer = meanwhile(
            scene, "UpdateItem", lambda: self.allow(scene, ask), lambda: dana.post(f"/join/{scene.link}/{way}", body)
        )
        assert answer.status == 404
        assert (shown(scene)["email"], shown(scene)["asks"]) == (RIGHT, [])

    def test_an_address_of_the_chain_is_erased(self, scene: Scene) -> None:
        """What was erased isn't written again by a move that had read the chain before."""
        allowed(scene)
        names(scene, "liv@fjord.example", scene.world.invited(RIGHT))
        ask = asks(scene)[0]["id"]
        browser = in_mailbox(scene.world, INVITED)
        form = browser.open("/invitations").form("/invitations/erase")
        act = lambda: browser.send(form).answer  # noqa: E731
        answer = meanwhile(scene, "TransactWriteItems", act, lambda: self.allow(scene, ask))
        assert answer.status == 200
        moves = shown(scene)["handed_over"]
        assert [move["to"] for move in moves] == [RIGHT, "liv@fjord.example"]
        assert moves[0]["from"] == "Somebody who left"

    def test_an_unasked_move_meets_a_roster_that_changes(self, scene: Scene) -> None:
        policy(scene, "same_domain")
        body = {"invitees": [{"email": "ida@tide.example"}]}
        act = lambda: scene.owner.post(f"{scene.base}/invitations", body)  # noqa: E731
        call = lambda: scene.world.call("POST", f"/join/{scene.link}/hand-over", {"email": COLLEAGUE})  # noqa: E731
        assert meanwhile(scene, "TransactWriteItems", act, call).json == {}
        assert shown(scene)["email"] == COLLEAGUE
