"""What people write in their own Slack and Teams, as messages here: whom they mention, and texts longer than a message may be."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.identities import Identity
from chalicelib.domain.messages import LONGEST
from chalicelib.domain.providers import Provider
from tests.support.relay_in_memory import BEA, DANA, JONAS, NAMES, OLAF, Relay, relaying

pytestmark = pytest.mark.requirement("A25", "A26", "A35")
APP = Identity(Provider.SLACK, "TACME", "UBOT")


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


def words(size: int, start: int = 0) -> str:
    """Lines of seven characters, each its own."""
    return "\n".join(f"{number:06d}" for number in range(start, start + size // 7))


class TestMentions:
    def test_who_is_in_the_chat_is_mentioned_whatever_they_are_called_there(self, relay: Relay) -> None:
        """Dana's colleague Bea is in the chat, too; Slack tells her id alone."""
        with relaying(DANA, BEA) as both:
            both.says(DANA, "what do you think, <@UBEA>?")
            both.settle()
            message = both.message(f"what do you think, @{NAMES[BEA]}?")
            assert [mention.account_id for mention in message.mentions] == [both.account(BEA).id]
            assert both.room(DANA).names == 0

    def test_others_go_by_their_name_there_which_is_asked_for_once(self, relay: Relay) -> None:
        relay.slack.called = {Identity(Provider.SLACK, "TACME", "UEVE"): "Eve *Adams*", APP: "Webtop"}
        relay.says(DANA, "<@UEVE> and <@UBOT> know")
        relay.says(DANA, "ask <@UEVE>, <@W0GONE> or <@W1GONE|gone>")
        relay.settle()
        assert [message.text for message in relay.messages()] == [
            r"@Eve \*Adams\* and @Webtop know",
            r"ask @Eve \*Adams\*, @somebody or @gone",
        ]
        assert [message.mentions for message in relay.messages()] == [(), ()]
        assert relay.room(Identity(Provider.SLACK, "TACME", "UEVE")).names == 1

    def test_a_stranger_isn_t_taken_for_somebody_of_the_same_name(self, relay: Relay) -> None:
        relay.slack.called = {Identity(Provider.SLACK, "TACME", "UEVE"): "Olaf Nord the Second"}
        relay.says(DANA, "<@UEVE> and @Olaf Nord")
        relay.settle()
        message = relay.message("Olaf Nord the Second and @Olaf Nord")
        assert [mention.account_id for mention in message.mentions] == [relay.account(OLAF).id]

    def test_an_edit_names_them_too(self, relay: Relay) -> None:
        with relaying(DANA, BEA) as both:
            remote_id = both.says(DANA, "what?")
            both.receives(DANA, "edited", remote_id, "what, <@UBEA>?")
            both.settle()
            message = both.message(f"what, @{NAMES[BEA]}?")
            assert [mention.account_id for mention in message.mentions] == [both.account(BEA).id]


class TestLongTexts:
    @pytest.mark.parametrize("who", [DANA, JONAS], ids=["Slack", "Teams"])
    def test_they_come_in_order_and_whole(self, relay: Relay, who: Identity) -> None:
        text = words(3 * LONGEST)
        relay.says(who, text)
        relay.settle()
        messages = relay.messages()
        assert len(messages) > 3
        assert all(len(message.text) <= LONGEST for message in messages)
        assert "\n".join(message.text for message in messages).split() == text.split()
        other = OLAF if who is DANA else DANA
        assert "\n".join(relay.room(other).shown).split() == text.split()
        assert relay.room(who).calls == 0

    def test_an_edit_reaches_every_part_and_makes_more_or_fewer(self, relay: Relay) -> None:
        remote_id = relay.says(DANA, "short")
        for size in (5_200, 12_000, 4_500, 100, 9_000):
            text = words(size, start=size)
            relay.receives(DANA, "edited", remote_id, text)
            relay.settle()
            standing = [message.text for message in relay.messages() if not message.deleted_at]
            assert "\n".join(standing).split() == text.split()
            assert "\n".join(relay.room(OLAF).shown).split() == text.split()

    def test_a_deletion_takes_all_parts(self, relay: Relay) -> None:
        remote_id = relay.says(DANA, words(9_000))
        relay.settle()
        relay.receives(DANA, "deleted", remote_id)
        relay.settle()
        assert all(message.deleted_at for message in relay.messages())
        assert relay.room(OLAF).shown == []

    def test_replays_change_nothing(self, relay: Relay) -> None:
        remote_id = relay.says(DANA, words(9_000))
        relay.receives(DANA, "edited", remote_id, words(5_000))
        relay.settle()
        before = relay.messages()
        relay.replays()
        assert relay.messages() == before

    def test_a_reaction_on_a_later_part_leaves_the_parts_in_order(self, relay: Relay) -> None:
        """All parts are one message there: what is said of it is said of the first, and an edit still finds all."""
        remote_id = relay.says(DANA, words(9_000))
        relay.settle()
        relay.reacts(relay.messages()[1])
        relay.settle()
        assert relay.room(DANA).posts[0].emojis == {"👍"}
        relay.receives(DANA, "edited", remote_id, "short now")
        relay.settle()
        assert [message.text for message in relay.messages() if not message.deleted_at] == ["short now"]


class TestRestored:
    """Teams lets people take a deletion back. Elsewhere nothing of it stands any more, so it comes as if said now."""

    def test_what_was_deleted_comes_again_and_can_be_changed_as_before(self, relay: Relay) -> None:
        remote_id = relay.says(JONAS, "back at noon")
        relay.receives(JONAS, "deleted", remote_id)
        relay.writes("what?")
        relay.settle()
        relay.receives(JONAS, "restored", remote_id, "back at noon")
        relay.settle()
        assert relay.room(DANA).shown == ["what?", "back at noon"]
        relay.receives(JONAS, "edited", remote_id, "back at one")
        relay.receives(JONAS, "reactionsAdded", remote_id, emoji="1f440_eyes")
        relay.settle()
        assert relay.room(DANA).shown == ["what?", "back at one"]
        assert relay.room(DANA).posts[-1].emojis == {"👀"}
        relay.receives(JONAS, "deleted", remote_id)
        relay.settle()
        assert relay.room(DANA).shown == ["what?"]

    def test_what_stands_is_only_edited_by_it(self, relay: Relay) -> None:
        remote_id = relay.says(JONAS, "one")
        relay.receives(JONAS, "restored", remote_id, "two")
        relay.settle()
        assert [message.text for message in relay.messages()] == ["two"]

    def test_replays_bring_it_once(self, relay: Relay) -> None:
        remote_id = relay.says(JONAS, "back at noon")
        relay.receives(JONAS, "deleted", remote_id)
        relay.receives(JONAS, "restored", remote_id, "back at noon")
        relay.settle()
        relay.replays()
        assert [message.text for message in relay.messages() if not message.deleted_at] == ["back at noon"]
