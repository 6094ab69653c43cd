"""Chats by forms without JavaScript: the invitation list, the chat, the people in it."""

import re
from urllib.parse import urlencode

import pytest

from tests.support.app import PASSWORD, PUBLIC_URL
from tests.support.form_browser import FORM, Browser, Page, visible
from tests.support.sample_chat import GUEST, INVITED, MEMBER, OWNER, Scene
from tests.support.steps import ses_says

FROM_HERE = {"Content-Type": FORM, "Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def mara(scene: Scene) -> Browser:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    return browser


def test_a_list_grows_shrinks_and_becomes_a_chat(scene: Scene, mara: Browser) -> None:
    page = _typed(mara, mara.open("/chats/new"), "ida@fjord.example; Ole Lund <ole@fjord.example>\nper@fjord.example")
    assert [value for name, value in page.form("/chats/new").fields if name == "email"] == [
        "ida@fjord.example",
        "ole@fjord.example",
        "per@fjord.example",
    ]
    page = mara.send(page.form("/chats/new"), "remove:0")
    made = mara.send(page.form("/chats/new"), "Create", name="Fjord")
    assert made.path.startswith("/chats/")
    assert "Fjord" in visible(made.html)
    scene.world.settle()
    assert [len(scene.world.mails(item)) for item in ("ida@fjord.example", "ole@fjord.example")] == [0, 1]


def test_bad_and_repeated_addresses_are_said_beside_the_field_and_stay_in_it(mara: Browser) -> None:
    page = _typed(mara, mara.open("/chats/new"), "ida@fjord.example")
    page = _typed(mara, page, "nothing, IDA@fjord.example, ole@fjord.example")
    assert page.status == 422
    fields = page.form("/chats/new").fields
    assert dict(fields)["address"] == "nothing, IDA@fjord.example"
    assert [value for name, value in fields if name == "email"] == ["ida@fjord.example", "ole@fjord.example"]


def test_nothing_is_stored_or_mailed_before_create(scene: Scene, mara: Browser) -> None:
    before, mails = scene.world.snapshot(), len(scene.world.mails())
    _typed(mara, mara.open("/chats/new"), "ida@fjord.example")
    scene.world.settle()
    assert scene.world.snapshot() == before
    assert len(scene.world.mails()) == mails


@pytest.mark.parametrize(
    "do", ["remove:²", "remove:9", "remove:-1", "fix:x", "nonsense", "create:", "remove:" + "9" * 5000]
)
def test_a_button_that_the_page_does_not_have_does_no_harm(mara: Browser, do: str) -> None:
    fields = [("workspace_id", ""), ("address", ""), ("email", "ida@fjord.example"), ("invitee_name", ""),
              ("locale", "en"), ("history", "all"), ("do", do)]  # fmt: skip
    assert mara.post("/chats/new", fields).status in (200, 422)


def test_a_message_is_written_edited_reacted_to_and_deleted(scene: Scene, mara: Browser) -> None:
    chat = f"/chats/{scene.chat}"
    mara.send(mara.open(chat).form("/messages"), text="A first word")
    message = scene.owner.get(f"{scene.base}/messages").json["items"][-1]["id"]
    page = mara.send(mara.open(f"{chat}?edit={message}").form("/edit"), text="A better word")
    assert "A better word" in visible(page.html)
    page = mara.send(mara.open(f"{chat}?react={message}").form(f"{message}/react"), "👍")
    assert scene.owner.get(f"{scene.base}/messages").json["items"][-1]["reactions"][0]["emoji"] == "👍"
    asked = mara.send(mara.open(chat).form(f"{message}/delete"))
    mara.send(next(form for form in asked.forms() if ("sure", "1") in form.fields))
    assert scene.lines(scene.owner)[-1] == ""


def test_a_reply_is_written_from_the_page(scene: Scene, mara: Browser) -> None:
    page = mara.open(f"/chats/{scene.chat}?reply={scene.reply['id']}")
    mara.send(page.form("/messages"), text="So are we")
    assert scene.owner.get(f"{scene.base}/messages").json["items"][-1]["reply_to"]["text"] == "Glad to be here."


@pytest.mark.parametrize("text", ["\u200b", "\u2060 \u3164"])
def test_a_message_of_which_nothing_is_to_be_seen_is_refused(scene: Scene, mara: Browser, text: str) -> None:
    page = mara.send(mara.open(f"/chats/{scene.chat}").form("/messages"), text=text)
    assert (page.status, "Write something first." in visible(page.html)) == (422, True)


def test_what_people_type_runs_as_its_own_letters_do(scene: Scene, mara: Browser) -> None:
    """Hebrew and Arabic: messages, paragraphs, names, titles, previews, quotes, the composer."""
    scene.owner.patch(scene.base, {"name": "בית הנמל"})
    said = scene.guest.post(
        f"{scene.base}/messages", {"text": "שלום.\n\nHello.\n\n- שלום", "reply_to": scene.reply["id"]}
    )
    html = mara.open(f"/chats/{scene.chat}?reply={said.json['id']}").html
    for part in (
        '<p dir="auto">שלום.</p>',
        '<p dir="auto">Hello.</p>',
        '<li dir="auto">שלום</li>',
        '<div class="text" dir="auto">',
        '<b class="author" dir="auto">',
        '<span dir="auto">Glad to be here.</span>',
        '<p class="title" dir="auto"',
        '<textarea id="text" name="text" dir="auto"',
        '<span class="name" dir="auto">בית הנמל</span>',
    ):
        assert part in html, part
    rows = mara.open("/chats").html
    assert f'<a href="/chats/{scene.chat}" dir="auto">בית הנמל</a>' in rows
    assert '<p class="what clip" dir="auto">' in rows


def test_a_message_that_is_refused_stays_in_the_field(scene: Scene, mara: Browser) -> None:
    page = mara.send(mara.open(f"/chats/{scene.chat}").form("/messages"), text="x" * 4001)
    assert page.status == 422
    assert dict(page.form("/messages").fields)["text"] == "x" * 4001


def test_more_people_are_invited_from_the_chat(scene: Scene, mara: Browser) -> None:
    page = mara.send(
        mara.open(f"/chats/{scene.chat}?people=1").form("/invite"), address="ida@fjord.example", history="all"
    )
    assert "ida@fjord.example" in visible(page.html)
    page = mara.send(page.form("/invite"), address=f"{INVITED} new@fjord.example")
    assert "invited already" in visible(page.html)
    assert mara.send(page.form("/invite"), address="nothing").status == 422


def test_an_invitation_is_fixed_resent_shared_and_revoked(scene: Scene, mara: Browser) -> None:
    path = f"/chats/{scene.chat}/invitations/{scene.invitation}"
    early = mara.post(f"{path}/resend", [])
    assert early.status == 422
    scene.world.pass_time(minutes=10)
    assert mara.post(f"{path}/resend", []).status == 200
    page = mara.open(f"{path}/link")
    assert "http://chat.test/join/" in page.html
    assert mara.post(f"{path}/fix", [("email", "nothing")]).status == 422
    assert mara.post(f"{path}/fix", [("email", "olaf@south.example")]).status == 200
    assert mara.post(f"{path}/revoke", []).status == 200
    assert scene.invitations()["olaf@south.example"]["status"] == "revoked"


def test_somebody_from_outside_is_removed_and_members_leave_by_themselves(scene: Scene, mara: Browser) -> None:
    page = mara.open(f"/chats/{scene.chat}?people=1")
    mara.send(page.form(f"{scene.guest.id}/remove"))
    assert scene.guest.get(scene.base).status == 404
    assert mara.post(f"/chats/{scene.chat}/participants/{scene.member.id}/remove", []).status == 403
    left = mara.send(mara.open(f"/chats/{scene.chat}").form(f"{scene.owner.id}/remove"))
    assert left.path == "/chats"


def test_of_what_one_is_mailed_is_chosen_in_the_menu_of_the_chat(scene: Scene, mara: Browser) -> None:
    page = mara.open(f"/chats/{scene.chat}")
    page = mara.send(page.form(f"{scene.chat}/notifications"), level="none")
    assert '<option value="none" selected>' in page.html
    assert "muted" in visible(mara.open("/chats").html)
    page = mara.send(page.form(f"{scene.chat}/notifications"), level="<nonsense>")
    assert '<option value="none" selected>' in page.html


def test_what_happened_is_told_in_the_readers_language(scene: Scene, mara: Browser) -> None:
    mara.send(mara.open("/settings").form("/settings/account"), locale="es")
    told = visible(mara.open(f"/chats/{scene.chat}").html)
    assert "Dana Smith se unió" in told
    assert "Dana Smith joined" not in told
    assert "Dana Smith se unió" in scene.lines(scene.owner)
    assert "Dana Smith joined" in scene.lines(scene.guest)


def test_reading_marks_and_names_are_set_by_forms(scene: Scene, mara: Browser) -> None:
    assert "1 unread" in visible(mara.open("/chats").html)
    mara.post("/chats/read", [])
    assert scene.owner.get(scene.base).json["unread"] == 0
    for seq in ("²", "x", "-1", "9" * 50, "3"):
        assert mara.post(f"/chats/{scene.chat}/read", [("seq", seq)]).status == 200
    page = mara.send(mara.open(f"/chats/{scene.chat}").form("/name"), name="Harbour II")
    assert "Harbour II" in visible(page.html)


@pytest.mark.parametrize(
    "query", ["before=²", "before=0", "before=2", "before=x", "before=" + "9" * 99, "reply=x", "edit=%00", "people=9"]
)
def test_a_hostile_query_on_the_page_is_a_page(shared_scene: Scene, query: str) -> None:
    browser = Browser(shared_scene.world)
    browser.signs_in(OWNER, PASSWORD)
    assert browser.open(f"/chats/{shared_scene.chat}?{query}").status == 200


def test_each_day_has_one_line(shared_scene: Scene) -> None:
    browser = Browser(shared_scene.world)
    browser.signs_in(MEMBER, PASSWORD)
    assert visible(browser.open(f"/chats/{shared_scene.chat}").html).count("Monday 23 November") == 1


def test_somebody_without_a_workspace_is_told_that_they_can_not_invite(shared_scene: Scene) -> None:
    browser = Browser(shared_scene.world)
    browser.signs_in(GUEST, PASSWORD)
    assert browser.open("/chats/new").status == 403


@pytest.mark.requirement("A32")
def test_what_is_refused_is_a_page_that_says_what_to_do(shared_scene: Scene) -> None:
    browser = Browser(shared_scene.world)
    browser.signs_in(OWNER, PASSWORD)
    for path in (f"/chats/{'a' * 16}", "/chats/x", f"/chats/{shared_scene.chat}/invitations/{'a' * 16}/link"):
        page = browser.open(path)
        assert (page.status, page.answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert 'href="/chats"' in page.html


@pytest.mark.parametrize("path", ["/chats/new", "/chats/{chat}/messages", "/sign-in", "/unsubscribe/x", "/check"])
@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"{}", "application/json", 415),
        (b"a=%ff", FORM, 400),
        (b"a=\xff", FORM, 400),
        (b"&".join([b"a=b"] * 9000), FORM, 400),
        (b"x" * 2_200_000, FORM, 413),
        (b"--b\r\n", "multipart/form-data", 400),
        (
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--b--',
            "multipart/form-data; boundary=b",
            400,
        ),
    ],
    ids=["json", "percent", "bytes", "many", "large", "no boundary", "bytes in a part"],
)
@pytest.mark.requirement("A32")
def test_a_hostile_form_is_refused(shared_scene: Scene, path: str, body: bytes, media: str, status: int) -> None:
    headers = {"Content-Type": media, "Cookie": f"session={shared_scene.owner.token}", "Origin": "http://chat.test"}
    before = shared_scene.world.snapshot()
    answer = shared_scene.world.request("POST", path.format(chat=shared_scene.chat), body, headers)
    assert answer.status == status
    assert "Traceback" not in answer.text
    assert shared_scene.world.snapshot() == before


