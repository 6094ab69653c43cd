"""The register: who from outside is in a workspace's chats, for its owners and admins; and removing them from there."""

import csv
import io
from collections.abc import Iterator

import pytest

from chalicelib.domain.schedule import ScheduledTask, TaskKind
from chalicelib.schemas.sheets import csv_text
from chalicelib.storage.items import ChatItem, OutsideItem
from tests.support.app import PASSWORD, Person
from tests.support.aws_calls import watched
from tests.support.form_browser import Browser, Form, Page
from tests.support.sample_chat import GUEST, INVITED, OWNER, STRANGER, Scene, joins_company
from tests.support.steps import Json, later

ADMIN = "ada@brightwater.example"


@pytest.fixture
def admin(scene: Scene) -> Person:
    """An admin who is in no chat."""
    return joins_company(scene.world, scene.owner, ADMIN, "Ada Holm", "admin")


def register(reader: Person, scene: Scene, query: str = "") -> list[Json]:
    answer = reader.get(f"/workspaces/{scene.workspace}/outside{query}")
    assert answer.status == 200, answer.text
    items: list[Json] = answer.json["items"]
    return items


def rows(reader: Person, scene: Scene, query: str = "") -> list[dict[str, str]]:
    answer = reader.world.call(
        "GET", f"/workspaces/{scene.workspace}/outside{query}", token=reader.token, Accept="text/csv"
    )
    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.text)))


def another_chat(scene: Scene, name: str = "Lighthouse") -> str:
    """Dana is in it, too."""
    scene.world.pass_time(minutes=1)
    made = scene.owner.invites(GUEST, "ida@fjord.example", name=name)
    answer = scene.guest.post(f"/join/{scene.world.invited(GUEST)}", {})
    assert answer.status == 200, answer.text
    scene.world.settle()
    return str(made["chat"]["id"])


@pytest.mark.requirement("A46")
def test_somebody_who_is_in_no_chat_sees_who_is_in_where_since_when_and_by_whose_word(
    scene: Scene, admin: Person
) -> None:
    (dana,) = register(admin, scene)
    (place,) = dana["places"]
    assert (dana["name"], dana["email"], dana["account_id"], dana["via"]) == (
        "Dana Smith",
        GUEST,
        scene.guest.id,
        "webtop",
    )
    assert (place["chat_id"], place["chat_name"], place["invited_as"]) == (scene.chat, "Harbour house", GUEST)
    assert place["invited_by"] == place["owner"] == {"account_id": scene.owner.id, "name": "Mara Lindqvist"}
    assert place["joined_at"] <= place["last_wrote_at"]
    assert "ends_at" not in place
    text = admin.get(f"/workspaces/{scene.workspace}/outside").text
    assert "Glad to be here" not in text, "people and places, never words"


def test_last_wrote_is_of_ones_own_messages_and_reading_changes_nothing(scene: Scene) -> None:
    late = scene.world.joins(INVITED, "Olaf")
    (_, place), *_ = [
        (item["name"], item["places"][0]) for item in register(scene.owner, scene) if item["name"] == "Olaf"
    ]
    assert "last_wrote_at" not in place
    late.put(f"{scene.base}/read", {"seq": 999_999_999})
    scene.world.pass_time(hours=1)
    late.post(f"{scene.base}/messages", {"text": "Here now"})
    scene.world.pass_time(hours=1)
    late.put(f"{scene.base}/read", {"seq": 999_999_999})
    (place,) = next(item["places"] for item in register(scene.owner, scene) if item["name"] == "Olaf")
    assert place["last_wrote_at"].startswith("2026-11-23T10:00")


def test_one_person_in_several_chats_is_one_item_with_the_way_of_the_last(scene: Scene) -> None:
    scene.world.pass_time(minutes=5)
    chat = another_chat(scene)
    direct = scene.owner.invites(INVITED)["chat"]["id"]
    scene.world.joins(INVITED, "Olaf")
    items = {item["name"]: item for item in register(scene.owner, scene)}
    assert [place["chat_id"] for place in items["Dana Smith"]["places"]] == [scene.chat, chat]
    assert [place["chat_name"] for place in items["Olaf"]["places"]] == [None]
    assert [item["name"] for item in register(scene.owner, scene, f"?chat_id={direct}")] == ["Olaf"]


