"""Changing one's own address: the new mailbox is proved in one's own browser, the old one is told and has a way back."""

from dataclasses import replace

import pytest

from chalicelib.domain.people import SignInMethod
from chalicelib.storage.mapping import account_item
from chalicelib.usecases import sessions
from tests.support.app import PASSWORD, Answer, Person, World
from tests.support.form_browser import Browser, visible
from tests.support.sample_chat import GUEST, INVITED, MEMBER, OWNER, Scene
from tests.support.steps import code_in_mail

NEW, NEWER = "mara@lindqvist.example", "mara@newer.example"


def asks(person: Person, email: str = NEW, **proof: str) -> Answer:
    answer = person.post("/me/email", {"email": email, **(proof or {"password": PASSWORD})})
    person.world.settle()
    return answer


def browser_of(person: Person) -> Browser:
    browser = Browser(person.world)
    browser.cookies["session"] = person.token
    return browser


def link(world: World, email: str = NEW) -> str:
    return world.last_mail(email).link("address")


def changes(person: Person, email: str = NEW) -> None:
    assert asks(person, email).status == 202
    browser = browser_of(person)
    page = browser.send(browser.open(link(person.world, email)).form(""))
    assert "Your address is changed." in visible(page.html)
    person.world.settle()


def address_of(person: Person) -> str:
    return str(person.get("/me").json["account"]["email"])


def without_password(scene: Scene, person: Person) -> Person:
    """Somebody who came in by a mailed link, and never set a password."""
    account = scene.world.ports.accounts.get(person.id)
    assert account is not None
    account_item(replace(account, password_hash="")).save()
    return person


@pytest.mark.requirement("A13", "A02")
def test_nothing_is_changed_before_the_new_mailbox_is_proved(scene: Scene) -> None:
    assert asks(scene.owner).status == 202
    browser = browser_of(scene.owner)
    for _ in range(2):
        page = browser.open(link(scene.world))
        assert NEW in visible(page.html)
        assert len(page.forms()) == 1
    assert address_of(scene.owner) == OWNER
    assert scene.world.mails(OWNER)[-1].subject != "Your address at Webtop was changed"
    assert browser.send(page.form("")).path.startswith("/settings/account")
    assert address_of(scene.owner) == NEW
    assert scene.world.signs_in(NEW).id == scene.owner.id
    assert scene.world.call("POST", "/sessions", {"email": OWNER, "password": PASSWORD}).status == 401


@pytest.mark.requirement("A13")
@pytest.mark.parametrize("password", ["", "wrong wrong wrong"])
def test_a_session_alone_is_not_enough(scene: Scene, password: str) -> None:
    answer = asks(scene.owner, password=password)
    assert (answer.status, answer.code) == (403, "wrong_password")
    assert scene.world.mails(NEW) == []


@pytest.mark.requirement("A16")
def test_guesses_at_the_password_count_as_tries_to_sign_in(scene: Scene) -> None:
    tried = [asks(scene.owner, password=f"wrong {number}").status for number in range(12)]
    assert tried == [403] * 10 + [429] * 2


def test_without_a_password_a_code_to_the_present_address_counts(scene: Scene) -> None:
    person = without_password(scene, scene.owner)
    first = person.post("/me/email", {"email": NEW})
    assert (first.status, first.code) == (403, "code_needed")
    scene.world.settle()
    code = code_in_mail(scene.world, OWNER)
    wrong = person.post("/me/email", {"email": NEW, "code": "000000" if code != "000000" else "111111"})
    assert (wrong.status, wrong.json["errors"][0]["code"]) == (422, "wrong_code")
    assert asks(person, code=code).status == 202
    assert link(scene.world)


@pytest.mark.requirement("A04")
def test_a_code_of_somebody_else_is_worth_nothing(scene: Scene) -> None:
    mine, theirs = without_password(scene, scene.owner), without_password(scene, scene.member)
    assert theirs.post("/me/email", {"email": NEW}).code == "code_needed"
    scene.world.settle()
    answer = mine.post("/me/email", {"email": NEW, "code": code_in_mail(scene.world, MEMBER)})
    assert answer.status == 410
    assert scene.world.mails(NEW) == []


