"""Files in somebody's Teams, against the played Teams, which holds to Microsoft's documents."""

import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest

from chalicelib.domain.identities import Identity
from chalicelib.domain.provider_events import PeopleActed
from chalicelib.domain.providers import Provider
from chalicelib.domain.relaying import RemoteFile, RemoteMessageRef
from chalicelib.gateways import downloads
from chalicelib.ports import TOO_LARGE, NotTaken, OutgoingFile, RelayLater
from chalicelib.providers.microsoft import bot_token as microsoft_gateway
from chalicelib.providers.microsoft import callbacks, events, settings
from chalicelib.providers.microsoft.files import card
from chalicelib.providers.microsoft.relay import TeamsRelay
from tests.support import picture_samples as samples
from tests.support.fake_providers import JONAS, FakeProviders

pytestmark = pytest.mark.requirement("A27", "A42")
KESSEL = "3a1d0c52-8f3e-4e0a-9a51-7c0b5d1e0a01"
ME = Identity(Provider.MICROSOFT, KESSEL, JONAS)
CHAT = f"/microsoft/teams/chat/{JONAS}"
CONTENT, PNG = b"%PDF-1.7\n...", samples.png(40, 30)
FILE = OutgoingFile(name="plan.pdf", size=3_000_000, signature="Mia (Webtop)", url="https://chat.example/files/f1")


