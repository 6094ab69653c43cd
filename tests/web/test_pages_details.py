"""Small things that one stumbles over: each of them was found by somebody who was new here (M3 to M33)."""

import re

from chalicelib.templating import pages
from tests.support.app import PASSWORD, Person
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import GUEST, OWNER, Scene
from tests.web import gallery, gallery_data

MACHINE_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


NO_CUT = re.compile(r"maxlength(?:='|': '|=\")")


def shown(case: str) -> str:
    """A page of the gallery, as HTML."""
    template, context = gallery_data.cases()[case]
    more = {"static": gallery.static, "now": gallery.NOW}
    return str(pages.render(template, "en", **gallery_data.everywhere() | more | context))


def browser_of(scene: Scene, person: Person) -> Browser:
    browser = Browser(scene.world)
    browser.cookies["session"] = person.token
    return browser


def test_who_reacted_is_named_without_a_script(scene: Scene) -> None:
    """M18: a number stood there, and nobody could see of whom."""
    path = f"{scene.base}/messages/{scene.post['id']}/reactions/%F0%9F%91%8D"
    for person in (scene.owner, scene.guest):
        person.put(path)
    name = scene.guest.get("/me").json["account"]["name"]
    both = browser_of(scene, scene.owner).open(scene.base).html
    assert f'<span class="reactors" dir="auto">You, {name}</span>' in both
    scene.guest.delete(f"{scene.base}/participants/{scene.guest.id}")
    left = browser_of(scene, scene.owner).open(scene.base).html
    assert '<span class="reactors" dir="auto">You, +1</span>' in left


def test_the_open_chat_stands_in_the_menu_however_many_are_newer(scene: Scene) -> None:
    """M3: of 41 chats the open one wasn't there, nothing was lit, and no link led to the others."""
    first = browser_of(scene, scene.owner).open(scene.base).html
    assert re.search(r'side-all only-phone" href="/chats"', first)
    scene.world.pass_time(minutes=1)
    for number in range(31):
        scene.owner.invites(f"p{number}@nord.example")
    page = browser_of(scene, scene.owner).open(scene.base).html
    lit = re.findall(r'<a class="side-row[^"]*" href="(/chats/[^"]*)" data-chat="[^"]*" aria-current="page"', page)
    assert lit == [scene.base]
    assert page.count("data-chat=") == 31 + 1
    assert re.search(r'side-all" href="/chats"', page)


def test_whose_session_is_over_is_told_so_and_goes_on_where_they_were(scene: Scene) -> None:
    """M22: a bare page for signing in, without a reason."""
    browser = browser_of(scene, scene.owner)
    scene.world.pass_time(days=100)
    page = browser.open(f"{scene.base}?people=1")
    assert "Your session is over. Sign in to go on where you were." in visible(page.html)
    assert browser.send(page.form("/sign-in"), email=OWNER, password=PASSWORD).path == f"{scene.base}?people=1"
    assert "Your session is over" not in visible(Browser(scene.world).open(scene.base).html)


def test_a_guest_is_not_asked_about_invitations_and_saving_changes_nothing_of_it(scene: Scene) -> None:
    """M23: who can't invite was asked what to be mailed of their invitations."""
    browser = Browser(scene.world)
    account = scene.guest.get("/me").json["workspaces"]
    assert account == []
    browser.signs_in(GUEST, PASSWORD)
    page = browser.open("/settings")
    assert "Invitation updates by e-mail" not in visible(page.html)
    assert "Invitation updates by e-mail" in visible(browser_of(scene, scene.owner).open("/settings").html)
    browser.send(page.form("/settings/account"))
    browser.send(page.form("/settings/mails"))
    stored = scene.world.ports.accounts.get(scene.guest.id)
    assert stored is not None
    assert stored.notices


def test_what_cannot_be_undone_does_not_look_like_the_way_on(scene: Scene) -> None:
    """M26: Decline was the first button of the page, in its colour."""
    page = Browser(scene.world).open(f"/join/{scene.link}?step=decline").html
    assert re.search(r'<button class="button danger wide *">Decline the invitation', page)


def test_times_are_written_as_the_standard_has_them(scene: Scene) -> None:
    """M31: six digits behind the second's point, which HTML doesn't know."""
    scene.world.ahead += 0.123
    scene.guest.post(f"{scene.base}/messages", {"text": "now"})
    browser = browser_of(scene, scene.owner)
    for path in (scene.base, "/chats", "/chats?view=inbox", "/search?q=now", f"/join/{scene.link}"):
        html = re.sub(r"<template.*?</template>", "", browser.open(path).html, flags=re.DOTALL)
        times = re.findall(r'<time[^>]* datetime="([^"]*)"', html)
        assert times, path
        assert [at for at in times if not re.fullmatch(MACHINE_TIME, at)] == [], path


def test_what_a_form_refuses_as_a_whole_has_the_focus(scene: Scene) -> None:
    """M33: after a failed sign-in the focus was at the top of the page, and nothing was read out."""
    browser = Browser(scene.world)
    page = browser.send(browser.open("/sign-in").form("/sign-in"), email=OWNER, password="wrong kettle 9 plum")
    assert re.search(r'role="alert" tabindex="-1" autofocus>', page.html)
    assert page.html.count("autofocus") == 1