@pytest.mark.requirement("A13")
def test_without_any_address_one_must_have_just_signed_in(scene: Scene) -> None:
    ports = scene.world.ports
    account = ports.accounts.get(scene.guest.id)
    assert account is not None
    bare = replace(account, password_hash="", email="")
    account_item(bare).save()
    fresh = sessions.begin(ports, bare, SignInMethod.LINK)
    person = Person(scene.world, "", fresh.token, scene.guest.id)
    scene.world.pass_time(minutes=11)
    late = person.post("/me/email", {"email": NEW})
    assert (late.status, late.code) == (403, "sign_in_again")
    again = Person(scene.world, "", sessions.begin(ports, bare, SignInMethod.LINK).token, scene.guest.id)
    changes(again)
    assert address_of(again) == NEW
    assert [mail.subject for mail in scene.world.mails(GUEST)][-1:] != ["Your address at Webtop was changed"]


@pytest.mark.requirement("A13")
def test_the_link_counts_in_a_browser_of_that_account_only(scene: Scene) -> None:
    asks(scene.owner)
    path = link(scene.world)
    nobody = Browser(scene.world)
    assert nobody.open(path).path == f"/sign-in?next={path}"
    other = browser_of(scene.stranger)
    assert other.open(path).status == 404
    theirs = browser_of(scene.owner).open(path).form("")
    theirs.fields = [("account", scene.stranger.id)]
    assert other.send(theirs).status == 404
    assert address_of(scene.owner) == OWNER
    assert address_of(scene.stranger) != NEW


def test_a_later_request_kills_the_link_of_an_earlier_one(scene: Scene) -> None:
    asks(scene.owner)
    first = link(scene.world)
    asks(scene.owner, NEWER)
    browser = browser_of(scene.owner)
    assert browser.open(first).status == 410
    browser.send(browser.open(link(scene.world, NEWER)).form(""))
    assert address_of(scene.owner) == NEWER
    assert browser.open(first).status == 410


@pytest.mark.requirement("A06")
def test_the_same_press_again_succeeds_again(scene: Scene) -> None:
    asks(scene.owner)
    browser = browser_of(scene.owner)
    form = browser.open(link(scene.world)).form("")
    known = dict(browser.cookies)
    browser.send(form)
    browser.cookies.update(known)  # the answer got lost
    assert browser.send(form).path.startswith("/settings/account")
    stranger = browser_of(scene.owner)
    assert stranger.open(link(scene.world)).status == 410


@pytest.mark.requirement("A14")
def test_an_address_that_has_an_account_gets_nothing_and_the_answer_is_the_same(scene: Scene) -> None:
    before = len(scene.world.mails(MEMBER))
    free, taken = asks(scene.owner), asks(scene.owner, MEMBER)
    assert (free.status, free.text) == (taken.status, taken.text) == (202, free.text)
    assert len(scene.world.mails(MEMBER)) == before


@pytest.mark.requirement("A05")
def test_an_address_that_somebody_took_meanwhile_stays_theirs(scene: Scene) -> None:
    asks(scene.owner)
    asks(scene.member)
    mine, theirs = (mail.link("address") for mail in scene.world.mails(NEW)[-2:])
    first, second = browser_of(scene.owner), browser_of(scene.member)
    first_form, second_form = first.open(mine).form(""), second.open(theirs).form("")
    first.send(first_form)
    assert second.send(second_form).status == 410
    assert (address_of(scene.owner), address_of(scene.member)) == (NEW, MEMBER)


@pytest.mark.requirement("A03", "A13")
def test_the_old_address_proves_nothing_any_more(scene: Scene) -> None:
    assert scene.world.call("POST", "/sign-in-links", {"email": OWNER}).status == 202
    scene.world.settle()
    old_link = scene.world.last_mail(OWNER).link("enter")
    changes(scene.owner)
    browser = Browser(scene.world)
    page = browser.open(old_link)
    assert browser.send(page.form("")).status == 410
    assert "session" not in browser.cookies


def test_an_invitation_to_the_old_address_is_a_mismatch_now(scene: Scene) -> None:
    olaf = scene.world.signs_up(INVITED, "Olaf Nord", "Nord", plan="free")
    changes(olaf)
    answer = olaf.post(f"/join/{scene.link}")
    assert (answer.status, answer.code) == (409, "address_mismatch")


