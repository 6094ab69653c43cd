"""Bot Framework activities as Microsoft publishes them: understood or ignored, answered with 200, and never an exception."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.domain.provider_events import PeopleActed
from chalicelib.domain.providers import Provider
from chalicelib.events import relay
from chalicelib.providers.microsoft import callbacks
from chalicelib.providers.microsoft import events as teams_events
from tests.support import id_tokens
from tests.support.app import Answer, World, built
from tests.support.id_tokens import fake_answer, signed
from tests.support.relay_in_memory import FakeRelayAdapter, Queue
from tests.support.vendor_payloads import ACTIVITIES, CONVERSATION, ODD_ACTIVITIES, PERSON, TENANT, activity

pytestmark = pytest.mark.requirement("A25", "A26", "A35")
BOT = "5f0c8f1e-7d2b-4c55-9a3e-0b1f6d2a9c02"
SERVICE = "smba.trafficmanager.net"


@pytest.fixture(scope="module")
def teams(server: id_tokens.Server) -> Iterator[World]:
    """Signed with a key of our own, whose set is at an address of our own."""
    provider = server.provider()
    provider.answers[".well-known/keys"] = fake_answer(id_tokens.key_set(endorsements=["msteams"]))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TEAMS_BOT_ID", BOT)
        patched.setenv("BOT_METADATA_URL", f"{provider.base}/v1/.well-known/openidconfiguration")
        patched.setenv("BOT_SERVICE_HOSTS", SERVICE)
        with built() as world:
            yield world
    wiring.configured.cache_clear()


@pytest.fixture
def queue(teams: World) -> Iterator[Queue]:
    """What is answered goes to a Teams in memory: the real one is not to be asked for a token."""
    queue, adapter = Queue(teams.now), FakeRelayAdapter(Provider.MICROSOFT)
    with teams.using(relay_queue=queue, relay_adapters={Provider.MICROSOFT: adapter}):
        yield queue


def send(world: World, body: Any) -> Answer:
    claims = {"iss": "https://api.botframework.com", "aud": BOT, "serviceurl": body["serviceUrl"], **id_tokens.times()}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {signed(claims)}"}
    return world.request("POST", "/teams/messages", json.dumps(body).encode(), headers)


@pytest.mark.parametrize(("name", "body", "expected"), ACTIVITIES, ids=[name for name, _, _ in ACTIVITIES])
def test_what_people_do_is_understood(name: str, body: Any, expected: list[tuple[str, str]]) -> None:
    identity = callbacks.identity_of(body)
    assert identity is not None, name
    event = teams_events.inbound_events(body, identity)
    assert [(item.action, item.target.id) for item in event] == expected
    assert {item.target.channel_id for item in event} <= {CONVERSATION}
    assert identity.key == f"microsoft#{TENANT}#{PERSON}"


def test_texts_replies_and_emojis() -> None:
    received = {name: teams_events.inbound_events(body, _identity()) for name, body, _ in ACTIVITIES}
    assert received["a message"][0].text == "Good morning"
    parent = received["a reply"][0].parent
    assert parent
    assert parent.id == "1749999999999"
    assert [event.emoji for event in received["one reaction for another"]] == ["❤️", "👍"]


def _identity() -> Any:
    return callbacks.identity_of(activity("message"))


@pytest.mark.parametrize("body", ODD_ACTIVITIES, ids=range(len(ODD_ACTIVITIES)))
def test_odd_activities_are_no_exception(body: Any) -> None:
    callbacks.identity_of(body)
    teams_events.inbound_events(body, _identity())


def test_every_activity_is_answered_with_200_and_worked_off(teams: World, queue: Queue) -> None:
    for number, body in enumerate([*(body for _, body, _ in ACTIVITIES), *ODD_ACTIVITIES]):
        answer = send(teams, body | {"timestamp": f"2026-06-15T15:06:{number}Z"})
        assert (answer.status, answer.json) == (200, {}), body
    assert len(queue.ever) >= 7
    for queued, _ in queue.ever:
        relay._work(json.loads(queued))


DOCUMENTED = {
    "contentType": "text/html",
    "content": '<div><p>Read <a href="https://example.com/a?b=1&amp;c=2" rel="noopener" title="x">the plan</a> <b>today</b></p>'
    "<ul><li>one</li><li>two</li></ul><p>x <code>a &lt; b</code></p></div>",
}
QUOTE = (
    '<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="1749999999999"><strong itemprop="mri" '
    'itemid="28:bot">Webtop</strong><span itemprop="time" itemid="1749999999999"></span><p itemprop="preview">the '
    'plan<img src="x"></p></blockquote>'
)


def _inbound(**more: Any) -> Any:
    """As it goes through the queue: the event, and what is kept of it."""
    body = activity("message", textFormat="plain", **more)
    (acted,) = [event for event in callbacks.provider_events(body) if isinstance(event, PeopleActed)]
    kept = json.loads(acted.body)["teams"]
    (event,) = teams_events.inbound_events(kept, _identity())
    return event


def test_formatting_and_addresses_of_links_are_read_from_the_html() -> None:
    event = _inbound(text="Read the plan today\n\none\ntwo\n\nx a < b", attachments=[DOCUMENTED])
    assert event.text == "Read [the plan](https://example.com/a?b=1&c=2) **today**\n- one\n- two\n\nx `a < b`"


def test_the_quote_of_what_is_answered_is_no_part_of_the_text() -> None:
    answer = {"contentType": "text/html", "content": f"{QUOTE}\r\n<p>yes &gt; <i>no</i></p>"}
    event = _inbound(text="yes > no", attachments=[answer])
    assert (event.text, event.parent.id) == ("yes > *no*", "1749999999999")


@pytest.mark.parametrize(
    "attachments",
    [[], None, [{"contentType": "text/html"}], [{"contentType": "text/html", "content": "<p><img src=x></p>"}], ["x"]],
)
def test_without_html_or_words_in_it_the_text_is_all(attachments: Any) -> None:
    assert _inbound(text="Good morning", attachments=attachments).text == "Good morning"


FORWARDED = {
    "originalMessageId": "1727881360458",
    "originalMessageContent": "<p>The <b>red</b> door</p><p>on the left</p>",
    "originalSentDateTime": "2024-10-02T15:02:40.458+00:00",
    "originalMessageSender": {"user": {"userIdentityType": "aadUser", "id": "1", "displayName": "Ada *L*"}},
}


def _forward(content: Any) -> dict[str, Any]:
    return {"id": "1727881360458", "contentType": "forwardedMessageReference", "content": content}


@pytest.mark.parametrize(
    ("html", "before"),
    [
        ('<p>Look</p><attachment id="1727881360458"></attachment>', "Look\n"),
        ('<attachment id="1727881360458"></attachment>', ""),
    ],
)
def test_a_forwarded_message_comes_with_its_author_and_words(html: str, before: str) -> None:
    attachments = [{"contentType": "text/html", "content": html}, _forward(json.dumps(FORWARDED))]
    text = _inbound(text=before.strip(), attachments=attachments).text
    assert text == before + "> **Ada \\*L\\*:**\n> The **red** door\n> on the left"


@pytest.mark.parametrize("content", [None, 1, "", "[", "[]", '"x"', '{"originalMessageSender": 1}', "{}", "[" * 20_000])
def test_a_forward_that_says_nothing_leaves_the_words(content: Any) -> None:
    assert _inbound(text="Look", attachments=[_forward(content)]).text == "Look"


def test_a_mention_of_the_app_and_an_emoji_are_read_there_too() -> None:
    html = '<p><at id="0">Webtop</at>&nbsp;hi <emoji id="1f440_eyes" alt="👀" title="Eyes"></emoji> <a title=">" href="https://a.example">b</a></p>'
    event = _inbound(text="<at>Webtop</at> hi", attachments=[{"contentType": "text/html", "content": html}])
    assert event.text == "@Webtop hi 👀 [b](https://a.example)"


def test_a_pressed_button_is_a_choice_and_others_are_messages() -> None:
    value = {"kind": "webtop_chat", "chat": "chat1", "of": "1749999999999"}
    event = _inbound(text=None, value=value)
    assert (event.action, event.chat_id, event.target.id) == ("chosen", "chat1", "1749999999999")
    for odd in ({"kind": "webtop_chat"}, {"kind": "x"}, "text", None, ["a"]):
        assert _inbound(text="Good morning", value=odd).action == "posted"


def test_a_message_says_the_language_of_its_application() -> None:
    assert [_inbound(text="Hi", locale=locale).locale for locale in ("de-DE", "FR", None, 7)] == ["de", "fr", "", ""]
