"""A page that stayed open while somebody else signed in does nothing in their name: no form, and no link that begins something."""

from pathlib import Path

import pytest

import app
from chalicelib.templating import pages
from tests.support.app import PASSWORD, PUBLIC_URL, Answer, Person
from tests.support.form_browser import FORM, Browser, Form, Page, visible
from tests.support.routes import NOBODY, names
from tests.support.sample_chat import GUEST, INVITED, OWNER, STRANGER, Scene
from tests.web import gallery, gallery_data

pytestmark = [pytest.mark.requirement("A08"), pytest.mark.requirement("A28")]
ON_OWN_PROOF = {
    "/sign-up": "what is typed makes the account",
    "/sign-in": "the password typed there",
    "/sign-in/link": "mails a link to the address typed there",
    "/password-reset": "mails a link to the address typed there",
    "/confirm/{token}": "the mailed link",
    "/enter/{token}": "the mailed link",
    "/reset/{token}": "the mailed link",
    "/welcome/{token}": "the mailed link",
    "/address-back/{token}": "the mailed link",
    "/join/{token}/account": "what is typed makes the account",
    "/join/{token}/sign-in": "the password typed there",
    "/join/{token}/sign-in-link": "mails a link to the address typed there",
    "/join/{token}/decline": "the invitation's link",
    "/join/{token}/code": "mails a code to the invited address",
    "/invitations": "mails a code to the address typed there",
    "/invitations/code": "the code typed there",
    "/invitations/leave": "forgets what this browser proved",
    "/invitations/mail": "the mailbox that this browser proved, named by the form",
    "/invitations/erase": "the mailbox that this browser proved, named by the form",
    "/check": "tells everybody the same",
    "/receipts/check": "tells everybody the same",
    "/unsubscribe/{token}": "the mailed link",
    "/stop/{token}": "the mailed link",
    "/join/{token}/mail": "the mailed link",
    "/mail-answers/{token}": "the mailed link",
    "/by-mail/{token}/stop": "the mailed link",
    "/by-mail/{token}/browser": "the mailed link",
    "/by-mail/{token}/mail": "the mailed link",
    "/by-mail/{token}/elsewhere": "the mailed link, and the one that goes to the mailbox",
    "/by-mail/{token}/leave": "the mailed link",
}
"""Forms that act for no account that happens to be signed in, and what they rest on instead."""
CALLBACKS = {"/slack/events", "/slack/interactions", "/teams/messages"}
POSTED = {path for path, methods in app.app.routes.items() if "POST" in methods and not path.startswith("/api/")}
BEGINNINGS = ("slack/start?link=1", "microsoft/start?link=1", "slack/install", "slack/connect", "slack/admin")
FORMS = sorted(POSTED - CALLBACKS)


def test_the_table_names_forms_that_are_there() -> None:
    assert set(ON_OWN_PROOF) <= set(FORMS)
    assert len(FORMS) > 45


@pytest.mark.parametrize("path", [path for path in FORMS if path not in ON_OWN_PROOF])
@pytest.mark.parametrize("meant", ["owner", "nobody"])
def test_no_form_acts_for_another_account(shared_scene: Scene, path: str, meant: str) -> None:
    """`meant`: whose page the form stood on. The guest is signed in now."""
    before = shared_scene.world.snapshot()
    account = shared_scene.owner.id if meant == "owner" else ""
    answer = _posts(shared_scene, shared_scene.guest, path, f"account={account}&text=Words")
    assert answer.status == 401
    assert "You are signed in as Dana Smith now" in visible(answer.text)
    assert shared_scene.world.snapshot() == before


@pytest.mark.parametrize("path", [path for path in FORMS if path not in ON_OWN_PROOF])
def test_who_is_signed_in_is_served(scene: Scene, path: str) -> None:
    answer = _posts(scene, scene.guest, path, f"account={scene.guest.id}&text=Words")
    assert answer.status != 401


@pytest.mark.parametrize("name", gallery_data.cases())
def test_each_form_says_whose_page_it_stands_on(name: str) -> None:
    template, context = gallery_data.cases()[name]
    context = gallery_data.everywhere() | {"static": gallery.static, "now": gallery.NOW} | context
    html = pages.render(template, "en", **context)
    me = context["me"]
    for form in Page("/", Answer(200, {}, html)).forms():
        if form.method == "post":
            assert [value for field, value in form.fields if field == "account"] == [me["id"] if me else ""], (
                form.action
            )


def test_no_template_has_a_form_without_it() -> None:
    """Those that a script alone shows, too."""
    for path in pages.TEMPLATES.glob("*.html"):
        for form in path.read_text().split('<form method="post"')[1:]:
            assert "whose() }}" in form.partition("</form>")[0], path.name


