"""Messages on both sides, the events about them, and how events are signed and sent again."""

import json
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

from local.slack import mrkdwn
from tests.support.fake_providers import DANA, GUS, FakeProviders, headers_of

Json = dict[str, Any]
WINDOW = f"/slack/dm/{DANA}"


def _heard(fakes: FakeProviders) -> list[Json]:
    fakes.quiet()
    events = fakes.app.events()
    fakes.app.requests.clear()
    return events


def test_what_a_person_does_arrives_as_events(fakes: FakeProviders) -> None:
    fakes.install()
    root = fakes.post(f"{WINDOW}/messages", text="Hi @Olivia Park, 1 < 2 & https://a.example/x.")
    reply = fakes.post(f"{WINDOW}/messages", text="One more", thread_ts=root["ts"])
    fakes.post(f"{WINDOW}/messages/{reply['ts']}/edit", text="One more thing")
    fakes.post(f"{WINDOW}/messages/{reply['ts']}/react", name=":thumbsup:")
    fakes.post(f"{WINDOW}/messages/{reply['ts']}/unreact", name="+1")
    fakes.post(f"{WINDOW}/messages/{reply['ts']}/delete")
    new, answer, changed, added, removed, deleted = _heard(fakes)
    assert new["text"] == "Hi <@UACMEOLIVIA>, 1 &lt; 2 &amp; <https://a.example/x>."
    assert (new["channel_type"], new["user"], new["type"]) == ("im", DANA, "message")
    assert "subtype" not in new
    assert (answer["thread_ts"], answer["ts"]) == (root["ts"], reply["ts"])
    assert changed["subtype"] == "message_changed"
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("One more", "One more thing")
    assert (added["type"], added["reaction"], added["item"]["ts"]) == ("reaction_added", "+1", reply["ts"])
    assert (removed["type"], removed["item_user"]) == ("reaction_removed", DANA)
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", reply["ts"])


def test_deleting_the_root_of_a_thread_leaves_a_tombstone(fakes: FakeProviders) -> None:
    fakes.install()
    root = fakes.post(f"{WINDOW}/messages", text="Root")
    fakes.post(f"{WINDOW}/messages", text="Reply", thread_ts=root["ts"])
    fakes.post(f"{WINDOW}/messages/{root['ts']}/delete")
    last = _heard(fakes)[-1]
    assert last["subtype"] == "message_changed"
    assert last["message"]["subtype"] == "tombstone"


def test_the_app_s_own_messages_come_back_marked(fakes: FakeProviders) -> None:
    bot = fakes.bot()
    channel = bot.conversations_open(users=DANA)["channel"]["id"]
    plain = bot.chat_postMessage(channel=channel, text="Hello", metadata={"event_type": "e", "event_payload": {}})
    named = bot.chat_postMessage(channel=channel, text="Hello", username="Mia (Webtop)", icon_url="https://a.example/i")
    bot.chat_update(channel=channel, ts=named["ts"], text="Hello again")
    bot.reactions_add(channel=channel, timestamp=named["ts"], name="eyes")
    bot.chat_delete(channel=channel, ts=plain["ts"])
    first, second, changed, reaction, deleted = _heard(fakes)
    assert first["bot_id"] == second["bot_id"] == "BACMEAPP"
    assert first["metadata"]["event_type"] == "e"
    assert (second["subtype"], second["username"]) == ("bot_message", "Mia (Webtop)")
    assert "user" not in second
    assert changed["message"]["bot_id"] == "BACMEAPP"
    assert reaction["user"] == "UACMEAPP"
    assert deleted["previous_message"]["bot_id"] == "BACMEAPP"
    shown = fakes.get(f"{WINDOW}.json")["messages"]
    assert [(item["username"], item["text"]) for item in shown] == [("Mia (Webtop)", "Hello again")]


def test_events_follow_the_scopes(fakes: FakeProviders) -> None:
    fakes.install(scopes="chat:write")
    message = fakes.post(f"{WINDOW}/messages", text="Hello")
    fakes.post(f"{WINDOW}/messages/{message['ts']}/react", name="eyes")
    assert _heard(fakes) == []


def test_slack_sdk_accepts_the_signature(fakes: FakeProviders) -> None:
    fakes.install()
    fakes.post(f"{WINDOW}/messages", text="Grüße 👋")
    fakes.post("/slack/verify-address")
    fakes.quiet()
    verifier = SignatureVerifier(fakes.settings["SLACK_SIGNING_SECRET"])
    assert len(fakes.app.requests) == 2
    for request in fakes.app.requests:
        assert request.target == "/slack/events"
        assert verifier.is_valid_request(request.body, dict(headers_of(request)))
        assert not verifier.is_valid_request(request.body + b" ", dict(headers_of(request)))
    envelope = json.loads(fakes.app.requests[0].body)
    assert envelope["type"] == "event_callback"
    assert envelope["team_id"] == "T0ACME"
    assert envelope["authorizations"][0]["user_id"] == "UACMEAPP"
    assert json.loads(fakes.app.requests[1].body)["type"] == "url_verification"


