"""A chat in somebody's Slack, against the played Slack: what is written there, and what each refusal means."""

import re
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.domain.identities import Identity, Installation
from chalicelib.domain.providers import Provider, Via
from chalicelib.domain.relaying import ChatChoice, HomePage, Search
from chalicelib.domain.relaying import RemoteMessageRef as There
from chalicelib.ports import Disconnected, NotTaken, OutgoingMessage, RelayLater, ReplyLost, WindowGone
from chalicelib.providers.meanings import Means
from chalicelib.providers.slack import client as slack_gateway
from chalicelib.providers.slack import refusals as slack_refusals
from chalicelib.providers.slack.reading import from_slack
from chalicelib.providers.slack.relay import SlackRelay
from chalicelib.providers.slack.settings import Slack
from chalicelib.providers.slack.writing import to_slack
from local.slack.errors import documented
from tests.support import id_tokens
from tests.support.capabilities import Seen, ways
from tests.support.fake_providers import DANA, OLIVIA, FakeProviders
from tests.support.id_tokens import FakeAnswer, fake_answer

pytestmark = pytest.mark.requirement("A26", "A27", "A39")
ME = Identity(Provider.SLACK, "T0ACME", DANA)
LINE = OutgoingMessage(id="m-1", author="Mia *Wong*", via=Via.WEBTOP, text="Hello **there** <!channel>")
WINDOW = f"/slack/dm/{DANA}"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Chat:
    """One chat in Dana's Slack, begun."""

    remote: FakeProviders
    side: SlackRelay
    thread: There

    def shown(self) -> list[Any]:
        messages: list[Any] = self.remote.get(f"{WINDOW}.json")["messages"]
        return messages[1:]

    def post(self, **changes: Any) -> There:
        return self.side.post(ME, self.thread, replace(LINE, **changes))[0]

    def find(self, message_id: str, cursor: str = "", since: datetime = LONG_AGO) -> Search:
        return self.side.find(ME, self.thread, message_id, since, cursor)

    def waits(self, seconds: float) -> None:
        """The system's clock goes on, and with it the played Slack's."""
        self.remote.post("/clock", advance_seconds=seconds)


def _side(base: str, token: str) -> SlackRelay:
    installed = Installation(
        team_id=ME.tenant, team_name="Acme", bot_token=token, bot_user_id="U", app_id="A", scopes=""
    )
    return SlackRelay(
        Slack("id", "secret", "signing", base, (urlsplit(base).netloc,)),
        lambda team: installed,
        lambda *_: "",
        lambda *_: 0,
    )


@pytest.fixture
def chat(playground: FakeProviders) -> Chat:
    playground.post("/slack/reset")
    playground.http.delete(f"{playground.slack}/faults")
    relay = _side(playground.slack, playground.install()["access_token"])
    return Chat(playground, relay, relay.begin(ME, "chat-1", "Harbour house"))


def test_posts_are_in_the_chats_thread_with_the_author_and_from_where(chat: Chat) -> None:
    chat.post()
    chat.post(id="m-2", author="Jo", via=Via.TEAMS, reply_author="Mia", reply_text="Hello")
    first, second = chat.shown()
    assert (first["username"], second["username"]) == ("Mia Wong (Webtop)", "Jo (Teams)")
    assert first["thread_ts"] == chat.thread.id
    assert "*there*" in first["text"]
    assert "<!channel>" not in first["text"]
    assert second["text"].startswith("> Mia: Hello\n")


def test_edits_deletions_and_reactions(chat: Chat) -> None:
    ref, other = chat.post(), chat.post(id="m-2")
    assert chat.side.edit(ME, ref, replace(LINE, text="Changed")) == ""
    chat.side.edit(ME, ref, replace(LINE, text="<!everyone> @channel <@UACMEOLIVIA>"))
    assert not [mark for mark in ("<!", "<@", "@channel") if mark in chat.shown()[0]["text"]]
    assert chat.side.edit(ME, ref, replace(LINE, text="Changed")) == ""
    for emoji in ("👀", "🎉"):
        chat.side.react(ME, ref, emoji, True)
    chat.side.react(ME, ref, "👀", False)
    chat.side.delete(ME, other)
    chat.side.delete(ME, other)
    (only,) = chat.shown()
    assert only["text"] == "Changed"
    assert [reaction["name"] for reaction in only["reactions"]] == ["tada"]


