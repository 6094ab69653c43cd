"""Handing an invitation over by forms without JavaScript: the joining page, the people panel, the inbox, the settings."""

import pytest

from tests.support.app import PASSWORD
from tests.support.form_browser import Browser, visible
from tests.support.hand_overs import COLLEAGUE, policy
from tests.support.sample_chat import GUEST, INVITED, OWNER, STRANGER, Scene
from tests.support.steps import code_in_mail, copied

RIGHT = "jonas@fjord.example"


def named(scene: Scene, email: str = RIGHT, note: str = "He runs it now") -> Browser:
    browser = Browser(scene.world)
    page = browser.open(f"/join/{scene.link}?step=hand_over")
    browser.send(page.form("/hand-over"), email=email, note=note)
    scene.world.settle()
    return browser


def inviter(scene: Scene) -> Browser:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    return browser


def hand_over_id(scene: Scene) -> str:
    return next(str(ask["id"]) for ask in scene.invitations()[INVITED]["asks"] if ask["kind"] == "hand_over")


def test_the_joining_page_offers_it_and_says_what_follows(scene: Scene) -> None:
    browser = Browser(scene.world)
    page = browser.open(f"/join/{scene.link}")
    assert "I’m not the right one" in visible(page.html)
    assert f"/join/{scene.link}?step=hand_over" in page.html
    page = browser.open(f"/join/{scene.link}?step=hand_over")
    assert "We ask Mara first. Until Mara agrees, your link works as before." in visible(page.html)
    page = browser.send(page.form("/hand-over"), email=RIGHT, note="He runs it now")
    assert page.status == 200
    assert "We have asked Mara" in visible(page.html)
    assert RIGHT in visible(page.html)
    assert browser.open(f"/join/{scene.link}").status == 200


def test_what_is_wrong_stands_beside_its_field_with_what_was_typed(scene: Scene) -> None:
    browser = Browser(scene.world)
    page = browser.open(f"/join/{scene.link}?step=hand_over")
    page = browser.send(page.form("/hand-over"), email="Olaf@nord.example", note="He runs it")
    assert page.status == 422
    assert "The invitation is for this very address. Name another one." in visible(page.html)
    assert "He runs it" in page.html
    page = browser.send(page.form("/hand-over"), email=RIGHT, note="see www.evil.example")
    assert (page.status, "Leave out links" in visible(page.html)) == (422, True)
    assert all(ask["kind"] != "hand_over" for ask in scene.invitations()[INVITED]["asks"])


def test_the_people_panel_asks_and_allow_moves_it(scene: Scene) -> None:
    named(scene)
    browser = inviter(scene)
    page = browser.open(f"/chats/{scene.chat}?people=1")
    assert f"{INVITED} says that {RIGHT} is the right one. “He runs it now”" in visible(page.html)
    page = browser.send(page.form(f"/asks/{hand_over_id(scene)}"), "allow")
    scene.world.settle()
    assert page.status == 200
    assert f"Handed over by {INVITED} to {RIGHT}" in visible(page.html)
    assert "is the right one" not in visible(page.html)
    assert len(scene.world.mails(RIGHT)) == 1


def test_refuse_leaves_it_as_it_was(scene: Scene) -> None:
    named(scene)
    browser = inviter(scene)
    page = browser.open(f"/chats/{scene.chat}?people=1")
    page = browser.send(page.form(f"/asks/{hand_over_id(scene)}"), "refuse")
    assert "is the right one" not in visible(page.html)
    assert RIGHT not in page.html
    assert scene.invitations()[INVITED]["status"] == "pending"


def test_what_stops_it_is_said_to_the_inviter_on_the_page(scene: Scene) -> None:
    named(scene, GUEST)
    browser = inviter(scene)
    page = browser.open(f"/chats/{scene.chat}?people=1")
    page = browser.send(page.form(f"/asks/{hand_over_id(scene)}"), "allow")
    assert (page.status, "This person is in the chat already." in visible(page.html)) == (422, True)
    assert "is the right one" in visible(page.html)


@pytest.mark.requirement("A02")
def test_the_mails_link_leads_to_the_buttons_and_changes_nothing(scene: Scene) -> None:
    named(scene)
    text = scene.world.last_mail(OWNER).text
    link = next(word for word in text.split() if f"/chats/{scene.chat}" in word).removeprefix("http://chat.test")
    before = scene.invitations()
    page = inviter(scene).open(link)
    assert f"/asks/{hand_over_id(scene)}" in page.html
    assert scene.invitations() == before


def test_the_inbox_says_it_too(scene: Scene) -> None:
    named(scene)
    page = inviter(scene).open("/chats?view=inbox")
    assert f"{INVITED} says that {RIGHT} is the right one. “He runs it now”" in visible(page.html)
    assert page.form(f"/asks/{hand_over_id(scene)}") is not None


