"""One's picture: made anew from what was chosen, seen by whoever shares a chat or a workspace, gone when it is replaced."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image

from chalicelib.domain import errors
from chalicelib.domain.profile_pictures import MOST_BYTES
from chalicelib.events import schedule
from tests.support import picture_samples as samples
from tests.support import rights
from tests.support.app import Answer, Person, World, keys_in_memory, object_in_memory
from tests.support.files import EICAR
from tests.support.form_browser import Browser
from tests.support.sample_chat import Scene
from tests.support.steps import hour
from tests.usecases.test_erasing import dump, erases

PNG = "image/png"


def photo(kind: str = "JPEG", size: tuple[int, int] = (640, 480), colour: str = "teal", **saved: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **saved)
    return out.getvalue()


def chooses(person: Person, content: bytes, media: str = "image/jpeg") -> Answer:
    headers = {"Content-Type": media, "Authorization": f"Bearer {person.token}"}
    with rights.acting_as("api"):
        answer = person.world.request("PUT", "/api/v1/me/picture", content, headers)
    person.world.settle()
    return answer


def chosen(person: Person, content: bytes = b"", media: str = "image/jpeg") -> str:
    """The address of their new picture, below /api/v1."""
    answer = chooses(person, content or photo(), media)
    assert answer.status == 200, answer.text
    return str(answer.json["picture_url"]).partition("/api/v1")[2]


def pictures() -> list[str]:
    return [key for key in keys_in_memory() if key.startswith(("a/", "s/"))]


@pytest.fixture(autouse=True)
def _nobody_has_one(scene: Scene) -> None:
    """Neither Tom, nor anybody of another test's town: the store in memory is one for all."""
    scene.member.delete("/me/picture")
    scene.world.settle()
    scene.world.ports.file_store.delete(pictures() or ["a/none"])


@pytest.mark.requirement("A42")
@pytest.mark.parametrize(("kind", "media"), [("JPEG", "image/jpeg"), ("PNG", PNG)])
def test_it_is_a_square_of_256_pixels_without_anything_else(scene: Scene, kind: str, media: str) -> None:
    noted = Image.Exif()
    noted[0x010E] = samples.GPS.decode()
    given = scene.guest.get(chosen(scene.guest, photo(kind, exif=noted), media))
    assert given.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(given.body)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (256, 256), {})
    assert samples.GPS not in given.body
    assert [key for key in pictures() if key.startswith("s/")] == []


def test_one_that_was_turned_stands_upright(scene: Scene) -> None:
    image = Image.new("RGB", (512, 512), "red")
    image.paste("blue", (0, 0, 512, 256))
    noted, out = Image.Exif(), io.BytesIO()
    noted[0x0112] = 3
    image.save(out, "JPEG", exif=noted)
    with Image.open(io.BytesIO(scene.guest.get(chosen(scene.guest, out.getvalue())).body)) as made:
        red, _, blue = made.convert("RGB").getpixel((128, 20))  # type: ignore[misc]
    assert (red > 200, blue < 50) == (True, True)


@pytest.mark.requirement("A42", "A32")
@pytest.mark.parametrize(
    ("content", "media", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", PNG, 422, "not_a_picture"),
        (b"<!doctype html><script>alert(1)</script>", "image/jpeg", 422, "not_a_picture"),
        (samples.gif(40, 40), "image/jpeg", 422, "not_a_picture"),
        (samples.webp(40, 40), PNG, 422, "not_a_picture"),
        (samples.png(40, 40)[:-20], PNG, 422, "not_a_picture"),
        (samples.png(7000, 7000), PNG, 422, "not_a_picture"),
        (samples.png(6000, 6000), PNG, 422, "not_a_picture"),
        (EICAR, PNG, 422, "not_a_picture"),
        (b"", PNG, 422, "not_a_picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * MOST_BYTES, PNG, 422, "too_large"),
        (photo(), "text/html", 415, "wrong_media"),
        (photo(), "image/svg+xml", 415, "wrong_media"),
    ],
    ids=["svg", "html", "gif", "webp", "cut", "bomb", "no_pixels", "malware", "nothing", "large", "as_html", "as_svg"],
)
def test_what_is_no_picture_is_refused_and_leaves_nothing(  # what comes, and what is said of it
    scene: Scene, content: bytes, media: str, status: int, code: str
) -> None:
    answer = chooses(scene.guest, content, media)
    assert (answer.status, answer.code) == (status, code), answer.text
    assert "picture_url" not in scene.guest.get("/me").json["account"]
    assert pictures() == []


@pytest.mark.requirement("A42")
def test_its_own_bytes_say_what_it_is_and_what_hides_in_it_is_gone(scene: Scene) -> None:
    """A PNG that is called a JPEG, with a page and malware inside and behind it."""
    script = b"<script>alert(1)</script>" + EICAR
    hiding = samples.png(300, 300, (b"tEXt", script)) + script
    given = scene.guest.get(chosen(scene.guest, hiding, "image/jpeg")).body
    assert given.startswith(b"\xff\xd8")
    assert b"script" not in given
    assert EICAR not in given


def test_a_small_one_stays_small_and_a_clear_one_has_white_behind_it(scene: Scene) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 60), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(scene.guest.get(chosen(scene.guest, out.getvalue(), PNG)).body)) as image:
        assert image.size == (40, 40)
        assert image.convert("RGB").getpixel((20, 20)) == (255, 255, 255)