def test_it_is_narrowed_by_name_and_address_and_chat(scene: Scene) -> None:
    chat = another_chat(scene)
    for query in ("?q=dana", "?q=SMITH", "?q=acme.example", f"?chat_id={scene.chat}", f"?q=dana&chat_id={chat}"):
        assert [item["name"] for item in register(scene.owner, scene, query)] == ["Dana Smith"], query
    (dana,) = register(scene.owner, scene, f"?chat_id={chat}")
    assert [place["chat_id"] for place in dana["places"]] == [chat]
    foreign = scene.stranger.invites("x@y.example")["chat"]["id"]
    for query in ("?q=nobody", "?chat_id=aaaaaaaaaaaaaaaa", "?chat_id=x", f"?chat_id={foreign}"):
        assert register(scene.owner, scene, query) == [], query


@pytest.mark.requirement("A31")
def test_it_comes_in_pages_and_a_cursor_is_good_for_its_list_alone(scene: Scene, admin: Person) -> None:
    emails = join_many(scene, 7)
    walked, pages = list[str](), 0
    for items in _pages(scene.owner, scene, "?limit=3"):
        walked += [item["email"] for item in items]
        pages += 1
    assert (sorted(walked), pages) == (sorted([*emails, GUEST]), 3)
    first = scene.owner.get(f"/workspaces/{scene.workspace}/outside?limit=3").json["next"]
    for reader, query in ((admin, ""), (scene.owner, "&q=dana"), (scene.owner, f"&chat_id={scene.chat}")):
        answer = reader.get(f"/workspaces/{scene.workspace}/outside?limit=3{query}&cursor={first}")
        assert answer.status == 422, query
    in_chat = [item["name"] for items in _pages(scene.owner, scene, f"?limit=3&chat_id={scene.chat}") for item in items]
    assert sorted(in_chat) == ["Dana Smith"]


@pytest.mark.requirement("A40")
def test_a_page_costs_the_same_however_many_are_in_the_register(scene: Scene) -> None:
    counts = []
    for more, domain in ((4, "fjord.example"), (20, "kiosk.example")):
        join_many(scene, more, domain)
        with watched() as calls:
            assert len(register(scene.owner, scene, "?limit=3")) == 3
        assert set(calls.made) <= {"BatchGetItem", "Query"}
        counts.append(calls.made)
    assert counts[0] == counts[1]


def test_looking_for_somebody_reads_so_much_at_once_and_goes_on_behind_it(scene: Scene) -> None:
    emails = join_many(scene, 25)
    results = [item["email"] for items in _pages(scene.owner, scene, f"?limit=1&q={emails[-1]}") for item in items]
    assert results == [emails[-1]]


@pytest.mark.requirement("A45")
def test_as_a_sheet_it_has_a_row_for_each_place_and_no_cell_begins_a_formula(scene: Scene) -> None:
    scene.owner.patch(scene.base, {"name": "=cmd|' /C calc'!A0"})
    another_chat(scene, " +1+1")
    assert scene.owner.get(f"/workspaces/{scene.workspace}/outside?limit=1").json["next"] is None
    sheet = rows(scene.owner, scene, "?limit=1")
    assert [row["chat_name"] for row in sheet] == ["'=cmd|' /C calc'!A0", "'+1+1"]
    assert {row["name"] for row in sheet} == {"Dana Smith"}
    assert (sheet[0]["invited_by"], sheet[0]["via"], sheet[0]["ends_at"]) == ("Mara Lindqvist", "webtop", "")
    assert sheet[0]["joined_at"].startswith("2026-11-23T09:00:00")


@pytest.mark.requirement("A45")
@pytest.mark.parametrize("sign", "=+-@\t\r＝＋－＠")
@pytest.mark.parametrize("before", ["", "  ", "\u00a0"])
def test_no_sign_that_begins_a_formula_stands_first(sign: str, before: str) -> None:
    text = f"{before}{sign}SUM(1)"
    (_, row) = csv.reader(io.StringIO(csv_text(["a", "b"], [[text, 'x,"y"']]), newline=""))
    assert row == [f"'{text}", 'x,"y"']


