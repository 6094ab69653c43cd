"""Inviting in a browser, each part by keyboard, at both widths, with and without a script, in two languages."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from chalicelib.templating import languages
from tests.support.browsers import DESKTOP, PHONE, Room, Windows, connected, room, sideways, tab_to, token, violations
from tests.support.working_day import Person

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
LISTS = Path(__file__).parents[1] / "domain" / "lists"
Words = Callable[..., str]
WALKS = pytest.mark.parametrize(
    ("size", "script", "lang"),
    [(DESKTOP, True, "en"), (PHONE, True, "de"), (DESKTOP, False, "de"), (PHONE, False, "en")],
    ids=["desktop-en", "phone-de", "desktop-plain-de", "phone-plain-en"],
)


@pytest.fixture
def place(windows: Windows) -> Room:
    site = f"{token_hex(4)}.example"
    return room(windows.system, f"Quay {site}", {f"dana@{site}": "Dana Quayle"}, (f"olaf@{site}",))


def words(lang: str) -> Words:
    """What a sentence of ours is in this language; the values of a page's sentences stand in it as `%(name)s`."""
    return partial(languages.text, locale=lang)


@WALKS
def test_a_new_chat_is_seen_and_checked_before_anything_is_sent(
    windows: Windows, place: Room, size: tuple[int, int], script: bool, lang: str
) -> None:
    said, site = words(lang), f"{token_hex(4)}.example"
    page = windows.open("/chats/new", place.owner, size=size, script=script, lang=lang)
    expect(page.get_by_label(said("E-mail address"))).to_be_focused()
    page.keyboard.type(f'"Doe, Jane" <jane@{site}>; ole@{site}')
    _press(page, said("Invite"))
    expect(page.locator(".invitee .address")).to_have_text([f"jane@{site}", f"ole@{site}"])
    page.get_by_label(said("Or a file with addresses")).set_input_files(LISTS / "bad-rows.csv")
    if not script:
        _press(page, said("Add from the file"))
    expect(page.locator(".invitee .address").last).to_have_text("jane@acme.example")
    expect(page.locator("#file-said")).to_contain_text(f"{said('Row %(row)s') % {'row': 3}}: Bob;bob at acme.example")
    tab_to(page, page.locator("details.for-all > summary"))
    page.keyboard.press("Enter")
    _choose_the_last(page, "#all-history", "7")
    _press(page, said("Use for all"))
    expect(page.locator("[data-says=history]")).to_have_text([said("sees the last {n} messages", n=7)] * 3)
    tab_to(page, page.locator("#f-name"))
    page.keyboard.type("Pier 7")
    tab_to(page, page.get_by_label(said("A line from you")))
    page.keyboard.type("As we said on the phone.")
    _seen(page, said, script)
    _press(page, said("Check the list first"))
    mails = languages.translations(lang).ngettext("This would send 1 e-mail.", "This would send %(num)s e-mails.", 3)
    expect(page.get_by_role("status").filter(has_text=mails % {"num": 3})).to_be_visible()
    expect(page.locator(".invitee .checked")).to_have_text([said("gets an invitation e-mail")] * 3)
    assert sideways(page) == 0
    assert not script or violations(page) == []
    _press(page, said("Create"))
    expect(page.get_by_role("heading", name="Pier 7", level=1)).to_be_attached()
    invited = Person(windows.system, "").ask("GET", f"/join/{token(windows.system, f'jane@{site}')}")
    assert (invited["line"], invited["chat"]["name"]) == ("As we said on the phone.", "Pier 7")


def test_a_list_that_was_begun_is_there_again_until_it_is_sent(windows: Windows, place: Room) -> None:
    """M20: three people typed, one look at the inbox, and they were gone; with what was chosen for them, and the name."""
    site = f"{token_hex(4)}.example"
    page = windows.open("/chats/new", place.owner)
    expect(page.locator("html")).to_have_class("scripted")
    page.get_by_label("E-mail address").fill(f"Ida Berg <ida@{site}>, ole@{site}, nothing")
    _press(page, "Invite")
    expect(page.locator(".invitee .address")).to_have_text([f"ida@{site}", f"ole@{site}"])
    page.locator("#f-name").fill("Pier 9")
    page.locator(".invitee").nth(1).locator("details.fold > summary").click()
    page.locator("#locale-1").select_option("fr")
    page.goto("/chats?view=inbox")
    page.goto("/chats/new")
    expect(page.locator(".invitee .address")).to_have_text([f"ida@{site}", f"ole@{site}"])
    expect(page.locator("[data-says=locale]").nth(1)).to_have_text("French")
    expect(page.locator("#f-name")).to_have_value("Pier 9")
    expect(page.get_by_label("E-mail address")).to_have_value("nothing")
    page.get_by_label("E-mail address").fill("")
    page.reload()
    expect(page.locator(".invitee .address")).to_have_count(2)
    expect(page.get_by_label("E-mail address")).to_have_value("")
    _press(page, "Create")
    expect(page.get_by_role("heading", name="Pier 9", level=1)).to_be_attached()
    page.goto("/chats/new")
    expect(page.locator("html")).to_have_class("scripted")
    expect(page.locator("#nobody")).to_be_visible()