def test_twenty_an_hour_are_enough(scene: Scene) -> None:
    statuses = [chooses(scene.guest, photo(size=(8, 8))).status for _ in range(21)]
    assert statuses == [200] * 20 + [429]


@dataclass
class _Failing:
    """A part of the system that breaks off: after what it should do, or instead of it."""

    real: Any
    afterwards: bool

    def make(self, *args: Any) -> Any:
        if self.afterwards:
            self.real.make(*args)
        raise errors.busy()


@dataclass
class _Interrupted:
    """Something else happens, once, while a picture is being made."""

    real: Any
    meanwhile: Callable[[], object]
    was: bool = False

    def make(self, *args: Any) -> Any:
        made = self.real.make(*args)
        if not self.was:
            self.was = True
            self.meanwhile()
        return made


@pytest.mark.requirement("A35")
def test_two_that_are_chosen_at_once_leave_one(scene: Scene) -> None:
    """The first comes to its end last."""
    others = list[str]()
    maker = _Interrupted(scene.world.ports.picture_maker, lambda: others.append(chosen(scene.guest)))
    with scene.world.using(picture_maker=maker):
        mine = chosen(scene.guest, photo(colour="red"))
    assert [scene.guest.get(each).status for each in (mine, *others)] == [200, 404]
    assert pictures() == [f"a/{scene.guest.id}/{mine.rpartition('/')[2]}"]
    people = scene.owner.get(scene.base).json["participants"]
    assert mine in str([person.get("picture_url") for person in people])


@pytest.mark.requirement("A35", "A47")
def test_an_account_that_is_erased_meanwhile_leaves_none(scene: Scene) -> None:
    maker = _Interrupted(scene.world.ports.picture_maker, lambda: erases(scene.guest))
    with scene.world.using(picture_maker=maker):
        assert chooses(scene.guest, photo()).status == 404
    scene.world.pass_time(hours=1)
    hour_with_its_rights(scene.world)
    assert pictures() == []


@pytest.mark.requirement("A36")
@pytest.mark.parametrize("afterwards", [True, False])
def test_a_request_that_broke_off_leaves_the_old_picture_and_no_file(scene: Scene, afterwards: bool) -> None:
    before = chosen(scene.guest)
    with scene.world.using(picture_maker=_Failing(scene.world.ports.picture_maker, afterwards)):
        assert chooses(scene.guest, photo(colour="red")).status == 503
    assert scene.guest.get(before).status == 200
    scene.world.pass_time(hours=1)
    hour_with_its_rights(scene.world)
    assert len(pictures()) == 1
    assert scene.guest.get(before).status == 200


def hour_with_its_rights(world: World) -> None:
    with rights.acting_as("hourly"):
        assert schedule.hourly()["left"] == 0
    world.settle()