def test_the_workspaces_people_have_the_new_address(scene: Scene) -> None:
    changes(scene.member)
    members = scene.owner.get(f"/workspaces/{scene.workspace}/members").json["items"]
    assert {item["email"] for item in members} == {OWNER, NEW}
    scene.guest.patch("/me", {"name": "Dana Fox"})
    scene.world.settle()
    people = scene.owner.get(scene.base).json["participants"]
    assert "Dana Fox" in {person["name"] for person in people}


@pytest.mark.requirement("A08", "A13")
def test_the_old_mailbox_takes_the_account_back(scene: Scene) -> None:
    """Whoever changed it is out: session, password, and the address that they gave it."""
    changes(scene.owner)
    mail = scene.world.last_mail(OWNER)
    assert mail.subject == "Your address at Webtop was changed"
    assert "7 days" in mail.text
    scene.world.pass_time(days=6)
    browser = Browser(scene.world)
    page = browser.open(mail.link("address-back"))
    assert address_of(scene.world.signs_in(NEW)) == NEW
    page = browser.send(page.form(""))
    assert "This is your address again" in visible(page.html)
    assert scene.owner.get("/me").status == 401
    assert scene.world.call("POST", "/sessions", {"email": NEW, "password": PASSWORD}).status == 401
    assert scene.world.call("POST", "/sessions", {"email": OWNER, "password": PASSWORD}).status == 401
    back = Person(scene.world, OWNER, browser.cookies["session"], scene.owner.id)
    assert address_of(back) == OWNER


def test_the_way_back_ends_after_seven_days(scene: Scene) -> None:
    changes(scene.owner)
    path = scene.world.last_mail(OWNER).link("address-back")
    scene.world.pass_time(days=7)
    assert Browser(scene.world).open(path).status == 410


@pytest.mark.requirement("A13")
def test_a_thief_cannot_shake_off_the_first_mailbox(scene: Scene) -> None:
    """They change it once more, and use their own way back: the owner's still works, and then theirs is dead."""
    changes(scene.owner)
    changes(scene.owner, NEWER)
    first = scene.world.last_mail(OWNER).link("address-back")
    thiefs = scene.world.last_mail(NEW).link("address-back")
    thief, owner = Browser(scene.world), Browser(scene.world)
    thief.send(thief.open(thiefs).form(""))
    scene.world.pass_time(minutes=1)
    owner.send(owner.open(first).form(""))
    assert address_of(Person(scene.world, OWNER, owner.cookies["session"], scene.owner.id)) == OWNER
    assert thief.open("/settings/account").path.startswith("/sign-in")
    assert Browser(scene.world).open(thiefs).status == 410


def test_nothing_of_the_old_address_stays_once_it_is_left(scene: Scene) -> None:
    changes(scene.member)
    assert ("E#" + MEMBER, "E") not in scene.world.snapshot()


def test_the_form_works_without_a_script_and_says_what_is_wrong(scene: Scene) -> None:
    browser = browser_of(scene.owner)
    page = browser.open("/settings/account")
    form = page.form("/email")
    wrong = browser.send(form, email=NEW, email_password="wrong wrong")
    assert wrong.status == 422
    assert "That is not your password." in visible(wrong.html)
    assert "wrong wrong" not in wrong.html
    bad = browser.send(form, email="mara at home", email_password=PASSWORD)
    assert 'id="f-email-error"' in bad.html
    sent = browser.send(form, email=NEW, email_password=PASSWORD)
    assert "A link is on its way to the new address." in visible(sent.html)


def test_the_form_asks_for_the_code_where_there_is_no_password(scene: Scene) -> None:
    browser = browser_of(without_password(scene, scene.owner))
    page = browser.send(browser.open("/settings/account").form("/email"), email=NEW)
    assert "We have e-mailed a code" in visible(page.html)
    scene.world.settle()
    code = code_in_mail(scene.world, OWNER)
    wrong = browser.send(page.form("/email"), email=NEW, email_code="12")
    assert "That code isn" in visible(wrong.html)
    done = browser.send(wrong.form("/email"), email=NEW, email_code=code)
    assert "A link is on its way" in visible(done.html)
