"""Sending pushes over HTTP, to a push service that is as strict as the RFCs; and what its answers mean."""

import json
import ssl
import threading
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.domain.pushes import PushOutcome, PushResult, PushSubscription
from chalicelib.gateways import pushes
from chalicelib.gateways.pushes import LONGEST, WebPush, sealed
from local.config import LocalConfig
from local.http import Answer, Request, Server
from local.push import browser, endpoints, routes

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("size", [0, 10, 1024, LONGEST])
def test_a_browser_opens_what_was_sealed_for_it_and_nobody_else_does(size: int) -> None:
    private, p256dh, auth = browser.new_keys()
    text = "Ж" * (size // 2)
    body = pushes.encrypted(text.encode(), subscription("https://x.example/", p256dh, auth))
    assert browser.opened(body, private, auth) == text
    assert len(body) <= 4096
    with pytest.raises(browser.Unreadable):
        browser.opened(body, browser.new_keys()[0], auth)
    with pytest.raises(browser.Unreadable):
        browser.opened(body[:-1] + bytes([body[-1] ^ 1]), private, auth)


def test_its_length_does_not_tell_what_it_says() -> None:
    _, p256dh, auth = browser.new_keys()
    to = subscription("https://x.example/", p256dh, auth)
    lengths = {len(pushes.encrypted(b"x" * size, to)) for size in (1, 100, 1000)}
    assert len(lengths) == 1


def test_the_example_of_rfc_8291_comes_out_as_it_stands_there() -> None:
    """Its appendix A, to the byte: own key, browser's key, secret and salt are given."""
    body = sealed(
        b"When I grow up, I want to be a watermelon\2",
        raw("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        raw("BTBZMqHH6r4Tts7J_aSIgg"),
        ec.derive_private_key(int.from_bytes(raw(KEY)), ec.SECP256R1()),
        raw("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert browser.encoded(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert browser.opened(body, "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", "BTBZMqHH6r4Tts7J_aSIgg").startswith(
        "When"
    )


def subscription(endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    return PushSubscription(id="a" * 16, endpoint=endpoint, p256dh=p256dh, auth=auth, session_hash="s", added_at=NOW)


class Played:
    """The playground's push service on a port of its own, and an application that pushes to it."""

    def __init__(self, config: LocalConfig) -> None:
        self.service = endpoints.of(config)
        host = config.playground.partition("//")[2]
        self.web_push = WebPush(KEY, (host,), "Webtop <mail@webtop.example>", is_local=True)

    def subscribe(self, key: str = "") -> PushSubscription:
        made = self.service.subscribe(key)
        return subscription(made["endpoint"], made["keys"]["p256dh"], made["keys"]["auth"])

    def send(self, to: PushSubscription, payload: str = '{"text":"Hello"}') -> PushResult:
        (result,) = self.web_push.send(payload, [to], "topic")
        return result

    def received(self) -> list[dict[str, Any]]:
        return self.service.messages("")


@contextmanager
def serving(answer: Any) -> Iterator[int]:
    server = Server(("127.0.0.1", 0), answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Played]:
    configs: list[LocalConfig] = []
    with serving(lambda request: routes.answer(configs[0], request)) as port:
        configs.append(LocalConfig(port=0, playground_port=port, aws_port=0, data=tmp_path))
        yield Played(configs[0])


def test_the_service_takes_a_push_and_the_browser_reads_it(played: Played) -> None:
    bound = played.subscribe(played.web_push.public_key)
    assert played.send(bound).outcome is PushOutcome.TAKEN
    (message,) = played.received()
    assert json.loads(message["text"]) == {"text": "Hello"}
    assert (message["ttl"], message["urgency"], message["topic"]) == (7 * 86_400, "high", "topic")
    assert message["size"] <= 4096


def test_the_longest_payload_fits(played: Played) -> None:
    assert played.send(played.subscribe(), "x" * LONGEST).outcome is PushOutcome.TAKEN
    assert played.received()[0]["size"] == 4096


def test_to_a_subscription_that_is_over_or_unknown_nothing_goes_any_more(played: Played) -> None:
    over = played.subscribe()
    played.service.unsubscribe(over.endpoint.rpartition("/")[2])
    assert played.send(over).outcome is PushOutcome.GONE
    unknown = subscription(f"{over.endpoint}x", over.p256dh, over.auth)
    assert played.send(unknown).outcome is PushOutcome.GONE


@pytest.mark.parametrize(
    ("status", "pause", "outcome", "seconds"),
    [
        (429, 30, PushOutcome.LATER, 30),
        (503, 0, PushOutcome.LATER, 0),
        (500, 0, PushOutcome.LATER, 0),
        (403, 0, PushOutcome.REFUSED, 0),
        (401, 0, PushOutcome.REFUSED, 0),
        (413, 0, PushOutcome.REFUSED, 0),
        (410, 0, PushOutcome.GONE, 0),
    ],
)
@pytest.mark.requirement("A49")
def test_what_an_answer_means(played: Played, status: int, pause: int, outcome: PushOutcome, seconds: int) -> None:
    played.service.play(status, 1, pause)
    result = played.send(played.subscribe())
    assert (result.outcome, result.seconds) == (outcome, seconds)
    assert played.received() == []


def test_another_ones_subscription_is_refused_which_an_operator_sees(
    played: Played, caplog: pytest.LogCaptureFixture
) -> None:
    other = WebPush("A" * 42 + "E", (), "mail@webtop.example", is_local=True)
    assert played.send(played.subscribe(other.public_key)).outcome is PushOutcome.REFUSED
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("ERROR", "push refused: 127.0.0.1 answered 403")
    ]


def test_many_at_once_each_get_their_own(played: Played) -> None:
    to = [played.subscribe() for _ in range(8)]
    played.service.unsubscribe(to[3].endpoint.rpartition("/")[2])
    results = played.web_push.send("{}", to, "topic")
    assert [result.outcome for result in results] == [
        PushOutcome.GONE if number == 3 else PushOutcome.TAKEN for number in range(8)
    ]


@pytest.mark.requirement("A44")
def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    asked: list[str] = []

    def elsewhere(request: Request) -> Answer:
        asked.append(request.target)
        return Answer(307, [("Location", "/elsewhere")])

    _, p256dh, auth = browser.new_keys()
    with serving(elsewhere) as port:
        web_push = WebPush(KEY, (f"127.0.0.1:{port}",), "mail@webtop.example", is_local=True)
        (result,) = web_push.send("{}", [subscription(f"http://127.0.0.1:{port}/push", p256dh, auth)], "t")
    assert (result.outcome, asked) == (PushOutcome.REFUSED, ["/push"])


@pytest.mark.parametrize(
    ("wait", "least"),
    [(lambda: format_datetime(datetime.now(UTC) + timedelta(hours=1)), 3000), (lambda: "soon", 0)],
    ids=["a date", "nonsense"],
)
def test_a_pause_may_be_a_date(wait: Callable[[], str], least: int) -> None:
    _, p256dh, auth = browser.new_keys()
    with serving(lambda request: Answer(429, [("Retry-After", wait())])) as port:
        web_push = WebPush(KEY, (), "mail@webtop.example", is_local=True)
        (result,) = web_push.send("{}", [subscription(f"http://127.0.0.1:{port}/push", p256dh, auth)], "t")
    assert least <= result.seconds <= 3700


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 2", b"nonsense\r\n\r\n"])
def test_a_service_that_answers_nonsense_or_nobody_is_asked_again(answer: bytes) -> None:
    import socket

    _, p256dh, auth = browser.new_keys()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def once() -> None:
            connection, _ = server.accept()
            connection.recv(65_536)
            connection.sendall(answer)
            connection.close()

        thread = threading.Thread(target=once, daemon=True)
        thread.start()
        to = subscription(f"http://127.0.0.1:{port}/push", p256dh, auth)
        web_push = WebPush(KEY, (), "mail@webtop.example", is_local=True)
        (result,) = web_push.send("{}", [to], "t")
        thread.join()
    (unreached,) = web_push.send("{}", [to], "t")
    assert (result.outcome, unreached.outcome) == (PushOutcome.LATER, PushOutcome.LATER)


@pytest.mark.requirement("A44")
def test_a_name_that_leads_to_this_machine_is_not_asked(caplog: pytest.LogCaptureFixture) -> None:
    """Though the allow-list names it: what its name leads to is looked at, and no bytes are sent."""
    import socket

    _, p256dh, auth = browser.new_keys()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        web_push = WebPush(KEY, (f"localhost:{port}",), "mail@webtop.example", is_local=False)
        endpoint = f"https://localhost:{port}/push"
        web_push.refuse_unknown(endpoint)
        (result,) = web_push.send("{}", [subscription(endpoint, p256dh, auth)], "t")
        with pytest.raises(BlockingIOError):
            server.accept()
    assert result.outcome is PushOutcome.REFUSED
    assert "isn't on the public internet" in caplog.text


@pytest.mark.requirement("A44")
def test_a_service_without_a_good_certificate_gets_nothing(tmp_path: Path) -> None:
    from tests.support.certificates import self_signed

    _, p256dh, auth = browser.new_keys()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path, "localhost"))
    server = Server(("127.0.0.1", 0), lambda request: Answer(201, []))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    port = server.server_address[1]
    web_push = WebPush(KEY, (), "mail@webtop.example", is_local=True)
    (result,) = web_push.send("{}", [subscription(f"https://localhost:{port}/push", p256dh, auth)], "t")
    server.shutdown()
    server.server_close()
    assert result.outcome is PushOutcome.LATER


def test_the_public_key_is_a_point_that_belongs_to_the_private_one() -> None:
    web_push = WebPush(KEY, (), "mail@webtop.example", is_local=False)
    assert web_push.public_key == (
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
    )
    assert len(raw(web_push.public_key)) == 65
