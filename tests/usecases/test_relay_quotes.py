"""What a message answers, at the other sides: in words, or quoted by the side itself."""

from collections.abc import Iterator

import pytest

from tests.support.relay_in_memory import DANA, JONAS, OLAF, Relay, relaying

pytestmark = pytest.mark.requirement("A26")


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


def test_quotes_follow_what_they_quote(relay: Relay) -> None:
    code, other = relay.writes("the door code is 4711"), relay.writes("other")
    relay.settle()
    relay.writes("noted", reply_to=code.id)
    relay.writes("yes", reply_to=other.id)
    relay.settle()
    rooms = [relay.room(identity) for identity in (DANA, OLAF, JONAS)]

    def quotes() -> list[list[str]]:
        return [[post.reply_to for post in room.posts[-2:]] for room in rooms]

    assert quotes() == [["Mara Lindqvist: the door code is 4711", "Mara Lindqvist: other"]] * 3
    relay.edits(code, "the door code is secret")
    relay.settle()
    assert quotes() == [["Mara Lindqvist: the door code is secret", "Mara Lindqvist: other"]] * 3
    relay.deletes(code)
    relay.settle()
    assert quotes() == [["", "Mara Lindqvist: other"]] * 3
    calls = [room.calls for room in rooms]
    relay.edits(other, "other, edited")
    relay.settle()
    assert [room.calls - before for room, before in zip(rooms, calls, strict=True)] == [2] * 3, "it and its one answer"


def test_teams_is_told_which_of_its_messages_is_answered(relay: Relay) -> None:
    """Ours and their own; Slack, which quotes nothing by itself, isn't."""
    ours = relay.writes("the door code is 4711")
    relay.settle()
    theirs = relay.says(JONAS, "which door?")
    relay.settle()
    relay.writes("noted", reply_to=ours.id)
    relay.writes("the red one", reply_to=relay.message("which door?").id)
    relay.settle()
    posts = relay.room(JONAS).posts
    ours_there = next(post.id for post in posts if post.text == "the door code is 4711")
    assert [post.reply_id for post in posts[-2:]] == [ours_there, theirs]
    assert {post.reply_id for post in relay.room(DANA).posts} == {""}
