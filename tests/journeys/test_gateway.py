"""The server in front of the application: any bytes get an answer of the documented form. A32."""

import json
import socket

import pytest

from tests.support.system import System

pytestmark = pytest.mark.embedded

HEALTH = b"/api/v1/health"
HOSTILE = [
    (b"GET /nowhere HTTP/1.1\r\n\r\n", 404),
    (b"BREW " + HEALTH + b" HTTP/1.1\r\n\r\n", 405),
    (b"TRACE " + HEALTH + b" HTTP/1.1\r\n\r\n", 405),
    (b"GET /api/v1/nowhere HTTP/1.1\r\nAccept: text/html\r\n\r\n", 404),
    (b"POST /nowhere HTTP/1.1\r\n\r\n", 404),
    (b"GET /%zz%ff%00 HTTP/1.1\r\n\r\n", 404),
    (b"GET /nowhere HTTP/1.1\r\nAuthorization: \xc3\xa9\r\n\r\n", 404),
    (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
    (b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n", 400),
    (b"GET /\x00 HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/2.0\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nA: b\x00\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", 413),
    (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n", 414),
    (b"GET / HTTP/1.1\r\nA: " + b"a" * 20_000 + b"\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\n" + b"A: a\r\n" * 200 + b"\r\n", 431),
]


@pytest.mark.parametrize(("raw", "status"), HOSTILE, ids=lambda value: repr(value)[:40])
def test_a32_hostile_bytes_are_refused_in_the_api_s_own_form(system: System, raw: bytes, status: int) -> None:
    head, body = _exchange(system, raw)
    assert head[0].split()[1] == str(status)
    assert "Content-Type: application/problem+json" in head
    assert json.loads(body)["status"] == status


def test_each_refusal_of_the_application_names_its_request(system: System) -> None:
    told = [json.loads(_exchange(system, b"GET /api/v1/me HTTP/1.1\r\n\r\n")[1])["request_id"] for _ in range(2)]
    assert all(told)
    assert told[0] != told[1]


def test_head_has_no_body(system: System) -> None:
    _, body = _exchange(system, b"HEAD /nowhere HTTP/1.1\r\n\r\n")
    assert body == b""


def test_requests_of_one_connection_are_answered_in_order(system: System) -> None:
    head, body = _exchange(system, (b"GET " + HEALTH + b" HTTP/1.1\r\n\r\n") * 3)
    assert head[0].endswith("200 OK")
    assert body.count(b"200 OK") == 2


def _exchange(system: System, raw: bytes) -> tuple[list[str], bytes]:
    with socket.create_connection(("127.0.0.1", system.place.port), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), body