def test_slack_shows_what_its_adapter_declares(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat.side, "_identity_of", lambda *_: OLIVIA)
    assert ways(Seen(chat, ME)) == asdict(SlackRelay.capabilities)


def test_a_reaction_that_is_there_already_and_one_that_is_gone_are_done(chat: Chat) -> None:
    ref = chat.post()
    for _ in range(2):
        chat.side.react(ME, ref, "👀", True)
    for _ in range(2):
        chat.side.react(ME, ref, "👀", False)


def test_a_text_that_shows_nothing_is_still_a_message(chat: Chat) -> None:
    chat.post(text="\u200b")
    assert chat.shown()[0]["text"] == "…"


def test_what_an_earlier_try_left_is_found(chat: Chat) -> None:
    before = datetime.now(UTC)
    chat.remote.post("/slack/faults", answer="500", done=True, path="chat.postMessage")
    with pytest.raises(ReplyLost):
        chat.post(id="m-7")
    ref = chat.find("m-7", since=before).remote
    assert ref is not None
    assert ref.id == chat.shown()[0]["ts"]
    chat.waits(60)
    assert chat.find("m-8", since=before) == Search()


def test_a_thread_whose_beginning_was_lost_is_found_in_the_window(chat: Chat) -> None:
    chat.remote.post("/slack/faults", answer="500", done=True, path="chat.postMessage")
    with pytest.raises(ReplyLost):
        chat.side.begin(ME, "chat-2", "Boat shed")
    window = replace(chat.thread, id="")
    root = chat.side.find(ME, window, "chat-2", LONG_AGO, "").remote
    assert root is not None
    assert "Boat shed" in next(
        message["text"] for message in chat.remote.get(f"{WINDOW}.json")["messages"] if message["ts"] == root.id
    )


def test_a_search_goes_on_where_it_was_and_asks_for_nothing_older(chat: Chat) -> None:
    """Within Slack's limits: 15 objects, once a minute."""
    for number in range(40):
        chat.waits(1)
        chat.post(id=f"m-{number}")
    began, cursor, pages = datetime.now(UTC), "", 0
    while True:
        search = chat.find("m-39", cursor)
        pages += 1
        if search.remote:
            break
        cursor = search.cursor
        chat.waits(60)
    assert pages == 3
    chat.waits(60)
    assert chat.find("m-39", since=began + timedelta(days=1)) == Search()


