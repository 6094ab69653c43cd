"""Nothing that somebody types there vanishes: what belongs to no chat is answered, and a choice carries the words over."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.identities import Identity
from chalicelib.domain.providers import Provider
from chalicelib.domain.relaying import ChatChoice
from chalicelib.ports import RelayLater
from tests.support.relay_in_memory import DANA, JONAS, MAILS, OLAF, Relay, joins, relaying
from tests.support.sample_chat import OWNER

pytestmark = pytest.mark.requirement("A25", "A26", "A35")
EVE = Identity(Provider.SLACK, "TACME", "UEVE")
WHO = pytest.mark.parametrize("who", [DANA, JONAS], ids=["Slack", "Teams"])


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


def second_chat(relay: Relay, who: Identity) -> str:
    """Another chat that comes there, named Roof, joined a day later."""
    relay.world.pass_time(days=1)
    made = relay.world.signs_in(OWNER).invites(MAILS[who], OWNER.replace("@", ".two@"), name="Roof")
    joins(relay, who)
    relay.settle()
    return str(made["chat"]["id"])


def alone(relay: Relay, who: Identity, text: str) -> str:
    """Writes outside of any thread."""
    remote_id = relay.side(who).new_id()
    relay.receives(who, "posted", remote_id, text)
    relay.settle()
    return remote_id


def texts(relay: Relay, chat_id: str) -> list[str]:
    page = relay.world.ports.messages.page(chat_id, 1, None)
    return [message.text for message in page.messages if message.author and not message.deleted_at and message.text]


@WHO
def test_words_for_one_of_two_chats_are_answered_with_both_and_carried_by_a_choice(relay: Relay, who: Identity) -> None:
    roof = second_chat(relay, who)
    remote_id = alone(relay, who, "When do we start?")
    ((said, choices),) = relay.room(who).answers
    assert "Which chat is it for?" in said
    assert [choice.title for choice in choices] == ["Roof", "Harbour house"]
    assert texts(relay, roof) == texts(relay, relay.chat) == []
    relay.presses(who, choices[0])
    relay.settle()
    assert texts(relay, roof) == ["When do we start?"]
    assert relay.room(who).answers[-1] == ("Your words are in the chat Roof.", ())
    relay.receives(who, "edited", remote_id, "When do we begin?")
    relay.settle()
    assert texts(relay, roof) == ["When do we begin?"]


@WHO
def test_a_second_press_sends_nothing_and_says_where_the_words_are(relay: Relay, who: Identity) -> None:
    roof = second_chat(relay, who)
    alone(relay, who, "Hello all of you")
    ((_, choices),) = relay.room(who).answers
    for choice in (*choices, choices[0]):
        relay.presses(who, choice)
        relay.settle()
    assert (texts(relay, roof), texts(relay, relay.chat)) == (["Hello all of you"], [])
    assert [said for said, _ in relay.room(who).answers[1:]] == ["Your words are in the chat Roof."] * 3


def test_what_was_changed_or_deleted_meanwhile_is_carried_as_it_is_now(relay: Relay) -> None:
    roof = second_chat(relay, DANA)
    changed, deleted = alone(relay, DANA, "first"), alone(relay, DANA, "second")
    relay.receives(DANA, "edited", changed, "first, edited")
    relay.receives(DANA, "deleted", deleted)
    for _, choices in list(relay.room(DANA).answers):
        relay.presses(DANA, choices[0])
    relay.settle()
    assert texts(relay, roof) == ["first, edited"]
    assert relay.room(DANA).answers[-1][0] == "That can't be sent any more. Please write it again."


def test_a_reply_under_a_foreign_thread_is_answered_there(relay: Relay) -> None:
    remote_id = relay.side(DANA).new_id()
    relay.receives(DANA, "posted", remote_id, "What do you think?", parent="1600000000.999999")
    relay.settle()
    ((said, choices),) = relay.room(DANA).answers
    assert "Which chat is it for?" in said
    relay.presses(DANA, choices[0])
    relay.settle()
    assert texts(relay, relay.chat) == ["What do you think?"]


@WHO
@pytest.mark.parametrize("greeting", ["Hi", "hello!", "HELP", "Hilfe", "?"])
def test_a_greeting_is_answered_with_help_and_can_still_be_sent(relay: Relay, who: Identity, greeting: str) -> None:
    alone(relay, who, greeting)
    ((said, choices),) = relay.room(who).answers
    assert said.startswith("Hello! Messages of your Webtop chats come here.")
    assert texts(relay, relay.chat) == []
    relay.presses(who, choices[0])
    relay.settle()
    assert texts(relay, relay.chat) == [greeting]


def test_in_a_chat_s_thread_a_greeting_is_for_the_chat(relay: Relay) -> None:
    relay.writes("Good morning")
    relay.settle()
    relay.says(DANA, "Hi")
    relay.settle()
    assert (texts(relay, relay.chat), relay.room(DANA).answers) == (["Good morning", "Hi"], [])


def test_a_stranger_reads_how_one_comes_in(relay: Relay) -> None:
    alone(relay, EVE, "Hi")
    ((said, choices),) = relay.room(EVE).answers
    assert said.startswith("Hello! This is Webtop Chat.")
    assert choices == ()


def test_in_the_language_of_their_account(relay: Relay) -> None:
    relay.world.ports.accounts.save_profile(relay.account(DANA).id, "Dana", "de")
    alone(relay, DANA, "Hilfe")
    assert relay.room(DANA).answers[0][0].startswith("Hallo! Nachrichten Ihrer Webtop-Chats kommen hier an.")


def test_an_answer_that_has_to_wait_is_given_once(relay: Relay) -> None:
    second_chat(relay, DANA)
    relay.room(DANA).faults.append(RelayLater(30, "Slack asks to wait"))
    alone(relay, DANA, "When?")
    relay.replays()
    assert len(relay.room(DANA).answers) == 1


def test_a_choice_of_a_chat_that_isn_t_theirs_sends_nothing(relay: Relay) -> None:
    roof = second_chat(relay, OLAF)
    second_chat(relay, DANA)
    alone(relay, DANA, "secret")
    ((_, choices),) = relay.room(DANA).answers
    relay.presses(DANA, ChatChoice("x", roof, choices[0].message_id))
    relay.settle()
    assert texts(relay, roof) == []
    assert relay.room(DANA).answers[-1][0].startswith("That can't be sent any more.")
