"""Addresses that hand-overs name, erased by whoever they belong to, and what is left after the invitation's end."""

import pytest

from chalicelib.storage.items import InvitationLookupItem
from tests.support.hand_overs import RIGHT, allowed, asks, names, shown
from tests.support.sample_chat import INVITED, Scene
from tests.support.steps import away, hour, in_mailbox, of_table


@pytest.mark.requirement("A47")
class TestErasure:
    def test_of_who_had_it_takes_the_address_out_of_the_chain(self, scene: Scene) -> None:
        allowed(scene)
        browser = in_mailbox(scene.world, INVITED)
        browser.send(browser.open("/invitations").form("/invitations/erase"))
        scene.world.settle()
        (move,) = shown(scene)["handed_over"]
        assert (move["from"], move["to"], shown(scene)["status"]) == ("Somebody who left", RIGHT, "pending")
        assert self.holding(scene, INVITED) == []

    def test_of_who_joined_by_it_long_after(self, scene: Scene) -> None:
        allowed(scene)
        scene.world.joins(RIGHT, "Jonas Fjord")
        scene.world.settle()
        browser = in_mailbox(scene.world, INVITED)
        browser.send(browser.open("/invitations").form("/invitations/erase"))
        scene.world.settle()
        assert shown(scene)["handed_over"][0]["from"] == "Somebody who left"
        pointer = InvitationLookupItem.get(f"E#{RIGHT}", f"I#{scene.chat}#{scene.invitation}", consistent_read=True)
        assert pointer.gone_at is None

    def test_of_who_is_only_named_drops_the_ask(self, scene: Scene) -> None:
        names(scene)
        browser = in_mailbox(scene.world, RIGHT)
        browser.send(browser.open("/invitations").form("/invitations/erase"))
        scene.world.settle()
        assert asks(scene) == []
        assert shown(scene)["email"] == INVITED
        assert self.holding(scene, RIGHT) == []

    def test_a_fixed_address_of_the_chain_can_be_erased_too(self, scene: Scene) -> None:
        allowed(scene)
        path = f"{scene.base}/invitations/{scene.invitation}"
        scene.owner.patch(path, {"email": "liv@fjord.example"})
        scene.world.settle()
        browser = in_mailbox(scene.world, RIGHT)
        browser.send(browser.open("/invitations").form("/invitations/erase"))
        scene.world.settle()
        assert shown(scene)["handed_over"][0]["to"] == "Somebody who left"

    def test_what_is_forgotten_after_its_end_leaves_nothing_behind(self, scene: Scene) -> None:
        allowed(scene)
        away(scene, days=15)
        hour(scene.world)
        away(scene, days=31)
        hour(scene.world)
        held = [key for email in (INVITED, RIGHT) for key in of_table(scene.world, email)]
        assert [key for key in held if key[1].startswith("I#") or key[0].startswith("C#")] == []

    def holding(self, scene: Scene, email: str) -> list[tuple[str, str]]:
        """All but what says that the mailbox is left in peace, the inviter's letters, and codes on their way."""
        return [key for key in of_table(scene.world, email) if not key[0].startswith(("L#", "V#", "X#"))]
