"""Searching finds exactly what a plain look at every message one may see finds, within a bound for each request. A48."""

import random
import string
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.domain.chats import ChatRole
from chalicelib.domain.messages import Author, Message, MessageKind
from chalicelib.domain.providers import Via
from chalicelib.storage import message_mapping
from chalicelib.storage.items import MessageItem, put_all
from tests.support.app import Person
from tests.support.aws_calls import watched
from tests.support.effort import share
from tests.support.sample_chat import Scene

WORDS = [
    "harbour", "Häfen", "Straße", "STRASSE", "don’t", "heron@harbour.example", "release-notes", "dash_board", "Ελλάδα",
    "東京タワー", "กรุงเทพ", "naïve", "https://harbour.example/a", "ﬁnd", "İstanbul", "🎉🎉", "v2.1", "a", "harboured",
]  # fmt: skip
ASKED = ["harbour", "hafen", "strasse", "straße", "don't", "dont", "heron", "notes", "board", "ελλαδα", "タワ", "東京", "เทพ",
         "naive", "find", "istanbul", "🎉🎉", "v2", "2.1", "arbour", "harbour hafen", "  harbour ", "Harbour release"]  # fmt: skip


def search(person: Person, path: str, **query: Any) -> list[dict[str, Any]]:
    """All pages of a search."""
    items, cursor = [], ""
    while True:
        answer = person.get(f"{path}?{urlencode(query | {'cursor': cursor})}")
        assert answer.status == 200, answer.text
        items += answer.json["items"]
        cursor = answer.json["next"]
        if not cursor:
            return items
        person.world.pass_time(seconds=2)


def texts(person: Person, scene: Scene, q: str, **query: Any) -> list[str]:
    return [item["text"] for item in search(person, f"{scene.base}/search", q=q, **query)]


def say(person: Person, scene: Scene, *said: str) -> list[str]:
    return [person.post(f"{scene.base}/messages", {"text": text}).json["id"] for text in said]


@pytest.mark.parametrize(
    ("text", "q"),
    [
        ("The Häfen are closed", "hafen"), ("the hafen", "HÄFEN"), ("An der Straße", "strasse"), ("STRASSE", "straße"),
        ("We don’t know", "don't"), ("We don't know", "don’t"), ("Write to heron@acme.example", "heron"),
        ("Write to heron@acme.example", "acme"), ("see dash_board", "board"), ("see dash-board", "board"),
        ("Das Haus in 東京タワー", "タワー"), ("ไปกรุงเทพวันนี้", "กรุงเทพ"), ("the harbour at night", "night harb"),
        ("ﬁnd it", "find"), ("we are done 🎉🎉", "🎉🎉"), ("  two  ", " two "), ("Ελλάδα", "ελλαδα"),
        ("co\u00adoperate", "cooperate"), ("ａｂｃ", "abc"),
    ],
)  # fmt: skip
def test_words_are_found_however_they_are_written(scene: Scene, text: str, q: str) -> None:
    say(scene.owner, scene, text)
    assert texts(scene.guest, scene, q) == [text.strip()]


@pytest.mark.parametrize(
    ("text", "q"), [("harbour", "arbour"), ("the harbour", "harbour house"), ("a1b2", "1b"), ("50%", "100%")]
)
def test_what_is_inside_a_word_or_lacks_one_is_not_found(scene: Scene, text: str, q: str) -> None:
    say(scene.owner, scene, text)
    assert texts(scene.owner, scene, q) == []


@pytest.mark.parametrize("q", ["", "a", " a ", "x" * 101, " " * 50])
def test_a_search_has_2_to_100_characters(shared_scene: Scene, q: str) -> None:
    for path in (f"{shared_scene.base}/search", "/search"):
        assert shared_scene.owner.get(f"{path}?{urlencode({'q': q})}").status == 422
    assert shared_scene.owner.get("/search").status == 422
    assert shared_scene.owner.get(f"/search?q=%20{'x' * 100}%20").status == 200


