"""Messages through the API: order, pages, replies, reactions, edits, marks of reading."""

from urllib.parse import quote

import pytest

from tests.support.app import Person
from tests.support.sample_chat import Scene

MESSAGE = {"id", "seq", "chat_id", "author", "kind", "text", "html", "reactions", "files", "created_at"}


def test_a_message_has_the_shape_of_the_contract(shared_scene: Scene) -> None:
    assert set(shared_scene.post) == MESSAGE
    assert shared_scene.post["author"] == {
        "account_id": shared_scene.owner.id,
        "name": "Mara Lindqvist",
        "role": "member",
        "via": "webtop",
    }
    assert (shared_scene.post["kind"], shared_scene.post["text"], shared_scene.post["reactions"]) == (
        "text",
        "Welcome, everybody.",
        [],
    )


def test_pages_go_both_ways_in_order_of_seq(scene: Scene) -> None:
    for number in range(6):
        scene.owner.post(f"{scene.base}/messages", {"text": str(number)})
    everything = [item["seq"] for item in scene.owner.get(f"{scene.base}/messages?limit=100").json["items"]]
    assert everything == list(range(1, len(everything) + 1))
    last = everything[-1]

    def seqs(query: str) -> list[int]:
        return [item["seq"] for item in scene.owner.get(f"{scene.base}/messages?{query}").json["items"]]

    assert seqs("limit=2") == [last - 1, last]
    assert seqs(f"before={last}&limit=2") == [last - 2, last - 1]
    assert seqs("before=2") == [1]
    assert seqs("before=1") == seqs("before=0") == []
    assert seqs("after=0&limit=2") == [1, 2]
    assert seqs(f"after={last - 1}") == [last]
    assert seqs(f"after={last}") == seqs("after=999999999") == []


def _reacts(person: Person, path: str, emojis: list[str]) -> list[int]:
    return [person.put(f"{path}/{quote(emoji)}").status for emoji in emojis]


@pytest.mark.requirement("A36")
def test_a_message_takes_so_many_different_reactions_and_of_one_person_fewer(scene: Scene) -> None:
    path = f"{scene.base}/messages/{scene.post['id']}/reactions"
    emojis = [chr(0x1F400 + at) for at in range(51)]
    assert _reacts(scene.guest, path, emojis[:21]) == [204] * 20 + [409]
    assert _reacts(scene.guest, path, [emojis[0]]) == [204]
    assert scene.guest.delete(f"{path}/{quote(emojis[0])}").status == 204
    assert _reacts(scene.guest, path, [emojis[0]]) == [204]
    assert _reacts(scene.owner, path, emojis[20:40]) == [204] * 20
    assert _reacts(scene.member, path, emojis[40:51]) == [204] * 10 + [409]
    assert _reacts(scene.member, path, [emojis[0]]) == [204]
    answer = scene.member.put(f"{path}/{quote(emojis[50])}")
    assert (answer.code, answer.json["detail"]) == (
        "too_many_reactions",
        "This message has 50 different reactions already. Choose one of those.",
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \n \n ", "empty"),
        ("\u200b", "empty"),
        ("\u2060\u00ad \u3164\n\u2800\ufe0f\u202e", "empty"),
        ("x" * 4001, "too_long"),
        ("\x00\x1b", "empty"),
    ],
)
def test_text_that_is_none_is_422(shared_scene: Scene, text: str, code: str) -> None:
    answer = shared_scene.guest.post(f"{shared_scene.base}/messages", {"text": text})
    assert (answer.status, [error["code"] for error in answer.json["errors"]]) == (422, [code])


@pytest.mark.parametrize(
    ("pasted", "text"),
    [
        ("from Word\x0bor PowerPoint", "from Word\nor PowerPoint"),
        ("a page\x0cand another", "a page\nand another"),
        ("a\u2028b\u2029c\u0085d\re\r\nf", "a\nb\nc\nd\ne\nf"),
        ("from a \x1b[31mterminal\x07", "from a [31mterminal"),
        ("a\x00b\tc", "ab\tc"),
    ],
)
def test_what_nobody_sees_in_pasted_text_keeps_no_message_from_going(
    shared_scene: Scene, pasted: str, text: str
) -> None:
    """It was refused with "Remove the control characters", which nobody can who doesn't see them."""
    answer = shared_scene.guest.post(f"{shared_scene.base}/messages", {"text": pasted})
    assert (answer.status, answer.json["text"]) == (201, text)


