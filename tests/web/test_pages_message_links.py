"""Links to one message: they stand at it, however far up it is, and survive every way of signing in, without a script."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.support.app import PASSWORD
from tests.support.form_browser import Browser
from tests.support.sample_chat import GUEST, Scene
from tests.support.scripted_providers import with_providers

NEW_PASSWORD = "harbour violin 52 moss"


def link_on(page: str, seq: int) -> str:
    """What the menu of the message offers to copy."""
    shown = re.search(rf'id="m-{seq}".*?href="([^"]*)" data-do="link"', page, re.DOTALL)
    assert shown
    return shown[1]


def guest_of(scene: Scene) -> Browser:
    browser = Browser(scene.world)
    browser.signs_in(GUEST, PASSWORD)
    return browser


def test_the_chats_own_link_leads_to_the_message_when_seventy_others_followed(scene: Scene) -> None:
    """P11: it ended at the bottom."""
    eighth = scene.owner.post(f"{scene.base}/messages", {"text": "the eighth"}).json["seq"]
    browser = guest_of(scene)
    link = link_on(browser.open(scene.base).html, eighth)
    assert browser.open(link).address == f"{scene.base}#m-{eighth}"
    for number in range(70):
        scene.owner.post(f"{scene.base}/messages", {"text": f"{number} more"})
    page = browser.open(link)
    assert page.address.endswith(f"#m-{eighth}")
    assert (page.status, f'id="m-{eighth}"' in page.html) == (200, True)


@pytest.mark.requirement("A01")
@pytest.mark.parametrize("at", ["0", "9999", "99999999999999", "-1", "x", "٣", ""])
def test_a_place_that_there_is_not_is_the_chat(scene: Scene, at: str) -> None:
    page = guest_of(scene).open(f"{scene.base}?at={quote(at)}")
    assert (page.status, "#m-" in page.address, 'id="messages"' in page.html) == (200, False, True)


@pytest.mark.requirement("A01")
def test_no_link_leads_before_ones_history_or_into_the_chat_of_others(scene: Scene) -> None:
    scene.owner.post(f"{scene.base}/messages", {"text": "before Olaf came"})
    olaf = scene.world.joins("olaf@nord.example", "Olaf")
    before = olaf.get(f"{scene.base}/messages").json["items"][0]["seq"] - 1
    browser = Browser(scene.world)
    browser.signs_in("olaf@nord.example", PASSWORD)
    assert "#m-" not in browser.open(f"{scene.base}?at={before}").address
    assert browser.open(f"{scene.base}?at={before + 1}").address.endswith(f"#m-{before + 1}")
    other = scene.owner.invites("ida@fjord.example")["chat"]["id"]
    assert browser.open(f"/chats/{other}?at=1").status == 404


def by_password(scene: Scene, wanted: str) -> str:
    browser = Browser(scene.world)
    page = browser.open(wanted)
    return browser.send(page.form("/sign-in"), email=GUEST, password=PASSWORD).address


def by_mailed_link(scene: Scene, wanted: str) -> str:
    browser = Browser(scene.world)
    page = browser.open(wanted)
    browser.send(page.form("/sign-in"), "E-mail me", email=GUEST)
    scene.world.settle()
    link = scene.world.last_mail(GUEST).link("enter")
    return browser.send(browser.open(link).form(link)).address


def by_new_password(scene: Scene, wanted: str) -> str:
    browser = Browser(scene.world)
    (reset,) = re.findall(r'href="(/password-reset[^"]*)"', browser.open(wanted).html)
    browser.send(browser.open(reset).form("/password-reset"), email=GUEST)
    scene.world.settle()
    link = scene.world.last_mail(GUEST).link("reset")
    return browser.send(browser.open(link).form(link), password=NEW_PASSWORD).address


def in_another_language(scene: Scene, wanted: str) -> str:
    browser = Browser(scene.world)
    (french,) = re.findall(r'href="([^"]*lang=fr)"', browser.open(wanted).html)
    page = browser.open(french.replace("&amp;", "&"))
    return browser.send(page.form("/sign-in"), email=GUEST, password=PASSWORD).address


@pytest.mark.parametrize("way", [by_password, by_mailed_link, by_new_password, in_another_language])
@pytest.mark.parametrize("query", ["at={seq}", "people=1"])
def test_a_link_survives_every_way_of_signing_in(scene: Scene, way: Callable[[Scene, str], str], query: str) -> None:
    """P11: what followed the ? or the # was lost."""
    seq = scene.post["seq"]
    arrived = way(scene, f"{scene.base}?{query.format(seq=seq)}")
    assert arrived == (f"{scene.base}#m-{seq}" if "at" in query else f"{scene.base}?people=1")


@pytest.mark.parametrize("provider", ["slack", "microsoft"])
def test_a_link_survives_signing_in_with_others(scene: Scene, provider: str) -> None:
    providers = with_providers(scene)
    first = providers.browser()
    assert first.comes_in(provider, scene.link).post(f"/join/{scene.link}").status == 200
    seq = scene.owner.post(f"{scene.base}/messages", {"text": "Welcome"}).json["seq"]
    again = providers.browser()
    (start,) = re.findall(rf'href="(/oauth/{provider}/start[^"]*)"', again.browser.open(f"{scene.base}?at={seq}").html)
    state = again.get(start.replace("&amp;", "&")).headers["location"].partition("state=")[2]
    assert again.browser.open(again.returns(provider, state)).address == f"{scene.base}#m-{seq}"


def test_who_edits_or_reacts_far_up_comes_back_to_that_message(scene: Scene) -> None:
    mine = scene.guest.post(f"{scene.base}/messages", {"text": "frist"}).json
    for number in range(60):
        scene.owner.post(f"{scene.base}/messages", {"text": f"{number} more"})
    browser = guest_of(scene)
    edited = browser.post(f"{scene.base}/messages/{mine['id']}/edit", [("text", "first")])
    reacted = browser.post(f"{scene.base}/messages/{mine['id']}/react", [("emoji", "👍"), ("on", "1")])
    for page in (edited, reacted):
        assert page.address.endswith(f"#m-{mine['seq']}")
        assert f'id="m-{mine["seq"]}"' in page.html
