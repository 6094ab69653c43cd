"""A provider that answers whatever a test wants, and tokens that are good but for one thing."""

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

Json = dict[str, Any]
KID = "key-1"
GOOD_KEY, OTHER_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(2))


@dataclass(frozen=True)
class FakeAnswer:
    """An answer; `cut` announces more bytes than come."""

    body: bytes = b"{}"
    status: int = 200
    cut: bool = False


def fake_answer(body: Any, status: int = 200) -> FakeAnswer:
    return FakeAnswer(json.dumps(body).encode(), status)


def key_set(kid: str = KID, **more: Any) -> Json:
    public: Json = RSAAlgorithm.to_jwk(GOOD_KEY.public_key(), as_dict=True)
    return {"keys": [{**public, "kid": kid, "use": "sig", "alg": "RS256", **more}]}


@dataclass
class Provider:
    """One provider, at an address that no other test has. `answers` are by the end of the path; `asked` is what came."""

    base: str
    answers: dict[str, FakeAnswer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def times(self, end: str) -> int:
        return sum(item.endswith(end) for item in self.asked)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.providers: dict[str, Provider] = {}

    def provider(self) -> Provider:
        name = uuid.uuid4().hex
        self.providers[name] = Provider(f"http://127.0.0.1:{self.server_address[1]}/{name}")
        return self.providers[name]


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer()

    def do_PUT(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _answer(self) -> None:
        name, _, path = self.path[1:].partition("/")
        provider = self.server.providers[name]
        provider.asked.append("/" + path)
        answer = next(
            (fake_answer for end, fake_answer in provider.answers.items() if path.endswith(end)), FakeAnswer(status=404)
        )
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer.body) + 1_000 * answer.cut))
        self.end_headers()
        self.wfile.write(answer.body)


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def signed(claims: Json, kid: str | None = KID) -> str:
    return _encode(claims, GOOD_KEY, "RS256", kid)


def by_another_key(claims: Json) -> str:
    return _encode(claims, OTHER_KEY, "RS256", KID)


def by_unknown_key(claims: Json) -> str:
    return _encode(claims, OTHER_KEY, "RS256", f"key-{uuid.uuid4()}")


def without_kid(claims: Json) -> str:
    return signed(claims, None)


def unsigned(claims: Json) -> str:
    return _encode(claims, None, "none", KID)


def by_public_key(claims: Json) -> str:
    """HS256, with the published key as the secret: RFC 8725, section 2.1."""
    secret = json.dumps(key_set()["keys"][0]).encode()
    content = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': KID})}.{_part(claims)}"
    return f"{content}.{_encoded(hmac.digest(secret, content.encode(), hashlib.sha256))}"


def by_another_algorithm(claims: Json) -> str:
    return _encode(claims, GOOD_KEY, "PS256", KID)


def changed_afterwards(claims: Json) -> str:
    head, _, signature = signed(claims).split(".")
    return f"{head}.{_part({**claims, 'more': 1})}.{signature}"


def without_signature(claims: Json) -> str:
    return signed(claims).rpartition(".")[0] + "."


FORGERS = {
    "other key": by_another_key,
    "unknown kid": by_unknown_key,
    "no kid": without_kid,
    "alg none": unsigned,
    "HS256 with the public key": by_public_key,
    "PS256": by_another_algorithm,
    "changed afterwards": changed_afterwards,
    "signature cut off": without_signature,
}
DEEP = base64.urlsafe_b64encode(b"[" * 5_000).rstrip(b"=").decode() + ".e30.e30"
"""A head that is nested deeper than Python reads."""
GARBAGE = ["", ".", "..", "a.b", "a.b.c", "ä.ö.ü", "e30.e30.e30", "\x00", "x" * 9_000, DEEP]
_ODD_TOKENS: list[Any] = [5, None, [], {}, True, *GARBAGE]
NONSENSE = {
    "a page": FakeAnswer(b"<html>Oops</html>"),
    "a broken server": FakeAnswer(b"<html>Oops</html>", 500),
    "refused": FakeAnswer(b'{"ok":false,"error":"invalid_grant"}', 400),
    "limited": FakeAnswer(b'{"ok":false,"error":"ratelimited"}', 429),
    "cut": FakeAnswer(b'{"ok":true', cut=True),
    "not UTF-8": FakeAnswer(b'{"ok":true,"id_token":"\xff\xfe"}'),
    "an empty body": FakeAnswer(b""),
    "null": FakeAnswer(b"null"),
    "a list": FakeAnswer(b"[]"),
    "a number": FakeAnswer(b"5"),
    "a string": FakeAnswer(b'"x"'),
    "an empty object": FakeAnswer(b"{}"),
    "no token": fake_answer({"ok": True}),
    **{
        f"id token {number}": fake_answer({"ok": True, "access_token": "xoxp-1", "id_token": item})
        for number, item in enumerate(_ODD_TOKENS)
    },
}
"""What a token endpoint might answer that is no good."""


def times(**moved: int) -> Json:
    """`iat`, `nbf`, `exp` of a token, moved by these seconds."""
    now = int(time.time())
    return {"iat": now + moved.get("iat", 0), "nbf": now + moved.get("nbf", 0), "exp": now + moved.get("exp", 600)}


WRONG_TIMES: dict[str, Json] = {
    "expired yesterday": times(exp=-86_400),
    "expired six minutes ago": times(exp=-360),
    "not yet good": times(nbf=3_600),
    "exp is no number": {"exp": "soon"},
}


def _encode(claims: Json, key: rsa.RSAPrivateKey | None, algorithm: str, kid: str | None) -> str:
    """Below PyJWT's own checks of what may stand in a token."""
    head = {"kid": kid} if kid else None
    return jwt.PyJWS().encode(json.dumps(claims).encode(), key, algorithm=algorithm, headers=head)  # type: ignore[arg-type]


def _part(value: Json) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
