"""What follows through the stream costs the same for one person and for many: reads are counted, call by call."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.invitations import InvitationMail, MailState
from chalicelib.events import changes
from chalicelib.ports import Connection
from tests.support.app import Person, World
from tests.support.aws_calls import watched
from tests.support.sample_chat import Scene


@dataclass
class Windows:
    """Takes what the sockets are sent."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def send(self, connection_ids: Sequence[str], texts: Sequence[str]) -> list[str]:
        self.events += [(item, json.loads(text)) for item, text in zip(connection_ids, texts, strict=True)]
        return []

    def hang_up(self, connection_id: str) -> None:
        """Nobody looks."""

    def types(self, connection: str) -> Counter[str]:
        return Counter(event["type"] for item, event in self.events if item == connection)


@pytest.fixture
def windows(scene: Scene) -> Windows:
    """Of nobody, until somebody opens one."""
    windows = Windows()
    scene.world.use(sockets=windows)
    return windows


def opens(scene: Scene, person: Person, name: str) -> None:
    scene.world.ports.connections.open(Connection(name, person.id, "session"), scene.world.now())


def reads(world: World, do: Callable[[], object]) -> Counter[str]:
    """The reads in the table by which the stream follows what was done."""
    world.settle()
    do()
    records = world._new_records()
    with watched() as calls:
        for at in range(0, len(records), 25):
            assert changes.handle({"Records": records[at : at + 25]})["batchItemFailures"] == []
    world.settle()
    return Counter(item for item in calls.made if item in ("Query", "GetItem", "BatchGetItem"))


def crowd(scene: Scene, count: int) -> None:
    """So many invitations more."""
    invitees = [{"email": f"c{number}@crowd.example"} for number in range(count)]
    assert scene.owner.post(f"{scene.base}/invitations", {"invitees": invitees}).status == 201
    scene.world.settle()


def invites(scene: Scene, count: int, domain: str) -> Callable[[], object]:
    invitees = [{"email": f"x{number}@{domain}.example"} for number in range(count)]
    return lambda: scene.owner.post(f"{scene.base}/invitations", {"invitees": invitees})


def test_inviting_twenty_people_queries_no_more_than_inviting_one(scene: Scene, windows: Windows) -> None:
    """Before, 2 queries for each of them: 42 for 20."""
    opens(scene, scene.owner, "mara")
    counter = reads(scene.world, invites(scene, 1, "one"))
    twenty = reads(scene.world, invites(scene, 20, "twenty"))
    assert counter["Query"] == twenty["Query"] <= 4
    assert twenty["BatchGetItem"] <= counter["BatchGetItem"] + 2
    assert windows.types("mara")["invitation.changed"] >= 21


def test_inviting_itself_reads_as_much_for_twenty_as_for_one(scene: Scene) -> None:
    made = []
    for count in (1, 20):
        with watched() as calls:
            invites(scene, count, f"n{count}")()
        made.append([item for item in calls.made if item in ("Query", "GetItem", "BatchGetItem")])
    assert made[0] == made[1]
    assert made[0].count("Query") == 1


@pytest.fixture(params=["nobody looks on", "the reader looks on"])
def looks_on(request: pytest.FixtureRequest, scene: Scene, windows: Windows) -> bool:
    if request.param == "the reader looks on":
        opens(scene, scene.owner, "mara")
    return bool(request.param == "the reader looks on")


def test_a_read_mark_reads_no_roster(scene: Scene, windows: Windows, looks_on: bool) -> None:
    """One's own sockets; and, where there are any, one's own place. In a chat of three and of eighty."""
    marks = []
    for text in ("first", "second"):
        assert scene.guest.post(f"{scene.base}/messages", {"text": text}).status == 201
        marks.append(reads(scene.world, lambda: scene.owner.put(f"{scene.base}/read", {"seq": 999})))
        if text == "first":
            crowd(scene, 75)
    assert marks[0] == marks[1] == {"BatchGetItem": 1 + looks_on}
    assert windows.types("mara")["read"] == 2 * looks_on


def test_a_mail_s_three_states_cost_one_roster_for_many_invitations(scene: Scene, windows: Windows) -> None:
    """A batch of the stream reads it once, and each member's sockets once."""
    opens(scene, scene.owner, "mara")
    crowd(scene, 20)
    _, everybody = scene.world.ports.chats.roster(scene.chat) or (None, ())
    invitations = [item for item in everybody if item.email.endswith("crowd.example")]

    def delivered() -> None:
        for invitation in invitations:
            mail = InvitationMail(state=MailState.DELIVERED, at=scene.world.now())
            assert scene.world.ports.invitations.record_mail_event(invitation, 1, mail, [MailState.SENT])

    before = windows.types("mara")["invitation.changed"]
    assert reads(scene.world, delivered) == {"Query": 1, "BatchGetItem": 1}
    assert windows.types("mara")["invitation.changed"] == before + 20


def test_who_was_removed_hears_nothing_that_is_told_with_their_leaving(scene: Scene, windows: Windows) -> None:
    """One batch: a message, their removal, a message. Rights are looked up when it is told."""
    opens(scene, scene.guest, "dana")
    scene.world.settle()
    scene.owner.post(f"{scene.base}/messages", {"text": "Before"})
    scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}")
    scene.owner.post(f"{scene.base}/messages", {"text": "Behind your back"})
    scene.world.settle()
    assert "Behind your back" not in json.dumps(windows.events)


def test_the_list_shows_who_joined_last_in_a_batch(scene: Scene) -> None:
    crowd(scene, 3)
    scene.world.pass_time(seconds=1)
    scene.world.joins("c1@crowd.example", "Ida")
    scene.world.settle()
    chat = scene.world.ports.chats.get_many([scene.chat])[scene.chat]
    *before, last = [member.label for member in chat.preview]
    assert (set(before), last) == ({"Mara Lindqvist", "Tom Berg", "Dana Smith"}, "Ida")


def test_what_failed_is_named_so_that_it_is_told_again(scene: Scene, windows: Windows) -> None:
    """The first that wasn't told comes again, with all behind it."""
    opens(scene, scene.owner, "mara")
    scene.world.settle()
    scene.guest.post(f"{scene.base}/messages", {"text": "Once more"})
    records = scene.world._new_records()

    @dataclass
    class Down:
        def send(self, connection_ids: Sequence[str], texts: Sequence[str]) -> list[str]:
            raise OSError("down")

    with scene.world.using(sockets=Down()):
        (failed, *_) = changes.handle({"Records": records})["batchItemFailures"]
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    again = records[numbers.index(failed["itemIdentifier"]) :]
    assert changes.handle({"Records": again})["batchItemFailures"] == []
    assert windows.types("mara")["message.created"] == 1
