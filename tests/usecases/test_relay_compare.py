"""After an outage: what stands in somebody's Slack and in the chat is compared, and the gaps of both are filled, each once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.domain.identities import Identity
from chalicelib.events import relay as worker
from chalicelib.ports import RelayLater
from chalicelib.usecases import ending, hourly, messages, relay_compare, relay_out
from chalicelib.usecases.relay_out import group_of
from tests.support import rights
from tests.support.provider_calls import receive_slack
from tests.support.relay_in_memory import DANA, JONAS, NAMES, OLAF, Post, Relay, relaying, slack_says

pytestmark = pytest.mark.requirement("A26", "A27", "A35", "A36")
OUTAGE = RelayLater(20, "Slack: 503", outage=True)


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


def unheard(relay: Relay, identity: Identity, text: str) -> Post:
    """Written there, and never told to us."""
    post = Post(relay.side(identity).new_id(), text, NAMES[identity])
    relay.room(identity).posts.append(post)
    return post


def breaks(relay: Relay, identity: Identity, text: str = "Hello") -> None:
    relay.room(identity).faults.append(OUTAGE)
    relay.writes(text)
    relay.settle()


def an_hour_later(relay: Relay) -> int:
    """How many comparisons the hourly job began; all of them are done."""
    relay.world.pass_time(hours=1)
    with rights.acting_as("hourly"):
        begun = hourly.run(relay.world.ports)["compare"]
    relay.settle()
    return begun


def test_what_was_written_there_meanwhile_comes_in_order_and_once(relay: Relay) -> None:
    relay.writes("before")
    relay.settle()
    breaks(relay, DANA)
    texts = [f"unheard {number}" for number in range(8)]
    posts = [unheard(relay, DANA, text) for text in texts]
    relay.receives(DANA, "posted", posts[2].id, texts[2], parent=relay.root(DANA))
    relay.settle()
    for _ in range(2):
        an_hour_later(relay)
        relay.replays()
    expected = ["before", "Hello", texts[2], *texts[:2], *texts[3:]]
    assert [message.text for message in relay.messages()] == expected
    assert relay.room(OLAF).shown == relay.room(JONAS).shown == expected


def test_edits_deletions_and_reactions_of_the_outage_come_too(relay: Relay) -> None:
    ours = relay.writes("ours")
    relay.settle()
    first, second = relay.says(DANA, "first"), relay.says(DANA, "second")
    relay.settle()
    breaks(relay, DANA)
    copy, changed, gone, _ = relay.room(DANA).posts
    assert (changed.id, gone.id) == (first, second)
    changed.text, changed.changed_at, gone.deleted = "first, edited", "1900000000.000000", True
    copy.own_emojis.add("🎉")
    an_hour_later(relay)
    assert [(message.text, bool(message.deleted_at)) for message in relay.messages()] == [
        ("ours", False),
        ("first, edited", False),
        ("", True),
        ("Hello", False),
    ]
    assert relay.room(OLAF).shown == ["ours", "first, edited", "Hello"]
    reactions = relay.world.ports.messages.page(relay.chat, ours.seq, ours.seq).reactions
    assert [(reaction.emoji, reaction.account_id) for reaction in reactions] == [("🎉", relay.account(DANA).id)]


def test_what_was_changed_here_since_stays_as_it_is(relay: Relay) -> None:
    remote_id = relay.says(DANA, "first")
    relay.settle()
    relay.receives(DANA, "edited", remote_id, "second")
    post = relay.room(DANA).posts[0]
    post.text, post.changed_at = "second", "1800000000.000000"
    relay.settle()
    dana, ports = relay.account(DANA), relay.world.ports
    messages.edit(ports, dana, relay.chat, relay.messages()[0].id, "third, written here")
    messages.react(ports, dana, relay.chat, relay.messages()[0].id, "👍", True)
    breaks(relay, DANA)
    an_hour_later(relay)
    assert relay.messages()[0].text == "third, written here"
    assert len(ports.messages.page(relay.chat, 1, None).reactions) == 1


def test_without_an_outage_nothing_is_asked(relay: Relay) -> None:
    relay.room(DANA).faults.append(RelayLater(20, "Slack asks to wait"))
    relay.writes("Hello")
    relay.settle()
    calls = relay.room(DANA).calls
    assert an_hour_later(relay) == 0
    assert relay.room(DANA).calls == calls


@pytest.mark.parametrize(("tries", "begun"), [(0, 0), (1, 0), (2, 1), (3, 1)])
def test_where_slack_had_to_try_for_minutes_we_were_away(relay: Relay, tries: int, begun: int) -> None:
    relay.writes("before")
    relay.settle()
    unheard(relay, DANA, "given up by Slack")
    received = unheard(relay, DANA, "heard late")
    answer = slack_says(DANA, "posted", received.id, received.text, "Ev1", parent=relay.root(DANA))
    receive_slack(relay.world.ports, answer, tries)
    relay.settle()
    assert an_hour_later(relay) == begun
    results = [message.text for message in relay.messages()]
    assert results == ["before", "heard late", *(["given up by Slack"] * begun)]


def test_one_comparison_an_hour_however_often_it_failed(relay: Relay) -> None:
    relay.room(DANA).faults.extend([OUTAGE] * 5)
    relay.writes("Hello")
    relay.settle()
    assert an_hour_later(relay) == 1
    assert an_hour_later(relay) == 0


def test_after_a_cut_that_healed_the_time_of_the_cut_counts(relay: Relay) -> None:
    relay.writes("before")
    relay.settle()
    relay.room(DANA).shut = "token_revoked"
    relay.writes("cut")
    relay.settle()
    relay.world.pass_time(days=6)
    unheard(relay, DANA, "in between")
    relay.world.pass_time(days=6)
    relay.room(DANA).shut = ""
    relay.writes("back")
    relay.settle()
    assert relay.room(DANA).shown == ["before", "in between", "cut", "back"]
    assert an_hour_later(relay) == 1
    assert [message.text for message in relay.messages()] == ["before", "cut", "back", "in between"]


def test_what_never_went_out_is_sent_again_in_order(relay: Relay) -> None:
    """As after a queue that was emptied, for Teams as well, which can't be asked."""
    relay.writes("before")
    relay.settle()
    for text in ("one", "two"):
        relay.writes(text)
    relay.world.settle_stream()
    for identity in (DANA, JONAS):
        relay.queue.groups[group_of(relay.chat, identity.key)].clear()
    ports = relay.world.ports
    for identity in (DANA, JONAS):
        membership = ports.chats.with_membership(relay.chat, relay.account(identity).id)[1]
        assert membership
        relay_out._compare_later(ports, membership)
    relay.world.pass_time(minutes=6)
    assert an_hour_later(relay) == 2
    assert relay.room(DANA).shown == relay.room(JONAS).shown == ["before", "one", "two"]


