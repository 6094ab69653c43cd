"""What stands in a chat: numbers without a gap, events told once, each reader's own beginning, counts that are right."""

from typing import Any

import pytest

from chalicelib.events import changes
from tests.support.app import Person, World
from tests.support.sample_chat import GUEST, INVITED, MEMBER, OWNER, Scene


def test_events_that_come_twice_late_and_backwards_are_told_once_and_leave_no_gap(scene: Scene) -> None:
    """The stream's records of the whole evening, once more and in the wrong order."""
    scene.world.call("POST", f"/join/{scene.link}/decline", {})
    scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}")
    scene.owner.patch(scene.base, {"name": "Harbour II"})
    records = [item.to_json() for item in scene.world.data.stream]
    scene.world.settle()
    lines = scene.lines(scene.owner)
    for again in (records, records[::-1], records):
        assert changes.handle({"Records": again})["batchItemFailures"] == []
        scene.world.settle()
    assert scene.lines(scene.owner) == lines
    assert scene.owner.get(scene.base).json["last_seq"] == len(lines)
    assert scene.owner.post(f"{scene.base}/messages", {"text": "Next"}).json["seq"] == len(lines) + 1


@pytest.mark.requirement("A38")
def test_a_summary_that_lags_behind_costs_no_number(scene: Scene) -> None:
    """The chat's own item tells lists the newest number; a crash may leave it behind, and nothing correct rests on it."""
    from chalicelib.storage.items import ChatItem

    before = [item["seq"] for item in scene.owner.get(f"{scene.base}/messages").json["items"]]
    ChatItem(f"C#{scene.chat}", "C").update([ChatItem.last_seq.set(1), ChatItem.last_text_count.set(0)])
    assert scene.owner.post(f"{scene.base}/messages", {"text": "Next"}).json["seq"] == before[-1] + 1
    assert [item["seq"] for item in scene.owner.get(f"{scene.base}/messages").json["items"]] == [
        *before,
        before[-1] + 1,
    ]


@pytest.mark.parametrize("history", ["all", "from_join"])
def test_a_new_person_reads_from_where_the_inviter_said(world: World, history: str) -> None:
    owner = world.signs_up(OWNER)
    chat = owner.invites(GUEST)["chat"]["id"]
    old = owner.post(f"/chats/{chat}/messages", {"text": "Before"}).json
    owner.post(f"/chats/{chat}/invitations", {"invitees": [{"email": INVITED, "history": history}]})
    world.settle()
    olaf = world.joins(INVITED)
    reply = owner.post(f"/chats/{chat}/messages", {"text": "After", "reply_to": old["id"]}).json
    sees_all = history == "all"

    texts = [item["text"] for item in olaf.get(f"/chats/{chat}/messages").json["items"]]
    assert ("Before" in texts) == sees_all
    assert texts[-1] == "After"
    for query in ("after=0", f"before={reply['seq']}", "before=3&limit=100", "limit=100"):
        results = [item["text"] for item in olaf.get(f"/chats/{chat}/messages?{query}").json["items"]]
        assert ("Before" in results) == sees_all, query
    quoted = olaf.get(f"/chats/{chat}/messages").json["items"][-1]["reply_to"]
    assert quoted["id"] == old["id"]
    assert ("text" in quoted, "author" in quoted) == (sees_all, sees_all)


@pytest.mark.requirement("A28")
def test_what_lies_before_one_s_history_can_not_be_touched_either(world: World) -> None:
    owner = world.signs_up(OWNER)
    chat = owner.invites(GUEST)["chat"]["id"]
    old = owner.post(f"/chats/{chat}/messages", {"text": "Before"}).json["id"]
    dana = world.joins(GUEST)
    path = f"/chats/{chat}/messages"
    assert dana.put(f"{path}/{old}/reactions/%F0%9F%91%8D").status == 404
    assert dana.patch(f"{path}/{old}", {"text": "x"}).status == 404
    assert dana.delete(f"{path}/{old}").status == 404
    assert dana.post(path, {"text": "x", "reply_to": old}).status == 422


