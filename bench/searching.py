"""What a search reads and costs, counted on a table in memory: by the length of the chat and where the hit stands."""

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.domain.chats import ChatRole
from chalicelib.domain.messages import Author, Message, MessageKind
from chalicelib.domain.providers import Via
from chalicelib.storage.items import put_all
from chalicelib.storage.message_mapping import message_item
from tests.support.app import Person
from tests.support.aws_calls import watched
from tests.support.sample_chat import Scene, played

from .table import Row, Table

_LENGTHS = (100, 1_000, 20_000)
_SAID = "The second draft of the plan is in the usual folder, comments are welcome until Friday."
_BYTES, _PER_READ_UNIT, _DOLLARS = 550, 4_096, 0.125e-6
"""Of such a message with its folded copy; what a read unit covers; what one costs on demand in us-east-1 (2026)."""
_AT_ONCE = 250 + 3 * 2_000


def run() -> Iterator[Table]:
    rows = [row for length in _LENGTHS for row in _rows(length)]
    columns = ("queries of the first request", "requests to the end", "read units a request, at most", "$ per 1,000")
    yield Table("Searching one chat, by its length and what is looked for", columns, rows)


def _rows(length: int) -> Iterator[Row]:
    with played() as scene:
        _fill(scene, length)
        person = scene.world.signs_in(scene.owner.email)
        for name, q in (("newest", "newest"), ("nothing", "zebra"), ("everything", "draft")):
            yield _row(scene, person, f"{length:,} messages, {name}", q, length)


def _row(scene: Scene, person: Person, name: str, q: str, length: int) -> Row:
    """Only what isn't there is looked for to the end: whatever is there stands on the way."""
    with watched() as calls:
        answer = person.get(f"{scene.base}/search?q={q}").json
    queries, requests = calls.count("Query"), 1
    while answer["next"] and q == "zebra":
        answer = person.get(f"{scene.base}/search?q={q}&cursor={answer['next']}").json
        requests += 1
    read = min(length, 250 if q == "draft" else _AT_ONCE)
    units = -(-read * _BYTES // _PER_READ_UNIT)
    dollars = f"{units * _DOLLARS * 1_000:.4f}"
    to_the_end = str(requests) if q == "zebra" else ""
    return Row(name, (str(queries), to_the_end, str(units), dollars), figure=queries, at_most=5)


def _fill(scene: Scene, length: int) -> None:
    start = scene.owner.get(scene.base).json["last_seq"] + 1
    texts = ["The oldest one.", *[_SAID] * (length - 2), "The newest one."]
    author = Author(account_id=scene.owner.id, name="Mara Lindqvist", role=ChatRole.MEMBER, via=Via.WEBTOP)
    messages = [
        Message(
            chat_id=scene.chat,
            seq=start + number,
            text_count=2 + number,
            author=author,
            kind=MessageKind.TEXT,
            text=text,
            nonce=f"n{number}",
            created_at=scene.world.now() + timedelta(seconds=number),
        )
        for number, text in enumerate(texts)
    ]
    put_all([message_item(message) for message in messages])
    scene.world.ports.chats.update_head(messages[-1])
    scene.world.pass_time(seconds=length)