def test_what_is_not_taken_is_sent_again(fakes: FakeProviders) -> None:
    fakes.install()
    fakes.post("/slack/faults", retries=[0, 0.05, 0.05])
    fakes.app.status = 500
    fakes.post(f"{WINDOW}/messages", text="Hello")
    fakes.until(lambda: len(fakes.app.requests) == 4, "third retry")
    numbers = [headers_of(request).get("x-slack-retry-num") for request in fakes.app.requests]
    assert numbers == [None, "1", "2", "3"]
    assert headers_of(fakes.app.requests[1])["x-slack-retry-reason"] == "http_error"
    assert len({json.loads(request.body)["event_id"] for request in fakes.app.requests}) == 1


def test_an_answer_after_three_seconds_is_too_late(fakes: FakeProviders) -> None:
    fakes.install()
    fakes.post("/slack/faults", retries=[0])
    fakes.app.delay = 3.3
    fakes.post(f"{WINDOW}/messages", text="Hello")
    fakes.until(lambda: len(fakes.app.requests) == 2, "second try")
    assert headers_of(fakes.app.requests[1])["x-slack-retry-reason"] == "http_timeout"
    fakes.app.delay = 0
    fakes.quiet()


def test_threads_and_history(fakes: FakeProviders) -> None:
    bot = fakes.bot()
    channel = bot.conversations_open(users=DANA)["channel"]["id"]
    root = bot.chat_postMessage(channel=channel, text="Root")["ts"]
    reply = bot.chat_postMessage(channel=channel, text="Reply", thread_ts=root)["ts"]
    assert [message["ts"] for message in bot.conversations_history(channel=channel)["messages"]] == [root]
    assert [message["ts"] for message in bot.conversations_replies(channel=channel, ts=root)["messages"]] == [
        root,
        reply,
    ]
    for thread, error in ((reply, "cannot_reply_to_message"), ("1.1", "thread_not_found")):
        with pytest.raises(SlackApiError, match=error):
            bot.chat_postMessage(channel=channel, text="No", thread_ts=thread)


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("chat.postMessage", {"channel": "DNOBODY", "text": "a"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "UTINYTOM", "text": "a"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "CACMEGENERAL", "text": "a"}, "not_in_channel"),
        ("chat.postMessage", {"channel": DANA}, "no_text"),
        ("chat.postMessage", {"channel": DANA, "text": "a", "metadata": "{}"}, "invalid_metadata_format"),
        ("chat.update", {"channel": "DACMEDANA", "ts": "1.1", "text": "a"}, "message_not_found"),
        ("chat.delete", {"channel": "DACMEDANA", "ts": "1.1"}, "message_not_found"),
        ("reactions.add", {"channel": "DACMEDANA", "timestamp": "1.1", "name": "eyes"}, "message_not_found"),
        ("reactions.add", {"channel": "DACMEDANA", "timestamp": "1.1", "name": "no emoji"}, "invalid_name"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "UACMEDORA"}, "user_disabled"),
        ("conversations.open", {"users": "UNOBODY"}, "user_not_found"),
    ],
)
def test_refusals_have_slack_s_words(fakes: FakeProviders, method: str, args: Json, error: str) -> None:
    bot = fakes.bot()
    bot.conversations_open(users=DANA)
    with pytest.raises(SlackApiError) as refused:
        bot.api_call(method, params=args)
    assert refused.value.response["error"] == error


def test_others_messages_stay_as_they_are(fakes: FakeProviders) -> None:
    bot = fakes.bot()
    mine = fakes.post(f"{WINDOW}/messages", text="Mine")
    with pytest.raises(SlackApiError, match="cant_update_message"):
        bot.chat_update(channel="DACMEDANA", ts=mine["ts"], text="Theirs")
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        bot.chat_delete(channel="DACMEDANA", ts=mine["ts"])
    theirs = bot.chat_postMessage(channel=DANA, text="Theirs")["ts"]
    assert fakes.refused(f"{WINDOW}/messages/{theirs}/edit", text="Mine") == "cant_update_message"


def test_who_cannot_write_is_told_so(fakes: FakeProviders) -> None:
    assert fakes.refused(f"{WINDOW}/messages", text="Hello") == "app_not_installed"
    fakes.install()
    assert fakes.refused(f"{WINDOW}/messages", text=" ") == "invalid"
    assert fakes.post(f"/slack/dm/{GUS}/messages", text="Guests may")["text"] == "Guests may"
    fakes.post(f"/slack/people/{GUS}", deleted=True)
    assert fakes.refused(f"/slack/dm/{GUS}/messages", text="Hello") == "account_inactive"


def test_a_date_is_shown_by_its_fallback_and_a_broadcast_as_one() -> None:
    assert mrkdwn.shown("<!date^00000000^{_}|**>bold<!date^1392734382^{date}|18 *Feb*>", {}) == "**bold18 *Feb*"
    assert mrkdwn.shown("<!here|here>", {}) == '<span class="mention ping">@here</span>'
