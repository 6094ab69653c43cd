"""Nothing typed is dropped: which addresses got no invitation, and why; and none fails by what isn't seen around it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.app import PASSWORD
from tests.support.form_browser import Browser, Page, visible
from tests.support.sample_chat import GUEST, INVITED, OWNER, Scene
from tests.support.steps import PERMANENT, code_in_mail, ses_says

GOOD, BOUNCED, DENIED = "ida@fjord.example", "gone@fjord.example", "tom@denied.example"
UNSEEN = ("\u200b{}", "\ufeff{}", "{}\u200b", "\u202a{}\u202c", "\u2068{}\u2069", "\u00a0{} \u2060")


@pytest.fixture
def mara(scene: Scene) -> Browser:
    """At a workspace that doesn't invite one domain, and whose mail to one address came back."""
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"denied_domains": ["denied.example"]})
    scene.owner.invites(BOUNCED)
    scene.world.settle()
    ses_says(scene.world, "Bounce", BOUNCED, **PERMANENT)
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    return browser


def refused(page: Page) -> str:
    """What the panel says of the refused, and the field that has them."""
    text = visible(page.html)
    assert f"{BOUNCED} We can’t send e-mail to this address" in text.replace("'", "’")
    assert f"{DENIED} Brightwater Studio doesn’t invite addresses of this domain" in text.replace("'", "’")
    return dict(page.form("/invite").fields)["address"]


class TestCreate:
    def test_says_which_addresses_were_refused_and_why_and_has_them_in_the_field(
        self, scene: Scene, mara: Browser
    ) -> None:
        typed = f"\u200b{GOOD}, {BOUNCED}, {DENIED}, jörg@acme.example, {OWNER}"
        listed = mara.send(mara.open("/chats/new").form("/chats/new"), "Invite", address=typed)
        assert "“jörg@acme.example” is not an e-mail address. The other 4 are in the list." in visible(listed.html)
        made = mara.send(listed.form("/chats/new"), "Create", address="")
        assert (made.status, "1 invited." in visible(made.html)) == (200, True)
        assert refused(made) == f"{BOUNCED}, {DENIED}"
        assert f"{OWNER} This person is in the chat already" in visible(made.html)
        scene.world.settle()
        assert [len(scene.world.mails(item)) for item in (GOOD, BOUNCED, DENIED)] == [1, 1, 0]

    def test_is_mended_there(self, scene: Scene, mara: Browser) -> None:
        page = self.made(mara)
        again = mara.send(page.form("/invite"), address=f"tom@allowed.example, {BOUNCED}")
        assert dict(again.form("/invite").fields)["address"] == BOUNCED
        scene.world.settle()
        assert len(scene.world.mails("tom@allowed.example")) == 1

    def test_tells_it_as_often_as_the_page_is_loaded_to_nobody_else_and_for_an_hour(
        self, scene: Scene, mara: Browser
    ) -> None:
        page = self.made(mara)
        chats = len(scene.owner.get("/chats").json["items"])
        assert refused(mara.open(page.path))
        assert len(scene.owner.get("/chats").json["items"]) == chats
        (token,) = parse_qs(urlsplit(page.path).query)["refused"]
        elsewhere = mara.open(f"/chats/{scene.chat}?people=1&refused={token}")
        assert DENIED not in elsewhere.html
        tom = Browser(scene.world)
        tom.cookies["session"] = scene.member.token
        assert DENIED not in tom.open(f"/chats/{scene.chat}?people=1&refused={token}").html
        assert token not in str(scene.world.snapshot())
        scene.world.pass_time(minutes=60)
        assert DENIED not in mara.open(page.path).html

    def made(self, mara: Browser) -> Page:
        listed = mara.send(mara.open("/chats/new").form("/chats/new"), "Invite", address=f"{GOOD} {BOUNCED} {DENIED}")
        return mara.send(listed.form("/chats/new"), "Create", address="")