def test_no_read_without_leave(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    chat.remote.http.delete(f"{chat.remote.slack}/calls.json")
    asked: list[str] = []
    yielding: list[bool] = []

    def may_read(name: str, behind: timedelta) -> float:
        asked.append(name)
        yielding.append(bool(behind))
        return 41

    monkeypatch.setattr(chat.side, "_may_read", may_read)
    reads: tuple[Callable[[], object], ...] = (
        lambda: chat.find("m-1"),
        lambda: chat.side.fetch_history(ME, chat.thread, "1.0", ""),
        lambda: chat.side.fetch_history(ME, chat.thread, "1.0", "more"),
        lambda: chat.side.is_gone(ME, chat.thread),
    )
    for read in reads:
        with pytest.raises(RelayLater) as later:
            read()
        assert later.value.seconds == 41
    replies, history = "slack#T0ACME conversations.replies", "slack#T0ACME conversations.history"
    assert asked == [replies, history, history, replies]
    assert yielding == [False, True, True, True], "a comparison yields to live traffic"
    assert chat.remote.get("/slack/calls.json")["items"] == []


def test_what_stands_there_is_told_with_what_the_person_did_to_it(chat: Chat) -> None:
    before, ours = chat.post(text="Hello"), chat.post(id="m-2", text="Hello again")
    mine = chat.remote.post(f"{WINDOW}/messages", text="Mine *too*", thread_ts=chat.thread.id)
    loose = chat.remote.post(f"{WINDOW}/messages", text="Loose")
    chat.remote.post(f"{WINDOW}/messages/{ours.id}/react", name="tada")
    chat.remote.post(f"{WINDOW}/messages/{mine['ts']}/edit", text="Mine, edited")
    page = chat.side.fetch_history(ME, chat.thread, before.id, "")
    assert page is not None
    assert [
        (remote_message.ref.id, remote_message.is_theirs, remote_message.text) for remote_message in page.items
    ] == [
        (ours.id, False, ""),
        (mine["ts"], True, "Mine, edited"),
        (loose["ts"], True, "Loose"),
    ]
    first, second, third = page.items
    assert (set(first.emojis), set(second.emojis)) == ({"🎉"}, set())
    assert (bool(second.changed_at), third.changed_at) == (True, "")
    assert (second.parent, third.parent, page.upto) == (chat.thread, None, "")


def test_only_what_slack_says_is_gone_is_gone(chat: Chat, provider: id_tokens.Provider) -> None:
    mine = chat.remote.post(f"{WINDOW}/messages", text="Mine", thread_ts=chat.thread.id)
    ref = There(chat.thread.system, chat.thread.channel_id, mine["ts"])
    assert not chat.side.is_gone(ME, ref)
    chat.waits(60)
    chat.remote.post(f"{WINDOW}/messages/{mine['ts']}/delete")
    assert chat.side.is_gone(ME, ref)
    odd = _side(provider.base, "xoxb-1")
    for body in ({"ok": True}, {"ok": True, "messages": []}, {"ok": True, "messages": [None, 7, {"ts": "1.1"}]}):
        provider.answers["conversations.replies"] = fake_answer(body)
        assert not odd.is_gone(ME, There("slack", "D1", "1.1"))
    stone = {"ts": "1.1", "subtype": "tombstone"}
    provider.answers["conversations.replies"] = fake_answer({"ok": True, "messages": [stone]})
    assert odd.is_gone(ME, There("slack", "D1", "1.1"))


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [None, 7, "x", [], {}],
        [{"ts": 7}, {"ts": "1.2", "user": [], "reactions": 3}],
        [{"ts": "1.2", "reactions": [None, {"name": [], "users": 7}, {"name": {}, "users": ["U"]}]}],
        [{"ts": "1.2", "user": "U", "text": {}, "edited": 3, "thread_ts": []}, {"ts": "1.3", "subtype": ["x"]}],
    ],
)
def test_odd_histories_are_read_as_far_as_they_make_sense(provider: id_tokens.Provider, messages: Any) -> None:
    for method in ("conversations.replies", "conversations.history"):
        provider.answers[method] = fake_answer({"ok": True, "messages": messages, "has_more": True})
    page = _side(provider.base, "xoxb-1").fetch_history(ME, There("slack", "D1", "1.1"), "1.1", "")
    assert page is not None
    assert not [remote_message for remote_message in page.items if remote_message.is_theirs]


def test_too_many_requests_waits_just_as_long_as_slack_says(chat: Chat) -> None:
    for seconds in (1, 37):
        chat.remote.post("/slack/faults", answer="429", seconds=seconds)
        with pytest.raises(RelayLater) as later:
            chat.post()
        assert later.value.seconds == seconds
    assert chat.shown() == []


# By Slack's own words what these answer may have been done all the same.
LOST = ["500", "502", "503", "garbage", "fatal_error", "internal_error"]