def test_nothing_to_be_seen_is_nothing_in_every_field(scene: Scene) -> None:
    nothing = "\u200b\u2060"
    assert scene.owner.patch(f"{scene.base}/messages/{scene.post['id']}", {"text": nothing}).status == 422
    renamed = scene.owner.patch(scene.base, {"name": nothing})
    assert (renamed.status, renamed.json["name"]) == (200, None)


def test_four_thousand_letters_of_any_script_are_one_message(shared_scene: Scene) -> None:
    with shared_scene.world.kept():
        answer = shared_scene.guest.post(f"{shared_scene.base}/messages", {"text": "語" * 4000})
        assert (answer.status, answer.json["text"]) == (201, "語" * 4000)


def test_a_reply_shows_what_it_answers(shared_scene: Scene) -> None:
    assert shared_scene.reply["reply_to"]["id"] == shared_scene.post["id"]
    assert shared_scene.reply["reply_to"]["text"] == "Welcome, everybody."
    assert shared_scene.reply["reply_to"]["author"]["name"] == "Mara Lindqvist"


def test_a_reply_to_what_is_not_there_is_422(scene: Scene) -> None:
    other = scene.owner.invites("ida@fjord.example")["chat"]["id"]
    elsewhere = scene.owner.post(f"/chats/{other}/messages", {"text": "Here"}).json["id"]
    for target in (elsewhere, f"{scene.chat}-99", f"{scene.chat}-0", "x", f"{scene.chat}-1e1"):
        answer = scene.owner.post(f"{scene.base}/messages", {"text": "x", "reply_to": target})
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "reply_to")


def test_only_the_author_edits_and_deletes(scene: Scene) -> None:
    path = f"{scene.base}/messages/{scene.post['id']}"
    for person in (scene.guest, scene.member):
        assert person.patch(path, {"text": "mine"}).status == person.delete(path).status == 403
    edited = scene.owner.patch(path, {"text": "Welcome, *all*."})
    assert (edited.status, edited.json["text"]) == (200, "Welcome, *all*.")
    assert edited.json["edited_at"]
    assert scene.owner.delete(path).status == 204
    assert scene.owner.delete(path).status == 204
    assert scene.owner.patch(path, {"text": "again"}).status == 409


@pytest.mark.requirement("A08")
def test_a_deleted_text_is_gone_everywhere_also_where_it_was_quoted(scene: Scene) -> None:
    scene.owner.delete(f"{scene.base}/messages/{scene.post['id']}")
    results = {item["id"]: item for item in scene.guest.get(f"{scene.base}/messages").json["items"]}
    gone = results[scene.post["id"]]
    assert (gone["text"], gone["html"]) == ("", "")
    assert gone["deleted_at"]
    assert results[scene.reply["id"]]["reply_to"].get("text", "") == ""
    assert "Welcome, everybody" not in str(scene.world.stored("message"))


def test_a_reaction_counts_once_for_each_person(scene: Scene) -> None:
    path = f"{scene.base}/messages/{scene.post['id']}/reactions/%F0%9F%91%8D"
    for person in (scene.owner, scene.owner, scene.guest):
        assert person.put(path).status == 204
    (message,) = [
        item for item in scene.guest.get(f"{scene.base}/messages").json["items"] if item["id"] == scene.post["id"]
    ]
    both = sorted([scene.owner.id, scene.guest.id])
    (reaction,) = message["reactions"]
    assert (reaction["emoji"], reaction["count"], reaction["mine"]) == ("👍", 2, True)
    assert sorted(reaction["account_ids"]) == both
    assert scene.guest.delete(path).status == scene.guest.delete(path).status == 204
    (message,) = [
        item for item in scene.guest.get(f"{scene.base}/messages").json["items"] if item["id"] == scene.post["id"]
    ]
    assert message["reactions"] == [{"emoji": "👍", "count": 1, "mine": False, "account_ids": [scene.owner.id]}]


@pytest.mark.parametrize(
    "emoji", ["x", "1", "👍x", "%3Cb%3E", "😀" * 40, "%E2%80%8D", "%20", "あ", "👍12345", "😀😀", "─", "%00"]
)
def test_what_is_not_one_emoji_is_no_reaction(shared_scene: Scene, emoji: str) -> None:
    answer = shared_scene.guest.put(f"{shared_scene.base}/messages/{shared_scene.post['id']}/reactions/{emoji}")
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "emoji")