@dataclass
class Window:
    """Jonas' chat with the app, and what it hears."""

    remote: FakeProviders

    def side(self, **changed: Any) -> TeamsRelay:
        microsoft_gateway._bot.cache_clear()
        person = self.remote.get(f"{CHAT}.json")["person"]
        chosen = settings.read_teams(self.remote.settings, "local")
        return TeamsRelay(
            replace(chosen, **changed),
            settings.read_microsoft(self.remote.settings, "local"),
            lambda _: (f"{self.remote.microsoft}/connector/emea", person["conversation"]),
        )

    def shown(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.remote.get(f"{CHAT}.json")["messages"]
        return [message for message in messages if not message.get("deleted")]

    def sends(self, **body: Any) -> list[RemoteFile]:
        """What Jonas sends, as it comes out of the queue."""
        self.remote.app.requests.clear()
        self.remote.post(f"{CHAT}/messages", **{"text": "", **body})
        self.remote.quiet("microsoft")
        (activity,) = self.remote.app.events()
        kept = [event for event in callbacks.provider_events(activity) if isinstance(event, PeopleActed)]
        assert len(kept) == 1
        return events.files_of(callbacks._attached(activity))

    def fails(self, answer: str, path: str) -> None:
        self.remote.post("/microsoft/faults", answer=answer, path=path)


@pytest.fixture
def window(playground: FakeProviders) -> Window:
    playground.post("/microsoft/reset")
    playground.http.delete(f"{playground.microsoft}/faults")
    playground.post(f"{CHAT}/install")
    playground.quiet("microsoft")
    return Window(playground)


def given(content: bytes, name: str = "", media: str = "") -> dict[str, str]:
    return {"name": name, "type": media, "base64": base64.b64encode(content).decode()}


def test_a_card_leads_to_us_and_goes_with_its_id(window: Window) -> None:
    side, thread = window.side(), RemoteMessageRef("microsoft", "a", "1")
    file = replace(FILE, alt="The harbour house")
    remote_id = side.files.finish(
        ME, thread, side.files.begin(ME, file), file, lambda: pytest.fail("no bytes go there")
    )
    (message,) = window.shown()
    assert (message["id"], message["text"]) == (remote_id, "")
    page = window.remote.http.get(f"{window.remote.place.playground}{CHAT}").text
    assert "plan.pdf" in page
    assert "The harbour house" in page
    assert "3 MB · Mia (Webtop)" in page
    assert 'href="https://chat.example/files/f1"' in page
    side.files.delete(ME, "a", remote_id)
    assert window.shown() == []
    side.files.delete(ME, "a", remote_id)


def test_a_name_is_no_markdown() -> None:
    """A `TextRun` is plain text, a `TextBlock` would show a link to wherever the name says."""
    content = card(replace(FILE, name="[plan](https://evil.example).pdf", alt="![x](https://evil.example)"))["content"]
    assert {block["type"] for block in content["body"]} == {"RichTextBlock"}
    assert [action["url"] for action in content["actions"]] == [FILE.url]


def test_a_file_is_read_without_a_token(window: Window) -> None:
    """SharePoint refuses one."""
    (file,) = window.sends(text="Look", files=[given(CONTENT, "plan.pdf")])
    assert (file.name, file.type, file.line, file.needs_token) == (
        "plan.pdf",
        "application/pdf",
        "(file: plan.pdf)",
        False,
    )
    assert window.side().files.read(ME, file, 1_000) == CONTENT


def test_a_pasted_picture_is_read_with_the_bots_token(window: Window) -> None:
    first, second = window.sends(pasted=[given(PNG, media="image/png")] * 2)
    assert (first.name, first.line, first.needs_token) == ("", "(picture)", True)
    assert first.id != second.id
    assert window.side().files.read(ME, first, 10_000) == PNG
    assert window.remote.http.get(first.url).status_code == 401


def test_no_more_is_read_than_wanted(window: Window) -> None:
    (file,) = window.sends(files=[given(CONTENT, "plan.pdf")])
    with pytest.raises(NotTaken) as refused:
        window.side().files.read(ME, file, len(CONTENT) - 1)
    assert refused.value.code == TOO_LARGE


def test_an_address_that_expired_is_refused(window: Window) -> None:
    (file,) = window.sends(files=[given(CONTENT, "plan.pdf")])
    window.remote.post("/microsoft/sharepoint/expire")
    with pytest.raises(NotTaken) as refused:
        window.side().files.read(ME, file, 1_000)
    assert refused.value.code == "download 401"


@pytest.mark.parametrize(("kind", "path"), [("files", "sharepoint"), ("pasted", "connector picture")])
def test_a_download_that_breaks_off_is_tried_again(window: Window, kind: str, path: str) -> None:
    (file,) = window.sends(**{kind: [given(PNG, "a.png", "image/png")]})
    window.fails("503", path)
    with pytest.raises(RelayLater):
        window.side().files.read(ME, file, 10_000)
    assert window.side().files.read(ME, file, 10_000) == PNG


def test_bytes_come_from_no_other_host(window: Window) -> None:
    (file,) = window.sends(files=[given(CONTENT, "plan.pdf")])
    with pytest.raises(NotTaken) as refused:
        window.side(file_hosts=("*.sharepoint.com",)).files.read(ME, file, 1_000)
    assert refused.value.code == "host_not_allowed"


def test_the_token_goes_to_the_bots_own_services_alone(window: Window) -> None:
    """Not even to where files may come from."""
    (picture,) = window.sends(pasted=[given(PNG, media="image/png")])
    with pytest.raises(NotTaken) as refused:
        window.side(service_hosts=("smba.trafficmanager.net",)).files.read(ME, picture, 10_000)
    assert refused.value.code == "host_not_allowed"


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://kessel.sharepoint.com/x?tempauth=1", True),
        ("https://kessel-my.sharepoint.com/x", True),
        ("https://sharepoint.com/x", False),
        ("https://evilsharepoint.com/x", False),
        ("https://kessel.sharepoint.com.evil.example/x", False),
        ("https://kessel.sharepoint.com:8443/x", False),
        ("http://kessel.sharepoint.com/x", False),
        ("https://kessel.sharepoint.com@evil.example/x", False),
        ("https://evil.example@kessel.sharepoint.com/x", False),
        ("https://evil.example\\.sharepoint.com/x", False),
        ("https://evil.example#.sharepoint.com/x", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("https://[::1]/x", False),
        ("https://[/x", False),
        ("ftp://kessel.sharepoint.com/x", False),
        ("file:///etc/passwd", False),
        ("data:text/plain,x", False),
        ("", False),
    ],
)
def test_hosts_are_held_to_the_letter(address: str, allowed: bool) -> None:
    assert downloads.is_on(("*.sharepoint.com",), address) is allowed