@pytest.mark.parametrize("answer", [*LOST, "team_added_to_org", "service_unavailable", "ratelimited"])
def test_what_may_heal_waits_and_only_a_new_message_is_in_doubt(chat: Chat, answer: str) -> None:
    ref = chat.post()
    others: tuple[Callable[[], object], ...] = (
        lambda: chat.side.open(ME),
        lambda: chat.find("m-9"),
        lambda: chat.side.edit(ME, ref, LINE),
        lambda: chat.side.delete(ME, ref),
        lambda: chat.side.react(ME, ref, "👀", True),
    )
    for call in others:
        chat.remote.post("/slack/faults", answer=answer)
        with pytest.raises(RelayLater) as later:
            call()
        assert not isinstance(later.value, ReplyLost)
    posting: tuple[Callable[[], object], ...] = (lambda: chat.side.begin(ME, "c", "x"), chat.post)
    for call in posting:
        chat.remote.post("/slack/faults", answer=answer, path="chat.postMessage")
        with pytest.raises(RelayLater) as later:
            call()
        assert isinstance(later.value, ReplyLost) is (answer in LOST)


def test_silence_waits(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_gateway, "_TIMEOUT", 0.2)
    chat.remote.post("/slack/faults", answer="timeout", seconds=1)
    with pytest.raises(RelayLater):
        chat.post()


def test_nobody_there_waits() -> None:
    with pytest.raises(RelayLater):
        _side("http://127.0.0.1:1", "xoxb-1").begin(ME, "c", "x")


CALLS = {
    "chat.postMessage": lambda chat, existing: chat.post(),
    "chat.update": lambda chat, existing: chat.side.edit(ME, existing, LINE),
    "chat.delete": lambda chat, existing: chat.side.delete(ME, existing),
    "reactions.add": lambda chat, existing: chat.side.react(ME, existing, "👀", True),
    "reactions.remove": lambda chat, existing: chat.side.react(ME, existing, "👀", False),
    "conversations.open": lambda chat, existing: chat.side.open(ME),
}


@pytest.mark.parametrize("method", CALLS)
def test_each_documented_code_means_something(method: str) -> None:
    assert not [code for code in documented(method) if slack_refusals.means(method, code) is None]


@pytest.mark.parametrize("method", CALLS)
def test_each_documented_code_comes_to_what_it_means(chat: Chat, method: str) -> None:
    raised: dict[Means, type[Exception] | None] = {
        Means.SIDE: Disconnected,
        Means.WINDOW: Disconnected if method == "conversations.open" else WindowGone,
        Means.THIS: Disconnected if method == "conversations.open" else NotTaken,
        Means.LATER: RelayLater,
        Means.PERHAPS: RelayLater,
        Means.DONE: None,
    }
    ref = chat.post()
    for code in sorted(documented(method)):
        chat.remote.post("/slack/faults", answer=code, path=method)
        means = slack_refusals.means(method, code)
        assert means is not None
        expected = NotTaken if means is Means.FEW_TRIES else raised[means]
        with pytest.raises(expected) if expected else nullcontext():
            CALLS[method](chat, ref)


def test_a_code_that_nobody_documents_is_told_apart(chat: Chat) -> None:
    for code, is_known in (("msg_too_long", True), ("brand_new_code", False)):
        chat.remote.post("/slack/faults", answer=code)
        with pytest.raises(NotTaken) as refused:
            chat.post()
        assert (refused.value.code, refused.value.is_known) == (code, is_known)


LONG_TEXTS = {
    "C": "char *p = *q;\n" * 280,
    "C in a fence": "```\n" + "char *p = *q;\n" * 270 + "```",
    "marks": "*a* _b_ `c` " * 320,
    "one word": "&" * 2_000,
    "paragraphs": "\n\n".join(["snake_case & **bold** text with <angles>. " * 8] * 10),
}


