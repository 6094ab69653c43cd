"""The picture function as Lambda calls it, against a store on this machine."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pictures.handler import MOST_BYTES, picture_maker
from tests.pictures.test_making import noted, opened, picture


class _Handler(BaseHTTPRequestHandler):
    stored: dict[str, tuple[bytes, str]]

    def do_GET(self) -> None:
        content = self.stored.get(self.path)
        self.send_response(200 if content else 404)
        self.end_headers()
        self.wfile.write(content[0] if content else b"")

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.stored[self.path] = (content, self.headers["Content-Type"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, dict[str, tuple[bytes, str]]]]:
    """Its address, and what lies in it."""
    stored: dict[str, tuple[bytes, str]] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"stored": stored}))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("FILES_URL", origin)
    yield origin, stored
    server.shutdown()
    server.server_close()


def asked(origin: str, **small: Any) -> dict[str, Any]:
    event = {
        "source": f"{origin}/f/1?signed",
        "small": {"to": f"{origin}/p/1", "box": 300, **small},
        "upright": f"{origin}/c/1",
    }
    return picture_maker(event, None)


def test_a_small_one_and_an_upright_one_are_written(store: tuple[str, dict[str, tuple[bytes, str]]]) -> None:
    origin, stored = store
    stored["/f/1?signed"] = picture("JPEG", exif=noted(6)), ""
    answer = asked(origin)
    assert (answer["width"], answer["height"]) == (600, 900)
    assert {path: opened(stored[path][0]).size for path in ("/p/1", "/c/1")} == {"/p/1": (200, 300), "/c/1": (600, 900)}
    assert (answer["small"], answer["upright"]) == (len(stored["/p/1"][0]), len(stored["/c/1"][0]))
    assert stored["/p/1"][1] == "application/octet-stream"


def test_what_is_upright_is_left_as_it_is(store: tuple[str, dict[str, tuple[bytes, str]]]) -> None:
    origin, stored = store
    stored["/f/1?signed"] = picture("PNG"), ""
    assert asked(origin)["upright"] == 0
    assert set(stored) == {"/f/1?signed", "/p/1"}


@pytest.mark.parametrize("content", [b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * MOST_BYTES])
def test_what_is_no_picture_is_said_and_nothing_is_written(
    store: tuple[str, dict[str, tuple[bytes, str]]], content: bytes
) -> None:
    origin, stored = store
    stored["/f/1?signed"] = content, ""
    assert set(asked(origin)) == {"refused"}
    assert set(stored) == {"/f/1?signed"}


@pytest.mark.requirement("A42")
@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://169.254.169.254/latest", "{origin}.example/f/1"])
def test_no_other_address_is_asked(store: tuple[str, dict[str, tuple[bytes, str]]], address: str) -> None:
    origin, _ = store
    event = {"source": address.format(origin=origin), "small": {"to": f"{origin}/p/1", "box": 9}, "upright": ""}
    with pytest.raises(ValueError, match="isn't one of the store"):
        picture_maker(event, None)
