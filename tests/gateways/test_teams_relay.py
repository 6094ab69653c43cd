"""A chat in somebody's Teams, against the played connector: what is written there, and what each refusal means."""

import threading
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest

from chalicelib.domain.identities import Identity
from chalicelib.domain.providers import Provider, Via
from chalicelib.domain.relaying import ChatChoice, Search
from chalicelib.domain.relaying import RemoteMessageRef as There
from chalicelib.ports import Disconnected, NotTaken, OutgoingMessage, RelayLater
from chalicelib.providers.microsoft import bot_token as microsoft_gateway
from chalicelib.providers.microsoft import relay as teams_relay
from chalicelib.providers.microsoft import settings
from chalicelib.providers.microsoft.relay import TeamsRelay
from local.microsoft.fake_microsoft import ReactionLimit
from tests.support import id_tokens
from tests.support.capabilities import Seen, ways
from tests.support.fake_providers import JONAS, FakeProviders
from tests.support.id_tokens import FakeAnswer, fake_answer

pytestmark = pytest.mark.requirement("A26", "A27", "A39")
KESSEL = "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01"
ME = Identity(Provider.MICROSOFT, KESSEL, JONAS)
LINE = OutgoingMessage(id="m-1", author="Mia", via=Via.SLACK, text="Hello **there** <at>everyone</at>")
CHAT = f"/microsoft/teams/chat/{JONAS}"
TOKEN = fake_answer({"access_token": "t", "expires_in": 3600, "token_type": "Bearer"})
NEEDED = {
    "STAGE": "local",
    "PUBLIC_URL": "http://chat.test",
    "TABLE_NAME": "t",
    "LINK_KEYS": "k" * 40,
    "MAIL_FROM": "m",
}
NEEDED["AWS_ENDPOINT_URL"] = ""


@dataclass
class Chat:
    """One chat in Jonas' Teams, begun."""

    remote: FakeProviders
    side: TeamsRelay
    thread: There

    def shown(self) -> list[Any]:
        messages: list[Any] = self.remote.get(f"{CHAT}.json")["messages"]
        return [message for message in messages[1:] if not message.get("deleted")]

    def post(self, **changes: Any) -> There:
        return self.side.post(ME, self.thread, replace(LINE, **changes))[0]

    def fails(self, answer: str, **more: Any) -> None:
        self.remote.post("/microsoft/faults", answer=answer, path="connector", **more)


@pytest.fixture
def chat(playground: FakeProviders) -> Chat:
    playground.post("/microsoft/reset")
    playground.http.delete(f"{playground.microsoft}/faults")
    microsoft_gateway._bot.cache_clear()
    playground.post(f"{CHAT}/install")
    person = playground.get(f"{CHAT}.json")["person"]
    chosen = NEEDED | playground.settings
    service = f"{playground.microsoft}/connector/emea"
    relay = TeamsRelay(
        settings.read_teams(chosen, "local"),
        settings.read_microsoft(chosen, "local"),
        lambda _: (service, person["conversation"]),
    )
    return Chat(playground, relay, relay.begin(ME, "chat-1", "Harbour house"))


def test_posts_say_who_writes_and_from_where(chat: Chat) -> None:
    chat.post()
    chat.post(author="Jo", via=Via.WEBTOP, reply_author="Mia", reply_text="Hello")
    first, second = chat.shown()
    assert "Mia (Slack)" in first["text"]
    assert "<at>" not in first["text"]
    assert "Jo (Webtop)" in second["text"]
    assert "Mia: Hello" in second["text"]


def test_teams_quotes_what_is_answered_and_stands_there(chat: Chat) -> None:
    ref = chat.post(text="The door code")
    answer: dict[str, Any] = {"reply_author": "Mia", "reply_text": "The door code", "reply_id": ref.id}
    answered = chat.post(author="Jo", text='Thanks <quoted messageId="1"/>', **answer)
    shown = chat.shown()[1]
    assert (shown["quoted"]["id"], "The door code" in shown["quoted"]["text"]) == (ref.id, True)
    assert "Thanks" in shown["text"]
    assert "door" not in shown["text"]
    chat.side.edit(ME, answered, replace(LINE, text="Thank you", **answer))
    assert chat.shown()[1]["quoted"]["id"] == ref.id
    chat.side.edit(ME, answered, replace(LINE, text="Thank you"))
    assert chat.shown()[1]["quoted"] is None