@pytest.mark.parametrize("name", LONG_TEXTS)
def test_a_long_text_stands_there_in_parts_that_can_be_edited(chat: Chat, name: str) -> None:
    message = replace(LINE, text=LONG_TEXTS[name], reply_author="Mia", reply_text="Why & how? " * 20)
    count = chat.side.count_parts(ME, message)
    refs = []
    for part in range(count):
        refs.append(chat.side.post(ME, chat.thread, replace(message, part=part))[0])
        chat.waits(1)
    for part, ref in enumerate(refs):
        chat.waits(2)
        chat.side.edit(ME, ref, replace(message, part=part))
    shown = [item["text"] for item in chat.shown()]
    assert len(shown) == count > 1
    assert all(len(text) <= 4_000 for text in shown)
    back = "".join(from_slack(text.removeprefix(shown[0].partition("\n")[0]), {}).text for text in shown)
    assert _words(back) == _words(from_slack(to_slack(message.text).text, {}).text)


def _words(text: str) -> str:
    return re.sub(r"[\s`\\*_]", "", text)


def test_what_fits_is_one_message(chat: Chat) -> None:
    assert [chat.side.count_parts(ME, replace(LINE, text=text)) for text in ("", "Hello", "x" * 4_000)] == [1, 1, 1]


@pytest.mark.parametrize("part", [0, 1])
def test_each_part_is_found_by_itself(chat: Chat, part: int) -> None:
    message = replace(LINE, text=LONG_TEXTS["C"], part=part)
    ref, _ = chat.side.post(ME, chat.thread, message)
    since = datetime.now(UTC) - timedelta(minutes=1)
    assert chat.side.find(ME, chat.thread, message.part_id, since, "").remote == ref


def test_an_emoji_that_slack_has_no_name_for_is_not_taken(chat: Chat) -> None:
    with pytest.raises(NotTaken):
        chat.side.react(ME, chat.post(), "no emoji", True)


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "user_disabled"])
def test_what_does_not_heal_cuts_off(chat: Chat, code: str) -> None:
    chat.remote.post("/slack/faults", answer=code)
    with pytest.raises(Disconnected) as cut:
        chat.post()
    assert cut.value.reason == code


def test_an_uninstalled_app_cuts_off(chat: Chat) -> None:
    gone = SlackRelay(
        Slack("id", "secret", "signing", chat.remote.slack), lambda team: None, lambda *_: "", lambda *_: 0
    )
    assert not gone.is_reached(ME)
    with pytest.raises(Disconnected):
        gone.post(ME, chat.thread, LINE)


ODD: list[FakeAnswer] = [
    FakeAnswer(b""),
    FakeAnswer(b"null"),
    FakeAnswer(b"[]"),
    FakeAnswer(b'"text"'),
    FakeAnswer(b"7"),
    FakeAnswer(b"{"),
    FakeAnswer(b"\xff\xfe"),
    FakeAnswer(b"<html>busy</html>", 503),
    FakeAnswer(b"<html>busy</html>", 429),
    FakeAnswer(b'{"ok": true', cut=True),
    FakeAnswer(b"[]", 500),
    FakeAnswer(b"[" * 100_000),
    fake_answer({}),
    fake_answer({"ok": True}),
    fake_answer({"ok": "yes", "channel": "D1", "ts": 7}),
    fake_answer({"ok": True, "channel": [], "ts": None, "messages": 3}),
    fake_answer({"ok": True, "channel": {"id": 5}, "ts": [], "messages": [None], "response_metadata": 4}),
    fake_answer({"ok": False}),
    fake_answer({"ok": False, "error": None}),
    fake_answer({"ok": False, "error": ["token_revoked"]}),
    fake_answer({"ok": False, "error": {"a": 1}}, 400),
]


@pytest.mark.parametrize("odd", ODD, ids=lambda item: repr(item.body[:20]))
def test_an_odd_answer_is_never_an_unexpected_exception(provider: id_tokens.Provider, odd: FakeAnswer) -> None:
    for method in ("conversations.open", "conversations.replies", "chat.postMessage", "chat.update", "reactions.add"):
        provider.answers[method] = odd
    relay, ref = _side(provider.base, "xoxb-1"), There("slack#T0ACME", "D1", "1.1")
    for call in (lambda: relay.begin(ME, "c", "x"), lambda: relay.post(ME, ref, LINE)):
        with pytest.raises(RelayLater):
            call()
    for quiet in (
        lambda: relay.find(ME, ref, "m-1", LONG_AGO, ""),
        lambda: relay.edit(ME, ref, LINE),
        lambda: relay.react(ME, ref, "👀", True),
    ):
        with suppress(RelayLater):
            quiet()


