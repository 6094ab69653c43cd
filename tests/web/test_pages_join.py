"""The joining page by forms without JavaScript: every way in, every way out, and what is said when it is over."""

import pytest

from tests.support.app import PASSWORD
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import GUEST, INVITED, OWNER, STRANGER, Scene


@pytest.mark.requirement("A07")
def test_the_page_says_who_invites_to_what_for_whom_and_until_when(shared_scene: Scene) -> None:
    text = visible(Browser(shared_scene.world).open(f"/join/{shared_scene.link}").html)
    for words in ("Mara Lindqvist", "Harbour house", "Brightwater Studio", INVITED, "3 people", "7 December"):
        assert words in text


def test_a_new_person_makes_an_account_and_stands_in_the_chat(scene: Scene) -> None:
    browser = Browser(scene.world)
    page = browser.open(f"/join/{scene.link}?step=new_account")
    weak = browser.send(page.form("/account"), name="Olaf Berg", password="password")
    assert weak.status == 422
    inside = browser.send(weak.form("/account"), name="Olaf Berg", password=PASSWORD)
    assert (inside.path, inside.status) == (f"/chats/{scene.chat}?joined=1", 200)
    assert browser.send(inside.form("/messages"), text="Here I am").status == 200
    assert scene.lines(scene.owner)[-1] == "Here I am"


def test_a_person_with_an_account_signs_in_confirms_and_is_in(scene: Scene) -> None:
    scene.world.signs_up(INVITED, "Olaf Berg", "Nord")
    browser = Browser(scene.world)
    page = browser.open(f"/join/{scene.link}?step=account")
    wrong = browser.send(page.form("/sign-in"), email=INVITED, password="wrong kettle 9 plum")
    assert wrong.status == 401
    back = browser.send(wrong.form("/sign-in"), email=INVITED, password=PASSWORD)
    assert back.path == f"/join/{scene.link}"
    assert scene.invitations()[INVITED]["status"] == "pending"
    assert INVITED in visible(back.html)
    inside = browser.send(back.form(f"/join/{scene.link}"))
    assert (inside.path, inside.status) == (f"/chats/{scene.chat}?joined=1", 200)


def test_the_invitation_survives_signing_in_by_a_mailed_link(scene: Scene) -> None:
    scene.world.signs_up(INVITED, "Olaf Berg", "Nord")
    browser = Browser(scene.world)
    page = browser.open(f"/join/{scene.link}?step=account")
    browser.send(page.form("/sign-in"), "E-mail me a sign-in link", email=INVITED)
    scene.world.settle()
    enter = scene.world.last_mail(INVITED).link("enter")
    back = browser.send(browser.open(enter).form(enter))
    assert (back.path, back.status) == (f"/join/{scene.link}", 200)


def test_the_invitation_survives_a_new_password(scene: Scene) -> None:
    scene.world.signs_up(INVITED, "Olaf Berg", "Nord")
    browser = Browser(scene.world)
    page = browser.open(f"/password-reset?next=/join/{scene.link}")
    browser.send(page.form("/password-reset"), email=INVITED)
    scene.world.settle()
    reset = scene.world.last_mail(INVITED).link("reset")
    back = browser.send(browser.open(reset).form(reset), password="wharf lantern 19 moss")
    assert (back.path, back.status) == (f"/join/{scene.link}", 200)