def test_the_menu_of_workspaces_says_where_it_leads(scene: Scene) -> None:
    """M12: "Brightwater Studio Pro" was a row that led to the settings."""
    html = browser_of(scene, scene.owner).open("/chats").html
    row = re.search(rf'<a class="menu-row" href="/settings\?workspace={scene.workspace}">(.*?)</a>', html, re.DOTALL)
    assert row
    assert visible(row[1]).startswith("Settings")
    assert re.search(r'<b>Brightwater Studio</b> <span class="badge">Pro</span>', html)


def test_what_cannot_be_sent_again_yet_says_when(scene: Scene) -> None:
    """M21: Resend was gone from the menu for ten minutes, and nothing said why."""
    scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend")
    scene.world.settle()
    browser = browser_of(scene, scene.owner)
    assert "Resend, in 10 min" in visible(browser.open(f"{scene.base}?people=1").html)
    scene.world.pass_time(minutes=11)
    html = browser.open(f"{scene.base}?people=1").html
    assert "Resend, in" not in visible(html)
    assert f"/invitations/{scene.invitation}/resend" in html


def test_a_guest_sees_whose_workspace_it_is_and_that_they_are_a_guest(scene: Scene) -> None:
    """M24: a guest's chat never said so."""
    said = "Brightwater Studio: you’re a guest"
    assert said in visible(browser_of(scene, scene.guest).open(scene.base).html)
    assert said not in visible(browser_of(scene, scene.owner).open(scene.base).html)


def test_the_menu_of_a_chat_has_one_row_for_each_thing(scene: Scene) -> None:
    """M11: two forms with two Save buttons stood open in it. Without a script they unfold, too."""
    html = browser_of(scene, scene.owner).open(scene.base).html
    for said, action in (("Rename…", "name"), ("Notifications…", "notifications")):
        fold = re.search(
            rf'<details class="menu-fold"><summary class="menu-row">[^…]*{said}.*?</details>', html, re.DOTALL
        )
        assert fold, said
        assert f'action="{scene.base}/{action}"' in fold[0]


def test_the_check_words_stand_in_the_row_of_the_invitation(scene: Scene) -> None:
    """M27: the invited person asks for them on the phone, and they were in a menu."""
    made = scene.owner.invites("solo@direct.example")
    words = ", ".join(made["invitations"][0]["three_words"])
    page = browser_of(scene, scene.owner).open(f"/chats/{made['chat']['id']}?people=1").html
    row = page.partition('<li class="invitation"')[2].partition("<details")[0]
    assert f"Check words: {words}" in visible(f"<li{row}")


def test_who_is_signed_in_with_another_address_sees_who_invites_to_what() -> None:
    """M33: the page named neither the chat nor who invites."""
    assert "Mara Lindqvist invites you to “Spring launch”" in visible(shown("join-mismatch").partition("<main")[2])


def test_what_reached_everybody_elsewhere_says_so() -> None:
    """M14: nothing ever did."""
    said = re.findall(r'<p class="delivery reached">.*?</p>', shown("chat-unkind"))
    assert [visible(line).strip() for line in said] == ["Delivered: Slack, Teams"]
    assert "delivery reached" not in shown("chat")


def test_a_direct_chat_whose_invitation_ended_is_called_by_who_was_invited(scene: Scene) -> None:
    """S5: fourteen of forty-one chats had the host's own name."""
    made = scene.owner.invites("solo@direct.example")
    scene.world.pass_time(days=20)
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    row = re.search(rf'data-chat="{made["chat"]["id"]}".*?</a>', browser.open("/chats").html, re.DOTALL)
    assert row
    assert "solo@direct.example" in visible(row[0])


def test_an_owner_is_led_to_the_switch_and_not_to_an_owner(scene: Scene) -> None:
    """S16: "Ask an owner or admin to switch it on", to the owner."""
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"communicate": False})
    owners, members = (browser_of(scene, person).open("/chats/new").html for person in (scene.owner, scene.member))
    assert "Ask an owner" not in visible(owners)
    assert f'href="/settings?workspace={scene.workspace}">Switch on Communicate' in owners
    assert "Ask an owner or admin to switch it on." in visible(members)


def test_no_field_cuts_off_what_is_pasted_where_one_does_not_see_it() -> None:
    """A browser keeps the first `maxlength` characters of what is pasted, and says nothing. Passwords, addresses and texts of
    several lines are refused instead, and stay."""
    wrong = [
        f"{path.name}: {line[:80]}"
        for path in sorted(pages.TEMPLATES.glob("*.html"))
        for line in path.read_text().splitlines()
        if NO_CUT.search(line) and re.search(r"textarea|rows=|'password'|'email'|type=\"email\"", line)
    ]
    assert wrong == []


def test_what_is_too_long_is_refused_and_stays_in_its_field(scene: Scene) -> None:
    browser = Browser(scene.world)
    text = "x" * 9_000
    hand_over = browser.open(f"/join/{scene.link}?step=hand_over").form("/hand-over")
    pages_after = [browser.send(hand_over, email="right@nord.example", note=text)]
    browser.signs_in(OWNER, PASSWORD)
    pages_after.append(
        browser.send(browser.open("/chats/new").form("/chats/new"), "create", address="a@nord.example", line=text)
    )
    pages_after.append(browser.send(browser.open(scene.base).form(f"{scene.base}/messages"), text=text))
    pages_after.append(browser.send(browser.open("/settings").form("/settings/lines"), line_0=text))
    for page in pages_after:
        assert (page.status, text in page.html) == (422, True), page.path
        assert re.search(r"[Uu]se at most [\d,]+ characters", visible(page.html)), page.path