def test_within_one_s_own_domain_it_goes_at_once_where_the_workspace_says_so(scene: Scene) -> None:
    browser = inviter(scene)
    page = browser.open(f"/settings?workspace={scene.workspace}")
    browser.send(page.form("/settings/workspace"), hand_over="same_domain")
    assert scene.owner.get(f"/workspaces/{scene.workspace}").json["hand_over"] == "same_domain"
    guest = Browser(scene.world)
    page = guest.open(f"/join/{scene.link}?step=hand_over")
    assert "An address at your own domain gets the invitation at once" in visible(page.html)
    page = guest.send(page.form("/hand-over"), email="jonas@nord.example")
    scene.world.settle()
    assert "The invitation is on its way to them" in visible(page.html)
    assert guest.open(f"/join/{scene.link}").status == 404
    assert len(scene.world.mails("jonas@nord.example")) == 1


def test_where_it_is_off_nothing_offers_it(scene: Scene) -> None:
    browser = Browser(scene.world)
    form = browser.open(f"/join/{scene.link}?step=hand_over").form("/hand-over")
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"hand_over": "off"})
    for step in ("", "?step=hand_over"):
        page = browser.open(f"/join/{scene.link}{step}")
        assert (page.status, "not the right one" in visible(page.html), "/hand-over" in page.html) == (
            200,
            False,
            False,
        )
    page = browser.send(form, email=RIGHT)
    assert page.status == 403
    assert "doesn't let invitations be handed over" in visible(page.html)


def test_a_copied_link_leads_to_the_code_first(scene: Scene) -> None:
    browser, token = Browser(scene.world), copied(scene)
    page = browser.open(f"/join/{token}?step=hand_over")
    assert "Confirm your e-mail first" in visible(page.html)
    assert INVITED not in page.html
    page = browser.send(page.form("/code"))
    scene.world.settle()
    browser.send(page.form("/code/confirm"), code=code_in_mail(scene.world, INVITED))
    page = browser.open(f"/join/{token}?step=hand_over")
    page = browser.send(page.form("/hand-over"), email=RIGHT)
    assert "We have asked Mara" in visible(page.html)


def test_who_is_signed_in_finds_it_as_well(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(scene.stranger.email, PASSWORD)
    page = browser.open(f"/join/{scene.link}")
    assert "I’m not the right one" in visible(page.html)
    page = browser.open(f"/join/{scene.link}?step=hand_over")
    assert browser.send(page.form("/hand-over"), email=RIGHT).status == 200


@pytest.mark.parametrize(
    ("locale", "words"), [("de", "Wer ist gemeint?"), ("es", "¿Quién es"), ("fr", "Qui est la bonne")]
)
def test_in_four_languages(scene: Scene, locale: str, words: str) -> None:
    assert words in visible(Browser(scene.world).open(f"/join/{scene.link}?step=hand_over&lang={locale}").html)


def test_the_chain_of_an_erased_address_reads_somebody_who_left_in_the_readers_language(scene: Scene) -> None:
    named(scene)
    path = f"{scene.base}/invitations/{scene.invitation}/asks/{hand_over_id(scene)}"
    assert scene.owner.post(path, {"decision": "allow"}).status == 200
    scene.world.settle()
    from tests.support.steps import in_mailbox

    mailbox = in_mailbox(scene.world, INVITED)
    mailbox.send(mailbox.open("/invitations").form("/invitations/erase"))
    page = inviter(scene).open(f"/chats/{scene.chat}?people=1&lang=de")
    assert f"Weitergegeben von Jemand, der nicht mehr da ist an {RIGHT}" in visible(page.html)


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("setting", ["same_domain", "ask"])
def test_a_hand_over_that_was_done_before_its_answer_was_lost_may_be_pressed_again(
    scene: Scene, signed_in: bool, setting: str
) -> None:
    """The link is dead by then, where it moved: the same page, posted again, still says what was done."""
    policy(scene, setting)
    browser = Browser(scene.world)
    if signed_in:
        browser.signs_in(STRANGER, PASSWORD)
    form = browser.open(f"/join/{scene.link}?step=hand_over").form("/hand-over")
    first = browser.send(form, email=COLLEAGUE)
    before = scene.world.snapshot()
    again = browser.send(form, email=COLLEAGUE)
    assert (again.status, visible(again.html)) == (200, visible(first.html))
    assert scene.world.snapshot() == before
    fresh = browser.open(f"/join/{scene.link}?step=hand_over")
    assert fresh.status == (404 if setting == "same_domain" else 200)
