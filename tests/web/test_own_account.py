"""One's own account: where one is signed in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from chalicelib.events import sockets
from tests.support.app import PASSWORD, PUBLIC_URL, Person
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import GUEST, OWNER, Scene

SHAPE = {"id", "created_at", "last_used_at", "current", "via"}


def sessions(person: Person) -> list[dict[str, object]]:
    items: list[dict[str, object]] = person.get("/me/sessions").json["items"]
    return items


@dataclass
class Gateway:
    """The sockets' gateway, as far as it hangs up."""

    closed: list[str] = field(default_factory=list)

    def send(self, connections: Sequence[str], texts: Sequence[str]) -> list[str]:
        return []

    def hang_up(self, connection_id: str) -> None:
        self.closed.append(connection_id)


def opens(scene: Scene, person: Person) -> int:
    """A socket of this session, which is called as its token."""
    ticket = str(person.post("/socket-tickets").json["url"]).partition("ticket=")[2]
    event = {
        "queryStringParameters": {"ticket": ticket},
        "headers": {"Origin": PUBLIC_URL},
        "requestContext": {"connectionId": person.token},
    }
    return int(sockets.connect(event)["statusCode"])


@pytest.mark.requirement("A17", "A30")
def test_one_sees_where_one_is_signed_in_and_by_what(scene: Scene) -> None:
    by_password = scene.world.signs_in(OWNER)
    items = sessions(by_password)
    assert all(set(item) == SHAPE for item in items)
    assert [item["current"] for item in items] == [True] + [False] * (len(items) - 1)
    assert items[0]["via"] == "password"
    assert "join" in [item["via"] for item in sessions(scene.guest)]
    assert "link" in [item["via"] for item in sessions(scene.member)]
    text = by_password.get("/me/sessions").text
    assert all(item.token.partition(".")[2] not in text for item in (by_password, scene.owner))


@pytest.mark.requirement("A17")
def test_when_it_was_used_is_at_most_an_hour_behind(scene: Scene) -> None:
    scene.world.pass_time(hours=30)
    scene.owner.get("/me")
    scene.world.pass_time(minutes=50)
    used = datetime.fromisoformat(str(sessions(scene.owner)[0]["last_used_at"]))
    assert scene.world.now() - used == timedelta(minutes=50)


@pytest.mark.requirement("A08", "A17")
def test_a_session_that_is_ended_is_over_with_its_sockets(scene: Scene) -> None:
    world, other = scene.world, scene.world.signs_in(OWNER)
    ended = sessions(other)[0]["id"]
    assert opens(scene, other) == opens(scene, scene.owner) == 200
    assert scene.owner.delete(f"/me/sessions/{ended}").status == 204
    gateway = Gateway()
    with world.using(sockets=gateway):
        world.settle()
    assert gateway.closed == [other.token]
    assert [item.id for item in world.ports.connections.of_accounts([scene.owner.id])] == [scene.owner.token]
    assert other.get("/me").status == 401
    assert scene.owner.get("/me").status == 200
    assert scene.owner.delete(f"/me/sessions/{ended}").status == 404


@pytest.mark.requirement("A28")
@pytest.mark.parametrize("who", ["member", "guest", "stranger"])
def test_somebody_elses_session_is_not_there(scene: Scene, who: str) -> None:
    person: Person = getattr(scene, who)
    theirs = sessions(scene.owner)[0]["id"]
    unknown, foreign = person.delete(f"/me/sessions/{'a' * 16}"), person.delete(f"/me/sessions/{theirs}")
    assert (foreign.status, foreign.code) == (unknown.status, unknown.code) == (404, "not_found")
    assert scene.owner.get("/me").status == 200


def test_ending_the_one_that_asks_takes_its_cookie(scene: Scene) -> None:
    current = sessions(scene.owner)[0]["id"]
    answer = scene.owner.delete(f"/me/sessions/{current}")
    assert answer.status == 204
    assert "Max-Age=0" in str(answer.headers["set-cookie"])
    assert scene.owner.get("/me").status == 401


@pytest.mark.requirement("A31")
def test_the_list_comes_in_pages(scene: Scene) -> None:
    for _ in range(3):
        scene.world.signs_in(OWNER)
    whole = [item["id"] for item in sessions(scene.owner)]
    seen, cursor = [], ""
    while True:
        page = scene.owner.get(f"/me/sessions?limit=2&cursor={cursor}").json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == whole
    first = scene.owner.get("/me/sessions?limit=1").json["next"]
    assert scene.member.get(f"/me/sessions?cursor={first}").status == 422


def test_the_page_ends_one_and_all_others_without_a_script(scene: Scene) -> None:
    first, second = scene.world.signs_in(OWNER), scene.world.signs_in(OWNER)
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    page = browser.open("/settings/account")
    assert visible(page.html).count("by password") >= 3
    ended = sessions(first)[0]["id"]
    page = browser.send(page.form(f"/sessions/{ended}/end"))
    assert "The session is ended." in visible(page.html)
    assert (first.get("/me").status, second.get("/me").status) == (401, 200)
    page = browser.send(page.form("/sessions/end-others"))
    assert "All other sessions are ended." in visible(page.html)
    assert second.get("/me").status == 401
    assert "end-others" not in page.html
    current = page.form("/end")
    assert browser.send(current).path == "/"
    assert "session" not in browser.cookies or browser.cookies["session"] == ""


def test_a_new_password_is_set_from_the_page_by_a_mailed_link(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.cookies["session"] = scene.guest.token
    page = browser.send(browser.open("/settings/account").form("/password-reset"))
    assert page.status == 200
    scene.world.settle()
    (link,) = re.findall(rf"{PUBLIC_URL}(/reset/\S+)", scene.world.mails(GUEST)[-1].text)
    form = browser.open(link).form("")
    browser.send(form, password="meadow copper lantern 7")
    assert scene.world.signs_in(GUEST, "meadow copper lantern 7").token