def test_people_go_by_the_name_that_slack_shows_for_them(chat: Chat) -> None:
    """Anybody of the workspace, and the app itself; who isn't there has no name."""
    shown = [chat.side.name_of(replace(ME, user=user)) for user in (OLIVIA, "UACMEAPP", "U0NOBODY")]
    assert shown == [chat.remote.get(f"/slack/dm/{OLIVIA}.json")["user"]["name"], "webtop", ""]
    chat.remote.post("/slack/faults", answer="missing_scope", path="users.info")
    assert chat.side.name_of(replace(ME, user=OLIVIA)) == ""


def test_names_are_asked_for_within_slack_s_limits(chat: Chat) -> None:
    chat.remote.post("/slack/faults", answer="429", path="users.info")
    with pytest.raises(RelayLater):
        chat.side.name_of(replace(ME, user=OLIVIA))


def test_the_app_answers_with_buttons_that_slack_takes(chat: Chat) -> None:
    """Labels, values and rows stay within Block Kit's limits, which the played Slack checks."""
    choices = [ChatChoice("N" * 200, "c" * 40, "1700000000.000001"), ChatChoice("", "c2", "1700000000.000002")] * 20
    window = There(chat.thread.system, chat.thread.channel_id, "1700000000.000001")
    chat.side.answer(ME, window, None, "Which *chat*? <!channel>", choices)
    chat.side.answer(ME, window, chat.thread, "Your words are there.", [])
    outside, inside = chat.remote.get(f"{WINDOW}.json")["messages"][1:]
    section, row = outside["blocks"]
    assert section["text"] == {"type": "plain_text", "text": "Which *chat*? <!channel>", "emoji": False}
    assert "<!channel>" not in outside["text"]
    assert len(row["elements"]) == 25
    assert inside["thread_ts"] == chat.thread.id
    with pytest.raises(NotTaken):
        chat.side._call(ME, "chat.postMessage", channel=window.channel_id, text="x", blocks=[{"type": "actions"}])


def test_the_app_s_own_page_stands_within_slack_s_limits(chat: Chat) -> None:
    """100 blocks, 250 kB, labels of 75 characters; Slack refuses the whole view else."""
    many = tuple(("N" * 400, f"https://chat.test/chats/{number}") for number in range(150))
    chat.side.show_home(
        ME, HomePage("Hello <!channel> *there*", many, "Open", ("Invite " * 30, "https://chat.test/new"))
    )
    shown = chat.remote.get(f"{WINDOW}.json")["home"]
    assert (shown["type"], len(shown["blocks"])) == ("home", 100)
    assert shown["blocks"][0]["text"] == {"type": "plain_text", "text": "Hello <!channel> *there*", "emoji": False}
    assert shown["blocks"][1]["accessory"]["url"] == "https://chat.test/chats/0"
    chat.side.show_home(ME, HomePage("Nothing", (), "", ("Sign in", "https://chat.test/sign-in")))
    assert len(chat.remote.get(f"{WINDOW}.json")["home"]["blocks"]) == 2


@pytest.mark.parametrize("code", ["not_enabled", "view_too_large", "user_not_found", "missing_scope"])
def test_a_page_that_slack_refuses_costs_nothing_else(chat: Chat, code: str) -> None:
    chat.remote.post("/slack/faults", answer=code, path="views.publish")
    with pytest.raises(NotTaken):
        chat.side.show_home(ME, HomePage("Hello", (), "", ("Sign in", "https://chat.test")))
    chat.post()