@pytest.mark.requirement("A07")
def test_a_signed_in_browser_sees_both_addresses_and_presses_a_button(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(STRANGER, PASSWORD)
    page = browser.open(f"/join/{scene.link}")
    assert INVITED in visible(page.html)
    assert STRANGER in visible(page.html)
    assert scene.stranger.get(scene.base).status == 404
    inside = browser.send(page.form(f"/join/{scene.link}"), "Continue as")
    assert inside.status == 200
    scene.world.settle()
    assert f"{STRANGER}" in scene.lines(scene.owner)[-1]


def test_switching_the_account_keeps_the_invitation(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(STRANGER, PASSWORD)
    page = browser.send(browser.open(f"/join/{scene.link}").form("/sign-out"))
    assert page.path == f"/join/{scene.link}?step=account"
    assert browser.cookies == {}


def test_a_code_proves_the_address(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(STRANGER, PASSWORD)
    page = browser.send(browser.open(f"/join/{scene.link}").form("/code"), "Yes, send me a code")
    scene.world.settle()
    code = _code(scene)
    wrong = browser.send(page.form("/code/confirm"), code="000000" if code != "000000" else "111111")
    assert wrong.status == 422
    proved = browser.send(wrong.form("/code/confirm"), code=code)
    inside = browser.send(proved.form(f"/join/{scene.link}"))
    assert (inside.path, inside.status) == (f"/chats/{scene.chat}?joined=1", 200)


def test_no_thank_you_is_final_and_says_so(scene: Scene) -> None:
    browser = Browser(scene.world)
    page = browser.open(f"/join/{scene.link}?step=decline")
    assert browser.send(page.form("/decline"), reason="Too busy\u202e").status == 200
    assert browser.open(f"/join/{scene.link}").status == 410
    scene.world.settle()
    assert scene.lines(scene.owner)[-1] == f"{INVITED} declined: Too busy"


@pytest.mark.parametrize("ending", ["expired", "revoked", "declined", "accepted", "fixed"])
@pytest.mark.requirement("A03", "A37")
def test_an_invitation_that_is_over_says_why_and_has_no_way_in(scene: Scene, ending: str) -> None:
    path = f"{scene.base}/invitations/{scene.invitation}"
    if ending == "expired":
        scene.world.pass_time(days=14)
    elif ending == "revoked":
        scene.owner.delete(path)
    elif ending == "declined":
        scene.world.call("POST", f"/join/{scene.link}/decline", {})
    elif ending == "accepted":
        scene.world.joins(INVITED)
    else:
        scene.owner.patch(path, {"email": "olaf@south.example"})
    browser = Browser(scene.world)
    page = browser.open(f"/join/{scene.link}")
    assert page.status == (404 if ending == "fixed" else 410)
    assert not [form for form in page.forms() if form.action.endswith(("/account", "/sign-in", scene.link))]
    posted = browser.post(f"/join/{scene.link}/account", [("name", "Eve"), ("password", f"not {PASSWORD}")])
    assert posted.status == (404 if ending == "fixed" else 410)


def test_an_expired_page_offers_to_ask_for_a_new_one(scene: Scene) -> None:
    scene.world.pass_time(days=14)
    browser = Browser(scene.world)
    page = browser.send(browser.open(f"/join/{scene.link}").form("/ask"))
    assert "We’ve asked" in visible(page.html)
    scene.owner = scene.world.signs_in(OWNER)
    assert [ask["kind"] for ask in scene.invitations()[INVITED]["asks"]] == ["renew"]


def test_the_page_speaks_the_reader_s_language(shared_scene: Scene) -> None:
    browser = Browser(shared_scene.world)
    page = browser.open(f"/join/{shared_scene.link}?lang=de")
    assert '<html lang="de">' in page.html
    assert f'href="/join/{shared_scene.link}?lang=fr"' in page.html
    asked = Browser(shared_scene.world).open(f"/join/{shared_scene.link}", Accept_Language="es-MX,es;q=0.9")
    assert '<html lang="es">' in asked.html


def test_who_has_joined_is_led_to_the_chat(shared_scene: Scene) -> None:
    browser = Browser(shared_scene.world)
    browser.signs_in(GUEST, PASSWORD)
    page = browser.open(f"/join/{shared_scene.world.invited(GUEST)}")
    assert page.status == 410
    assert f'href="/chats/{shared_scene.chat}"' in page.html


def _code(scene: Scene) -> str:
    import re

    match = re.search(r"\b(\d{3})\s?(\d{3})\b", scene.world.last_mail(INVITED).text)
    assert match
    return match[1] + match[2]
