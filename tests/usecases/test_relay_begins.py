"""How a chat begins in somebody's own Slack or Teams."""

import pytest

from tests.support.relay_in_memory import DANA, JONAS, relaying


@pytest.mark.parametrize(
    ("locale", "line"),
    [
        ("en", "You’ll get messages from “Harbour house” here. Reply to join in."),
        ("de", "Nachrichten aus „Harbour house“ erhalten Sie hier. Antworten Sie, um mitzuschreiben."),
    ],
)
def test_a_chat_begins_in_the_readers_language(locale: str, line: str) -> None:
    """M8: the first line in somebody's Slack or Teams was English for everybody."""
    with relaying(DANA, JONAS) as relay:
        for identity in (DANA, JONAS):
            relay.world.ports.accounts.save_profile(relay.account(identity).id, "Sam", locale)
        relay.writes("Good morning")
        relay.settle()
        assert relay.room(DANA).first_lines == relay.room(JONAS).first_lines == [line]