@pytest.mark.parametrize(
    "q", ["\u0301\u0302", "\u200d\u200d", "--", "%%", "\0\0", "🎉🎉", "a " * 40, "ﷺ" * 100, "\\(", "a*b+"]
)
def test_any_signs_may_be_searched_for(shared_scene: Scene, q: str) -> None:
    for path in (f"{shared_scene.base}/search", "/search"):
        answer = shared_scene.owner.get(f"{path}?{urlencode({'q': q})}")
        assert (answer.status, answer.json["items"], answer.json["next"]) == (200, [], None), answer.text


def test_an_edit_is_found_by_its_new_words_and_a_deleted_message_by_none(scene: Scene) -> None:
    edited, deleted = say(scene.owner, scene, "the first draft", "the first letter")
    scene.owner.patch(f"{scene.base}/messages/{edited}", {"text": "the second draft"})
    scene.owner.delete(f"{scene.base}/messages/{deleted}")
    assert texts(scene.guest, scene, "first") == []
    assert texts(scene.guest, scene, "draft") == ["the second draft"]
    assert texts(scene.guest, scene, "letter") == []


@pytest.mark.requirement("A48")
def test_nothing_before_ones_history_is_found(scene: Scene) -> None:
    say(scene.owner, scene, "secret harbour")
    late = scene.world.joins("olaf@nord.example", "Olaf")
    say(scene.owner, scene, "open harbour")
    assert texts(late, scene, "harbour") == ["open harbour"]
    assert [item["text"] for item in search(late, "/search", q="harbour")] == ["open harbour"]
    assert scene.stranger.get(f"{scene.base}/search?q=harbour").status == 404
    assert search(scene.stranger, "/search", q="harbour") == []


def test_event_lines_are_never_found(scene: Scene) -> None:
    assert scene.owner.patch(scene.base, {"name": "Lighthouse"}).status == 200
    scene.world.settle()
    assert any("Lighthouse" in line for line in scene.lines(scene.owner))
    assert texts(scene.owner, scene, "lighthouse") == []


def test_a_search_can_be_narrowed(scene: Scene) -> None:
    say(scene.owner, scene, "harbour one")
    scene.world.pass_time(days=2)
    owner = scene.world.signs_in("mara@brightwater.example")
    say(scene.guest, scene, "harbour two, http://harbour.example")
    today = scene.world.now().date()
    assert texts(owner, scene, "harbour", **{"from": owner.id}) == ["harbour one"]
    assert texts(owner, scene, "harbour", has="link") == ["harbour two, http://harbour.example"]
    assert texts(owner, scene, "harbour", has="file") == []
    assert texts(owner, scene, "harbour", after=today - timedelta(days=1)) == ["harbour two, http://harbour.example"]
    assert texts(owner, scene, "harbour", after=today) == []
    assert texts(owner, scene, "harbour", before=today) == ["harbour one"]
    assert texts(owner, scene, "harbour", before=today - timedelta(days=2)) == []
    assert owner.get("/search?q=harbour&before=yesterday").status == 422
    assert owner.get("/search?q=harbour&has=wings").status == 422
    assert owner.get("/search?q=harbour&after=9999-12-31").status == 200


def test_a_hit_is_the_message_as_the_chat_shows_it(scene: Scene) -> None:
    scene.owner.put(f"{scene.base}/messages/{scene.reply['id']}/reactions/%F0%9F%91%8D")
    shown = scene.owner.get(f"{scene.base}/messages").json["items"]
    hits = search(scene.owner, f"{scene.base}/search", q="glad")
    assert hits == [item for item in shown if item["id"] == scene.reply["id"]]
    assert hits[0]["reactions"] == [{"emoji": "👍", "count": 1, "mine": True, "account_ids": [scene.owner.id]}]
    assert search(scene.owner, "/search", q="glad") == hits


def test_a_cursor_is_good_for_its_search_and_person_alone(scene: Scene) -> None:
    say(scene.owner, scene, "harbour one", "harbour two")
    cursor = scene.owner.get(f"{scene.base}/search?q=harbour&limit=1").json["next"]
    assert texts(scene.owner, scene, "harbour", limit=1) == ["harbour two", "harbour one"]
    assert scene.owner.get(f"{scene.base}/search?q=harbour&limit=2&cursor={cursor}").status == 200
    for path in (f"{scene.base}/search?q=harbor", f"{scene.base}/search?q=harbour&has=link", "/search?q=harbour"):
        assert scene.owner.get(f"{path}&limit=1&cursor={cursor}").status == 422
    assert scene.guest.get(f"{scene.base}/search?q=harbour&limit=1&cursor={cursor}").status == 422


