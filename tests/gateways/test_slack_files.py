"""Files in somebody's Slack, against the played Slack, which holds to the reference."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.domain.identities import Identity, Installation
from chalicelib.domain.providers import Provider
from chalicelib.domain.relaying import RemoteFile, RemoteMessageRef
from chalicelib.ports import TOO_LARGE, FileCarrier, NotTaken, OutgoingFile, RelayLater, WindowGone
from chalicelib.providers.meanings import Means
from chalicelib.providers.slack import refusals
from chalicelib.providers.slack.events import files_of
from chalicelib.providers.slack.relay import SlackRelay
from chalicelib.providers.slack.settings import Slack
from local.slack.errors import documented
from tests.support.fake_providers import BOT_SCOPES, DANA, FakeProviders

pytestmark = pytest.mark.requirement("A27", "A42")
ME = Identity(Provider.SLACK, "T0ACME", DANA)
WINDOW = f"/slack/dm/{DANA}"
CONTENT = b"%PDF-1.7\n..."
FILE = OutgoingFile(name="plan.pdf", size=len(CONTENT), signature="Mia *Wong* (Webtop)")


class Window:
    """Dana's window with one chat begun in it."""

    def __init__(self, remote: FakeProviders, scopes: str = BOT_SCOPES, hosts: tuple[str, ...] = ()) -> None:
        self.remote = remote
        remote.post("/slack/reset")
        remote.http.delete(f"{remote.slack}/faults")
        token = remote.install(scopes=scopes)["access_token"]
        installed = Installation(
            team_id=ME.tenant, team_name="Acme", bot_token=token, bot_user_id="U", app_id="A", scopes=""
        )
        settings = Slack("id", "secret", "signing", remote.slack, hosts or (urlsplit(remote.slack).netloc,))
        self.side = SlackRelay(settings, lambda team: installed, lambda *_: "", lambda *_: 0)
        self.thread = self.side.begin(ME, "chat", "Harbour house")

    @property
    def files(self) -> FileCarrier:
        return self.side.files

    def brought(self) -> str:
        begun = self.files.begin(ME, FILE)
        self.files.finish(ME, self.thread, begun, FILE, lambda: CONTENT)
        return begun[0]

    def shown(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.remote.get(f"{WINDOW}.json")["messages"]
        return messages[1:]


@pytest.fixture
def window(playground: FakeProviders) -> Window:
    return Window(playground)


def test_a_file_stands_in_the_chats_thread_with_its_author(window: Window, tmp_path: Path) -> None:
    remote_id = window.brought()
    (message,) = window.shown()
    (file,) = message["files"]
    assert (file["id"], file["name"], message["thread_ts"]) == (remote_id, "plan.pdf", window.thread.id)
    assert "Mia" in message["text"]
    assert window.files.is_shared(ME, window.thread, remote_id)
    assert window.remote.http.get(f"{window.remote.slack}/shown/{remote_id}").content == CONTENT


def test_what_was_begun_and_not_finished_isnt_there(window: Window) -> None:
    remote_id, _ = window.files.begin(ME, FILE)
    assert not window.files.is_shared(ME, window.thread, remote_id)
    assert window.shown() == []


def test_deleting_takes_file_and_message_away_and_is_done_twice(window: Window) -> None:
    remote_id = window.brought()
    window.files.delete(ME, window.thread.channel_id, remote_id)
    assert window.shown() == []
    assert window.remote.http.get(f"{window.remote.slack}/shown/{remote_id}").status_code == 404
    window.files.delete(ME, window.thread.channel_id, remote_id)


def test_bytes_go_to_no_other_host(playground: FakeProviders) -> None:
    window = Window(playground, hosts=("files.slack.com",))
    begun = window.files.begin(ME, FILE)
    with pytest.raises(NotTaken):
        window.files.finish(ME, window.thread, begun, FILE, lambda: CONTENT)
    assert window.shown() == []


@pytest.mark.parametrize("address", ["ftp://h/x", "http://files.slack.com/x", "https://files.slack.com.evil.example/x"])
def test_no_address_but_one_of_slacks(playground: FakeProviders, address: str) -> None:
    window = Window(playground, hosts=("files.slack.com",))
    with pytest.raises(NotTaken):
        window.files.finish(ME, window.thread, ("F1", address), FILE, lambda: CONTENT)


def test_who_added_the_app_before_it_carried_files_gets_links(playground: FakeProviders) -> None:
    """The app works on; only files are refused, in words that say what to do."""
    window = Window(playground, scopes=BOT_SCOPES.replace("files:read files:write ", ""))
    with pytest.raises(NotTaken) as refused:
        window.files.begin(ME, FILE)
    assert "added again" in refused.value.words


def test_an_upload_that_breaks_off_is_tried_again(window: Window) -> None:
    begun = window.files.begin(ME, FILE)
    for answer in ("500", "garbage"):
        window.remote.post("/slack/faults", answer=answer, path="upload")
        with pytest.raises(RelayLater):
            window.files.finish(ME, window.thread, begun, FILE, lambda: CONTENT)


CALLS = {
    refusals.BEGIN_FILE: lambda window, remote_id: window.files.begin(ME, FILE),
    refusals.SHARE_FILE: lambda window, remote_id: window.brought(),
    refusals.SHOW_FILE: lambda window, remote_id: window.files.is_shared(ME, window.thread, remote_id),
    refusals.DELETE_FILE: lambda window, remote_id: window.files.delete(ME, window.thread.channel_id, remote_id),
}


@pytest.mark.parametrize("method", CALLS)
def test_each_documented_code_means_something(method: str) -> None:
    assert not [code for code in documented(method) if refusals.means(method, code) is None]


@pytest.mark.parametrize("method", CALLS)
def test_a_refusal_costs_the_file_and_not_the_window(window: Window, method: str) -> None:
    remote_id = window.brought()
    for code in sorted(documented(method)):
        if refusals.means(method, code) is Means.THIS and code not in ("file_not_found", "file_deleted"):
            window.remote.post("/slack/faults", answer=code, path=method)
            with pytest.raises(NotTaken) as refused:
                CALLS[method](window, remote_id)
            assert refused.value.words


def test_a_thread_that_is_gone_is_said(window: Window) -> None:
    begun = window.files.begin(ME, FILE)
    gone = replace(window.thread, id="1.000001")
    assert isinstance(gone, RemoteMessageRef)
    with pytest.raises(WindowGone):
        window.files.finish(ME, gone, begun, FILE, lambda: CONTENT)


def sent(window: Window, content: bytes = CONTENT, **more: Any) -> RemoteFile:
    """What Dana sends in her window, as Slack tells it."""
    body = {"text": "", "files": [{"name": "plan.pdf", "base64": base64.b64encode(content).decode(), **more}]}
    message = window.remote.post(f"{WINDOW}/messages", **body)
    (file,) = files_of(message)
    return file


def test_what_somebody_sends_is_read_with_the_bots_token(window: Window) -> None:
    file = sent(window)
    assert (file.name, file.size, file.line) == ("plan.pdf", len(CONTENT), "(file: plan.pdf)")
    assert window.files.read(ME, window.files.look(ME, file), 1_000) == CONTENT


def test_no_more_is_read_than_wanted(window: Window) -> None:
    with pytest.raises(NotTaken) as refused:
        window.files.read(ME, sent(window), len(CONTENT) - 1)
    assert refused.value.code == TOO_LARGE


def test_a_page_to_sign_in_is_no_file(playground: FakeProviders) -> None:
    """Without the right to read files, Slack answers with status 200."""
    window = Window(playground, scopes=BOT_SCOPES.replace("files:read ", ""))
    with pytest.raises(NotTaken):
        window.files.read(ME, sent(window), 1_000)


def test_the_token_goes_to_no_other_host(window: Window) -> None:
    other = replace(sent(window), url="https://files.slack.com.evil.example/x")
    with pytest.raises(NotTaken) as refused:
        window.files.read(ME, other, 1_000)
    assert refused.value.code == "host_not_allowed"


def test_what_slack_tells_by_its_id_alone_is_asked_for(window: Window) -> None:
    """Slack Connect: `file_access: check_file_info`."""
    file = sent(window)
    (hidden,) = files_of({"files": [{"id": file.id, "mode": "file_access", "file_access": "check_file_info"}]})
    assert window.files.look(ME, hidden) == file
    gone = replace(hidden, id="F0000000000")
    with pytest.raises(NotTaken):
        window.files.look(ME, gone)


def test_a_download_that_breaks_off_is_tried_again(window: Window) -> None:
    file = sent(window)
    window.remote.post("/slack/faults", answer="503", path="download")
    with pytest.raises(RelayLater):
        window.files.read(ME, file, 1_000)
    assert window.files.read(ME, file, 1_000) == CONTENT


def test_what_is_seen_in_a_picture_goes_both_ways(window: Window) -> None:
    described = replace(FILE, name="plan.png", alt="The harbour house")
    begun = window.files.begin(ME, described)
    window.files.finish(ME, window.thread, begun, described, lambda: CONTENT)
    (message,) = window.shown()
    assert message["files"][0]["alt_txt"] == "The harbour house"
    assert sent(window, alt="A crane").alt == "A crane"
