"""Looking at something changes nothing, however often and by whatever scanner; and every answer carries its headers."""

from typing import Any

import pytest

from tests.support.app import PASSWORD, World
from tests.support.form_browser import Browser
from tests.support.routes import ROUTES, Sample
from tests.support.sample_chat import GUEST, OWNER, Scene

READ = [sample for sample in ROUTES if sample.method == "GET"]
PAGES = ["/", "/sign-up", "/sign-in", "/password-reset", "/docs", "/chats", "/chats/new", "/chats/{chat}", "/settings",
         "/join/{token}", "/join/{token}?step=decline", "/invitations", "/check",
         "/chats/{chat}/invitations/{invitation}/link", "/chats/{chat}/invitations/{invitation}/qr.svg"]  # fmt: skip
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


def uncounted(scene: Scene) -> Any:
    """The table without the counters of rate limits: a search is counted, for it costs more than other reading."""
    return {key: item for key, item in scene.world.snapshot().items() if item["Attributes"]["kind"] != {"S": "counter"}}


@pytest.mark.parametrize("sample", READ, ids=lambda item: item.name)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.requirement("A02")
def test_reading_the_api_changes_nothing(shared_scene: Scene, sample: Sample, method: str) -> None:
    before = uncounted(shared_scene)
    for person in (shared_scene.owner, shared_scene.guest, shared_scene.stranger):
        shared_scene.world.call(method, sample.path_in(shared_scene), token=person.token)
    assert uncounted(shared_scene) == before


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.requirement("A02")
def test_opening_a_page_changes_nothing_signed_in_or_not(shared_scene: Scene, path: str, method: str) -> None:
    path = path.format(chat=shared_scene.chat, invitation=shared_scene.invitation, token=shared_scene.link)
    before, mails = shared_scene.world.snapshot(), len(shared_scene.world.mails())
    for person in (shared_scene.owner, shared_scene.guest, shared_scene.stranger):
        for headers in ({}, {"Cookie": f"session={person.token}"}, {"Authorization": f"Bearer {person.token}"}):
            answer = shared_scene.world.request(method, path, headers=headers)
            assert answer.status in (200, 303, 403, 404), answer.text
            assert "set-cookie" not in answer.headers
    shared_scene.world.settle()
    assert shared_scene.world.snapshot() == before
    assert len(shared_scene.world.mails()) == mails


@pytest.mark.parametrize(("asking", "path"), [("/sign-in-links", "enter"), ("/password-resets", "reset")])
@pytest.mark.requirement("A02")
def test_a_scanner_that_opens_a_one_time_link_does_not_use_it_up(scene: Scene, asking: str, path: str) -> None:
    scene.world.call("POST", asking, {"email": OWNER})
    scene.world.settle()
    link = scene.world.last_mail(OWNER).link(path)
    before = scene.world.snapshot()
    for method in ("GET", "HEAD", "GET"):
        answer = scene.world.request(method, link)
        assert answer.status == 200
        assert "session" not in str(answer.headers.get("set-cookie"))
    assert scene.world.snapshot() == before
    typed = {"password": "wharf lantern 19 moss"} if path == "reset" else {}
    page = Browser(scene.world).open(link)
    assert [form.method for form in page.forms()] == ["post"]
    assert Browser(scene.world).send(page.form(link), **typed).path == "/chats"


@pytest.mark.requirement("A02")
def test_an_invitation_opened_a_hundred_times_is_still_one_that_can_be_used(scene: Scene) -> None:
    for _ in range(50):
        scene.world.call("GET", f"/join/{scene.link}")
        scene.world.request("GET", f"/join/{scene.link}")
    assert scene.invitations()["olaf@nord.example"]["status"] == "pending"
    assert scene.world.joins("olaf@nord.example").get(scene.base).status == 200


@pytest.mark.parametrize(
    "path", ["/api/v1/health", "/api/v1/chats", "/", "/chats", "/join/x", "/sign-in", "/static/x/y", "/docs"]
)
@pytest.mark.requirement("A33")
def test_every_answer_carries_the_security_headers(shared_scene: Scene, path: str) -> None:
    answer = shared_scene.world.request("GET", path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.requirement("A33")
def test_no_page_has_a_script_or_a_style_of_its_own(shared_scene: Scene, path: str) -> None:
    html = _page(shared_scene, path)
    assert "<script>" not in html
    assert " onclick=" not in html
    assert "javascript:" not in html
    assert " style=" not in html
    assert "<style" not in html


@pytest.mark.requirement("A33")
def test_the_files_of_pages_are_kept_for_good_and_no_path_leads_out_of_their_folder(shared_scene: Scene) -> None:
    path = Browser(shared_scene.world).open("/sign-in").html.split('<link rel="stylesheet" href="')[1].partition('"')[0]
    answer = shared_scene.world.request("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in answer.headers["cache-control"]
    name = path.rpartition("/")[2]
    other = shared_scene.world.request("GET", f"/static/of-another-version/{name}")
    assert (other.status, other.text, other.headers["cache-control"]) == (200, answer.text, "no-store")
    for name in ("..%2f..%2fsettings.py", "%2e%2e", "../web/guards.py", "base.css%00", "static.py"):
        assert shared_scene.world.request("GET", f"/static/x/{name}").status in (403, 404)


def test_a_signed_in_page_sends_a_stranger_to_sign_in_and_back(world: World) -> None:
    owner = world.signs_up(OWNER)
    chat = owner.invites(GUEST)["chat"]["id"]
    browser = Browser(world)
    page = browser.open(f"/chats/{chat}")
    assert page.path == f"/sign-in?next=/chats/{chat}"
    after = browser.send(page.form("/sign-in"), email=OWNER, password=PASSWORD)
    assert (after.path, after.status) == (f"/chats/{chat}", 200)


@pytest.mark.parametrize(
    "away", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX: y", " /x"]
)
@pytest.mark.requirement("A23")
def test_signing_in_leads_to_no_other_site(shared_scene: Scene, away: str) -> None:
    browser = Browser(shared_scene.world)
    form = browser.open("/sign-in").form("/sign-in")
    fields = [*form.filled("Sign in", {"email": OWNER, "password": PASSWORD}), ("next", away)]
    assert browser.post("/sign-in", fields).path in ("/chats", "/%0d%0aX:%20y")


def _page(scene: Scene, path: str) -> str:
    path = path.format(chat=scene.chat, invitation=scene.invitation, token=scene.link)
    return scene.world.request("GET", path, headers={"Cookie": f"session={scene.owner.token}"}).text