def test_unread_counts_what_others_wrote_and_no_events(scene: Scene) -> None:
    scene.member.put(f"{scene.base}/read", {"seq": 999_999})
    scene.owner.patch(scene.base, {"name": "Harbour II"})
    scene.world.joins(INVITED)
    assert _unread(scene.member, scene) == 0
    scene.guest.post(f"{scene.base}/messages", {"text": "One"})
    scene.guest.post(f"{scene.base}/messages", {"text": "Two"})
    assert (_unread(scene.member, scene), _unread(scene.guest, scene)) == (2, 0)
    scene.member.post(f"{scene.base}/messages", {"text": "Writing is reading"})
    assert _unread(scene.member, scene) == 0


def test_a_new_person_has_nothing_unread_from_before(scene: Scene) -> None:
    olaf = scene.world.joins(INVITED)
    assert _unread(olaf, scene) == 0
    scene.owner.post(f"{scene.base}/messages", {"text": "Welcome, Olaf"})
    assert _unread(olaf, scene) == 1


def test_a_mention_that_is_told_twice_counts_once(scene: Scene) -> None:
    scene.guest.post(f"{scene.base}/messages", {"text": "Where is @Tom Berg?"})
    records = [item.to_json() for item in scene.world.data.stream]
    for _ in range(3):
        changes.handle({"Records": records})
    assert scene.member.get(scene.base).json["mentions"] == 1


def test_a_mention_by_oneself_or_of_nobody_counts_for_nobody(scene: Scene) -> None:
    scene.member.post(f"{scene.base}/messages", {"text": "I am @Tom Berg, looking for @Nobody"})
    scene.world.settle()
    assert scene.member.get(scene.base).json["mentions"] == 0


def test_a_name_in_code_is_no_mention(scene: Scene) -> None:
    """The page showed none, but the person was told of it, here and in Slack."""
    path = f"{scene.base}/messages"
    for text in ("git blame `@Tom Berg`", "```\n@Tom Berg\n```", "[@Tom Berg](https://a.example)"):
        assert "mentions" not in scene.guest.post(path, {"text": text}).json, text
    assert _counts(scene.member, scene)[1] == 0
    said = scene.guest.post(path, {"text": "@Tom Berg, look"}).json
    assert _counts(scene.member, scene)[1] == 1
    scene.guest.patch(f"{path}/{said['id']}", {"text": "`@Tom Berg`, look"})
    assert _counts(scene.member, scene)[1] == 0


@pytest.fixture
def twins(scene: Scene) -> tuple[Person, Person]:
    """Two people of one name in the chat: Dana and somebody else who is called Dana Smith."""
    other = scene.world.joins(INVITED, "Dana Smith")
    scene.world.settle()
    return scene.guest, other


def test_of_two_people_of_one_name_the_one_is_mentioned_who_was_meant(
    scene: Scene, twins: tuple[Person, Person]
) -> None:
    first, second = twins
    path = f"{scene.base}/messages"
    said = scene.owner.post(path, {"text": "Hi @Dana Smith", "mentions": [second.id]}).json
    assert said["mentions"] == [second.id]
    assert (_counts(first, scene)[1], _counts(second, scene)[1]) == (0, 1)
    edited = scene.owner.patch(f"{path}/{said['id']}", {"text": "Hello, @Dana Smith"}).json
    assert edited["mentions"] == [second.id], "an edit that says nothing of it keeps who was meant"
    edited = scene.owner.patch(f"{path}/{said['id']}", {"text": "Hello, @Dana Smith", "mentions": [first.id]}).json
    assert edited["mentions"] == [first.id]
    assert (_counts(first, scene)[1], _counts(second, scene)[1]) == (1, 0)


def test_several_mentions_are_in_the_order_of_the_names(scene: Scene, twins: tuple[Person, Person]) -> None:
    first, second = (person.id for person in twins)
    text = "@Dana Smith, @Tom Berg and @Dana Smith"
    for chosen, meant in (
        ([second, first], [second, scene.member.id, first]),
        ([first, scene.member.id, second], [first, scene.member.id, second]),
        ([second], [second, scene.member.id]),
        ([], [scene.member.id]),
        ([scene.stranger.id], [scene.member.id]),
    ):
        said = scene.owner.post(f"{scene.base}/messages", {"text": text, "mentions": chosen}).json
        assert said["mentions"] == meant, chosen


