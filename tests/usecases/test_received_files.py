"""Files that somebody sends in their own Slack: they are files here and at everybody else's, or it is said why not."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.files import FileState
from chalicelib.events import files as file_events
from chalicelib.ports import NotTaken, RelayLater
from tests.support import picture_samples as samples
from tests.support import rights
from tests.support.app import object_in_memory
from tests.support.files import EICAR, scanned
from tests.support.provider_calls import receive_slack
from tests.support.relay_in_memory import DANA, JONAS, OLAF, Relay, relaying, slack_says

pytestmark = pytest.mark.requirement("A26", "A42")
PDF, PNG = b"%PDF-1.7\n...", samples.png(40, 30)
_FILE = "application/vnd.microsoft.teams.file.download.info"
MB = 1024 * 1024


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        relay.writes("begin")
        relay.settle()
        yield relay


def sends(relay: Relay, *files: dict[str, Any], text: str = "", what: str = "posted", ts: str = "") -> str:
    """Dana sends a message with files in the chat's thread; its id there."""
    relay.ticks()
    relay.events += 1
    ts = ts or relay.slack.new_id()
    said = slack_says(DANA, what, ts, text, f"Ev{relay.events}", parent=relay.root(DANA))
    if what == "posted":
        said["event"] |= {"subtype": "file_share", "files": list(files)}
    else:
        said["event"]["message"] |= {"files": list(files)}
    receive_slack(relay.world.ports, said)
    relay.settle()
    return ts


def file(relay: Relay, content: bytes = PDF, name: str = "plan.pdf", **more: Any) -> dict[str, Any]:
    file_id = f"F{len(relay.room(DANA).sent)}"
    relay.room(DANA).sent[file_id] = content
    return {"id": file_id, "name": name, "mimetype": "application/pdf", "size": len(content), "mode": "hosted", **more}


def check_all(relay: Relay) -> None:
    for message in relay.messages():
        for taken in message.files:
            stored = relay.world.ports.files.get(taken.id)
            assert stored is not None
            with rights.acting_as("file_checked"):
                file_events.checked(scanned(stored.key))
    relay.settle()


def test_a_file_from_slack_is_a_file_here_and_in_the_others_slack(relay: Relay) -> None:
    sends(relay, file(relay), text="Look")
    message = relay.message("Look")
    (taken,) = message.files
    stored = relay.world.ports.files.get(taken.id)
    assert stored is not None
    assert (stored.name, stored.state, stored.seq) == ("plan.pdf", FileState.CHECKING, message.seq)
    assert object_in_memory(stored.key)[0] == PDF
    assert relay.room(OLAF).files == {}, "before it is checked nobody has it"
    check_all(relay)
    assert list(relay.room(OLAF).files.values()) == [("plan.pdf", "Dana Smith (Slack)", PDF)]
    assert relay.room(DANA).files == {}, "never back to where it came from"


def test_a_file_without_words_is_a_message(relay: Relay) -> None:
    sends(relay, file(relay), file(relay, b"two", "two.txt"))
    (message,) = [item for item in relay.messages() if item.files]
    assert (message.text, [taken.name for taken in message.files]) == ("", ["plan.pdf", "two.txt"])


def test_the_same_event_again_is_the_same_message(relay: Relay) -> None:
    sends(relay, file(relay), text="Look")
    relay.replays()
    assert len([item for item in relay.messages() if item.files]) == 1


def test_malware_from_slack_is_blocked_everywhere(relay: Relay) -> None:
    sends(relay, file(relay, EICAR, "bad.txt"), text="Look")
    check_all(relay)
    (taken,) = relay.message("Look").files
    stored = relay.world.ports.files.get(taken.id)
    assert stored is not None
    assert stored.state is FileState.BLOCKED
    assert relay.room(OLAF).files == {}


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"size": 26 * MB}, "too large"),
        ({"is_external": True, "mode": "external"}, "stored with another service"),
    ],
)
def test_what_cant_be_received_is_said_by_its_name(relay: Relay, about: dict[str, Any], why: str) -> None:
    sends(relay, file(relay) | about, text="Look")
    assert relay.message(f"Look\n(file: plan.pdf, {why})").files == ()


def test_what_slack_doesnt_give_out_is_said(relay: Relay) -> None:
    relay.room(DANA).faults.append(NotTaken("Slack doesn’t give it out", "download 404"))
    sends(relay, file(relay))
    assert relay.message("(file: plan.pdf, Slack doesn’t give it out)").files == ()


