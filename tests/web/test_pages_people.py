"""Signing up, in and out by forms without JavaScript; the pages behind mailed links."""

import re

import pytest

from tests.support.app import PASSWORD, World
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import GUEST, INVITED, OWNER, Scene

NEW_PASSWORD = "wharf lantern 19 moss"


def test_somebody_signs_up_confirms_and_is_in(world: World) -> None:
    browser = Browser(world)
    form = browser.open("/sign-up").form("/sign-up")
    page = browser.send(form, name="Ann Lee", email="ann@acme.example", password=PASSWORD, workspace="Acme")
    assert page.status == 200
    assert "ann@acme.example" in visible(page.html)
    world.settle()
    link = world.last_mail("ann@acme.example").link("confirm")
    confirm = browser.open(link)
    assert [item.method for item in confirm.forms()] == ["post"]
    inside = browser.send(confirm.form(link))
    assert (inside.path, inside.status) == ("/chats", 200)
    assert "Ann Lee" in visible(inside.html)
    assert browser.open(link).status == 410


@pytest.mark.requirement("A13")
def test_who_confirms_sees_what_was_typed_for_their_address(world: World) -> None:
    body = {"email": "ann@acme.example", "name": "Not <b>Ann", "password": PASSWORD, "workspace": "Evil & Co"}
    world.call("POST", "/accounts", body)
    world.settle()
    page = Browser(world).open(world.last_mail("ann@acme.example").link("confirm"))
    assert "Name: Not <b>Ann" in visible(page.html)
    assert "Workspace: Evil & Co" in visible(page.html)
    assert "<b>Ann" not in page.html


def test_a_sign_up_with_faults_is_shown_again_with_what_was_typed_but_never_a_password(world: World) -> None:
    browser = Browser(world)
    form = browser.open("/sign-up").form("/sign-up")
    page = browser.send(form, name="", email="nothing", password="short7", workspace="<b>Acme</b>")
    assert page.status == 422
    assert ("email", "nothing") in page.form("/sign-up").fields
    assert "short7" not in page.html
    assert "<b>Acme" not in page.html


def test_signing_in_and_out(world: World) -> None:
    world.signs_up(OWNER)
    browser = Browser(world)
    wrong = browser.signs_in(OWNER, "wrong kettle 9 plum")
    assert (wrong.path, wrong.status) == ("/sign-in", 422)
    assert browser.cookies == {}
    assert browser.signs_in(OWNER, PASSWORD).path == "/chats"
    out = browser.send(browser.open("/chats").form("/sign-out"))
    assert out.path == "/"
    assert browser.cookies == {}
    assert browser.open("/chats").path.startswith("/sign-in")


@pytest.mark.requirement("A17")
def test_signing_in_again_ends_the_session_that_the_browser_had(world: World) -> None:
    world.signs_up(OWNER)
    browser = Browser(world)
    browser.signs_in(OWNER, PASSWORD)
    old = browser.cookies["session"]
    browser.post("/sign-in", [("email", OWNER), ("password", PASSWORD)])
    assert browser.cookies["session"] != old
    assert world.call("GET", "/me", token=old).status == 401


def test_a_way_back_from_a_provider_is_told_whoever_comes(world: World) -> None:
    world.signs_up(OWNER)
    browser = Browser(world)
    too_late = "That sign-in was not begun in this browser, or took too long. Try again."
    assert too_late in visible(browser.open("/sign-in?notice=state&by=slack").html)
    browser.signs_in(OWNER, PASSWORD)
    page = browser.open("/sign-in?notice=state&by=slack")
    assert page.path.startswith("/chats")
    assert too_late in visible(page.html)
    assert "said" not in browser.open("/sign-in?notice=%26evil&by=slack").path
    assert "Nothing was changed in Microsoft" in visible(browser.open("/settings?notice=cancelled&by=microsoft").html)


def test_a_mailed_link_signs_in_and_leads_back_to_where_one_was_going(world: World) -> None:
    chat = world.signs_up(OWNER).invites(GUEST)["chat"]["id"]
    browser = Browser(world)
    page = browser.open(f"/chats/{chat}")
    sent = browser.send(page.form("/sign-in"), "E-mail me a sign-in link", email=OWNER)
    assert sent.status == 200
    world.settle()
    link = world.last_mail(OWNER).link("enter")
    assert browser.send(browser.open(link).form(link)).path == f"/chats/{chat}"


@pytest.mark.requirement("A08")
def test_a_new_password_ends_every_session_and_the_old_password(world: World) -> None:
    owner = world.signs_up(OWNER)
    world.pass_time(seconds=1)
    browser = Browser(world)
    browser.send(browser.open("/password-reset").form("/password-reset"), email=OWNER)
    world.settle()
    link = world.last_mail(OWNER).link("reset")
    page = browser.open(link)
    assert [(form.method, "password" in form.names()) for form in page.forms()] == [("post", True)]
    weak = browser.send(page.form(link), password="password")
    assert weak.status == 422
    done = browser.send(weak.form(link), password=NEW_PASSWORD)
    assert done.path == "/chats"
    assert owner.get("/me").status == 401
    assert world.call("POST", "/sessions", {"email": OWNER, "password": PASSWORD}).status == 401
    assert world.signs_in(OWNER, NEW_PASSWORD).get("/me").status == 200