@pytest.mark.requirement("A08", "A46")
def test_an_admin_who_is_in_no_chat_ends_one_place_or_all_of_them(scene: Scene, admin: Person) -> None:
    chat = another_chat(scene)
    path = f"/workspaces/{scene.workspace}/outside/{scene.guest.id}"
    assert admin.delete(f"{path}?chat_id={chat}").status == 200
    assert (scene.guest.get(f"/chats/{chat}").status, scene.guest.get(scene.base).status) == (404, 200)
    assert admin.delete(f"{path}?chat_id={chat}").status == 404
    another_chat(scene, "Quay")
    answer = admin.delete(path)
    assert (answer.status, scene.guest.get("/chats").json["items"]) == (200, [])
    scene.world.settle()
    assert register(admin, scene) == []
    assert "Ada Holm removed Dana Smith" in scene.lines(scene.owner)
    assert admin.delete(path).status == 404


@pytest.mark.requirement("A08")
def test_what_the_index_does_not_tell_yet_is_removed_and_what_it_still_tells_is_not_shown(scene: Scene) -> None:
    late = scene.world.call(
        "POST", f"/join/{scene.world.invited(INVITED)}/account", {"name": "Olaf", "password": PASSWORD}
    ).json
    path = f"/workspaces/{scene.workspace}/outside"
    assert scene.owner.delete(f"{path}/{late['account']['id']}").status == 200
    assert scene.owner.delete(f"{path}/{scene.guest.id}").status == 200
    assert register(scene.owner, scene) == []


def test_only_people_from_outside_are_removed_here_and_only_from_this_workspace(scene: Scene) -> None:
    path = f"/workspaces/{scene.workspace}/outside"
    elsewhere = scene.stranger.invites(GUEST)["chat"]["id"]
    scene.guest.post(f"/join/{scene.world.invited(GUEST)}", {})
    before = scene.world.snapshot()
    for account_id, query in (
        (scene.member.id, ""),
        (scene.owner.id, ""),
        (scene.stranger.id, ""),
        (scene.guest.id, f"?chat_id={elsewhere}"),
    ):
        assert scene.owner.delete(f"{path}/{account_id}{query}").status == 404
    assert scene.world.snapshot() == before
    assert scene.owner.delete(f"{path}/{scene.guest.id}").status == 200
    assert scene.guest.get(f"/chats/{elsewhere}").status == 200


def test_whoever_comes_back_is_in_the_register_again(scene: Scene) -> None:
    scene.owner.delete(f"/workspaces/{scene.workspace}/outside/{scene.guest.id}")
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": GUEST}]})
    scene.world.settle()
    assert scene.guest.post(f"/join/{scene.world.invited(GUEST)}", {}).status == 200
    scene.world.settle()
    assert [item["name"] for item in register(scene.owner, scene)] == ["Dana Smith"]


def test_when_the_inviter_leaves_the_longest_member_answers_and_then_an_owner(scene: Scene, admin: Person) -> None:
    base, guest = f"/workspaces/{scene.workspace}/members", scene.guest.id
    scene.owner.patch(f"{base}/{admin.id}", {"role": "owner"})
    scene.owner.delete(f"{scene.base}/participants/{scene.owner.id}")
    scene.world.settle()
    (place,) = register(admin, scene)[0]["places"]
    assert (place["invited_by"]["name"], place["owner"]["name"]) == ("Mara Lindqvist", "Tom Berg")
    assert scene.member.delete(f"{scene.base}/participants/{scene.member.id}").status == 204
    scene.world.settle()
    (place,) = register(admin, scene)[0]["places"]
    assert place["owner"]["name"] in ("Ada Holm", "Mara Lindqvist")
    assert register(admin, scene)[0]["account_id"] == guest


@pytest.mark.requirement("A46")
def as_before_the_register(scene: Scene) -> None:
    for item in scene.world.stored("outside"):
        OutsideItem(item["pk"]["S"], item["sk"]["S"]).delete()
    for item in scene.world.stored("chat"):
        ChatItem(item["pk"]["S"], "C").update([ChatItem.is_registered.remove()])