@pytest.mark.requirement("A08")
def test_a_new_one_takes_the_place_of_the_old_whose_file_is_gone(scene: Scene) -> None:
    first = chosen(scene.guest)
    second = chosen(scene.guest, photo(colour="red"))
    assert first != second
    assert (scene.guest.get(first).status, scene.guest.get(second).status) == (404, 200)
    assert pictures() == [f"a/{scene.guest.id}/{second.rpartition('/')[2]}"]
    assert scene.guest.delete("/me/picture").status == 204
    scene.world.settle()
    assert scene.guest.get(second).status == 404
    assert scene.guest.delete("/me/picture").status == 204
    assert pictures() == []


@pytest.mark.requirement("A35")
def test_what_is_told_twice_or_late_takes_no_picture_away(scene: Scene) -> None:
    address = chosen(scene.guest)
    scene.world.told = 0
    scene.world.settle()
    hour(scene.world)
    scene.world.pass_time(hours=2)
    hour(scene.world)
    assert scene.guest.get(address).status == 200


@pytest.mark.requirement("A28")
def test_it_is_seen_by_who_shares_a_chat_or_a_workspace_and_by_nobody_else(scene: Scene) -> None:
    of_guest, of_owner, of_member = chosen(scene.guest), chosen(scene.owner), chosen(scene.member)
    seen = {"guest": (200, 200, 200), "owner": (200, 200, 200), "member": (200, 200, 200), "stranger": (404, 404, 404)}
    for who, statuses in seen.items():
        person = getattr(scene, who)
        assert tuple(person.get(each).status for each in (of_guest, of_owner, of_member)) == statuses, who
    nobody = scene.world.call("GET", of_guest)
    assert (nobody.status, nobody.code) == (401, "not_signed_in")
    unknown = scene.owner.get(f"/people/{'a' * 16}/pictures/{'a' * 16}")
    foreign = scene.stranger.get(of_guest)
    assert (unknown.code, unknown.json["title"]) == (foreign.code, foreign.json["title"])


@pytest.mark.requirement("A08", "A28")
def test_who_was_removed_sees_nobody_any_more_nor_is_seen(scene: Scene) -> None:
    of_guest, of_owner = chosen(scene.guest), chosen(scene.owner)
    assert scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}").status == 204
    assert (scene.guest.get(of_owner).status, scene.owner.get(of_guest).status) == (404, 404)
    assert scene.guest.get(of_guest).status == 200


@pytest.mark.requirement("A37")
def test_a_place_that_the_clock_has_ended_shows_nobody(scene: Scene) -> None:
    of_guest, of_owner = chosen(scene.guest), chosen(scene.owner)
    ends = {"ends_at": "2026-11-24T09:00:00Z"}
    assert scene.owner.patch(f"{scene.base}/participants/{scene.guest.id}", ends).status == 200
    scene.world.pass_time(days=1)
    assert (scene.guest.get(of_owner).status, scene.owner.get(of_guest).status) == (404, 404)


def test_owners_and_admins_see_guests_of_chats_that_they_are_not_in(scene: Scene) -> None:
    made = scene.member.invites("ida@fjord.example")
    scene.world.settle()
    ida = scene.world.joins("ida@fjord.example", "Ida")
    address = chosen(ida)
    assert made["chat"]["id"]
    assert (scene.owner.get(address).status, scene.guest.get(address).status) == (200, 404)
    register = Browser(scene.world)
    register.cookies["session"] = scene.owner.token
    assert f'src="/api/v1{address}"' in register.open("/outside").html
    other = scene.world.signs_up("admin@elsewhere.example")
    assert other.get(address).status == 404


@pytest.mark.requirement("A33")
def test_browsers_keep_it_for_a_day_and_one_session(scene: Scene) -> None:
    headers = scene.owner.get(chosen(scene.guest)).headers
    assert headers["cache-control"] == "private, max-age=86400, immutable"
    assert headers["vary"] == "Cookie, Authorization"
    assert headers["x-content-type-options"] == "nosniff"


def test_it_stands_wherever_the_person_does(scene: Scene) -> None:
    address = chosen(scene.guest)
    absolute = scene.guest.get("/me").json["account"]["picture_url"]
    assert absolute == f"http://chat.test/api/v1{address}"
    people = scene.owner.get(scene.base).json["participants"]
    assert {person["account_id"]: person.get("picture_url") for person in people}[scene.guest.id] == absolute
    scene.guest.post(f"{scene.base}/messages", {"text": "Glad to be seen."})
    scene.world.settle()
    browser = Browser(scene.world)
    browser.cookies["session"] = scene.owner.token
    shown = f'<img src="/api/v1{address}" alt="" width="36" height="36" loading="lazy"'
    for path in (scene.base, f"{scene.base}?people=1", "/chats?view=inbox", "/search?q=glad", "/outside"):
        assert shown in browser.open(path).html, path
    assert f'data-picture="/api/v1{address}"' in browser.open(scene.base).html