def test_who_was_meant_in_code_is_not_meant_beside_it(scene: Scene, twins: tuple[Person, Person]) -> None:
    first, second = (person.id for person in twins)
    said = scene.owner.post(
        f"{scene.base}/messages", {"text": "`@Dana Smith` is not @Dana Smith", "mentions": [first, second]}
    )
    assert said.json["mentions"] == [second]


def test_nobody_is_mentioned_who_is_not_in_the_chat_or_not_named(scene: Scene) -> None:
    path = f"{scene.base}/messages"
    for text, chosen in (("Hi @Nora Quist", [scene.stranger.id]), ("Hi all", [scene.member.id]), ("@Tom", ["", "x"])):
        assert "mentions" not in scene.owner.post(path, {"text": text, "mentions": chosen}).json
    assert scene.owner.post(path, {"text": "@Tom Berg"}).json["mentions"] == [scene.member.id]
    assert scene.owner.post(path, {"text": "x", "mentions": ["x"] * 21}).status == 422


def _counts(reader: Person, scene: Scene) -> tuple[int, int]:
    scene.world.settle()
    shown = reader.get(scene.base).json
    return shown["unread"], shown["mentions"]


def test_what_is_deleted_before_it_is_read_is_neither_unread_nor_a_mention(scene: Scene) -> None:
    scene.member.put(f"{scene.base}/read", {"seq": 999_999})
    said = [scene.guest.post(f"{scene.base}/messages", {"text": text}).json["id"] for text in ("@Tom Berg one", "two")]
    assert _counts(scene.member, scene) == (2, 1)
    scene.guest.delete(f"{scene.base}/messages/{said[0]}")
    assert _counts(scene.member, scene) == (1, 0)
    records = [item.to_json() for item in scene.world.data.stream]
    changes.handle({"Records": records})
    assert _counts(scene.member, scene) == (1, 0), "told twice"
    scene.guest.delete(f"{scene.base}/messages/{said[1]}")
    assert _counts(scene.member, scene) == (0, 0)
    scene.guest.post(f"{scene.base}/messages", {"text": "three"})
    assert _counts(scene.member, scene) == (1, 0)


def test_what_is_deleted_after_it_was_read_lowers_nothing(scene: Scene) -> None:
    said = scene.guest.post(f"{scene.base}/messages", {"text": "@Tom Berg one"}).json
    scene.member.put(f"{scene.base}/read", {"seq": said["seq"]})
    scene.guest.post(f"{scene.base}/messages", {"text": "two"})
    scene.guest.delete(f"{scene.base}/messages/{said['id']}")
    assert _counts(scene.member, scene) == (1, 0)


def test_a_mention_goes_and_comes_with_an_edit(scene: Scene) -> None:
    scene.member.put(f"{scene.base}/read", {"seq": 999_999})
    said = scene.guest.post(f"{scene.base}/messages", {"text": "@Tom Berg"}).json["id"]
    assert _counts(scene.member, scene) == (1, 1)
    scene.guest.patch(f"{scene.base}/messages/{said}", {"text": "Nobody"})
    assert _counts(scene.member, scene) == (1, 0)
    scene.guest.patch(f"{scene.base}/messages/{said}", {"text": "No, @Tom Berg"})
    assert _counts(scene.member, scene) == (1, 1)


def test_reading_up_to_one_mention_leaves_the_later_ones(scene: Scene) -> None:
    scene.member.put(f"{scene.base}/read", {"seq": 999_999})
    said = [scene.guest.post(f"{scene.base}/messages", {"text": f"@Tom Berg {n}"}).json["seq"] for n in range(3)]
    scene.world.settle()
    scene.member.put(f"{scene.base}/read", {"seq": said[0]})
    assert _counts(scene.member, scene) == (2, 2)