@pytest.mark.parametrize("path", sorted(Path("chalicelib/web/static").glob("*.js")), ids=lambda path: path.name)
def test_no_script_asks_without_it(path: Path) -> None:
    """A script calls the API, which sends the account; posts a form of the page; or throws away a page of somebody else."""
    ways = {"api.js": "'Webtop-Account': account", "chat_people.js": "fresh.body.dataset.account !== this.#account"}
    ways["join_waiting.js"] = "page.body.dataset.account !== document.body.dataset.account"
    ways |= dict.fromkeys(("invitation_list.js", "slack_inviter.js"), "new FormData(this.#form)")
    if "fetch(" in path.read_text().replace("#fetch(", "").replace("async fetch(", ""):
        assert ways[path.name] in path.read_text()


def test_what_was_written_is_given_back(scene: Scene) -> None:
    browser = _as_owner(scene)
    compose = browser.open(scene.base).form("/messages")
    _switches(browser)
    page = browser.send(compose, text="Only for <Anna's> chat")
    assert page.status == 401
    assert "readonly>Only for &lt;Anna&#39;s&gt; chat</textarea>" in page.html
    assert "Only for" not in " ".join(scene.lines(scene.owner))


def test_an_invitation_list_of_another_person_invites_nobody(scene: Scene) -> None:
    browser = _as_owner(scene)
    form = browser.open("/chats/new").form("/chats/new")
    _switches(browser)
    before = scene.world.snapshot()
    page = browser.send(form, "Invite", address="ida@fjord.example")
    assert (page.status, "ida@fjord.example</textarea>" in page.html) == (401, True)
    assert scene.world.snapshot() == before


def test_a_joining_page_of_another_person_joins_nobody(scene: Scene) -> None:
    browser = Browser(scene.world)
    browser.signs_in(STRANGER, PASSWORD)
    ask = browser.open(f"/join/{scene.link}").form(f"/join/{scene.link}")
    _switches(browser, GUEST)
    before = scene.world.snapshot()
    page = browser.send(ask)
    assert page.status == 401
    assert f'href="/join/{scene.link}"' in page.html
    assert scene.world.snapshot() == before


def test_a_page_left_open_signs_nobody_else_out(scene: Scene) -> None:
    browser = _as_owner(scene)
    leave = browser.open("/chats").form("/sign-out")
    _switches(browser)
    assert browser.send(leave).status == 401
    assert "data-account" in browser.open("/chats").html


@pytest.mark.parametrize("path", BEGINNINGS)
def test_a_link_that_begins_something_begins_it_for_its_own_account(scene: Scene, path: str) -> None:
    headers = {"Cookie": f"session={scene.guest.token}"}
    address = f"/oauth/{path}{'&' if '?' in path else '?'}account={scene.owner.id}"
    answer = scene.world.request("GET", address, b"", headers)
    assert (answer.status, "location" in answer.headers) == (401, False)


def test_another_workspace_than_ones_own_is_refused_not_replaced(scene: Scene) -> None:
    browser = _as_owner(scene)
    form = browser.open("/chats/new").form("/chats/new")
    before = scene.world.snapshot()
    for foreign in (scene.stranger.workspace(), NOBODY, "x"):
        for button in ("Invite", "create"):
            assert browser.send(form, button, workspace_id=foreign, address="ida@fjord.example").status == 404
    assert scene.world.snapshot() == before


def test_a_page_of_one_mailbox_changes_nothing_of_another(scene: Scene) -> None:
    browser = Browser(scene.world)
    _proves(scene, browser, INVITED)
    erase, language = (_form_of(browser.open("/invitations"), action) for action in ("/erase", "/mail"))
    _proves(scene, browser, GUEST)
    before = scene.world.snapshot()
    for form in (erase, language):
        page = browser.send(form)
        assert page.status == 409
        assert f"the invitations of {GUEST} now" in visible(page.html)
    assert scene.world.snapshot() == before


def _form_of(page: Page, action: str) -> Form:
    return page.form(f"/invitations{action}")


def _proves(scene: Scene, browser: Browser, email: str) -> None:
    browser.cookies.pop("mailbox", None)
    code = browser.send(browser.open("/invitations").form("/invitations"), email=email).form("/invitations/code")
    scene.world.settle()
    digits = "".join(letter for letter in scene.world.last_mail(email).subject if letter.isdigit())
    assert browser.send(code, code=digits).status == 200


def _as_owner(scene: Scene) -> Browser:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    return browser


def _switches(browser: Browser, email: str = GUEST) -> None:
    """In another tab of the same browser."""
    browser.post("/sign-in", [("email", email), ("password", PASSWORD)])


def _posts(scene: Scene, person: Person, path: str, body: str) -> Answer:
    headers = {"Content-Type": FORM, "Origin": PUBLIC_URL, "Cookie": f"session={person.token}"}
    places = {f"{name}_id": value for name, value in names(scene).items()} | {"token": scene.link}
    places |= {"account_id": scene.guest.id, "message_id": scene.post["id"]}
    return scene.world.request("POST", path.format(**places), body.encode(), headers)