@pytest.mark.requirement("A11")
def test_sixty_searches_a_minute_for_a_person(scene: Scene) -> None:
    for at in range(60):
        assert scene.owner.get(["/search?q=glad", f"{scene.base}/search?q=glad"][at % 2]).status == 200
    answer = scene.owner.get("/search?q=glad")
    assert (answer.status, answer.code) == (429, "too_many_searches")
    assert int(answer.headers["retry-after"]) > 0
    assert scene.guest.get("/search?q=glad").status == 200
    scene.world.pass_time(minutes=1)
    assert scene.owner.get("/search?q=glad").status == 200


def a_message(scene: Scene, seq: int, text: str, at: datetime) -> Message:
    author = Author(account_id=scene.owner.id, name="Mara", role=ChatRole.MEMBER, via=Via.WEBTOP)
    return Message(
        chat_id=scene.chat, seq=seq, text_count=seq, author=author, kind=MessageKind.TEXT, text=text,
        nonce=f"n{seq}", created_at=at,
    )  # fmt: skip


def fill(scene: Scene, said: Iterator[str] | list[str], start: int, at: datetime) -> list[Message]:
    """Puts messages into the chat, a minute apart, from `start` on."""
    messages = [
        a_message(scene, start + number, text, at + timedelta(minutes=number)) for number, text in enumerate(said)
    ]
    put_all([message_mapping.message_item(message) for message in messages])
    scene.world.ports.chats.update_head(messages[-1])
    return messages


def test_one_request_costs_at_most_five_queries_and_says_how_far_it_came(scene: Scene) -> None:
    start = scene.owner.get(scene.base).json["last_seq"] + 1
    at = scene.world.now()
    fill(scene, ["needle", *["hay"] * 8_000], start, at)
    scene.world.pass_time(days=8)
    owner = scene.world.signs_in(scene.owner.email)
    with watched() as calls:
        answer = owner.get(f"{scene.base}/search?q=needle").json
    assert calls.count("Query") <= 5
    assert answer["items"] == []
    # Each of the four queries reads its last message once more, for the reactions on it.
    reached = at + timedelta(minutes=8_000 - 6_250 + 1 + 4)
    assert answer["searched_to"][:19] + "Z" == f"{reached:%Y-%m-%dT%H:%M:%SZ}"
    assert texts(owner, scene, "needle") == ["needle"]
    with watched() as calls:
        assert texts(owner, scene, "needle", before=at.date() + timedelta(days=1)) == ["needle"]
    assert calls.count("Query") <= 5, "days are narrowed before anything is read"


def test_what_has_no_folded_copy_is_folded_where_it_is_read(scene: Scene) -> None:
    """As an older version left it, and as a version that knows none edits what has one."""
    old, edited = say(scene.owner, scene, "Häfen von gestern", "nothing here")
    for identifier, changes in (
        (old, [MessageItem.folded.remove()]),
        (edited, [MessageItem.text.set("Häfen von heute"), MessageItem.edited_at.set(scene.world.now())]),
    ):
        MessageItem(f"C#{scene.chat}", f"M#{int(identifier.rpartition('-')[2]):010d}~").update(changes)
    assert texts(scene.owner, scene, "hafen") == ["Häfen von heute", "Häfen von gestern"]
    assert texts(scene.owner, scene, "nothing") == []