def test_a_new_member_of_a_workspace_makes_the_account_from_the_mail(world: World) -> None:
    owner = world.signs_up(OWNER)
    owner.post(f"/workspaces/{owner.workspace()}/members", {"email": "tom@brightwater.example"})
    world.settle()
    link = world.last_mail("tom@brightwater.example").link("welcome")
    browser = Browser(world)
    page = browser.send(browser.open(link).form(link), name="Tom Berg", password=PASSWORD)
    assert page.path == "/chats"
    assert "Brightwater Studio" in visible(page.html)


@pytest.mark.parametrize("kind", ["confirm", "enter", "reset", "welcome"])
@pytest.mark.requirement("A04")
def test_a_made_up_or_used_link_says_so_and_offers_no_form(shared_scene: Scene, kind: str) -> None:
    page = Browser(shared_scene.world).open(f"/{kind}/{'x' * 43}")
    assert page.status == 410
    assert page.forms() == []
    posted = Browser(shared_scene.world).post(f"/{kind}/{'x' * 43}", [("name", "A"), ("password", PASSWORD)])
    assert posted.status == 410


def test_the_account_s_name_and_language_are_saved(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    form = browser.open("/settings").form("/settings/account")
    page = browser.send(form, name="Mara L.", locale="de")
    assert page.status == 200
    assert scene.owner.get("/me").json["account"]["name"] == "Mara L."
    assert '<html lang="de">' in page.html


def test_the_workspace_s_settings_are_saved_and_faults_shown(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    form = browser.open("/settings").form("/settings/workspace")
    page = browser.send(form, name="Brightwater", invitation_days="30", denied_domains="evil.example, bad.example")
    assert page.status == 200
    settings = scene.owner.get(f"/workspaces/{scene.workspace}").json
    assert (settings["name"], settings["invitation_days"]) == ("Brightwater", 30)
    assert settings["denied_domains"] == ["evil.example", "bad.example"]
    for days in ("0", "91", "²", "٣٣٣", "x", ""):
        assert browser.send(page.form("/settings/workspace"), invitation_days=days).status == 422
    assert scene.owner.get(f"/workspaces/{scene.workspace}").json == settings


def test_a_member_of_the_workspace_is_added_changed_and_removed_by_forms(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    page = browser.send(browser.open("/settings").form("/settings/members"), email=GUEST)
    assert "Dana Smith" in visible(page.html)
    page = browser.post(f"/settings/members/{scene.guest.id}", [("workspace_id", scene.workspace), ("role", "admin")])
    assert scene.guest.get("/me").json["workspaces"][0]["role"] == "admin"
    browser.send(page.form(f"{scene.guest.id}/remove"))
    assert scene.guest.get("/me").json["workspaces"] == []


def test_one_click_in_a_mail_reader_stops_invitation_mail_for_good(scene: Scene) -> None:
    """RFC 8058: a POST from the mail provider's server, no cookie, no origin; as a form of either kind."""
    mail = scene.world.last_mail(INVITED)
    path = mail.message["List-Unsubscribe"].strip("<>").removeprefix("http://chat.test")
    bodies = {
        "application/x-www-form-urlencoded": b"List-Unsubscribe=One-Click",
        "multipart/form-data; boundary=b": b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
        b"One-Click\r\n--b--\r\n",
    }
    for media, body in bodies.items():
        with scene.world.kept():
            answer = scene.world.request("POST", path, body, {"Content-Type": media})
            assert answer.status == 200, media
            refused = scene.owner.post("/chats", {"workspace_id": scene.workspace, "invitees": [{"email": INVITED}]})
            assert refused.json["errors"][0]["code"] == "not_reachable"


def test_the_unsubscribe_page_has_a_button_and_opening_it_stops_nothing(scene: Scene) -> None:
    mail = scene.world.last_mail(INVITED)
    path = mail.message["List-Unsubscribe"].strip("<>").removeprefix("http://chat.test")
    browser, before = Browser(scene.world), scene.world.snapshot()
    page = browser.open(path)
    assert scene.world.snapshot() == before
    assert browser.send(page.form(path)).status == 200
    assert scene.world.snapshot() != before
    assert browser.open("/unsubscribe/" + "x" * 40).status == 404


def test_the_settings_have_sections_and_a_way_to_each_without_a_script(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    pages = {path: browser.open(path).html for path in ("/settings", "/settings/account")}
    ways = [set(re.findall(r'href="(/settings[^"#]*#[a-z]+)"', html)) for html in pages.values()]
    assert ways[0] == ways[1]
    assert len(ways[0]) == 9
    for way in ways[0]:
        path, _, section = way.partition("#")
        assert pages[path.partition("?")[0]].count(f'id="{section}"') == 1, way
    guest = Browser(scene.world)
    guest.signs_in(GUEST, PASSWORD)
    assert "#members" not in guest.open("/settings").html


@pytest.mark.parametrize(
    ("form", "typed", "section"),
    [
        ("/settings/account", {"name": "Mara L."}, "profile"),
        ("/settings/mails", {}, "notifications"),
        ("/settings/notifications", {}, "notifications"),
        ("/settings/workspace", {}, "workspace"),
        ("/settings/lines", {}, "lines"),
    ],
)
def test_what_is_saved_is_said_where_it_was_changed(
    scene: Scene, form: str, typed: dict[str, str], section: str
) -> None:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    page = browser.send(browser.open("/settings").form(form), **typed)
    assert (page.status, page.fragment) == (200, section)
    saved = page.html.index('class="saved"')
    assert page.html.rindex(f'action="{form}"') < saved
    assert page.html.count('class="saved"') == 1
    assert page.html.rindex(f'id="{section}"', 0, saved) > 0