def test_a_list_whose_rows_cannot_be_had_again_comes_back_as_it_was_typed(windows: Windows, place: Room) -> None:
    site = f"{token_hex(4)}.example"
    page = windows.open("/chats/new", place.owner)
    expect(page.locator("html")).to_have_class("scripted")
    page.get_by_label("E-mail address").fill(f"ida@{site}, ole@{site}")
    _press(page, "Invite")
    expect(page.locator(".invitee")).to_have_count(2)
    page.route("**/chats/new", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    page.reload()
    expect(page.get_by_label("E-mail address")).to_have_value(f"ida@{site}\nole@{site}")
    page.unroute("**/chats/new")
    page.reload()
    expect(page.get_by_label("E-mail address")).to_have_value(f"ida@{site}\nole@{site}")
    windows.forgive("ERR_FAILED")


def test_who_waits_to_be_let_in_goes_on_by_themselves(windows: Windows, place: Room) -> None:
    """S9: after Allow the page that said "we've asked" stood there as before."""
    site = f"{token_hex(4)}.example"
    mine = room(windows.system, f"Lock {site}", {f"ida@{site}": "Ida Berg"}, (f"per@{site}",))
    link = f"/join/{token(windows.system, f'per@{site}')}"
    page = windows.open(link, mine.guests[0])
    page.get_by_role("button", name="Ask Paula for access").click()
    expect(page.get_by_text("We’ve asked Paula")).to_be_visible()
    listed = mine.owner.ask("GET", f"{mine.path}/invitations")["items"]
    asked = next(item for item in listed if item["email"] == f"per@{site}")
    path = f"{mine.path}/invitations/{asked['id']}/asks/{asked['asks'][0]['id']}"
    mine.owner.ask("POST", path, {"decision": "allow"})
    expect(page.get_by_role("button", name="Join the chat")).to_be_visible()


def _seen(page: Page, said: Words, script: bool) -> None:
    """What the first of the list will get stands in a tab of its own, and the form stays as it is."""
    fold = page.locator("details.for-all > summary")
    if not page.locator("details.for-all[open]").count():
        tab_to(page, fold, "Shift+Tab")
        page.keyboard.press("Enter")
    button = page.locator("details.for-all").get_by_role("button", name=said("What they will see"))
    tab_to(page, button)
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    seen = opened.value
    for at in ("#seen-mail", "#seen-page", "#seen-chat"):
        expect(seen.locator(at)).to_be_visible()
    expect(seen.locator(".seen")).to_contain_text("As we said on the phone.")
    expect(seen.locator(".seen .paper .facts")).to_contain_text("The last 7 messages and new ones")
    expect(seen.locator(".seen :is(a, button, input, form)")).to_have_count(0)
    assert sideways(seen) == 0
    assert not script or violations(seen) == []
    seen.close()
    expect(page.get_by_label(said("A line from you"))).to_have_value("As we said on the phone.")


@WALKS
def test_the_panel_shows_what_they_will_see_and_checks(
    windows: Windows, place: Room, size: tuple[int, int], script: bool, lang: str
) -> None:
    place.write("An old word", "A new word")
    said, site = words(lang), f"{token_hex(4)}.example"
    page = windows.open(f"{place.path}?people=1", place.owner, size=size, script=script, lang=lang)
    if script:
        connected(page)
    panel = page.locator("#people details.invite")
    tab_to(page, panel.locator("summary").first)
    page.keyboard.press("Enter")
    tab_to(page, panel.get_by_role("textbox", name=said("E-mail address")))
    page.keyboard.type(f"ida@{site}")
    _choose_the_last(page, "#f-invite-history", "1")
    tab_to(page, panel.get_by_role("button", name=said("What they will see")))
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    preview = opened.value
    expect(preview.locator("#messages .message .text")).to_have_text(["A new word"])
    assert sideways(preview) == 0
    assert not script or violations(preview) == []
    preview.close()
    tab_to(page, panel.get_by_role("button", name=said("Check the list first")))
    page.keyboard.press("Enter")
    expect(page.locator("#people .notice li")).to_contain_text([f"ida@{site} {said('gets an invitation e-mail')}"])
    assert sideways(page) == 0
    tab_to(page, panel.locator("button[name=do][value=invite]:not(.hide)"))
    page.keyboard.press("Enter")
    expect(page.locator("#invitations")).to_contain_text(f"ida@{site}")


@WALKS
def test_who_is_not_the_right_one_hands_the_invitation_over(
    windows: Windows, place: Room, size: tuple[int, int], script: bool, lang: str
) -> None:
    said, old = words(lang), str(place.invitations[1]["email"])
    right, link = f"jonas@{token_hex(4)}.example", f"/join/{token(windows.system, old)}"
    page = windows.open(link, size=size, script=script, lang=lang)
    tab_to(page, page.get_by_role("link", name=said("I’m not the right one")))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label(said("Their e-mail address")))
    page.keyboard.type(right)
    tab_to(page, page.get_by_label(said("Message to %(name)s") % {"name": "Paula"}))
    page.keyboard.type("He runs it now")
    assert sideways(page) == 0
    assert not script or violations(page) == []
    _press(page, said("Hand it over"))
    expect(page.get_by_role("heading", name="Paula")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(right)
    inviter = windows.open(f"{place.path}?people=1", place.owner, size=size, script=script, lang=lang)
    row = inviter.locator(".invitation", has_text=old)
    expect(row).to_contain_text("He runs it now")
    tab_to(inviter, row.get_by_role("button", name=said("Allow"), exact=True))
    inviter.keyboard.press("Enter")
    inviter.wait_for_url("**done=allowed**")
    moved = inviter.locator(".invitation", has_text=right)
    expect(moved).to_contain_text(
        said("Handed over by %(old)s to %(new)s, %(when)s") % {"old": old, "new": right, "when": ""}
    )
    assert sideways(inviter) == 0
    assert not script or violations(inviter) == []
    page.goto(f"/join/{token(windows.system, right)}")
    expect(page.get_by_role("main")).to_contain_text(right)
    page.goto(link)
    expect(page.get_by_role("main")).not_to_contain_text("Paula")
    windows.forgive("status of 404")


@pytest.mark.parametrize(("size", "lang"), [(DESKTOP, "en"), (PHONE, "de")])
def test_contacts_are_chosen_by_keyboard_and_stand_in_the_list_at_once(
    windows: Windows, place: Room, size: tuple[int, int], lang: str
) -> None:
    said = words(lang)
    page = windows.open("/chats/new", place.owner, size=size, lang=lang)
    email = str(place.invitations[1]["email"])
    field = page.get_by_role("textbox", name=said("E-mail address"))
    field.press_sequentially(email[:12])
    options = page.locator(".contacts:not([hidden]) [role=option]")
    expect(options).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text=said("1 contact fits. Arrow down chooses."))).to_be_attached()
    field.press("Escape")
    expect(options).to_have_count(0)
    field.press_sequentially(email[12:14])
    expect(options).to_have_count(1)
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    assert violations(page) == []
    field.press("Enter")
    expect(page.locator(".invitee .address")).to_have_text([email])
    expect(field).to_have_value("")
    expect(field).to_be_focused()


def test_the_rows_say_what_is_chosen_for_each(windows: Windows, place: Room) -> None:
    page = windows.open("/chats/new", place.owner, locale="en-GB")
    page.get_by_role("textbox", name="E-mail address").fill("ida@fjord.example")
    page.get_by_role("textbox", name="E-mail address").press("Enter")
    row = page.locator(".invitee")
    row.locator("details.fold summary").click()
    expect(row.get_by_label("How many messages")).to_be_hidden()
    row.get_by_label("What they see").select_option("last")
    row.get_by_label("How many messages").fill("1")
    expect(row.locator("[data-says=history]")).to_have_text("sees the last message")
    row.get_by_label("What they see").select_option("since")
    expect(row.locator("[data-says=history]")).to_have_text("sees what you choose here")
    row.get_by_label("Since which day").fill("2026-01-31")
    expect(row.locator("[data-says=history]")).to_contain_text("sees what was written since")
    assert violations(page) == []


def _press(page: Page, name: str) -> None:
    tab_to(page, page.get_by_role("main").get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def _choose_the_last(page: Page, field: str, count: str) -> None:
    """`The last messages`, and how many, by arrows and digits."""
    tab_to(page, page.locator(field))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, page.locator(f"{field}-last"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(count)
