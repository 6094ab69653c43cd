"""What another side refuses costs what it refuses and no more: it is said, and what comes after goes on at once."""

import json
import re
from collections.abc import Iterator

import pytest

from chalicelib.domain.identities import Identity
from chalicelib.domain.messages import Message
from chalicelib.domain.people import SignInMethod
from chalicelib.events import relay as worker
from chalicelib.ports import Disconnected, NotTaken, RelayLater, ReplyLost, WindowGone
from chalicelib.usecases import deliveries, relay_out, sessions
from tests.support.form_browser import Browser, visible
from tests.support.relay_in_memory import DANA, JONAS, OLAF, Crash, Fault, Relay, relaying

pytestmark = pytest.mark.requirement("A26", "A27", "A35")
TOO_LONG = NotTaken("This message is too long for Slack.", "msg_too_long")
UNKNOWN = NotTaken("Slack doesn't accept this message.", "brand_new_code", is_known=False)
WAIT = RelayLater(30, "Slack asks to wait")
LOST = ReplyLost(20, "Slack: 500", outage=True)


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying(DANA, OLAF) as relay:
        relay.writes("begin")
        relay.settle()
        yield relay


def delivery_states(relay: Relay, message: Message, name: str = "Dana Smith") -> tuple[str, str]:
    results = deliveries.of_message(relay.world.ports, relay.mara, relay.chat, message.id)
    return next((str(delivery.state), delivery.detail) for delivery in results if delivery.name == name)


def test_a_message_that_is_refused_says_so_and_the_next_goes_on_at_once(relay: Relay) -> None:
    relay.room(DANA).faults.append(TOO_LONG)
    message = relay.writes("much")
    relay.writes("next")
    relay.once()
    assert relay.room(DANA).shown == ["begin", "next"]
    assert relay.waits == []
    assert delivery_states(relay, message) == ("not_shown", "This message is too long for Slack.")
    assert delivery_states(relay, message, "Olaf Nord") == ("delivered", "")
    assert relay.told("relay.cut_off") == []


@pytest.mark.parametrize("fault", [WAIT, RelayLater(20, "Slack: service_unavailable", outage=True), TOO_LONG, UNKNOWN])
def test_a_definite_refusal_is_never_searched_for(relay: Relay, fault: Exception) -> None:
    relay.room(DANA).faults.append(fault)  # type: ignore[arg-type]
    relay.writes("one")
    relay.settle()
    assert relay.room(DANA).searches == 0
    assert relay.room(DANA).shown == (["begin"] if fault is TOO_LONG else ["begin", "one"])


def test_only_a_lost_reply_is_searched_for_a_page_at_a_time(relay: Relay) -> None:
    for number in range(3):
        relay.says(DANA, f"hers {number}")
    relay.settle()
    relay.room(DANA).faults.append(("done", LOST))
    relay.writes("once")
    relay.settle()
    assert relay.room(DANA).shown.count("once") == 1
    assert relay.room(DANA).searches == 2, "the cursor is kept from try to try"
    relay.room(DANA).faults.append(LOST)
    relay.writes("twice tried")
    relay.settle()
    assert relay.room(DANA).shown.count("twice tried") == 1


