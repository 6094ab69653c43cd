"""A text that is too long for one message of another side stands there in several, and follows its edits and its deletion."""

from collections.abc import Iterator

import pytest

from chalicelib.ports import NotTaken, RelayLater, ReplyLost, WindowGone
from chalicelib.usecases import deliveries
from tests.support.relay_in_memory import DANA, JONAS, Crash, Fault, Relay, relaying

pytestmark = pytest.mark.requirement("A26", "A27", "A35", "A36")


@pytest.fixture
def slack() -> Iterator[Relay]:
    """A Slack that takes four characters in one message."""
    with relaying(DANA, JONAS) as relay:
        relay.slack.longest = 4
        yield relay


def test_each_is_posted_once_in_order(slack: Relay) -> None:
    slack.writes("onetwo3333end")
    slack.settle()
    assert slack.room(DANA).shown == ["onet", "wo33", "33en", "d"]
    assert slack.room(JONAS).shown == ["onetwo3333end"]
    slack.replays()
    assert slack.room(DANA).shown == ["onet", "wo33", "33en", "d"]


@pytest.mark.parametrize("nth", range(1, 4))
@pytest.mark.parametrize(
    "fault",
    [
        RelayLater(1, "one a second"),
        ReplyLost(20, "Slack: 500", outage=True),
        ("done", ReplyLost(20, "Slack: 500", outage=True)),
        Crash(),
        ("done", Crash()),
    ],
    ids=["429", "lost before", "lost after", "killed before", "killed after"],
)
def test_a_try_that_is_cut_off_goes_on_where_it_was(slack: Relay, nth: int, fault: Fault) -> None:
    slack.writes("before")
    slack.settle()
    slack.room(DANA).faults.extend([None] * nth + [fault])
    slack.writes("onetwo3333end")
    slack.writes("next")
    slack.settle()
    assert slack.room(DANA).shown == ["befo", "re", "onet", "wo33", "33en", "d", "next"]


@pytest.mark.parametrize("nth", range(4))
@pytest.mark.parametrize("text", ["1111222233334444", "11112222", "1", "1111222233334444555566"])
def test_an_edit_reaches_all_makes_more_and_takes_away(slack: Relay, nth: int, text: str) -> None:
    message = slack.writes("onetwo3333end")
    slack.settle()
    slack.room(DANA).faults.extend([None] * nth + [RelayLater(1, "one a second"), ("done", Crash())])
    slack.edits(message, text)
    slack.writes("next")
    slack.settle()
    room = slack.room(DANA)
    assert sorted(room.shown) == sorted([*[text[at : at + 4] for at in range(0, len(text), 4)], "next"])
    slack.deletes(message)
    slack.settle()
    assert room.shown == ["next"]


def test_a_part_that_is_refused_says_so_and_the_next_message_goes_on(slack: Relay) -> None:
    slack.writes("befo")
    slack.settle()
    slack.room(DANA).faults.extend([None, NotTaken("Slack doesn't accept this message.", "no_text")])
    message = slack.writes("onetwo3333end")
    slack.writes("next")
    slack.settle()
    assert slack.room(DANA).shown == ["befo", "onet", "next"]
    (state,) = {
        delivery.detail
        for delivery in deliveries.of_message(slack.world.ports, slack.mara, slack.chat, message.id)
        if delivery.name == "Dana Smith"
    }
    assert state == "Slack doesn't accept this message."


def test_where_the_window_goes_in_the_middle_all_of_it_stands_in_the_new_one(slack: Relay) -> None:
    slack.writes("befo")
    slack.settle()
    slack.room(DANA).faults.extend([None, WindowGone("channel_not_found"), WindowGone("channel_not_found")])
    slack.writes("onetwo")
    slack.settle()
    assert slack.room(DANA).roots == 2
    assert slack.room(DANA).shown[-2:] == ["onet", "wo"]


def test_an_answer_and_a_reaction_to_any_part_are_the_messages(slack: Relay) -> None:
    message = slack.writes("onetwo3333end")
    slack.settle()
    last = slack.room(DANA).posts[-1].id
    slack.receives(DANA, "reaction_added", last, emoji="tada")
    slack.settle()
    assert [
        (reaction.emoji, reaction.seq)
        for reaction in slack.world.ports.messages.page(slack.chat, message.seq, message.seq).reactions
    ] == [("🎉", message.seq)]


@pytest.mark.parametrize("nth", [0, 1, 3])
@pytest.mark.parametrize("lost", [ReplyLost(20, "Slack: 500", outage=True), Crash()], ids=["lost", "killed"])
def test_what_is_deleted_while_nobody_knows_whether_it_is_there_goes(slack: Relay, nth: int, lost: Fault) -> None:
    """Before, nobody looked for it: it stood there for good, with everybody else told that it is deleted."""
    slack.room(DANA).faults.extend([None] * (nth + 1) + [("done", lost)])
    message = slack.writes("onetwo3333end")
    slack.once()
    slack.deletes(message)
    slack.writes("next")
    slack.settle()
    assert slack.room(DANA).shown == ["next"]


@pytest.mark.parametrize("lost", [ReplyLost(20, "Slack: 500", outage=True), Crash()], ids=["lost", "killed"])
def test_what_is_shortened_while_nobody_knows_whether_it_is_there_goes(slack: Relay, lost: Fault) -> None:
    slack.room(DANA).faults.extend([None, None, ("done", lost)])
    message = slack.writes("onetwo3333end")
    slack.once()
    slack.edits(message, "one")
    slack.writes("next")
    slack.settle()
    assert slack.room(DANA).shown == ["one", "next"]