@pytest.mark.parametrize(
    "emoji", ["👍", "👍🏽", "❤️", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "1️⃣", "#️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "✅", "©️", "⌚", "〰️", "㊗️", "↔️"]
)
def test_each_kind_of_emoji_is_a_reaction(shared_scene: Scene, emoji: str) -> None:
    with shared_scene.world.kept():
        path = f"{shared_scene.base}/messages/{shared_scene.post['id']}/reactions/{quote(emoji)}"
        assert shared_scene.guest.put(path).status == 204
        (message,) = [
            item
            for item in shared_scene.guest.get(f"{shared_scene.base}/messages").json["items"]
            if item["id"] == shared_scene.post["id"]
        ]
        assert [reaction["emoji"] for reaction in message["reactions"]] == [emoji]


def test_the_mark_of_reading_never_goes_back_and_never_beyond_the_end(scene: Scene) -> None:
    def unread() -> int:
        return int(scene.member.get(scene.base).json["unread"])

    assert unread() == 2
    assert scene.member.put(f"{scene.base}/read", {"seq": scene.post["seq"]}).status == 204
    assert unread() == 1
    scene.member.put(f"{scene.base}/read", {"seq": 999_999})
    assert unread() == 0
    scene.member.put(f"{scene.base}/read", {"seq": 1})
    assert unread() == 0
    scene.guest.post(f"{scene.base}/messages", {"text": "One more"})
    assert unread() == 1


def test_a_mention_counts_for_who_is_named_until_they_read(scene: Scene) -> None:
    scene.guest.post(f"{scene.base}/messages", {"text": "Ask @Tom Berg, not @Mara Lindqvist2"})
    scene.world.settle()
    assert (scene.member.get(scene.base).json["mentions"], scene.owner.get(scene.base).json["mentions"]) == (1, 0)
    scene.member.put(f"{scene.base}/read", {"seq": 999_999})
    assert scene.member.get(scene.base).json["mentions"] == 0


@pytest.mark.requirement("A33")
def test_the_html_of_a_message_holds_no_markup_of_its_author(shared_scene: Scene) -> None:
    text = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) **bold** <b>&amp;"
    with shared_scene.world.kept():
        html = shared_scene.guest.post(f"{shared_scene.base}/messages", {"text": text}).json["html"]
    assert "<img" not in html
    assert "<b>" not in html
    assert 'href="javascript' not in html.lower()
    assert "<strong>bold</strong>" in html


@pytest.mark.parametrize(
    ("item", "other"),
    [("\u2764", "\u2764\ufe0f"), ("\u2764\ufe0e", "\u2764"), ("👍\ufe0f", "👍"), ("🏳\u200d🌈", "🏳️\u200d🌈")],
)
def test_one_emoji_in_two_spellings_is_one_reaction(scene: Scene, item: str, other: str) -> None:
    path = f"{scene.base}/messages/{scene.post['id']}/reactions"
    scene.owner.put(f"{path}/{quote(item)}")
    scene.guest.put(f"{path}/{quote(other)}")
    seen = scene.owner.get(f"{scene.base}/messages").json["items"]
    assert [each["count"] for each in next(m for m in seen if m["id"] == scene.post["id"])["reactions"]] == [2]
    scene.owner.delete(f"{path}/{quote(other)}")
    scene.guest.delete(f"{path}/{quote(item)}")
    seen = scene.owner.get(f"{scene.base}/messages").json["items"]
    assert next(m for m in seen if m["id"] == scene.post["id"])["reactions"] == []


def test_what_happened_is_told_in_the_language_of_the_page_that_asks(scene: Scene) -> None:
    """A page that is German by its cookie asks for what it missed; a program, which has none, gets its account's language."""
    assert scene.guest.patch("/me", {"locale": "fr"}).status == 200
    scene.owner.patch(scene.base, {"name": "Quay"})
    scene.world.settle()
    told = {"": "a nommé", "lang=de": "hat den Chat", "lang=en": "named the chat", "lang=xx": "a nommé"}
    for cookie, word in told.items():
        for path in (f"{scene.base}/messages", f"{scene.base}/messages?after=1"):
            answer = scene.world.call("GET", path, token=scene.guest.token, Cookie=cookie)
            assert word in answer.json["items"][-1]["text"], (cookie, path)
