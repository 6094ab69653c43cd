"""What may go to somebody's Slack or Teams, and what is heard from there: theirs alone, and only while it is theirs."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.identities import Identity, Profile
from tests.support.provider_calls import receive_teams
from tests.support.relay_in_memory import DANA, JONAS, Relay, relaying, teams_says


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


@pytest.mark.requirement("A08", "A26")
@pytest.mark.parametrize("who", [DANA, JONAS])
def test_nothing_more_goes_to_an_identity_that_was_unlinked(relay: Relay, who: Identity) -> None:
    account = relay.account(who)
    relay.writes("before")
    relay.settle()
    relay.world.ports.identities.remove(who, account.id)
    edited = relay.message("before")
    relay.edits(edited, "before, and more")
    relay.writes("after")
    relay.settle()
    assert relay.room(who).shown == ["before"]
    assert relay.world.ports.chats.with_membership(relay.chat, account.id)[1] is not None


@pytest.mark.requirement("A08", "A20")
def test_nor_where_somebody_else_has_it_now(relay: Relay) -> None:
    relay.world.ports.identities.remove(DANA, relay.account(DANA).id)
    hers = Profile(identity=DANA, name="Dana Smith", organization="Acme")
    assert relay.world.ports.identities.add(hers, relay.account(JONAS), is_new=False)
    relay.writes("after")
    relay.settle()
    assert relay.room(DANA).shown == []


@pytest.mark.requirement("A26", "A28")
@pytest.mark.parametrize(
    "kind", [{"conversationType": "channel"}, {"conversationType": "groupChat"}, {"isGroup": True}]
)
def test_a_channel_or_group_in_teams_is_no_way_to_a_person(relay: Relay, kind: dict[str, object]) -> None:
    before = relay.world.ports.identities.conversation(JONAS)
    answer = teams_says(JONAS, "posted", "far-1", "@Webtop hello", "1")
    existing = answer["conversation"] | {"id": "19:everybody@thread.tacv2"} | kind
    receive_teams(relay.world.ports, answer | {"conversation": existing})
    relay.settle()
    assert relay.world.ports.identities.conversation(JONAS) == before
    assert [message.text for message in relay.messages()] == []
