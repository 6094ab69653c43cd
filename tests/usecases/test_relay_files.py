"""Files of a chat at the other sides: each once, with its message, and said where it couldn't be brought."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.files import FileState
from chalicelib.domain.ids import Ids
from chalicelib.domain.messages import Message
from chalicelib.domain.relaying import DeliveryState
from chalicelib.events import files as file_events
from chalicelib.ports import NotTaken, RelayLater, ReplyLost
from chalicelib.usecases import deliveries, files, messages
from chalicelib.usecases.files import Declared
from chalicelib.usecases.messages import MessageDraft
from tests.support import rights
from tests.support.app import keys_in_memory
from tests.support.files import EICAR, scanned
from tests.support.relay_in_memory import DANA, JONAS, OLAF, Crash, Relay, relaying

pytestmark = pytest.mark.requirement("A26", "A42")
PDF = b"%PDF-1.7\n..."
WAIT, LOST = RelayLater(5, "Slack asks to wait"), ReplyLost(5, "no answer")


@pytest.fixture
def relay() -> Iterator[Relay]:
    with relaying() as relay:
        yield relay


def uploaded(relay: Relay, content: bytes = PDF, name: str = "plan.pdf") -> str:
    """A file that came and is being checked."""
    ids = Ids(lambda count: bytes((len(keys_in_memory()) + at) % 256 for at in range(count)))
    return files.take(
        relay.world.ports, relay.mara, relay.chat, Declared(name, len(content), "application/pdf"), content, ids
    ).id


def checked(relay: Relay, file_id: str) -> None:
    file = relay.world.ports.files.get(file_id)
    assert file is not None
    with rights.acting_as("file_checked"):
        file_events.checked(scanned(file.key))


def says(relay: Relay, *file_ids: str, text: str = "") -> Message:
    relay.ticks()
    draft = MessageDraft(text=text, files=file_ids)
    return messages.post(relay.world.ports, relay.mara, relay.chat, draft, Ids(lambda count: b"n" * count))[0]


def told(relay: Relay, message: Message) -> dict[str, tuple[DeliveryState, str]]:
    listed = deliveries.of_message(relay.world.ports, relay.mara, relay.chat, message.id)
    return {delivery.name: (delivery.state, delivery.detail) for delivery in listed}


def test_a_file_is_brought_once_with_the_words_and_their_author(relay: Relay) -> None:
    file_id = uploaded(relay)
    checked(relay, file_id)
    message = says(relay, file_id, text="Look")
    relay.settle()
    relay.replays()
    for identity in (DANA, OLAF):
        room = relay.room(identity)
        assert room.shown == ["Look"]
        assert list(room.files.values()) == [("plan.pdf", "Mara Lindqvist (Webtop)", PDF)]
    card = ("plan.pdf", "Mara Lindqvist (Webtop)", f"{relay.world.ports.public_url}/files/{file_id}".encode())
    assert (relay.room(JONAS).shown, list(relay.room(JONAS).files.values())) == (["Look"], [card])
    assert {state for state, _ in told(relay, message).values()} == {DeliveryState.DELIVERED}


def test_words_dont_wait_for_the_check(relay: Relay) -> None:
    file_id = uploaded(relay)
    says(relay, file_id)
    relay.settle()
    assert (relay.room(DANA).shown, relay.room(DANA).files) == (["📎 plan.pdf"], {})
    checked(relay, file_id)
    relay.settle()
    assert len(relay.room(DANA).files) == 1
    assert relay.room(DANA).shown == ["📎 plan.pdf"]


def test_what_is_blocked_is_never_brought_and_said(relay: Relay) -> None:
    file_id = uploaded(relay, EICAR, "bad.txt")
    message = says(relay, file_id, text="Look")
    relay.settle()
    checked(relay, file_id)
    relay.settle()
    assert relay.world.ports.files.get(file_id).state is FileState.BLOCKED  # type: ignore[union-attr]
    assert (relay.room(DANA).begun, relay.room(DANA).files) == (0, {})
    state, detail = told(relay, message)["Dana Smith"]
    assert (state, "bad.txt" in detail) == (DeliveryState.NOT_SHOWN, True)


def test_where_a_file_is_refused_a_link_leads_to_ours(relay: Relay) -> None:
    file_id = uploaded(relay)
    checked(relay, file_id)
    relay.room(DANA).faults.extend([None, None, NotTaken("Their Slack takes no files.", "file_uploads_disabled")])
    message = says(relay, file_id, text="Look")
    relay.settle()
    assert relay.room(DANA).shown == [f"Look\n📎 plan.pdf: {relay.world.ports.public_url}/files/{file_id}"]
    assert told(relay, message)["Dana Smith"] == (
        DeliveryState.NOT_SHOWN,
        "plan.pdf: Their Slack takes no files.",
    )
    assert relay.room(OLAF).shown == ["Look"]


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("fault", [WAIT, Crash(), ("done", LOST), ("done", Crash())], ids=range(4))
def test_whatever_fails_wherever_it_is_there_once(relay: Relay, at: int, fault: object) -> None:
    file_id = uploaded(relay)
    checked(relay, file_id)
    relay.room(DANA).faults.extend([None] * at + [fault])  # type: ignore[list-item]
    says(relay, file_id, text="Look")
    relay.settle()
    assert list(relay.room(DANA).files.values()) == [("plan.pdf", "Mara Lindqvist (Webtop)", PDF)]
    assert relay.room(DANA).shown == ["Look"]


def test_deleting_the_message_deletes_the_file_there(relay: Relay) -> None:
    file_id = uploaded(relay)
    checked(relay, file_id)
    message = says(relay, file_id, text="Look")
    relay.settle()
    relay.deletes(message)
    relay.settle()
    for identity in (DANA, OLAF, JONAS):
        assert (relay.room(identity).shown, relay.room(identity).files) == ([], {})


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("fault", [WAIT, Crash()], ids=range(2))
def test_a_card_that_wasnt_posted_is_posted_once(relay: Relay, at: int, fault: RelayLater | Crash) -> None:
    file_id = uploaded(relay)
    checked(relay, file_id)
    relay.room(JONAS).faults.extend([None] * at + [fault])
    says(relay, file_id, text="Look")
    relay.settle()
    assert (relay.room(JONAS).shown, len(relay.room(JONAS).files)) == (["Look"], 1)


def test_a_card_whose_reply_is_lost_may_stand_there_twice_and_goes_with_its_message(relay: Relay) -> None:
    """Teams can't be asked what is there."""
    file_id = uploaded(relay)
    checked(relay, file_id)
    relay.room(JONAS).faults.extend([None, None, ("done", LOST)])
    message = says(relay, file_id, text="Look")
    relay.settle()
    assert len(relay.room(JONAS).files) == 2
    relay.deletes(message)
    relay.settle()
    assert len(relay.room(JONAS).files) == 1


def test_where_a_card_is_refused_a_link_stands_in_the_text(relay: Relay) -> None:
    file_id = uploaded(relay)
    checked(relay, file_id)
    relay.room(JONAS).faults.extend([None, None, NotTaken("Teams doesn't accept this message.", "400 BadSyntax")])
    message = says(relay, file_id, text="Look")
    relay.settle()
    assert relay.room(JONAS).shown == [f"Look\n📎 plan.pdf: {relay.world.ports.public_url}/files/{file_id}"]
    assert told(relay, message)["Jonas Weber"][1] == "plan.pdf: Teams doesn't accept this message."