def test_who_left_is_not_compared(relay: Relay) -> None:
    breaks(relay, DANA)
    unheard(relay, DANA, "too late")
    ending.remove(relay.world.ports, relay.mara, relay.chat, relay.account(DANA).id)
    relay.settle()
    calls = relay.room(DANA).calls
    assert an_hour_later(relay) == 0
    assert (relay.room(DANA).calls, [message.text for message in relay.messages()]) == (calls, ["Hello"])


def test_a_token_revoked_in_the_middle_ends_it_quietly(relay: Relay) -> None:
    breaks(relay, DANA)
    unheard(relay, DANA, "unheard")
    relay.room(DANA).shut = "token_revoked"
    assert an_hour_later(relay) == 1
    assert [message.text for message in relay.messages()] == ["Hello"]
    relay.slack.away.add(DANA)
    relay_compare.run(relay.world.ports, _comparison(relay))


def test_a_side_that_is_still_broken_is_asked_again_in_its_own_time(relay: Relay) -> None:
    breaks(relay, DANA)
    unheard(relay, DANA, "unheard")
    relay.room(DANA).faults.extend([OUTAGE, OUTAGE])
    an_hour_later(relay)
    assert relay.room(OLAF).shown == ["Hello", "unheard"]


def _comparison(relay: Relay) -> relay_compare.Comparison:
    stored_at = relay.world.now() + timedelta(hours=1)
    return relay_compare.Comparison(relay.chat, relay.account(DANA).id, DANA.key, stored_at.isoformat())


def test_a_comparison_that_never_works_is_given_up(relay: Relay) -> None:
    breaks(relay, DANA)
    relay.world.pass_time(hours=1)
    hourly.run(relay.world.ports)
    (group,) = [item for item in relay.queue.groups if item.startswith("compare")]
    relay.room(DANA).faults.append(OUTAGE)
    record = {"body": relay.queue.groups[group][0], "attributes": {"ApproximateReceiveCount": "100"}}
    assert worker.handle({"Records": [record]}) == {"batchItemFailures": []}
    assert relay.told("relay.cut_off") == []
