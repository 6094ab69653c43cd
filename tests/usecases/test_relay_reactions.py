"""Reactions in Teams: two a second for all of the bot's conversations, so they go in a line of their own, behind every message."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.domain.messages import Message
from chalicelib.events import relay as events
from chalicelib.ports import Disconnected, NotTaken, RelayLater
from chalicelib.usecases import deliveries
from tests.support.relay_in_memory import DANA, JONAS, Relay, relaying

pytestmark = pytest.mark.requirement("A39")
LINE = "microsoft reactions"


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying(DANA, JONAS) as relay:
        yield relay


def told(relay: Relay, message: Message) -> tuple[str, str]:
    items = deliveries.of_message(relay.world.ports, relay.mara, relay.chat, message.id)
    return next((item.state, item.detail) for item in items if item.name == "Jonas Weber")


def emojis(relay: Relay, number: int = 0) -> set[str]:
    return relay.room(JONAS).posts[number].emojis


def words_alone(relay: Relay) -> None:
    """Everything that can happen now but the reactions."""
    relay.world.settle_stream()
    while groups := [group for group in relay.free() if group != LINE]:
        for group in groups:
            relay.step(group)
        relay.world.settle_stream()


def test_a_reaction_is_shown_in_teams_and_taken_back_with_the_last_who_set_it(relay: Relay) -> None:
    message = relay.writes("Hello")
    relay.settle()
    relay.reacts(message)
    relay.reacts(message, who=DANA)
    relay.settle()
    assert (emojis(relay), told(relay, message)) == ({"👍"}, ("delivered", ""))
    relay.reacts(message, on=False)
    relay.settle()
    assert emojis(relay) == {"👍"}
    relay.reacts(message, on=False, who=DANA)
    relay.settle()
    assert emojis(relay) == set()


def test_one_line_holds_the_reactions_of_all_chats_and_no_message(relay: Relay) -> None:
    messages = [relay.writes(f"number {number}") for number in range(3)]
    relay.settle()
    for message in messages:
        relay.reacts(message)
    relay.settle()
    lines = {group for body, group in relay.queue.ever if "reactions" in json.loads(body)}
    others = {group for body, group in relay.queue.ever if "reactions" not in json.loads(body)}
    assert lines == {LINE}
    assert LINE not in others


def test_while_reactions_wait_messages_go_on(relay: Relay) -> None:
    first = relay.writes("first")
    relay.settle()
    relay.reacts(first)
    words_alone(relay)
    relay.room(JONAS).faults.append(RelayLater(30, "429"))
    relay.step(LINE)
    relay.writes("second")
    relay.once()
    assert (relay.room(JONAS).shown, emojis(relay)) == (["first", "second"], set())
    relay.settle()
    assert emojis(relay) == {"👍"}


def test_a_reaction_is_never_ahead_of_its_words(relay: Relay) -> None:
    relay.room(JONAS).faults.extend([RelayLater(60, "503")] * 3)
    message = relay.writes("Hello")
    relay.reacts(message)
    relay.once()
    assert not relay.queue.groups.get(LINE)
    relay.settle()
    assert (relay.room(JONAS).shown, emojis(relay)) == (["Hello"], {"👍"})


def test_what_is_now_counts_however_often_it_changed_meanwhile(relay: Relay) -> None:
    message = relay.writes("Hello")
    relay.settle()
    for is_on in (True, False, True, False):
        relay.reacts(message, on=is_on)
    calls = relay.room(JONAS).calls
    relay.settle()
    assert (relay.room(JONAS).calls, emojis(relay)) == (calls, set())
    for is_on in (True, False, True):
        relay.reacts(message, on=is_on)
    relay.settle()
    assert (relay.room(JONAS).calls, emojis(relay)) == (calls + 1, {"👍"})


def test_what_waits_too_long_is_left_out_and_said_but_what_was_taken_back_goes(relay: Relay) -> None:
    message = relay.writes("Hello")
    relay.settle()
    relay.reacts(message, "🎉")
    relay.settle()
    relay.reacts(message, "🎉", on=False)
    relay.reacts(message, "👍")
    body = _asked_long_ago(relay)
    events._work(json.loads(body))
    assert emojis(relay) == set()
    assert told(relay, message) == ("not_shown", "Not shown there: 👍.")
    relay.reacts(message, "👍", on=False)
    relay.settle()
    assert told(relay, message) == ("delivered", "")


def _asked_long_ago(relay: Relay) -> str:
    """The first of the line, as it is after a quarter of an hour in it."""
    words_alone(relay)
    body = relay.queue.groups[LINE].popleft()
    relay.queue.groups[LINE].clear()
    relay.world.pass_time(seconds=timedelta(minutes=15).total_seconds())
    return body


@pytest.mark.parametrize("refusal", [NotTaken("Teams doesn't accept this message.", "400"), Disconnected("403")])
def test_one_that_is_refused_is_said_and_costs_neither_the_others_nor_the_side(
    relay: Relay, refusal: NotTaken | Disconnected
) -> None:
    message = relay.writes("Hello")
    relay.settle()
    relay.reacts(message, "👀")
    relay.reacts(message, "👍")
    words_alone(relay)
    relay.room(JONAS).faults.append(refusal)
    relay.settle()
    shown = emojis(relay)
    (missing,) = {"👀", "👍"} - shown
    assert told(relay, message) == ("not_shown", f"Not shown there: {missing}.")
    relay.writes("on it goes")
    relay.settle()
    assert relay.room(JONAS).shown == ["Hello", "on it goes"]


def test_a_message_that_was_deleted_gets_no_more_reactions(relay: Relay) -> None:
    message = relay.writes("Hello")
    relay.settle()
    relay.reacts(message)
    relay.deletes(message)
    calls = relay.room(JONAS).calls
    relay.settle()
    assert relay.room(JONAS).calls == calls + 1, "the deletion"


def test_a_reaction_that_came_while_the_words_changed_is_kept(relay: Relay) -> None:
    """The ledger's list was read before the copy was claimed: what another worker had noted meanwhile was overwritten."""
    message = relay.writes("Hello")
    relay.settle()
    relay.reacts(message)
    relay.edits(message, "Hello, all")
    relay.settle()
    relay.reacts(message, on=False)
    relay.edits(message, "Hello, everybody")
    relay.settle()
    assert (relay.room(JONAS).shown, emojis(relay)) == (["Hello, everybody"], set())