def _typed(browser: Browser, page: Page, address: str) -> Page:
    return browser.send(page.form("/chats/new"), "Invite", address=address)


def _invited_rows(page: Page) -> list[str]:
    """The addresses of the open invitations, from above."""
    listed = page.html.partition('id="invitations"')[2].partition("</ul>")[0]
    addresses = [
        re.search(r"[\w.]+@[\w.]+\.example", visible(row)) for row in listed.split('<li class="invitation')[1:]
    ]
    return [match[0] for match in addresses if match]


def test_what_needs_an_answer_is_first_and_the_rest_stands_as_it_was_typed(scene: Scene, mara: Browser) -> None:
    typed = [f"j{number:02}@harbour.example" for number in (5, 1, 9, 3, 7, 2)]
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": email} for email in typed]})
    scene.world.settle()
    assert _invited_rows(mara.open(f"{scene.base}?people=1")) == [INVITED, *typed]
    ses_says(scene.world, "Bounce", typed[4])
    ses_says(scene.world, "DeliveryDelay", typed[2])
    page = mara.open(f"{scene.base}?people=1")
    assert _invited_rows(page) == [INVITED, typed[4], typed[2], typed[0], typed[1], typed[3], typed[5]]
    assert page.html.index('id="invitations"') < page.html.index('id="p-members"')