def test_places_that_are_older_than_the_register_come_into_it_by_use(scene: Scene) -> None:
    """Also those in a chat where nobody says anything; then nothing more is done about it."""
    silent = another_chat(scene)
    elsewhere = scene.stranger.invites("far@fjord.example")
    as_before_the_register(scene)
    assert register(scene.owner, scene) == []
    scene.guest.post(f"{scene.base}/messages", {"text": "Is anybody there?"})
    scene.world.settle()
    later(scene.world, hours=1)
    (dana,) = register(scene.owner, scene)
    assert [place["chat_id"] for place in dana["places"]] == [scene.chat]
    counts = later(scene.world, hours=1)
    (dana,) = register(scene.owner, scene)
    assert (counts["register"], [place["chat_id"] for place in dana["places"]]) == (1, [scene.chat, silent])
    old = {item["id"]["S"] for item in scene.world.stored("chat") if "is_registered" not in item}
    assert old == {elsewhere["chat"]["id"]}
    scene.owner.post(f"{scene.base}/messages", {"text": "Yes"})
    scene.world.settle()
    assert later(scene.world, hours=2)["register"] == 0
    assert [item for item in scene.world.stored("due") if item["what"]["S"] == "register"] == []


def test_looking_for_older_chats_goes_on_behind_the_member_it_came_to(scene: Scene) -> None:
    silent = another_chat(scene)
    as_before_the_register(scene)
    first = min(scene.owner.id, scene.member.id)
    task = ScheduledTask(kind=TaskKind.REGISTER, at=scene.world.now(), chat_id=scene.workspace, invitation_id=first)
    scene.world.ports.schedule.add([task], scene.world.now())
    later(scene.world, minutes=1)
    behind = {place["chat_id"] for person in register(scene.owner, scene) for place in person["places"]}
    assert behind == ({scene.chat} if first == scene.owner.id else {scene.chat, silent})


def test_the_page_finds_a_person_shows_their_places_and_ends_them(scene: Scene, admin: Person) -> None:
    another_chat(scene)
    browser = Browser(scene.world)
    browser.signs_in(ADMIN, PASSWORD)
    page = browser.open("/outside?q=dana")
    link = f"/outside/{scene.guest.id}?workspace={scene.workspace}"
    assert (link.replace("&", "&amp;") in page.html, "invited as" in page.html) == (True, True)
    assert "No one matches" in browser.open("/outside?q=zzz").html
    page = browser.open(link)
    assert page.html.count("Remove from this chat") == 2
    page = browser.send(removals(page)[0])
    assert ("Removed." in page.html, page.html.count("Remove from this chat")) == (True, 1)
    another_chat(scene, "Quay")
    page = browser.send(removals(browser.open(link))[-1])
    assert (page.path.partition("?")[0], "No guests" in page.html) == ("/outside", True)


def test_the_page_shows_many_by_pages_and_gives_the_sheet(scene: Scene) -> None:
    join_many(scene, 52)
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    first = browser.open("/outside")
    more = first.html.partition('class="list-end"><a class="button dense" href="')[2].partition('"')[0]
    second = browser.open(more.replace("&amp;", "&"))
    assert (first.html.count('<li><span class="avatar'), second.html.count('<li><span class="avatar')) == (50, 3)
    answer = browser.open("/outside.csv").answer
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == 53


def test_pages_are_for_owners_and_admins(scene: Scene) -> None:
    link = f"/outside/{scene.guest.id}"
    for email, status in (("tom@brightwater.example", 403), (GUEST, 404), (STRANGER, 404)):
        browser = Browser(scene.world)
        browser.signs_in(email, PASSWORD)
        for path in ("/outside", "/outside.csv", link):
            assert browser.open(f"{path}?workspace={scene.workspace}").status == status, (email, path)
    assert "/sign-in" in Browser(scene.world).open("/outside").path


def test_members_and_people_who_left_are_not_in_it(scene: Scene) -> None:
    scene.guest.delete(f"{scene.base}/participants/{scene.guest.id}")
    later(scene.world, hours=1)
    assert register(scene.owner, scene) == []


def removals(page: Page) -> list[Form]:
    """The forms that remove from one chat each, and last the one that removes from all."""
    return [form for form in page.forms() if form.action.endswith("/remove")]


def join_many(scene: Scene, count: int, domain: str = "fjord.example") -> list[str]:
    """So many people with a name each, in a chat of their own."""
    emails = [f"p{number}@{domain}" for number in range(count)]
    scene.owner.invites(*emails, f"someone@{domain}")
    return [scene.world.joins(email, f"Person at {email}").email for email in emails]


def _pages(reader: Person, scene: Scene, query: str) -> Iterator[list[Json]]:
    cursor = ""
    while True:
        answer = reader.get(f"/workspaces/{scene.workspace}/outside{query}{cursor and f'&cursor={cursor}'}").json
        yield answer["items"]
        if not answer["next"]:
            return
        cursor = answer["next"]