class TestThePeoplePanel:
    def test_says_it_too(self, scene: Scene, mara: Browser) -> None:
        page = mara.open(f"/chats/{scene.chat}?people=1")
        typed = f"{GOOD}; {BOUNCED}; {DENIED}; jörg@acme.example; {INVITED}; {GUEST}"
        told = mara.send(page.form("/invite"), address=typed)
        assert refused(told) == f"{BOUNCED}, {DENIED}, jörg@acme.example"
        text = visible(told.html)
        assert f"{INVITED} This address is invited already" in text
        assert f"{GUEST} This person is in the chat already" in text
        assert "“jörg@acme.example” is not an e-mail address." in text

    def test_says_it_where_none_was_good(self, scene: Scene, mara: Browser) -> None:
        page = mara.open(f"/chats/{scene.chat}?people=1")
        told = mara.send(page.form("/invite"), address=f"{BOUNCED} {DENIED}")
        assert told.status == 422
        assert refused(told) == f"{BOUNCED}, {DENIED}"

    def test_says_it_however_long_what_was_typed_is(self, scene: Scene, mara: Browser) -> None:
        """Kept whole, it would pass what an item of the table holds, after the good ones were invited."""
        page = mara.open(f"/chats/{scene.chat}?people=1")
        told = mara.send(page.form("/invite"), address=f"{GOOD}, {'Ж' * 90_000}@fjord.example")
        assert (told.status, "is not an e-mail address" in visible(told.html)) == (200, True)
        assert scene.invitations()[GOOD]["status"] == "pending"

    def test_says_what_is_wrong_with_the_whole_list(self, scene: Scene, mara: Browser) -> None:
        page = mara.open(f"/chats/{scene.chat}?people=1")
        told = mara.send(page.form("/invite"), address=" \u200b ,")
        assert (told.status, "Send 1 to 1000 addresses at once" in visible(told.html)) == (422, True)


@pytest.mark.requirement("A09")
@pytest.mark.parametrize("around", UNSEEN)
class TestWhatIsNotSeenAroundAnAddress:
    def test_signs_in(self, scene: Scene, around: str) -> None:
        assert Browser(scene.world).signs_in(around.format(OWNER), PASSWORD).path == "/chats"
        body = {"email": around.format(OWNER), "password": PASSWORD}
        assert scene.world.call("POST", "/sessions", body).status == 201

    def test_signs_up(self, scene: Scene, around: str) -> None:
        form = Browser(scene.world).open("/sign-up").form("/sign-up")
        typed = {"email": around.format(GOOD), "name": "Ida", "password": PASSWORD, "workspace": "Fjord"}
        assert Browser(scene.world).send(form, **typed).status == 200
        scene.world.settle()
        assert len(scene.world.mails(GOOD)) == 1

    def test_fixes_invites_and_adds(self, scene: Scene, around: str) -> None:
        path = f"{scene.base}/invitations"
        assert scene.owner.patch(f"{path}/{scene.invitation}", {"email": around.format(GOOD)}).json["email"] == GOOD
        made = scene.owner.post(path, {"invitees": [{"email": around.format("ole@fjord.example")}]}).json
        assert made["results"][0] == {"email": "ole@fjord.example", "outcome": "invited"}
        member = {"email": around.format("eva@fjord.example"), "role": "member"}
        assert scene.owner.post(f"/workspaces/{scene.workspace}/members", member).status == 202
        settings = {"denied_domains": [around.format("denied.example")]}
        assert scene.owner.patch(f"/workspaces/{scene.workspace}", settings).json["denied_domains"] == [
            "denied.example"
        ]

    def test_proves_by_a_code(self, scene: Scene, around: str) -> None:
        token = scene.link
        assert scene.world.call("POST", f"/join/{token}/code").status == 202
        scene.world.settle()
        code = code_in_mail(scene.world, INVITED)
        assert scene.world.call("POST", f"/join/{token}/code/confirm", {"code": around.format(code)}).status == 200