def test_where_teams_refuses_a_quote_the_quoted_line_stands_in_front(chat: Chat) -> None:
    ref = chat.post(text="The door code")
    chat.side.delete(ME, ref)
    for reply_id in (ref.id, "no id", 'a"/><b>'):
        chat.post(author="Jo", reply_author="Mia", reply_text="The door code", reply_id=reply_id)
    assert [("Mia: The door code" in item["text"], item["quoted"]) for item in chat.shown()] == [(True, None)] * 3


def test_edits_and_deletions(chat: Chat) -> None:
    ref, other = chat.post(), chat.post(text="Other")
    assert chat.side.edit(ME, ref, replace(LINE, text="Changed")) == ""
    chat.side.delete(ME, other)
    (only,) = chat.shown()
    assert "Changed" in only["text"]


def test_a_reaction_is_set_once_for_everybody_and_taken_back(chat: Chat) -> None:
    ref = chat.post()
    chat.side.react(ME, ref, "👍🏽", True)
    (shown,) = chat.shown()
    assert shown["bot_reactions"] == ["like"]
    chat.side.react(ME, ref, "👍🏽", False)
    (shown,) = chat.shown()
    assert shown["bot_reactions"] == []


@pytest.mark.parametrize("answer", ["409", "500", "501", "blocked"])
def test_a_reaction_that_is_refused_costs_itself_alone(chat: Chat, answer: str) -> None:
    """Where a cloud of Microsoft's has no reactions for bots, no side is disconnected and nothing waits."""
    ref = chat.post()
    chat.fails(answer)
    with pytest.raises(NotTaken) as refused:
        chat.side.react(ME, ref, "👍", True)
    assert refused.value.is_known
    for emoji, gone in (("🦩", ref), ("👍", There("microsoft", chat.thread.channel_id, "1"))):
        with pytest.raises(NotTaken):
            chat.side.react(ME, gone, emoji, True)
    chat.side.react(ME, There("microsoft", chat.thread.channel_id, "1"), "👍", False)


def test_reactions_wait_as_long_as_teams_says(chat: Chat) -> None:
    ref = chat.post()
    chat.fails("429", seconds=7)
    with pytest.raises(RelayLater) as later:
        chat.side.react(ME, ref, "👍", True)
    assert later.value.seconds == 7


def test_the_played_teams_takes_two_reactions_a_second_in_all_conversations_together() -> None:
    now = 0.0
    limit = ReactionLimit(lambda: now)
    taken = []
    for quarter in range(12):
        now = quarter / 4
        taken.append(limit.wait() == 0)
    assert [taken[second : second + 4].count(True) for second in (0, 4, 8)] == [2, 2, 2]


def test_teams_shows_what_its_adapter_declares(chat: Chat) -> None:
    assert ways(Seen(chat, ME)) == asdict(TeamsRelay.capabilities)


def test_what_is_gone_there_is_done(chat: Chat) -> None:
    gone = There("microsoft", chat.thread.channel_id, "1")
    with pytest.raises(NotTaken) as refused:
        chat.side.edit(ME, gone, LINE)
    assert refused.value.words == "It was deleted there."
    chat.side.delete(ME, gone)


def test_teams_cannot_be_asked_what_is_there(chat: Chat) -> None:
    chat.post()
    assert chat.side.find(ME, chat.thread, LINE.id, datetime.now(UTC), "") == Search()


def test_too_many_requests_waits_just_as_long_as_teams_says(chat: Chat) -> None:
    for seconds in (1, 37):
        chat.fails("429", seconds=seconds)
        with pytest.raises(RelayLater) as later:
            chat.post()
        assert later.value.seconds == seconds
    assert chat.shown() == []


@pytest.mark.parametrize("answer", ["412", "502", "503", "504"])
def test_what_may_heal_waits(chat: Chat, answer: str) -> None:
    ref = chat.post()
    for call in (
        lambda: chat.side.begin(ME, "c", "x"),
        chat.post,
        lambda: chat.side.edit(ME, ref, LINE),
        lambda: chat.side.delete(ME, ref),
    ):
        chat.fails(answer, seconds=3)
        with pytest.raises(RelayLater):
            call()


def test_what_was_taken_without_an_id_stands_there_once_and_cannot_be_changed(chat: Chat) -> None:
    chat.fails("no_id", done=True)
    ref = chat.post()
    assert len(chat.shown()) == 1
    calls = len(chat.remote.get("/microsoft/calls.json")["items"])
    for change, words in (
        (lambda: chat.side.edit(ME, ref, LINE), "They still see the original."),
        (lambda: chat.side.delete(ME, ref), "They can still see it."),
    ):
        with pytest.raises(NotTaken) as refused:
            change()
        assert refused.value.words == words
    assert len(chat.remote.get("/microsoft/calls.json")["items"]) == calls
    chat.fails("no_id", done=True)
    assert chat.side.begin(ME, "chat-2", "Boat house").id