class _Host(BaseHTTPRequestHandler):
    """Answers with what stands for its path, and notes who asked with what."""

    answers: ClassVar[dict[str, tuple[int, dict[str, str], bytes]]] = {}
    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Authorization"]))
        status, headers, body = self.answers[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Tests are quiet."""


@pytest.fixture
def host() -> Iterator[str]:
    _Host.answers, _Host.asked = {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def lying(address: str, **about: Any) -> RemoteFile:
    return RemoteFile(id="0", line="(file: plan.pdf)", name="plan.pdf", url=address, **about)


def test_a_redirect_is_followed_only_to_where_files_may_be(window: Window, host: str) -> None:
    other = host.replace("127.0.0.1", "localhost")
    _Host.answers = {
        "/near": (302, {"Location": "/file"}, b""),
        "/far": (302, {"Location": f"{other}/file"}, b""),
        "/round": (302, {"Location": "/round"}, b""),
        "/file": (200, {"Content-Type": "application/pdf"}, CONTENT),
    }
    carrier = window.side(file_hosts=(urlsplit(host).netloc,)).files
    assert carrier.read(ME, lying(f"{host}/near"), 1_000) == CONTENT
    for path, code in (("/far", "host_not_allowed"), ("/round", "redirects")):
        _Host.asked.clear()
        with pytest.raises(NotTaken) as refused:
            carrier.read(ME, lying(host + path), 1_000)
        assert refused.value.code == code
        assert {asked for asked, _ in _Host.asked} == {path}
    assert {token for _, token in _Host.asked} == {None}


def test_with_the_token_no_redirect_is_followed(window: Window, host: str) -> None:
    _Host.answers = {"/views/original": (302, {"Location": "/file"}, b""), "/file": (200, {}, CONTENT)}
    carrier = window.side(service_hosts=(urlsplit(host).netloc,)).files
    with pytest.raises(NotTaken) as refused:
        carrier.read(ME, lying(f"{host}/views/original", needs_token=True), 1_000)
    assert refused.value.code == "download 302"
    assert [path for path, _ in _Host.asked] == ["/views/original"]


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "text/html; charset=utf-8"}, {"Content-Encoding": "gzip"}, {"Content-Encoding": "br"}]
)
def test_a_page_to_sign_in_or_what_is_packed_is_no_file(window: Window, host: str, headers: dict[str, str]) -> None:
    _Host.answers = {"/file": (200, headers, CONTENT)}
    with pytest.raises(NotTaken):
        window.side(file_hosts=(urlsplit(host).netloc,)).files.read(ME, lying(f"{host}/file"), 1_000)


ODD = [
    {"contentType": "image/png", "name": "a.png", "contentUrl": 7},
    {"contentType": callbacks._FILE, "name": "x" * 5_000, "content": {"downloadUrl": "https://x" + "x" * 5_000}},
    {"contentType": callbacks._FILE, "name": "a", "content": {"downloadUrl": ["https://x"]}},
    {"contentType": None, "name": "only a name"},
]


@pytest.mark.parametrize("attachment", ODD, ids=range(len(ODD)))
def test_odd_attachments_are_names_alone(attachment: dict[str, Any]) -> None:
    (file,) = events.files_of(callbacks._attached({"attachments": [attachment]}))
    assert (file.url, file.is_elsewhere) == ("", True)
    assert len(file.line) < 300


@pytest.mark.parametrize(
    "attachment",
    [
        {"contentType": "image/png"},
        {"contentType": "image/png", "contentUrl": 7, "name": " "},
        {"contentType": callbacks._FILE, "name": None, "content": "x"},
        {"contentType": "text/html", "content": "<p>Hi</p>"},
        {},
    ],
    ids=range(5),
)
def test_what_has_neither_name_nor_address_is_no_file(attachment: dict[str, Any]) -> None:
    assert events.files_of(callbacks._attached({"attachments": [attachment]})) == []


def test_a_name_of_several_lines_stands_in_one() -> None:
    attachment = {"contentType": callbacks._FILE, "name": "a\r\n b.pdf", "content": {"downloadUrl": "https://x"}}
    assert events.files_of(callbacks._attached({"attachments": [attachment]}))[0].line == "(file: a b.pdf)"


def test_of_many_attachments_some_are_kept() -> None:
    many = [{"contentType": "image/*", "contentUrl": f"https://x/{number}"} for number in range(500)]
    assert len(events.files_of(callbacks._attached({"attachments": many}))) == 20
