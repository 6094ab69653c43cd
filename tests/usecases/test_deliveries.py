"""What the author of a message learns of it: with whom it stands elsewhere, and what can't be shown there."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.messages import Message
from chalicelib.domain.providers import Provider
from chalicelib.domain.relaying import Capabilities, SupportLevel
from chalicelib.ports import RelayLater
from chalicelib.providers.microsoft.relay import TeamsRelay
from chalicelib.usecases import deliveries, messages, relay_out
from tests.support.app import PASSWORD, Person
from tests.support.form_browser import Browser
from tests.support.relay_in_memory import DANA, JONAS, OLAF, FakeRelayAdapter, Relay, relaying

pytestmark = pytest.mark.requirement("A27", "A36")
MARA = "mara@brightwater.example"


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


def signed_in(relay: Relay) -> Person:
    return relay.world.signs_in(MARA)


def of(relay: Relay, message: Message) -> dict[str, tuple[str, str]]:
    answer = signed_in(relay).get(f"/chats/{relay.chat}/messages/{message.id}/deliveries").json
    assert answer["next"] is None
    return {item["name"]: (item["state"], item.get("detail", "")) for item in answer["items"]}


def listed(relay: Relay, message: Message) -> Any:
    page = signed_in(relay).get(f"/chats/{relay.chat}/messages").json["items"]
    return next(item for item in page if item["id"] == message.id).get("deliveries")


def test_each_state_is_told_by_the_api(relay: Relay) -> None:
    relay.slack.away.add(DANA)
    relay.room(OLAF).shut = "token_revoked"
    relay.room(JONAS).faults.extend([None, RelayLater(30, "Teams: 503")])
    message = relay.writes("Hello")
    assert of(relay, message) == dict.fromkeys(("Dana Smith", "Olaf Nord", "Jonas Weber"), ("sent", ""))
    relay.once()
    deliveries = {
        "Dana Smith": ("not_reached", ""),
        "Olaf Nord": ("cut_off", "token_revoked"),
        "Jonas Weber": ("retrying", "Teams: 503"),
    }
    assert of(relay, message) == deliveries
    assert {item["name"]: (item["state"], item.get("detail", "")) for item in listed(relay, message)} == deliveries
    assert {(item["name"], item["via"]) for item in listed(relay, message)} >= {("Jonas Weber", "teams")}
    relay.settle()
    assert of(relay, message)["Jonas Weber"] == ("delivered", "")
    relay.edits(message, "Hello, all")
    assert of(relay, message)["Jonas Weber"] == ("sent", ""), "the new version isn't there yet"


def test_who_adds_the_app_later_has_it_then(relay: Relay) -> None:
    relay.slack.away.add(DANA)
    message = relay.writes("Hello")
    relay.settle()
    relay.slack.away.clear()
    relay_out.catch_up(relay.world.ports, DANA)
    relay.settle()
    assert of(relay, message)["Dana Smith"] == ("delivered", "")
    assert relay.room(DANA).shown == ["Hello"]


def test_a_reaction_that_a_side_cannot_show_is_said_as_long_as_it_is_there(relay: Relay) -> None:
    relay.teams = Plain(Provider.MICROSOFT)
    relay.world.use(relay_adapters={Provider.SLACK: relay.slack, Provider.MICROSOFT: relay.teams})
    message = relay.writes("Hello")
    relay.settle()
    relay.reacts(message)
    relay.settle()
    assert of(relay, message)["Jonas Weber"] == ("not_shown", "Reactions aren't shown there.")
    assert of(relay, message)["Dana Smith"] == ("delivered", "")
    page = Browser(relay.world)
    page.signs_in(MARA, PASSWORD)
    notice = "Teams, Jonas Weber: shown differently. Reactions aren&#39;t shown there."
    assert notice in page.open(f"/chats/{relay.chat}").html
    relay.reacts(message, on=False)
    relay.settle()
    assert of(relay, message)["Jonas Weber"] == ("delivered", "")


def test_a_reaction_that_waits_leaves_the_text_delivered(relay: Relay) -> None:
    message = relay.writes("Hello")
    relay.settle()
    relay.room(DANA).faults.append(RelayLater(30, "503"))
    relay.reacts(message)
    relay.once()
    assert of(relay, message)["Dana Smith"] == ("delivered", "")
    relay.settle()
    assert relay.room(DANA).posts[0].emojis == {"👍"}
    relay.room(DANA).shut = "token_revoked"
    relay.reacts(message, "🎉")
    relay.settle()
    relay.room(DANA).shut = ""
    relay.writes("Back")
    relay.settle()
    assert of(relay, message)["Dana Smith"] == ("delivered", "")
    assert relay.room(DANA).posts[0].emojis == {"👍", "🎉"}


def test_only_the_author_asks_and_only_of_a_message_of_this_chat(relay: Relay) -> None:
    relay.says(DANA, "Mine")
    relay.settle()
    theirs = relay.message("Mine")
    event = relay.world.ports.messages.page(relay.chat, 1, 1).messages[0]
    mara = signed_in(relay)
    for message in (theirs, event):
        assert mara.get(f"/chats/{relay.chat}/messages/{message.id}/deliveries").status == 403
    assert mara.get(f"/chats/{relay.chat}/messages/{relay.chat}-999/deliveries").status == 404
    results = deliveries.of_message(relay.world.ports, relay.account(DANA), relay.chat, theirs.id)
    assert {delivery.name for delivery in results} == {"Olaf Nord", "Jonas Weber"}, "not the side from which it came"


def test_a_page_reads_so_many_copies_and_no_more(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = relay.writes("one"), relay.writes("two")
    relay.settle()
    monkeypatch.setattr(deliveries, "_MOST", 4)
    ports = relay.world.ports
    read = messages.read(ports, relay.mara, relay.chat, None, None, None)
    results = deliveries.of_page(ports, read.page, read.membership)
    assert (set(results), len(results[second.seq])) == ({second.seq}, 3), "what may be cut is left out as a whole"
    assert len(of(relay, first)) == 3


class Plain(FakeRelayAdapter):
    """An application that can neither change nor take back what stands there, and shows no reactions."""

    @property
    def capabilities(self) -> Capabilities:
        plain = dict.fromkeys(("edits", "deletions", "reactions"), SupportLevel.NOT)
        return replace(TeamsRelay.capabilities, **plain)

    @property
    def reaction_queue(self) -> str:
        return ""


def test_the_relay_goes_by_what_a_side_declares(relay: Relay) -> None:
    plain = Plain(Provider.MICROSOFT)
    relay.teams = plain
    relay.world.use(relay_adapters={Provider.SLACK: relay.slack, Provider.MICROSOFT: plain})
    first, second = relay.writes("one"), relay.writes("two")
    relay.settle()
    relay.edits(first, "one, edited")
    relay.deletes(second)
    relay.settle()
    assert relay.room(JONAS).shown == ["one", "two"]
    assert of(relay, first)["Jonas Weber"] == ("not_shown", "They still see the original.")
    assert of(relay, second)["Jonas Weber"] == ("not_shown", "They can still see it.")


def test_what_each_application_shows_is_told_to_the_people_of_the_chat(relay: Relay) -> None:
    shows = signed_in(relay).get(f"/chats/{relay.chat}").json["shows"]
    assert set(shows) == {"slack", "teams"}
    assert (shows["slack"]["reactions"], shows["teams"]["reactions"]) == ("each_once", "each_once")
    page = Browser(relay.world)
    page.signs_in(MARA, PASSWORD)
    html = page.open(f"/chats/{relay.chat}?people=1").html
    assert '<th scope="row">Reactions</th><td>Each emoji once</td><td>Each emoji once</td>' in html


def test_where_nobody_chats_from_elsewhere_there_is_no_table() -> None:
    with relaying(DANA, OLAF) as relay:
        owner = signed_in(relay)
        alone = owner.invites("somebody@else.example")["chat"]["id"]
        assert owner.get(f"/chats/{alone}").json["shows"] == {}
        assert set(owner.get(f"/chats/{relay.chat}").json["shows"]) == {"slack"}