@pytest.mark.parametrize("length", [1, 100, 300, 600, 1_000, 2_000, 4_000])
@pytest.mark.parametrize("letter", ["a", "Ä", "ﷺ", "東"])
def test_the_folded_copy_never_costs_a_write_unit(shared_scene: Scene, length: int, letter: str) -> None:
    message = a_message(shared_scene, 1, letter * length, datetime(2026, 11, 27, tzinfo=UTC))
    item = message_mapping.message_item(message)
    with_copy = size(item)
    item.folded = ""
    assert -(-with_copy // 1024) == -(-size(item) // 1024)
    if length * len(letter.encode()) < 200:
        assert message_mapping.message_item(message).folded


def size(item: MessageItem) -> int:
    """As DynamoDB counts an item's bytes; a number takes at most a byte for two digits and one more."""
    return sum(
        len(name) + (len(value.encode()) if kind == "S" else len(value) // 2 + 2)
        for name, typed in item.serialize().items()
        for kind, value in typed.items()
    )


@pytest.mark.requirement("A48")
@pytest.mark.parametrize("seed", range(share(20)))
def test_a_search_finds_what_a_plain_look_at_every_visible_message_finds(scene: Scene, seed: int) -> None:
    """With edits and deletions, two readers of different history, small and large pages, and every narrowing."""
    rng = random.Random(seed)  # noqa: S311
    people = [scene.owner, scene.guest, scene.world.joins("olaf@nord.example", "Olaf")]
    other = scene.owner.invites("ida@fjord.example")["chat"]["id"]
    for _ in range(60):
        writer, chat = rng.choice([(person, scene.chat) for person in people] + [(scene.owner, other)])
        text = " ".join(rng.choices(WORDS, k=rng.randint(1, 4)))
        message = writer.post(f"/chats/{chat}/messages", {"text": text}).json
        path = f"/chats/{chat}/messages/{message['id']}"
        change = rng.random()
        if change < 0.15:
            writer.patch(path, {"text": " ".join(rng.choices(WORDS, k=2))})
        elif change < 0.3:
            writer.delete(path)
        scene.world.pass_time(hours=rng.choice([0, 0, 1, 9]))
    people = [scene.world.signs_in(person.email) for person in people]
    today = scene.world.now().date()
    for q in ASKED:
        reader, limit = rng.choice(people), rng.choice([1, 3, 100])
        query: dict[str, Any] = rng.choice([
            {}, {"from": rng.choice(people).id}, {"has": "link"}, {"before": today - timedelta(days=rng.randint(0, 9))},
            {"after": today - timedelta(days=rng.randint(0, 9))},
        ])  # fmt: skip
        expected = [item for item in plain(reader, scene.chat) if meets(item, q, query)]
        assert search(reader, f"{scene.base}/search", q=q, limit=limit, **query) == expected, (q, query)
        chats = [chat["id"] for chat in reader.get("/chats").json["items"]]
        everywhere = [item for chat in chats for item in plain(reader, chat) if meets(item, q, query)]
        results = search(reader, "/search", q=q, limit=limit, **query)
        assert sorted(item["id"] for item in results) == sorted(item["id"] for item in everywhere), (q, query)


def plain(reader: Person, chat: str) -> list[dict[str, Any]]:
    """Every message that this person may see, the newest first."""
    items: list[dict[str, Any]] = []
    before = ""
    while page := reader.get(f"/chats/{chat}/messages?limit=100{before}").json["items"]:
        items = page + items
        before = f"&before={page[0]['seq']}"
    return items[::-1]


def meets(item: dict[str, Any], q: str, query: dict[str, Any]) -> bool:
    """Written anew after the contract, sign by sign."""
    day = date.fromisoformat(item["created_at"][:10])
    return (
        item["kind"] == "text"
        and "deleted_at" not in item
        and query.get("from", item["author"]["account_id"]) == item["author"]["account_id"]
        and ("has" not in query or "://" in item["text"])
        and day < query.get("before", date.max)
        and day > query.get("after", date.min)
        and all(begins(word, bare(item["text"])) for word in split(bare(q)))
    )


def bare(text: str) -> str:
    for _ in range(2):
        marked = unicodedata.normalize("NFKD", text.replace("’", "'"))
        text = "".join(sign for sign in marked if not unicodedata.category(sign).startswith("M")).casefold()
    return text


def split(q: str) -> list[str]:
    parts = "".join(sign if sign.isalnum() else " " for sign in q).split()
    return parts or q.split()


def begins(word: str, text: str) -> bool:
    places = [at for at in range(len(text)) if text.startswith(word, at)]
    spaced = set(string.ascii_letters + string.digits)
    return any(
        at == 0 or not text[at - 1].isalnum() or not word[0].isalnum() or text[at] not in spaced | set("ελλαδα")
        for at in places
    )