def test_each_button_of_the_panel_says_what_it_did_and_leads_back_to_its_row(scene: Scene, mara: Browser) -> None:
    people, row = f"{scene.base}?people=1", f"{scene.base}/invitations/{scene.invitation}"
    pressed = [
        (f"{row}/asks/{scene.ask}", [("decision", "allow")], f"Allowed. The invitation for {INVITED} can be used now."),
        (f"{row}/resend", [], f"The invitation was sent again to {INVITED}."),
        (
            f"{row}/fix",
            [("email", "nora@nord.example")],
            "The address is nora@nord.example now, and a new e-mail goes there.",
        ),
        (f"{row}/revoke", [], "The invitation for nora@nord.example was revoked."),
        (f"{scene.base}/invite", [("address", "new@fjord.example")], "The invitations go out now."),
    ]
    for path, fields, said in pressed:
        scene.world.pass_time(minutes=11)
        answer = mara._request("POST", path, urlencode(fields).encode(), FROM_HERE)
        location = answer.headers["location"]
        assert answer.status == 303
        assert location.startswith(f"{people}&done=")
        assert location.endswith(f"#i-{scene.invitation}") or path.endswith("/invite")
        page = mara.open(location.partition("#")[0])
        panel = page.html.partition('id="people"')[2]
        assert 'role="status"' in panel.partition(said)[0]
        assert said in visible(panel)
        assert f'id="i-{scene.invitation}" data-invitation="{scene.invitation}" tabindex="-1"' in page.html
        if "/asks/" in path:
            assert "Allowed : Nora Quist can join, and hasn’t yet" in visible(page.html)


@pytest.mark.parametrize("query", ["done=x", "done=resent", "done=resent&of=x", "done=revoked&of=aaaaaaaaaaaaaaaa"])
def test_a_word_that_nothing_stands_for_says_nothing(shared_scene: Scene, query: str) -> None:
    browser = Browser(shared_scene.world)
    browser.signs_in(OWNER, PASSWORD)
    panel = browser.open(f"{shared_scene.base}?people=1&{query}").html.partition('id="people"')[2]
    assert 'role="status"' not in panel.partition("</section>")[0]
