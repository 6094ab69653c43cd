"""Our app says who it is: when it comes to somebody, and on the page that it has in Slack."""

import json
from collections.abc import Iterator

import pytest

from chalicelib.domain.identities import Identity
from chalicelib.domain.providers import Provider
from chalicelib.ports import Disconnected, RelayLater
from chalicelib.usecases import ending
from tests.support.provider_calls import receive_slack, receive_teams
from tests.support.relay_in_memory import DANA, JONAS, Relay, relaying

pytestmark = pytest.mark.requirement("A25", "A26")
EVE = Identity(Provider.SLACK, "TACME", "UEVE")
PAT = Identity(Provider.MICROSOFT, "kessel", "pat")


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


def opens(relay: Relay, who: Identity, tab: str = "messages", event_id: str = "", **more: object) -> None:
    """In Slack, somebody opens the app."""
    relay.events += 1
    event = {"type": "app_home_opened", "user": who.user, "channel": f"D{who.user}", "tab": tab, **more}
    envelope = {"type": "event_callback", "team_id": who.tenant, "event": event}
    receive_slack(relay.world.ports, {**envelope, "event_id": event_id or f"Ev{relay.events}"})
    relay.settle()


def adds(relay: Relay, who: Identity, action: str = "add", locale: str = "en-GB", told: str = "both") -> None:
    """In Teams, somebody adds the app or takes it out; Teams tells the first by two activities."""
    relay.events += 1
    common = {
        "serviceUrl": "https://smba.example/",
        "channelId": "msteams",
        "timestamp": f"{relay.events:06d}",
        "from": {"id": f"29:{who.user}", "aadObjectId": who.user},
        "recipient": {"id": "28:bot"},
        "conversation": {"id": f"D{who.user}", "tenantId": who.tenant, "conversationType": "personal"},
        "locale": locale,
    }
    if told != "members":
        about = {"type": "installationUpdate", "action": action, "id": f"f:{relay.events}"}
        receive_teams(relay.world.ports, {**common, **about})
    if action == "add" and told != "installation":
        members = {"type": "conversationUpdate", "membersAdded": [{"id": "28:bot"}], "id": f"f:{relay.events}m"}
        receive_teams(relay.world.ports, {**common, **members})
    relay.settle()


def said(relay: Relay, who: Identity) -> list[str]:
    return [text for text, _ in relay.room(who).answers]


def test_somebody_of_a_chat_is_greeted_once_in_slack(relay: Relay) -> None:
    for day in range(3):
        opens(relay, DANA)
        relay.world.pass_time(days=day * 10)
    (text,) = said(relay, DANA)
    assert "Answer where they stand" in text


@pytest.mark.parametrize("told", ["both", "installation", "members"])
def test_somebody_of_a_chat_is_greeted_once_in_teams_however_it_is_told(relay: Relay, told: str) -> None:
    adds(relay, JONAS, told=told)
    adds(relay, JONAS, told=told)
    (text,) = said(relay, JONAS)
    assert "Answer where they stand" in text


def test_who_takes_the_app_out_of_teams_and_adds_it_again_is_greeted_again(relay: Relay) -> None:
    adds(relay, PAT)
    adds(relay, PAT, action="remove")
    adds(relay, PAT)
    assert len(said(relay, PAT)) == 2


def test_a_newer_version_of_the_app_is_no_arrival(relay: Relay) -> None:
    adds(relay, PAT)
    adds(relay, PAT, action="add-upgrade", told="installation")
    assert len(said(relay, PAT)) == 1


def test_strangers_are_told_how_one_comes_in_and_in_their_language(relay: Relay) -> None:
    """Before, whoever added the app and wrote nothing met silence, which the Teams Store refuses."""
    opens(relay, EVE)
    adds(relay, PAT, locale="de-DE")
    assert "None of your chats comes here yet" in said(relay, EVE)[0]
    assert relay.world.ports.public_url in said(relay, PAT)[0]
    assert "None of your chats" not in said(relay, PAT)[0]


def test_other_members_of_a_conversation_are_no_arrival(relay: Relay) -> None:
    activity = {
        "type": "conversationUpdate",
        "id": "f:9",
        "membersAdded": [{"id": "29:other"}],
        "serviceUrl": "https://smba.example/",
        "from": {"id": "29:pat", "aadObjectId": PAT.user},
        "recipient": {"id": "28:bot"},
        "conversation": {"id": "Dpat", "tenantId": PAT.tenant, "conversationType": "personal"},
    }
    receive_teams(relay.world.ports, activity)
    relay.settle()
    assert said(relay, PAT) == []


def test_a_greeting_that_could_not_be_said_is_said_later(relay: Relay) -> None:
    relay.room(EVE).faults.extend([RelayLater(5, "busy"), None])
    opens(relay, EVE)
    assert len(said(relay, EVE)) == 1
    relay.room(DANA).faults.append(Disconnected("no right to it"))
    opens(relay, DANA)
    opens(relay, DANA)
    assert len(said(relay, DANA)) == 1


def test_the_page_in_slack_has_the_chats_and_a_way_to_invite(relay: Relay) -> None:
    opens(relay, DANA, "home")
    opens(relay, EVE, "home")
    url = relay.world.ports.public_url
    (page,) = relay.room(DANA).homes
    assert page.chats == (("Harbour house", f"{url}/chats/{relay.chat}"),)
    assert page.button == ("Invite people", f"{url}/chats/new")
    (empty,) = relay.room(EVE).homes
    assert (empty.chats, empty.button[1]) == ((), f"{url}/sign-in")
    assert said(relay, DANA) == said(relay, EVE) == []


def test_the_page_shows_what_is_now_each_time_it_is_opened_and_once_for_each_event(relay: Relay) -> None:
    opens(relay, DANA, "home", "Ev77")
    opens(relay, DANA, "home", "Ev77")
    assert len(relay.room(DANA).homes) == 1
    ending.remove(relay.world.ports, relay.mara, relay.chat, relay.account(DANA).id)
    opens(relay, DANA, "home")
    assert relay.room(DANA).homes[-1].chats == ()


def test_what_stands_on_the_page_is_not_carried_through_the_queue(relay: Relay) -> None:
    """Slack sends the whole view along, up to 250 kB; the queue takes 256."""
    opens(relay, DANA, "home", view={"blocks": ["x" * 1_000] * 250})
    (body,) = [body for body, _ in relay.queue.ever if "app_home_opened" in body]
    assert "view" not in json.loads(body)["slack"]["event"]
    assert len(relay.room(DANA).homes) == 1


@pytest.mark.parametrize("event", [{}, {"user": 5}, {"user": "U1"}, {"user": "U1", "channel": None}, {"channel": "D1"}])
def test_an_opening_that_says_not_whose_or_where_is_left(relay: Relay, event: dict[str, object]) -> None:
    receive_slack(
        relay.world.ports, {"team_id": "TACME", "event_id": "Ev5", "event": {"type": "app_home_opened", **event}}
    )
    relay.settle()
    assert not [room for room in relay.slack.rooms.values() if room.answers or room.homes]
