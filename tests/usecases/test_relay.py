"""Web, Slack and Teams in one chat: each message once on each side, in order, and as its author left it."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.domain.errors import Refusal
from chalicelib.domain.identities import Identity, Installation
from chalicelib.domain.providers import Provider
from chalicelib.domain.relaying import RemoteMessageRef
from chalicelib.ports import Disconnected, NotTaken, OutgoingMessage, RelayLater, ReplyLost
from chalicelib.usecases import chats, deliveries, ending, messages, relay_out
from tests.support.app import PASSWORD
from tests.support.form_browser import Browser
from tests.support.provider_calls import receive_slack, receive_teams
from tests.support.relay_in_memory import (
    DANA,
    JONAS,
    NAMES,
    OLAF,
    ROOT_ID,
    Crash,
    Relay,
    joins,
    relaying,
    slack_says,
    teams_says,
)

pytestmark = pytest.mark.requirement("A25", "A26", "A27", "A35", "A36")
LATER = RelayLater(30, "Slack asks to wait")


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


def test_out_once_in_order_with_the_author_and_from_where_they_write(relay: Relay) -> None:
    relay.writes("one")
    relay.settle()
    relay.says(DANA, "two")
    relay.settle()
    relay.says(JONAS, "three")
    relay.settle()
    for identity in (DANA, OLAF, JONAS):
        assert relay.room(identity).shown == ["one", "two", "three"]
    assert [post.author for post in relay.room(OLAF).posts] == [
        "Mara Lindqvist (Webtop)",
        "Dana Smith (Slack)",
        "Jonas Weber (Teams)",
    ]


def test_never_back_to_its_origin(relay: Relay) -> None:
    remote_id = relay.says(DANA, "Mine")
    relay.settle()
    relay.receives(DANA, "edited", remote_id, "Mine, edited")
    relay.settle()
    assert relay.room(DANA).calls == 0
    assert relay.room(OLAF).shown == ["Mine, edited"]
    relay.reacts(relay.message("Mine, edited"))
    relay.settle()
    (post,) = relay.room(DANA).posts
    assert (post.text, post.emojis) == ("Mine", {"👍"}), "a reaction comes, one's own text doesn't"


def test_edits_deletions_reactions_and_replies_follow(relay: Relay) -> None:
    first, second = relay.writes("first"), relay.writes("second")
    relay.settle()
    relay.edits(first, "first, edited")
    relay.deletes(second)
    relay.reacts(first, "🎉")
    relay.writes("answer", reply_to=first.id)
    relay.settle()
    for identity in (DANA, OLAF, JONAS):
        room = relay.room(identity)
        assert room.shown == ["first, edited", "answer"]
        assert room.posts[0].emojis == {"🎉"}
        assert room.posts[-1].reply_to == "Mara Lindqvist: first, edited"
    relay.reacts(first, "🎉", on=False)
    relay.settle()
    assert relay.room(DANA).posts[0].emojis == set()


def test_a_custom_emoji_of_their_slack_goes_by_its_name(relay: Relay) -> None:
    first = relay.writes("first")
    relay.settle()
    relay.receives(DANA, "reaction_added", relay.room(DANA).posts[0].id, emoji="party-parrot")
    relay.settle()
    page = relay.world.ports.messages.page(relay.chat, first.seq, first.seq)
    assert [reaction.emoji for reaction in page.reactions] == [":party-parrot:"]
    relay.reacts(first, ":party-parrot:")
    with pytest.raises(Refusal):
        relay.reacts(first, ":another:")
    relay.settle()
    relay.receives(DANA, "reaction_removed", relay.room(DANA).posts[0].id, emoji="party-parrot")
    relay.settle()
    page = relay.world.ports.messages.page(relay.chat, first.seq, first.seq)
    assert [reaction.account_id for reaction in page.reactions] == [relay.mara.id]


def test_from_slack_too_one_person_has_so_many_different_reactions(relay: Relay) -> None:
    first = relay.writes("first")
    relay.settle()
    for number in range(21):
        relay.receives(DANA, "reaction_added", relay.room(DANA).posts[0].id, emoji=f"parrot-{number}")
    relay.settle()
    assert len(relay.world.ports.messages.page(relay.chat, first.seq, first.seq).reactions) == 20


def test_a_message_deleted_before_it_went_out_never_does(relay: Relay) -> None:
    relay.deletes(relay.writes("A slip"))
    relay.settle()
    assert relay.room(DANA).posts == []


def test_events_are_not_relayed_nor_are_reactions_on_them(relay: Relay) -> None:
    page = relay.world.ports.messages.page(relay.chat, 1, None)
    event = next(message for message in page.messages if message.event)
    relay.reacts(event)
    relay.settle()
    assert [relay.room(identity).calls for identity in (DANA, OLAF, JONAS)] == [0, 0, 0]


def test_ones_own_reaction_is_there_already(relay: Relay) -> None:
    message = relay.writes("Shall we?")
    relay.settle()
    (post,) = relay.room(DANA).posts
    relay.receives(DANA, "reaction_added", post.id, emoji="eyes")
    relay.settle()
    assert post.emojis == set()
    assert relay.room(OLAF).posts[0].emojis == {"👀"}
    relay.receives(DANA, "reaction_removed", post.id, emoji="eyes")
    relay.settle()
    assert relay.room(OLAF).posts[0].emojis == set()
    assert relay.messages() == [message]


def test_who_was_removed_gets_nothing_more_and_writes_nothing(relay: Relay) -> None:
    message = relay.writes("Before")
    relay.settle()
    ending.remove(relay.world.ports, relay.mara, relay.chat, relay.account(DANA).id)
    relay.settle()
    calls = relay.room(DANA).calls
    relay.edits(message, "Before, edited")
    relay.writes("After")
    relay.says(DANA, "Let me in")
    relay.receives(DANA, "edited", relay.room(DANA).posts[0].id, "Hers now")
    relay.receives(DANA, "reaction_added", relay.room(DANA).posts[0].id, emoji="eyes")
    relay.settle()
    assert (len(relay.room(DANA).answers), relay.room(DANA).calls) == (1, calls + 1), "she is told so, and nothing else"
    assert [item.text for item in relay.messages()] == ["Before, edited", "After"]
    assert relay.room(OLAF).shown == ["Before, edited", "After"]
    assert relay.room(OLAF).posts[0].emojis == set()


def test_history_from_joining_on_shows_nothing_older_not_even_in_a_quote() -> None:
    with relaying(OLAF, JONAS) as relay:
        old = relay.writes("The old secret")
        relay.settle()
        body = {"invitees": [{"email": "dana@acme.example"}]}
        owner = relay.world.signs_in("mara@brightwater.example")
        assert owner.post(f"/chats/{relay.chat}/invitations", body).status == 201
        relay.world.settle()
        joins(relay, DANA)
        relay.edits(old, "The old secret, edited")
        relay.reacts(old)
        relay.writes("As I said", reply_to=old.id)
        relay_out.catch_up(relay.world.ports, DANA)
        relay.settle()
        (only,) = relay.room(DANA).posts
        assert (only.text, only.reply_to) == ("As I said", "")
        assert relay.room(OLAF).posts[-1].reply_to == "Mara Lindqvist: The old secret, edited"


def test_a_side_that_is_cut_off_stops_alone_and_the_chat_says_so_once(relay: Relay) -> None:
    relay.writes("one")
    relay.settle()
    relay.room(DANA).shut = "token_revoked"
    for text in ("two", "three"):
        relay.writes(text)
        relay.settle()
    assert relay.told("relay.cut_off") == ["Dana Smith"]
    assert relay.room(DANA).shown == ["one"]
    assert relay.room(OLAF).shown == relay.room(JONAS).shown == ["one", "two", "three"]


def test_what_heals_is_told_and_caught_up_in_order(relay: Relay) -> None:
    messages = [relay.writes(text) for text in ("one", "two")]
    relay.settle()
    relay.room(DANA).shut = "restricted_action"
    relay.edits(messages[0], "one, edited")
    relay.deletes(messages[1])
    relay.writes("three")
    relay.writes("four")
    relay.settle()
    relay.room(DANA).shut = ""
    relay.writes("five")
    relay.settle()
    assert relay.room(DANA).shown == ["one, edited", "three", "four", "five"]
    assert relay.told("relay.restored") == ["Dana Smith"]
    relay.room(DANA).shut = "again"
    relay.writes("six")
    relay.settle()
    assert relay.told("relay.cut_off") == ["Dana Smith", "Dana Smith"]


def test_a_cut_at_the_very_beginning_heals_too(relay: Relay) -> None:
    relay.room(DANA).shut = "user_disabled"
    relay.writes("one")
    relay.settle()
    relay.room(DANA).shut = ""
    relay.writes("two")
    relay.settle()
    assert relay.room(DANA).shown == ["one", "two"]
    assert (relay.told("relay.cut_off"), relay.told("relay.restored")) == (["Dana Smith"], ["Dana Smith"])


def test_a_long_backlog_is_filled_some_at_a_time(relay: Relay) -> None:
    relay.room(JONAS).shut = "blocked"
    texts = [str(number) for number in range(23)]
    for text in texts:
        relay.writes(text)
    relay.settle()
    relay.room(JONAS).shut = ""
    relay.writes("last")
    relay.settle()
    assert relay.room(JONAS).shown == [*texts, "last"]


def test_an_app_that_is_taken_away_and_added_again(relay: Relay) -> None:
    message, two = relay.writes("one"), relay.writes("two")
    relay.settle()
    relay.slack.away.add(DANA)
    relay.writes("three")
    relay.edits(message, "one, edited")
    relay.deletes(two)
    relay.settle()
    assert relay.told("relay.cut_off") == ["Dana Smith"]
    relay.slack.away.clear()
    relay_out.catch_up(relay.world.ports, DANA)
    relay.settle()
    assert relay.room(DANA).shown == ["one, edited", "three"]
    assert relay.told("relay.restored") == ["Dana Smith"]


def test_an_app_that_is_not_there_yet_is_nobodys_fault(relay: Relay) -> None:
    relay.slack.away.add(DANA)
    relay.writes("one")
    relay.settle()
    assert relay.told("relay.cut_off") == []
    relay.slack.away.clear()
    relay_out.catch_up(relay.world.ports, DANA)
    relay.settle()
    assert relay.room(DANA).shown == ["one"]


def test_a_side_that_asks_to_wait_keeps_its_order_and_holds_up_nobody(relay: Relay) -> None:
    relay.room(DANA).faults.extend([None, LATER, LATER])
    for text in ("one", "two", "three"):
        relay.writes(text)
    relay.once()
    assert relay.room(DANA).shown == []
    assert relay.room(OLAF).shown == relay.room(JONAS).shown == ["one", "two", "three"]
    assert relay.waits == [30]
    relay.world.pass_time(seconds=30)
    relay.once()
    assert relay.waits == [30, 30]
    relay.settle()
    assert relay.room(DANA).shown == ["one", "two", "three"]


@pytest.mark.parametrize("fault", [("done", Crash()), ("done", ReplyLost(20, "500"))])
def test_a_crash_between_sending_and_noting_is_found_again_in_slack(relay: Relay, fault: tuple[str, Crash]) -> None:
    relay.room(DANA).faults.extend([None, fault])
    message = relay.writes("Once")
    relay.settle()
    relay.edits(message, "Once, edited")
    relay.settle()
    assert [post.text for post in relay.room(DANA).posts] == ["Once, edited"]


def test_teams_cannot_be_asked_so_a_crash_doubles_once_at_most(relay: Relay) -> None:
    relay.room(JONAS).faults.extend([None, ("done", Crash())])
    relay.writes("Once")
    relay.writes("Next")
    relay.settle()
    assert relay.room(JONAS).shown == ["Once", "Once", "Next"]


def test_a_crash_holds_the_claim_for_less_than_a_minute(relay: Relay) -> None:
    relay.room(DANA).faults.extend([None, Crash()])
    relay.writes("Once")
    relay.settle()
    assert relay.room(DANA).shown == ["Once"]
    assert relay.waits == []


@pytest.mark.parametrize("who", [DANA, JONAS])
def test_in_once_whatever_is_replayed(relay: Relay, who: Identity) -> None:
    relay.says(who, "kept")
    first, second = relay.says(who, "changed"), relay.says(who, "gone")
    relay.receives(who, "edited", first, "changed once")
    relay.receives(who, "edited", first, "changed twice")
    relay.receives(who, "deleted", second)
    relay.settle()
    before = [(message.text, message.deleted_at is None) for message in relay.messages()]
    assert before == [("kept", True), ("changed twice", True), ("", False)]
    relay.world.pass_time(minutes=7)
    calls = [relay.room(identity).calls for identity in (DANA, OLAF, JONAS)]
    relay.replays()
    assert [(message.text, message.deleted_at is None) for message in relay.messages()] == before
    assert [relay.room(identity).calls for identity in (DANA, OLAF, JONAS)] == calls
    assert relay.room(OLAF).shown == ["kept", "changed twice"]


def test_an_event_that_slack_sends_three_times_is_one(relay: Relay) -> None:
    envelope = slack_says(DANA, "posted", "1.5", "Good morning", "Ev9", parent=relay.root(DANA))
    relay.writes("The thread begins")
    relay.settle()
    for minutes in (0, 1, 6):
        relay.world.pass_time(minutes=minutes)
        receive_slack(relay.world.ports, envelope)
        relay.settle()
    assert [message.text for message in relay.messages()] == ["The thread begins", "Good morning"]


def test_a_reply_in_a_thread_belongs_to_its_chat_and_message(relay: Relay) -> None:
    message = relay.writes("Question")
    relay.settle()
    relay.says(DANA, "Answer", answers=relay.room(DANA).posts[0].id)
    relay.settle()
    assert relay.message("Answer").reply_to == message.seq
    assert relay.room(OLAF).posts[-1].reply_to == "Mara Lindqvist: Question"
    relay.says(DANA, "Lost", answers="1.1")
    relay.settle()
    assert [item.text for item in relay.messages()] == ["Question", "Answer"]


def test_in_teams_the_quote_says_what_is_answered(relay: Relay) -> None:
    first, _ = relay.writes("Question"), relay.writes("Other")
    relay.settle()
    existing = relay.room(JONAS).posts[0].id
    assert existing.isdecimal()
    for number, (quoted, text) in enumerate(((existing, "Answer"), ("17", "Not of us"))):
        html = f'<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="{quoted}">\r\n<p>x</p></blockquote>'
        answer = teams_says(JONAS, "posted", f"180000000{number}", text, f"{number}")
        answer["attachments"] = [{"contentType": "text/html", "content": html}, {"contentType": "image/png"}, 7]
        receive_teams(relay.world.ports, answer)
    answer = teams_says(JONAS, "posted", "1800000009", f'<quoted messageId="{existing}"/> Named', "9")
    answer["entities"] = [{"type": "quotedReply", "quotedReply": {"messageId": existing}}, {"quotedReply": 7}, None]
    receive_teams(relay.world.ports, answer)
    relay.settle()
    results = [relay.message(text).reply_to for text in ("Answer", "Not of us", "Named")]
    assert results == [first.seq, 0, first.seq]
    assert relay.room(DANA).posts[-1].reply_to == "Mara Lindqvist: Question"


def test_a_file_that_teams_doesnt_give_out_is_its_name(relay: Relay) -> None:
    answer = teams_says(JONAS, "posted", "1800000001", "", "1")
    download = "application/vnd.microsoft.teams.file.download.info"
    answer["attachments"] = [{"contentType": download, "name": "plan.pdf", "content": {"downloadUrl": "https://x"}}]
    relay.room(JONAS).faults.append(NotTaken("Teams doesn’t give it out", "download 404"))
    receive_teams(relay.world.ports, answer)
    relay.settle()
    assert relay.room(OLAF).shown == ["(file: plan.pdf, Teams doesn’t give it out)"]


def test_only_the_author_edits_and_deletes(relay: Relay) -> None:
    relay.writes("Mara's")
    relay.settle()
    existing = relay.room(DANA).posts[0].id
    relay.receives(DANA, "edited", existing, "Dana's")
    relay.receives(DANA, "deleted", existing)
    relay.settle()
    assert [(message.text, message.deleted_at) for message in relay.messages()] == [("Mara's", None)]


def test_an_echo_of_ours_is_ignored(relay: Relay) -> None:
    relay.writes("Ours")
    relay.settle()
    for identity in (DANA, JONAS):
        (post,) = relay.room(identity).posts
        relay.receives(identity, "posted", post.id, "Ours", parent=relay.root(identity))
    relay.settle()
    assert [message.text for message in relay.messages()] == ["Ours"]
    assert relay.room(OLAF).shown == ["Ours"]


def test_an_old_edit_that_comes_late_does_not_undo_a_newer_one(relay: Relay) -> None:
    relay.writes("The thread begins")
    relay.settle()
    remote_id = relay.says(DANA, "first")
    relay.settle()
    newer = slack_says(DANA, "edited", remote_id, "third", "Ev9")
    older = slack_says(DANA, "edited", remote_id, "second", "Ev8")
    for answer in (newer, older, newer):
        receive_slack(relay.world.ports, answer)
        relay.settle()
    assert relay.message("third")


@pytest.mark.parametrize("person", [DANA, JONAS])
def test_a_change_that_comes_before_its_message_holds(relay: Relay, person: Identity) -> None:
    relay.writes("The thread begins")
    relay.settle()
    for remote_id, what, text in (("1700000009.01", "deleted", ""), ("1700000009.02", "edited", "second")):
        relay.receives(person, what, remote_id, text)
    relay.settle()
    for remote_id in ("1700000009.01", "1700000009.02"):
        relay.receives(person, "posted", remote_id, "first", parent=relay.root(person))
    relay.settle()
    assert [message.text for message in relay.messages()] == ["The thread begins", "second"]
    assert relay.room(OLAF).shown == ["The thread begins", "second"]


def test_who_was_removed_does_not_get_what_was_in_the_queue(relay: Relay) -> None:
    relay.writes("Not for her any more")
    relay.world.settle_stream()
    ending.remove(relay.world.ports, relay.mara, relay.chat, relay.account(DANA).id)
    relay.settle()
    assert (relay.room(DANA).calls, relay.room(OLAF).shown) == (0, ["Not for her any more"])


def test_two_workers_at_one_copy_send_it_once(relay: Relay) -> None:
    message = relay.writes("Once")
    relay.world.settle_stream()
    ports, beside = relay.world.ports, relay_out.Job(relay.chat, message.seq, relay.account(DANA).id, DANA.key)
    post, refused = relay.slack.post, []

    def meanwhile(
        identity: Identity, thread: RemoteMessageRef, message: OutgoingMessage
    ) -> tuple[RemoteMessageRef, str]:
        """The queue has brought the job a second time before the first is done."""
        if identity == DANA:
            with pytest.raises(RelayLater) as later:
                relay_out.run(ports, beside)
            refused.append(later.value.reason)
        return post(identity, thread, message)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(relay.slack, "post", meanwhile)
        relay.settle()
    assert (refused, relay.room(DANA).shown) == (["somebody else is at it"], ["Once"])


def test_a_storm_of_edits_ends_with_the_last_and_never_comes_back(relay: Relay) -> None:
    message = relay.writes("0")
    relay.settle()
    existing = {item: relay.room(item).posts[0].id for item in (DANA, OLAF)}
    for number in range(1, 20):
        relay.edits(message, str(number))
        for identity, remote_id in existing.items():
            relay.receives(identity, "edited", remote_id, str(number - 1))
    relay.settle()
    assert [relay.room(item).shown for item in (DANA, OLAF, JONAS)] == [["19"]] * 3
    assert relay.message("19").id == message.id


def test_strangers_and_empty_texts_write_nothing(relay: Relay) -> None:
    relay.writes("Ours")
    relay.settle()
    receive_slack(
        relay.world.ports,
        slack_says(replace(DANA, user="UNOBODY"), "posted", "9.9", "Hi", "EvX", parent=ROOT_ID),
    )
    relay.says(DANA, " \n ")
    relay.settle()
    assert [message.text for message in relay.messages()] == ["Ours"]


def test_a_crash_of_the_worker_loses_nothing_that_came_in(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    relay.writes("The thread begins")
    relay.settle()
    remote_id = relay.says(DANA, "first")
    relay.settle()
    relay.receives(DANA, "edited", remote_id, "second")
    ports = relay.world.ports
    with monkeypatch.context() as patched:
        patched.setattr(type(ports.messages), "edit", _crash)
        relay.once()
    assert relay.message("first")
    relay.settle()
    assert relay.message("second")


def _crash(*_: object) -> None:
    raise Crash


def test_what_goes_into_the_queue_stays_small(relay: Relay) -> None:
    block = {"type": "rich_text", "elements": [{"type": "text", "text": "😀" * 40_000}]}
    envelope = slack_says(DANA, "edited", "1.5", "😀" * 12_000, "Ev7")
    envelope["event"]["message"] |= {"blocks": [block], "attachments": [block]}
    envelope["event"]["previous_message"] |= {"blocks": [block]}
    receive_slack(relay.world.ports, envelope)
    envelope = slack_says(DANA, "posted", "1.6", "half \ud83d a pair", "Ev8")
    receive_slack(relay.world.ports, envelope)
    assert [len(body.encode()) < 256 * 1024 for body, _ in relay.queue.ever] == [True, True]
    assert json.loads(relay.queue.ever[1][0])["slack"]["event"]["text"] == "half \ud83d a pair"
    relay.settle()


def test_the_ledger_knows_where_each_copy_is(relay: Relay) -> None:
    relay.room(OLAF).shut = "token_revoked"
    message = relay.writes("Hello")
    relay.settle()
    relayed_messages = {
        relayed.destination: relayed
        for relayed in relay.world.ports.relayed_messages.of_chat(relay.chat, message.seq, message.seq)
    }
    assert {key: relayed.state for key, relayed in relayed_messages.items()} == {
        DANA.key: "sent",
        OLAF.key: "cut_off",
        JONAS.key: "sent",
    }
    ref = RemoteMessageRef("slack#TACME", "DUDANA", relay.room(DANA).posts[0].id)
    assert relay.world.ports.relayed_messages.of_remote(ref) == (relay.chat, message.seq)
    assert relayed_messages[OLAF.key].detail == Disconnected("token_revoked").reason


def test_the_author_sees_how_each_message_fares_in_one_query(relay: Relay) -> None:
    relay.room(OLAF).shut = "token_revoked"
    relay.room(JONAS).faults.extend([None, LATER])
    message = relay.writes("Hello")
    relay.once()
    ports = relay.world.ports
    _, invitations = chats.roster(ports, relay.chat)
    read = messages.read(ports, relay.mara, relay.chat, None, None, None)
    results = deliveries.of_page(ports, read.page, read.membership, invitations)
    assert {(delivery.via, delivery.name): (delivery.state, delivery.detail) for delivery in results[message.seq]} == {
        ("slack", "Dana Smith"): ("delivered", ""),
        ("slack", "Olaf Nord"): ("cut_off", "token_revoked"),
        ("teams", "Jonas Weber"): ("retrying", "Slack asks to wait"),
    }
    theirs = messages.read(ports, relay.account(DANA), relay.chat, None, None, None)
    assert deliveries.of_page(ports, theirs.page, theirs.membership, invitations) == {}
    browser = Browser(relay.world)
    browser.signs_in("mara@brightwater.example", PASSWORD)
    page = browser.open(f"/chats/{relay.chat}")
    assert "2 people see this differently" in page.html
    assert "Olaf Nord: not delivered" in page.html


@pytest.mark.parametrize("who", [DANA, JONAS], ids=["Slack", "Teams"])
def test_an_app_that_is_taken_away_before_anything_was_posted_is_told_of(who: Identity) -> None:
    """It was there: that it has gone is no "not yet"."""
    with relaying(DANA, JONAS) as relay:
        if who is DANA:
            team = Installation(
                team_id=DANA.tenant, team_name="x", bot_token="t", bot_user_id="U", app_id="A", scopes=""
            )
            relay.world.ports.identities.install(Provider.SLACK, team)
            told = slack_says(DANA, "posted", "1.2", "x", "EvEnd") | {"event": {"type": "app_uninstalled"}}
            receive_slack(relay.world.ports, told)
        else:
            told = teams_says(JONAS, "posted", "9", "", "1") | {"type": "installationUpdate", "action": "remove"}
            receive_teams(relay.world.ports, told)
        relay.side(who).away.add(who)
        message = relay.writes("anybody?")
        relay.settle()
        assert relay.told("relay.cut_off") == [NAMES[who]]
        results = deliveries.of_message(relay.world.ports, relay.mara, relay.chat, message.id)
        assert {str(delivery.state) for delivery in results if delivery.name == NAMES[who]} == {"cut_off"}
        relay.writes("still there?")
        relay.settle()
        assert relay.told("relay.cut_off") == [NAMES[who]]
        relay.side(who).away.clear()
        relay.writes("back again")
        relay.settle()
        assert relay.room(who).shown == ["anybody?", "still there?", "back again"]
        assert relay.told("relay.restored") == [NAMES[who]]