def test_a_chat_of_two_shows_the_other_in_the_list(scene: Scene) -> None:
    scene.owner.invites("ida@fjord.example")
    scene.world.settle()
    ida = scene.world.joins("ida@fjord.example", "Ida")
    of_ida, of_owner = chosen(ida), chosen(scene.owner)
    for person, other in ((scene.owner, of_ida), (ida, of_owner)):
        browser = Browser(scene.world)
        browser.cookies["session"] = person.token
        assert browser.open("/chats").html.count(f'<img src="/api/v1{other}"') == 2, "side bar and list"


def test_whoever_comes_later_brings_it_along(scene: Scene) -> None:
    """Set before they join, are added as a member, or begin a chat."""
    addresses = [chosen(scene.member), chosen(scene.stranger)]
    made = scene.member.invites(scene.stranger.email)
    scene.world.settle()
    assert scene.stranger.post(f"/join/{scene.world.invited(scene.stranger.email)}").status == 200
    scene.world.settle()
    people = scene.member.get(f"/chats/{made['chat']['id']}").json["participants"]
    assert [str(person["picture_url"]).partition("/api/v1")[2] for person in people] == addresses
    items = scene.owner.get(f"/workspaces/{scene.workspace}/members").json["items"]
    assert addresses[0] in str([item.get("picture_url") for item in items])


@pytest.mark.requirement("A47")
@pytest.mark.parametrize("who", ["guest", "member"])
def test_with_the_account_it_is_gone_from_table_and_store(scene: Scene, who: str) -> None:
    person = getattr(scene, who)
    picture = chosen(person).rpartition("/")[2]
    assert picture in dump(scene.world)
    erases(person)
    scene.world.pass_time(hours=1)
    hour(scene.world)
    assert picture not in dump(scene.world)
    assert pictures() == []


@pytest.mark.requirement("A45")
def test_the_export_holds_it(scene: Scene) -> None:
    address, before = chosen(scene.guest), keys_in_memory()
    assert scene.guest.post("/me/export").status == 202
    scene.world.settle()
    (key,) = [key for key in keys_in_memory() if key.startswith("x/") and key not in before]
    with zipfile.ZipFile(io.BytesIO(object_in_memory(key)[0])) as archive:
        assert archive.read("picture.jpg") == scene.guest.get(address).body


def test_the_settings_page_takes_one_and_takes_it_away_without_a_script(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.cookies["session"] = scene.guest.token
    form = browser.open("/settings").form("/settings/picture")
    assert browser.send_file(form, "", "me.jpg", photo()).status == 303
    scene.world.settle()
    page = browser.open("/settings")
    assert "/pictures/" in page.html
    browser.send(page.form("/settings/picture/remove"))
    assert "/pictures/" not in browser.open("/settings").html


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xd8\xff" + b"\0" * MOST_BYTES, "Choose a picture of at most 4 MB."),
        (b"<svg/>", "This isn’t a picture that we can read."),
        (b"", "Choose a picture first."),
    ],
    ids=["large", "svg", "none"],
)
def test_the_settings_page_says_what_is_wrong(scene: Scene, content: bytes, said: str) -> None:
    browser = Browser(scene.world)
    browser.cookies["session"] = scene.guest.token
    page = browser.send_file(browser.open("/settings").form("/settings/picture"), "", "me.jpg", content)
    assert page.status == 422
    assert said in page.html


def test_a_page_of_somebody_else_changes_nothing(scene: Scene) -> None:
    """It stayed open while the guest signed in."""
    browser = Browser(scene.world)
    browser.cookies["session"] = scene.owner.token
    form = browser.open("/settings").form("/settings/picture")
    browser.cookies["session"] = scene.guest.token
    assert browser.send_file(form, "", "me.jpg", photo()).status == 401
    assert pictures() == []