@pytest.mark.parametrize("answer", ["409", "501"])
def test_what_no_document_names_costs_one_message(chat: Chat, answer: str) -> None:
    chat.fails(answer)
    with pytest.raises(NotTaken) as refused:
        chat.post()
    assert not refused.value.is_known
    chat.post(text="Next")
    assert ["Next" in message["text"] for message in chat.shown()] == [True]


def test_garbage_and_silence_wait(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    chat.fails("garbage")
    with pytest.raises(RelayLater):
        chat.post()
    monkeypatch.setattr(teams_relay, "_TIMEOUT", 0.2)
    chat.fails("timeout", seconds=1)
    with pytest.raises(RelayLater):
        chat.post()


@pytest.mark.parametrize("how", ["block", "uninstall"])
def test_who_blocked_or_removed_the_app_is_cut_off(chat: Chat, how: str) -> None:
    chat.remote.post(f"{CHAT}/{how}")
    with pytest.raises(Disconnected):
        chat.post()


@pytest.mark.parametrize("service", ["", "https://evil.example/", "http://127.0.0.1:1/x"])
def test_no_token_goes_to_a_service_that_is_not_known(chat: Chat, service: str) -> None:
    chosen = NEEDED | chat.remote.settings
    relay = TeamsRelay(
        settings.read_teams(chosen, "local"), settings.read_microsoft(chosen, "local"), lambda _: (service, "a:1")
    )
    with pytest.raises(Disconnected):
        relay.post(ME, chat.thread, LINE)


def _at(provider: id_tokens.Provider) -> TeamsRelay:
    """A connector, and a token server, that answer what a test wants."""
    teams = settings.Teams("a", "b", "s", "t", "http://x/.well-known/x", (urlsplit(provider.base).netloc,), "l")
    microsoft_gateway._bot.cache_clear()
    discovered = {
        name: f"{provider.base}/t/oauth2/v2.0/{name.partition('_')[0]}"
        for name in ("authorization_endpoint", "token_endpoint")
    }
    provider.answers["openid-configuration"] = fake_answer({**discovered, "issuer": f"{provider.base}/t/v2.0"})
    provider.answers["oauth2/v2.0/token"] = TOKEN
    return TeamsRelay(teams, settings.Microsoft("a", "b", provider.base), lambda _: (provider.base, "c"))


UNDOCUMENTED = (302, 402, 405, 406, 408, 409, 410, 411, 414, 415, 418, 421, 422, 423, 424, 425, 426, 428, 431, 451, 499)
ODD = [
    FakeAnswer(b"{"),
    FakeAnswer(b"\xff\xfe"),
    FakeAnswer(b"<html>"),
    FakeAnswer(b'{"id": "1"', 201, cut=True),
    FakeAnswer(b"<html>", 503),
    FakeAnswer(b"", 401),
    FakeAnswer(b"", 520),
]


TAKEN = [FakeAnswer(body, 201) for body in (b"", b"null", b"[]", b"7", b"{}", b'{"id": 1}', b'{"id": ""}')]


@pytest.mark.parametrize("taken", TAKEN, ids=lambda item: repr(item.body))
def test_an_answer_without_an_id_is_an_answer(provider: id_tokens.Provider, taken: FakeAnswer) -> None:
    relay = _at(provider)
    provider.answers["activities"] = taken
    assert relay.begin(ME, "c", "x").id == relay.post(ME, There("m", "c", "r"), LINE)[0].id == "no id"


@pytest.mark.parametrize("odd", ODD, ids=lambda item: f"{item.status} {item.body!r}")
def test_an_odd_answer_is_never_an_unexpected_exception(provider: id_tokens.Provider, odd: FakeAnswer) -> None:
    relay = _at(provider)
    provider.answers["activities"] = odd
    for call in (lambda: relay.begin(ME, "c", "x"), lambda: relay.post(ME, There("m", "c", "r"), LINE)):
        with pytest.raises((RelayLater, NotTaken)):
            call()


@pytest.mark.parametrize(
    ("status", "is_known", "words"),
    [
        (400, True, "Teams doesn't accept this message."),
        (413, True, "This message is too long for Teams."),
        (401, False, "Teams doesn't accept this message."),
        (500, False, "Teams doesn't accept this message."),
        (501, False, "Teams doesn't accept this message."),
        *((status, False, "Teams doesn't accept this message.") for status in UNDOCUMENTED),
    ],
)
def test_a_message_that_teams_does_not_take(
    provider: id_tokens.Provider, status: int, is_known: bool, words: str
) -> None:
    relay = _at(provider)
    provider.answers["activities"] = FakeAnswer(b"{}", status)
    with pytest.raises(NotTaken) as refused:
        relay.post(ME, There("m", "c", "r"), LINE)
    assert (refused.value.words, refused.value.is_known) == (words, is_known)


@pytest.mark.parametrize(
    ("status", "code", "refusal"),
    [
        (404, "ConversationNotFound", Disconnected),
        (404, "ActivityNotFoundInConversation", NotTaken),
        (404, "BrandNewCode", NotTaken),
        (403, "x", Disconnected),
    ],
)
def test_teams_own_codes_tell_a_message_from_a_conversation(
    provider: id_tokens.Provider, status: int, code: str, refusal: type[Exception]
) -> None:
    relay = _at(provider)
    provider.answers["activities/a"] = fake_answer({"error": {"code": code, "message": "…"}}, status)
    with pytest.raises(refusal):
        relay.edit(ME, There("m", "c", "a"), LINE)


@pytest.mark.parametrize("status", UNDOCUMENTED)
@pytest.mark.parametrize("code", ["", "BrandNewCode"])
def test_what_no_document_names_never_cuts_off_the_side(provider: id_tokens.Provider, status: int, code: str) -> None:
    """Neither a message, nor its edit, nor its deletion, nor the beginning of a chat."""
    relay = _at(provider)
    for path in ("activities", "activities/a"):
        provider.answers[path] = fake_answer({"error": {"code": code}} if code else {}, status)
    thread = There("m", "c", "a")
    for call in (
        lambda: relay.begin(ME, "c", "x"),
        lambda: relay.post(ME, thread, LINE),
        lambda: relay.edit(ME, thread, LINE),
        lambda: relay.delete(ME, thread),
    ):
        with pytest.raises(NotTaken) as refused:
            call()
        assert not refused.value.is_known


@pytest.mark.parametrize("status", [403, 404])
def test_a_conversation_that_is_gone_is_cut_off(provider: id_tokens.Provider, status: int) -> None:
    relay = _at(provider)
    provider.answers["activities"] = FakeAnswer(b"{}", status)
    with pytest.raises(Disconnected):
        relay.post(ME, There("m", "c", "r"), LINE)


@pytest.mark.parametrize(
    "token",
    [FakeAnswer(b"\xff"), FakeAnswer(b"[]"), FakeAnswer(b"{}", 500), fake_answer({"error": "invalid_client"}, 401)],
)
def test_without_a_token_it_waits(provider: id_tokens.Provider, token: FakeAnswer) -> None:
    relay = _at(provider)
    provider.answers["oauth2/v2.0/token"] = token
    with pytest.raises(RelayLater):
        relay.post(ME, There("m", "c", "r"), LINE)


class _Connector(BaseHTTPRequestHandler):
    """Takes every message, sets a cookie, and keeps its connections open. `calls` are a connection and its cookies for each."""

    protocol_version = "HTTP/1.1"
    calls: ClassVar[list[tuple[int, str | None]]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.calls.append((self.client_address[1], self.headers["Cookie"]))
        body = b'{"id": "1"}'
        self.send_response(201)
        self.send_header("Set-Cookie", "mine=1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Tests are quiet."""


def test_messages_share_a_connection_and_no_cookies(chat: Chat) -> None:
    _Connector.calls.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Connector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"127.0.0.1:{server.server_port}"
    chosen = NEEDED | chat.remote.settings | {"BOT_SERVICE_HOSTS": here}
    relay = TeamsRelay(
        settings.read_teams(chosen, "local"),
        settings.read_microsoft(chosen, "local"),
        lambda _: (f"http://{here}/emea", "a:1"),
    )
    for _ in range(5):
        relay.post(ME, chat.thread, LINE)
    server.shutdown()
    server.server_close()
    assert len(_Connector.calls) == 5
    assert len(set(_Connector.calls)) == 1
    assert _Connector.calls[0][1] is None


def test_the_app_answers_with_at_most_six_buttons(chat: Chat) -> None:
    choices = [ChatChoice(f"Chat {number}", f"c{number}", "17") for number in range(9)]
    chat.side.answer(ME, chat.thread, None, "Which *chat*?", choices)
    chat.side.answer(ME, chat.thread, None, "Your words are there.", [])
    asked, said = chat.shown()[-2:]
    (card,) = asked["attachments"]
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert [action["title"] for action in card["content"]["actions"]] == [f"Chat {number}" for number in range(6)]
    assert card["content"]["actions"][0]["data"] == {"kind": "webtop_chat", "chat": "c0", "of": "17"}
    assert said["attachments"] == []