def test_where_files_are_off_their_names_come(relay: Relay) -> None:
    ports = relay.world.ports
    chat, _ = ports.chats.with_membership(relay.chat, relay.mara.id)
    assert chat is not None
    workspace = ports.workspaces.get(chat.workspace_id)
    assert workspace is not None
    session = relay.world.signs_in(relay.mara.email)
    assert session.patch(f"/workspaces/{workspace.id}", {"files": "members"}).status == 200
    sends(relay, file(relay), text="Look")
    assert relay.message("Look\n(file: plan.pdf, files are off here)").files == ()


def test_a_slack_that_cant_be_reached_now_is_asked_again(relay: Relay) -> None:
    relay.room(DANA).faults.append(RelayLater(5, "Slack's files: 503", outage=True))
    sends(relay, file(relay), text="Look")
    assert relay.waits == [5]
    assert len(relay.message("Look").files) == 1


def test_an_edit_leaves_the_files(relay: Relay) -> None:
    given = file(relay)
    ts = sends(relay, given, text="Look")
    sends(relay, given, text="Look here", what="edited", ts=ts)
    assert len(relay.message("Look here").files) == 1


def test_deleting_it_in_slack_deletes_it_here_and_there(relay: Relay) -> None:
    ts = sends(relay, file(relay), text="Look")
    check_all(relay)
    relay.receives(DANA, "deleted", ts)
    relay.settle()
    assert relay.room(OLAF).files == {}
    assert [item for item in relay.messages() if item.files] == []


def pasted(number: int) -> dict[str, Any]:
    return {"contentType": "image/*", "contentUrl": f"https://smba.example/v3/attachments/{number}/views/original"}


def teams_sends(relay: Relay, *sent: tuple[str, bytes], pictures: int = 0, text: str = "") -> str:
    """Jonas sends files by their names, and pastes pictures; the message's id there."""
    attached: list[dict[str, Any]] = [
        {"contentType": _FILE, "name": name, "content": {"downloadUrl": f"https://k.sharepoint.com/{name}"}}
        for name, _ in sent
    ]
    for number, content in enumerate([*(content for _, content in sent), *[PNG] * pictures]):
        relay.room(JONAS).sent[str(number)] = content
    remote_id = relay.teams.new_id()
    attached += [pasted(number) for number in range(pictures)]
    relay.receives(JONAS, "posted", remote_id, text, attachments=attached)
    relay.settle()
    return remote_id


def test_a_file_and_pictures_from_teams_are_files_here_and_in_slack(relay: Relay) -> None:
    teams_sends(relay, ("plan.pdf", PDF), pictures=2, text="Look")
    message = relay.message("Look")
    assert [taken.name for taken in message.files] == ["plan.pdf", "picture.png", "picture.png"]
    check_all(relay)
    sent = sorted((name, author) for name, author, _ in relay.room(OLAF).files.values())
    assert sent == [(name, "Jonas Weber (Teams)") for name in ("picture.png", "picture.png", "plan.pdf")]
    assert relay.room(JONAS).files == {}, "never back to where it came from"


def test_of_several_files_of_one_name_each_is_said_for_itself(relay: Relay) -> None:
    teams_sends(relay, ("image.png", PNG), ("image.png", b""), ("image.png", PNG), text="Look")
    assert len(relay.message("Look\n(file: image.png, empty)").files) == 2


def test_a_pasted_picture_stays_when_its_words_are_edited(relay: Relay) -> None:
    remote_id = teams_sends(relay, pictures=1, text="Look")
    relay.receives(JONAS, "edited", remote_id, "Look here", attachments=[pasted(0)])
    relay.settle()
    assert len(relay.message("Look here").files) == 1


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("de", "(Datei: plan.pdf, zu groß)"),
        ("es", "(archivo: plan.pdf, demasiado grande)"),
        ("fr", "(fichier : plan.pdf, trop volumineux)"),
    ],
)
def test_why_not_is_said_in_the_senders_language(relay: Relay, locale: str, said: str) -> None:
    account = relay.world.ports.accounts.get(relay.world.ports.identities.account_of(DANA))
    assert account is not None
    relay.world.ports.accounts.save_profile(account.id, account.name, locale)
    sends(relay, file(relay) | {"size": 26 * MB}, text="Look")
    assert relay.message(f"Look\n{said}").files == ()


def test_what_slack_says_is_seen_in_a_picture_comes_with_it(relay: Relay) -> None:
    sends(
        relay,
        file(relay, PNG, "plan.png") | {"mimetype": "image/png", "alt_txt": "The\nharbour " + "x" * 2_000},
        text="Look",
    )
    (taken,) = relay.message("Look").files
    stored = relay.world.ports.files.get(taken.id)
    assert stored is not None
    assert stored.alt.startswith("The harbour xxx")
    assert len(stored.alt) <= 1_000
