"""The playground's push service refuses what RFC 8030, 8188, 8291 and 8292 say must be refused."""

import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from local.config import LocalConfig
from local.http import Answer, Refused, Request
from local.push import browser, endpoints, routes
from local.push.endpoints import PushService

OWN = ec.derive_private_key(1, ec.SECP256R1())
OWN_KEY = browser.encoded(browser._point(OWN))


@pytest.fixture
def service(tmp_path: Path) -> PushService:
    return endpoints.of(LocalConfig(port=1, playground_port=8002, aws_port=3, data=tmp_path))


def ask(service: PushService, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
    sent = [(name.replace("_", "-").lower(), value) for name, value in headers.items()]
    return routes.answer(service.config, Request(method, path, sent, body, "127.0.0.1"))


def token(**change: Any) -> str:
    claims = {"aud": "http://127.0.0.1:8002", "exp": int(time.time()) + 3600, "sub": "mailto:a@b.example"} | change
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, OWN, algorithm="ES256")


def good(**change: str) -> dict[str, str]:
    headers = {
        "TTL": "60",
        "Content_Encoding": "aes128gcm",
        "Authorization": f"vapid t={token()}, k={OWN_KEY}",
        "Topic": "a" * 32,
        "Urgency": "high",
    }
    return {name: value for name, value in (headers | change).items() if value != "-"}


def test_a_good_push_is_created_with_its_place_and_life(service: PushService) -> None:
    made = service.subscribe(OWN_KEY)
    answer = ask(service, "POST", f"/push/s/{made['id']}", b"x", **good())
    assert answer.status == 201
    headers = dict(answer.headers)
    assert headers["TTL"] == "60"
    assert headers["Location"].startswith("http://127.0.0.1:8002/push/m/")
    listed = json.loads(ask(service, "GET", f"/push/messages.json?subscription={made['id']}").body)
    assert [item["problem"] for item in listed["items"]] == ["the header isn't that of RFC 8188 with a P-256 key"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"TTL": "-"}, 400),
        ({"TTL": "soon"}, 400),
        ({"Topic": "a" * 33}, 400),
        ({"Topic": "a.b"}, 400),
        ({"Urgency": "urgent"}, 400),
        ({"Content_Encoding": "aesgcm"}, 400),
        ({"Content_Encoding": "-"}, 400),
        ({"Authorization": "-"}, 401),
        ({"Authorization": "Bearer x"}, 401),
        ({"Authorization": f"vapid t=x, k={OWN_KEY}"}, 403),
        ({"Authorization": f"vapid t={token(aud='https://fcm.googleapis.com')}, k={OWN_KEY}"}, 403),
        ({"Authorization": f"vapid t={token(aud='http://127.0.0.1:8002/')}, k={OWN_KEY}"}, 403),
        ({"Authorization": f"vapid t={token(exp=int(time.time()) - 1)}, k={OWN_KEY}"}, 403),
        ({"Authorization": f"vapid t={token(exp=int(time.time()) + 200_000)}, k={OWN_KEY}"}, 403),
        ({"Authorization": f"vapid t={token(exp=None)}, k={OWN_KEY}"}, 403),
        ({"Authorization": f"vapid t={token(sub='mailto:x@localhost')}, k={OWN_KEY}"}, 403),
        ({"Authorization": f"vapid t={token(sub='a@b.example')}, k={OWN_KEY}"}, 403),
        ({"Authorization": f"vapid t={token()}, k={browser.new_keys()[1]}"}, 403),
    ],
)
def test_what_the_rfcs_refuse_is_refused(service: PushService, change: dict[str, str], status: int) -> None:
    made = service.subscribe(OWN_KEY)
    assert ask(service, "POST", f"/push/s/{made['id']}", b"x", **good(**change)).status == status
    assert service.messages("") == []


def test_a_body_above_4096_bytes_is_too_large(service: PushService) -> None:
    made = service.subscribe("")
    assert ask(service, "POST", f"/push/s/{made['id']}", bytes(4097), **good()).status == 413
    assert ask(service, "POST", f"/push/s/{made['id']}", bytes(4096), **good()).status == 201


def test_unsubscribed_is_gone_and_unknown_is_not_found(service: PushService) -> None:
    made = service.subscribe("")
    assert ask(service, "DELETE", f"/push/subscriptions/{made['id']}").status == 204
    assert ask(service, "POST", f"/push/s/{made['id']}", b"x", **good()).status == 410
    assert ask(service, "POST", "/push/s/nobody", b"x", **good()).status == 404
    with pytest.raises(Refused):
        ask(service, "DELETE", "/push/subscriptions/nobody")


def test_a_played_fault_names_its_pause(service: PushService) -> None:
    made = service.subscribe("")
    assert ask(service, "POST", "/push/faults", b'{"status": 429, "times": 1, "retry_after": 7}').status == 204
    busy = ask(service, "POST", f"/push/s/{made['id']}", b"x", **good())
    assert (busy.status, dict(busy.headers)["Retry-After"]) == (429, "7")
    assert ask(service, "POST", f"/push/s/{made['id']}", b"x", **good()).status == 201


def test_what_it_knows_outlives_a_restart(service: PushService, tmp_path: Path) -> None:
    made = service.subscribe("")
    service.store.save()
    endpoints.of.cache_clear()
    again = endpoints.of(LocalConfig(port=1, playground_port=8002, aws_port=3, data=tmp_path))
    assert made["id"] in again.store.data["subscriptions"]


def test_its_key_is_made_once(service: PushService) -> None:
    first = endpoints.environment(service.config)
    assert first == endpoints.environment(service.config)
    assert first["PUSH_HOSTS"] == "127.0.0.1:8002"
    assert len(browser.decoded(first["VAPID_KEY"])) == 32