def test_however_many_are_deleted_the_chat_stays_small(scene: Scene) -> None:
    for number in range(60):
        said = scene.guest.post(f"{scene.base}/messages", {"text": str(number)}).json["id"]
        scene.guest.delete(f"{scene.base}/messages/{said}")
    scene.world.settle()
    result = scene.world.ports.chats.roster(scene.chat)
    assert result is not None
    assert 0 < len(result[0].deleted) <= 40


def test_an_edit_keeps_the_number_and_a_mention_may_come_with_it(scene: Scene) -> None:
    path = f"{scene.base}/messages/{scene.reply['id']}"
    edited = scene.guest.patch(path, {"text": "Glad, @Mara Lindqvist"}).json
    assert (edited["seq"], edited["reply_to"]["id"]) == (scene.reply["seq"], scene.post["id"])
    assert scene.lines(scene.owner)[-1] == "Glad, @Mara Lindqvist"


@pytest.mark.requirement("A08", "A28")
def test_who_is_removed_is_out_at_once_everywhere(scene: Scene) -> None:
    assert scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}").status == 204
    message = scene.reply["id"]
    for answer in (
        scene.guest.get(scene.base),
        scene.guest.get(f"{scene.base}/messages"),
        scene.guest.post(f"{scene.base}/messages", {"text": "x"}),
        scene.guest.patch(f"{scene.base}/messages/{message}", {"text": "x"}),
        scene.guest.delete(f"{scene.base}/messages/{message}"),
        scene.guest.put(f"{scene.base}/messages/{message}/reactions/%F0%9F%91%8D"),
        scene.guest.put(f"{scene.base}/read", {"seq": 1}),
        scene.guest.delete(f"{scene.base}/participants/{scene.guest.id}"),
    ):
        assert answer.status == 404
    assert scene.guest.get("/chats").json["items"] == []
    scene.world.settle()
    assert scene.lines(scene.owner)[-1] == "Mara Lindqvist removed Dana Smith"
    assert [
        participant["name"]
        for participant in scene.owner.get(scene.base).json["participants"]
        if participant["role"] == "external"
    ] == []


def test_anybody_may_leave_and_only_their_inviter_or_a_manager_removes_a_guest(scene: Scene) -> None:
    assert scene.member.delete(f"{scene.base}/participants/{scene.guest.id}").status == 403
    assert scene.owner.delete(f"{scene.base}/participants/{scene.member.id}").status == 403
    assert scene.owner.delete(f"{scene.base}/participants/{scene.stranger.id}").status == 404
    assert scene.guest.delete(f"{scene.base}/participants/{scene.guest.id}").status == 204
    scene.world.settle()
    assert scene.lines(scene.owner)[-1] == "Dana Smith left"


def test_a_chat_goes_on_when_its_founder_and_its_members_have_left(scene: Scene) -> None:
    """It can be read; and written in, once somebody of the workspace takes it over."""
    scene.owner.delete(f"{scene.base}/participants/{scene.owner.id}")
    scene.member.delete(f"{scene.base}/participants/{scene.member.id}")
    scene.world.settle()
    assert scene.guest.post(f"{scene.base}/messages", {"text": "Anybody there?"}).status == 403
    assert [participant["name"] for participant in scene.guest.get(scene.base).json["participants"]] == ["Dana Smith"]
    assert MEMBER not in scene.guest.get(f"{scene.base}/messages").text
    assert scene.owner.post(f"{scene.base}/take-over").status == 200
    assert scene.guest.post(f"{scene.base}/messages", {"text": "Anybody there?"}).status == 201


def test_lists_show_who_is_there_now(scene: Scene) -> None:
    direct = scene.owner.invites("ida@fjord.example")["chat"]["id"]
    assert _title(scene.owner, direct) == "ida@fjord.example"
    ida = scene.world.joins("ida@fjord.example", "Ida Falk")
    assert _title(scene.owner, direct) == "Ida Falk"
    assert _title(ida, direct) == "Mara Lindqvist"


def _unread(person: Person, scene: Scene) -> int:
    return int(person.get(scene.base).json["unread"])


def _title(person: Person, chat: str) -> Any:
    result, membership = person.world.ports.chats.with_membership(chat, person.id)
    assert result
    assert membership
    return result.title_for(membership)