def test_a_search_that_has_to_wait_goes_on_where_it_was(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    find = relay.slack.find

    def reluctant(*told: object) -> object:
        asked.append(str(told[-1]))
        if len(asked) % 2:
            raise RelayLater(60, "Slack lets histories be read once a minute")
        return find(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(relay.slack, "find", reluctant)
    relay.room(DANA).faults.append(("done", LOST))
    relay.writes("once")
    relay.settle()
    assert relay.room(DANA).shown == ["begin", "once"]
    assert asked == ["", "", "1", "1"]


def test_other_chats_of_the_same_person_go_on_while_one_is_in_doubt(relay: Relay) -> None:
    groups = {relay_out.group_of(chat, DANA.key) for chat in (relay.chat, "another")}
    assert len(groups) == 2
    relay.room(DANA).faults.append(LOST)
    relay.writes("in doubt")
    relay.once()
    assert [group for group, bodies in relay.queue.groups.items() if bodies] == [
        relay_out.group_of(relay.chat, DANA.key)
    ]


def test_a_crash_in_the_middle_is_searched_for_from_its_claim(relay: Relay) -> None:
    relay.room(DANA).faults.append(("done", Crash()))
    relay.writes("once")
    relay.settle()
    assert (relay.room(DANA).shown, relay.room(DANA).searches) == (["begin", "once"], 2)


@pytest.mark.parametrize("fault", [LOST, ("done", LOST), Crash(), ("done", Crash())])
def test_the_beginning_of_a_thread_is_not_posted_twice(fault: Fault | tuple[str, Fault]) -> None:
    with relaying(DANA, OLAF) as relay:
        relay.room(DANA).faults.append(fault)
        relay.writes("one")
        relay.settle()
        assert (relay.room(DANA).roots, relay.room(DANA).shown) == (1, ["one"])


@pytest.mark.parametrize("who", [DANA, JONAS], ids=["Slack", "Teams"])
def test_of_two_at_the_same_moment_one_begins_the_thread(who: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    with relaying(DANA, JONAS) as relay:
        side, waits = relay.side(who), list[float]()
        begin = side.begin

        def meanwhile(*told: object) -> object:
            if not waits:
                bodies = relay.queue.groups[relay_out.group_of(relay.chat, who.key)]
                with pytest.raises(RelayLater) as later:
                    worker._work(json.loads(bodies[1]))
                waits.append(later.value.seconds)
            return begin(*told)  # type: ignore[arg-type]

        monkeypatch.setattr(side, "begin", meanwhile)
        relay.writes("one")
        relay.writes("two")
        relay.settle()
        assert waits == [2]
        assert (relay.room(who).roots, relay.room(who).shown) == (1, ["one", "two"])


@pytest.mark.parametrize("fault", [WAIT, UNKNOWN, Disconnected("user_disabled")])
def test_a_beginning_that_is_refused_is_begun_at_once_when_it_may_be(fault: Fault) -> None:
    """The claim goes with the refusal: the next try doesn't wait for it, and doesn't search."""
    with relaying(DANA, JONAS) as relay:
        relay.room(DANA).faults.append(fault)
        relay.writes("one")
        relay.settle()
        relay.writes("two")
        relay.settle()
        assert (relay.room(DANA).roots, relay.room(DANA).searches) == (1, 0)
        assert relay.room(DANA).shown == ["one", "two"]


def test_a_code_that_nobody_documents_costs_one_message_after_six_tries(relay: Relay) -> None:
    relay.room(DANA).faults.extend([UNKNOWN] * 6)
    message = relay.writes("odd")
    relay.writes("next")
    relay.settle()
    assert relay.room(DANA).shown == ["begin", "next"]
    assert relay.waits == [1, 2, 4, 8, 16]
    assert delivery_states(relay, message) == ("not_shown", "Slack doesn't accept this message.")
    relay.room(DANA).faults.extend([UNKNOWN] * 3)
    relay.writes("heals")
    relay.settle()
    assert relay.room(DANA).shown == ["begin", "next", "heals"]


@pytest.mark.parametrize("code", ["cant_update_message", "edit_window_closed", "msg_too_long"])
def test_a_refused_edit_is_not_delivered(relay: Relay, code: str) -> None:
    message = relay.writes("first")
    relay.settle()
    relay.room(DANA).faults.append(NotTaken("They still see the original.", code))
    relay.edits(message, "second")
    relay.writes("next")
    relay.once()
    assert relay.room(DANA).shown == ["begin", "first", "next"]
    assert delivery_states(relay, message) == ("not_shown", "They still see the original.")
    relay.edits(message, "third")
    relay.settle()
    assert delivery_states(relay, message) == ("delivered", "")


def test_a_refused_deletion_is_not_delivered(relay: Relay) -> None:
    message = relay.writes("a slip")
    relay.settle()
    relay.room(DANA).faults.append(NotTaken("They can still see it.", "cant_delete_message"))
    relay.deletes(message)
    relay.settle()
    assert relay.room(DANA).shown == ["begin", "a slip"]
    assert delivery_states(relay, message) == ("not_shown", "They can still see it.")


def test_a_refused_reaction_is_named_and_the_others_are_there(relay: Relay) -> None:
    message = relay.writes("Shall we?")
    relay.settle()
    for emoji in ("🎉", "👍"):
        relay.reacts(message, emoji)
    relay.room(DANA).faults.append(NotTaken("Slack doesn't take this.", "too_many_emoji"))
    relay.settle()
    assert relay.room(DANA).posts[-1].emojis == {"👍"}
    assert delivery_states(relay, message) == ("not_shown", "Not shown there: 🎉.")
    relay.edits(message, "Shall we go?")
    relay.settle()
    assert delivery_states(relay, message) == ("not_shown", "Not shown there: 🎉.")
    calls = relay.room(DANA).calls
    relay.reacts(message, "🎉", on=False)
    relay.settle()
    assert delivery_states(relay, message) == ("delivered", "")
    assert relay.room(DANA).calls == calls, "nothing is taken away that never was there"


def test_a_thread_that_is_gone_begins_anew(relay: Relay) -> None:
    relay.room(DANA).faults.append(WindowGone("channel_not_found"))
    relay.writes("one")
    relay.settle()
    assert (relay.room(DANA).roots, relay.room(DANA).shown) == (2, ["begin", "one"])
    assert relay.told("relay.cut_off") == []


@pytest.mark.parametrize("then", [[Disconnected("user_disabled")], [None, WindowGone("is_archived")]])
def test_where_opening_anew_is_refused_too_the_side_is_cut_off(
    relay: Relay, then: list[Disconnected | WindowGone | None]
) -> None:
    relay.room(DANA).faults.extend([WindowGone("channel_not_found"), *then])
    message = relay.writes("one")
    relay.settle()
    assert relay.told("relay.cut_off") == ["Dana Smith"]
    assert delivery_states(relay, message)[0] == "cut_off"
    relay.writes("two")
    relay.settle()
    assert relay.room(DANA).shown == ["begin", "one", "two"]
    assert relay.told("relay.restored") == ["Dana Smith"]


def test_the_composer_does_not_say_that_somebody_will_read_what_nobody_tells_them_of(relay: Relay) -> None:
    """S12: "Dana (Acme, Webtop) will read this", though Dana was cut off in Slack and has no address."""
    assert "Dana (Acme" in _composer(relay)
    relay.room(DANA).faults.extend([WindowGone("channel_not_found"), Disconnected("user_disabled")])
    relay.writes("one")
    relay.settle()
    assert re.search(r"will read this\. Dana no longer gets messages in Slack\.", _composer(relay))
    relay.writes("two")
    relay.settle()
    assert "no longer gets messages" not in _composer(relay)


def _composer(relay: Relay) -> str:
    """What stands above the field, as Mara reads it."""
    browser = Browser(relay.world)
    browser.cookies["session"] = sessions.begin(relay.world.ports, relay.mara, SignInMethod.LINK).token
    page = browser.open(f"/chats/{relay.chat}").html
    return visible(page.partition('class="readers"')[2].partition("</div>")[0])


def test_what_stands_in_a_window_that_is_gone_cannot_be_changed(relay: Relay) -> None:
    message = relay.writes("one")
    relay.settle()
    relay.room(DANA).faults.extend([WindowGone("channel_not_found"), WindowGone("channel_not_found")])
    relay.edits(message, "one, edited")
    relay.settle()
    assert delivery_states(relay, message) == ("not_shown", "They still see the original.")
    assert relay.told("relay.cut_off") == []


def test_a_thread_that_slack_refuses_to_begin_costs_the_message() -> None:
    with relaying(DANA, JONAS) as relay:
        relay.room(JONAS).faults.append(NotTaken("Teams doesn't accept this message.", "400"))
        message = relay.writes("one")
        relay.writes("two")
        relay.settle()
        assert relay.room(JONAS).shown == ["two"]
        assert delivery_states(relay, message, "Jonas Weber") == ("not_shown", "Teams doesn't accept this message.")


@pytest.mark.parametrize("fault", [WAIT, UNKNOWN, LOST, Disconnected("The app isn't there any more.")])
def test_a_reaction_that_fails_never_sends_the_words_again(relay: Relay, fault: Exception) -> None:
    """The message had its reaction before it first went out."""
    message = relay.writes("once")
    relay.reacts(message, who=OLAF)
    relay.room(DANA).faults.extend([None, fault])  # type: ignore[list-item]
    relay.settle()
    assert relay.room(DANA).shown == ["begin", "once"]
    relay.writes("next")
    relay.settle()
    assert relay.room(DANA).shown.count("once") == 1


@pytest.mark.parametrize("fault", [Crash(), ReplyLost(20, "500")])
@pytest.mark.parametrize("later", [RelayLater(20, "429"), ReplyLost(20, "500"), Crash(), Disconnected("closed")])
def test_what_was_found_stays_found_whatever_becomes_of_its_edit(relay: Relay, fault: Fault, later: Fault) -> None:
    relay.room(DANA).faults.extend([("done", fault), later])
    relay.writes("Once")
    relay.settle()
    relay.writes("Twice")
    relay.settle()
    assert [post.text for post in relay.room(DANA).posts] == ["begin", "Once", "Twice"]
