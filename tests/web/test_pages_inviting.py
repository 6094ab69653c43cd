"""What an inviter sees before anything is sent, without JavaScript: a file read, a check, a line, what is seen of the past."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.domain.address_lists.reading import MOST_ROWS
from chalicelib.events import operator
from tests.support.app import PASSWORD
from tests.support.form_browser import Browser, Page, visible
from tests.support.sample_chat import GUEST, INVITED, MEMBER, OWNER, Scene
from tests.support.steps import PERMANENT, ses_says

NEW, OTHER, LINE = "ida@fjord.example", "ole@fjord.example", "Here is the draft that we talked about."
LISTS = Path(__file__).parents[1] / "domain" / "lists"


@pytest.fixture
def mara(scene: Scene) -> Browser:
    browser = Browser(scene.world)
    browser.signs_in(OWNER, PASSWORD)
    return browser


def listed(mara: Browser, *emails: str, **typed: str) -> Page:
    page = mara.open("/chats/new")
    return mara.send(page.form("/chats/new"), "Invite", address=", ".join(emails), **typed)


def panel(scene: Scene, mara: Browser) -> Page:
    return mara.open(f"/chats/{scene.chat}?people=1")


def histories(scene: Scene, chat: str) -> dict[str, str]:
    """By address, as they are stored."""
    _, invitations = scene.world.ports.chats.roster(chat) or (None, ())
    return {invitation.email: str(invitation.history) for invitation in invitations}


def emails_in(page: Page) -> list[str]:
    return [value for name, value in page.form("/chats/new").fields if name == "email"]


@pytest.mark.parametrize(
    "name", ["excel-unicode.txt", "outlook-de.csv", "bad-rows.csv", "google-2024.csv", "apple.vcf"]
)
def test_a_chosen_file_becomes_rows_and_what_was_skipped_is_told(scene: Scene, mara: Browser, name: str) -> None:
    wanted = json.loads((LISTS / f"{name}.json").read_text())
    before = scene.world.snapshot()
    page = mara.send_file(
        listed(mara, OTHER).form("/chats/new"), "Add from the file", name, (LISTS / name).read_bytes()
    )
    assert page.status == 200
    assert emails_in(page) == [OTHER, *(email for email, _ in wanted["people"])]
    told = visible(page.html)
    for row, _ in wanted["skipped"]:
        assert f"Row {row}:" in told
    assert scene.world.snapshot() == before


def test_a_file_in_the_panel_stands_in_the_field_and_is_invited_from_there(scene: Scene, mara: Browser) -> None:
    form = panel(scene, mara).form("/invite")
    page = mara.send_file(form, "file", "last-first.txt", (LISTS / "last-first.txt").read_bytes(), address=NEW)
    assert dict(page.form("/invite").fields)["address"].splitlines()[:2] == [NEW, '"Doe, Jane" <jane@acme.example>']
    mara.send(page.form("/invite"), "invite")
    assert {NEW, "jane@acme.example", "joerg@hafen.example"} <= scene.invitations().keys()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("list.csv", b"", "Choose a file first."),
        ("workbook.csv", b"PK\x03\x04" + bytes(range(32)) * 40, "This isn't a text file."),
        ("many.csv", b"a@b.example\n" * (MOST_ROWS + 1), "Send at most 1000 rows at once."),
        ("large.csv", b"x" * (1024 * 1024 + 1), "The file is too large."),
    ],
)
@pytest.mark.parametrize("where", ["new", "panel"])
def test_a_file_that_can_not_be_read_is_said_beside_its_field(
    scene: Scene, mara: Browser, where: str, name: str, content: bytes, told: str
) -> None:
    form = mara.open("/chats/new").form("/chats/new") if where == "new" else panel(scene, mara).form("/invite")
    page = mara.send_file(form, "file", name, content, address="")
    assert (page.status, told in visible(page.html)) == (422, True)


def test_a_file_that_was_chosen_and_not_read_stops_the_call(scene: Scene, mara: Browser) -> None:
    """A form that isn't sent as one with files has the file's name alone."""
    before = scene.world.snapshot()
    for page in (
        mara.send(listed(mara, NEW).form("/chats/new"), "Create", file="people.csv"),
        mara.send(panel(scene, mara).form("/invite"), "invite", address=NEW, file="people.csv"),
    ):
        assert "aren’t in the list yet" in visible(page.html).replace("'", "’")
    assert scene.world.snapshot() == before


def test_a_list_has_a_thousand_rows_and_no_more(scene: Scene, mara: Browser) -> None:
    many = "\n".join(f"p{at}@fjord.example" for at in range(MOST_ROWS))
    page = mara.send_file(mara.open("/chats/new").form("/chats/new"), "file", "many.txt", many.encode())
    assert len(emails_in(page)) == MOST_ROWS
    page = mara.send(page.form("/chats/new"), "Invite", address=NEW)
    assert (page.status, len(emails_in(page))) == (422, MOST_ROWS)
    assert "at most 1000 addresses" in visible(page.html)


def test_more_than_a_list_takes_stays_in_the_field_and_is_not_looked_at(scene: Scene, mara: Browser) -> None:
    typed = ", ".join(f"p{at}@fjord.example" for at in range(3 * MOST_ROWS))
    page = mara.send(mara.open("/chats/new").form("/chats/new"), "Invite", address=typed)
    fields = dict(page.form("/chats/new").fields)
    assert (page.status, len(emails_in(page))) == (422, MOST_ROWS)
    assert len(fields["address"].split(", ")) == 2 * MOST_ROWS
    assert "at most 1000 addresses" in visible(page.html)
    assert page.html.count("row-error") == 0


def test_a_check_says_of_each_address_what_would_become_of_it_and_sends_nothing(scene: Scene, mara: Browser) -> None:
    page = listed(mara, NEW, MEMBER, "b@denied.example")
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"denied_domains": ["denied.example"]})
    mails = len(scene.world.mails())
    told = visible(mara.send(page.form("/chats/new"), "Check the list first").html)
    scene.world.settle()
    assert len(scene.world.mails()) == mails
    for words in (
        "This would send 1 e-mail.",
        "gets an invitation e-mail",
        "is a colleague and joins at once, without an e-mail",
        "doesn't invite addresses of this domain",
    ):
        assert words in told


def test_a_check_in_the_panel_knows_who_is_there_and_leaves_what_was_typed(scene: Scene, mara: Browser) -> None:
    before = scene.invitations()
    page = mara.send(panel(scene, mara).form("/invite"), "check", address=f"{NEW} {INVITED} {GUEST}", line=LINE)
    told = visible(page.html)
    for words in (f"{NEW} gets an invitation e-mail", "is invited already", "This person is in the chat already."):
        assert words in told
    fields = dict(page.form("/invite").fields)
    assert (fields["address"], fields["line"]) == (f"{NEW} {INVITED} {GUEST}", LINE)
    assert scene.invitations() == before


def ends(scene: Scene) -> dict[str, str | None]:
    """By address, when the places end that were promised."""
    return {
        item["email"]["S"]: item.get("ends_at", {}).get("N") for item in scene.world.stored("seat") if "email" in item
    }


def milliseconds(day: str) -> str:
    return str(round(datetime.fromisoformat(f"{day}T23:59:59+00:00").timestamp() * 1000))


def test_a_new_chat_has_a_last_day_for_everybody_in_its_list(scene: Scene, mara: Browser) -> None:
    page = mara.send(listed(mara, NEW, OTHER).form("/chats/new"), "Create", ends_at="2026-11-30")
    assert (page.status, visible(page.html).count("after the invitation's own end")) == (422, 1)
    assert dict(page.form("/chats/new").fields)["ends_at"] == "2026-11-30"
    page = mara.send(page.form("/chats/new"), "Create", ends_at="next year")
    assert (page.status, "Choose a day." in visible(page.html)) == (422, True)
    mara.send(page.form("/chats/new"), "Create", ends_at="2027-03-31")
    stored = ends(scene)
    assert (stored[NEW], stored[OTHER]) == (milliseconds("2027-03-31"),) * 2


def test_inviting_more_people_has_one_too(scene: Scene, mara: Browser) -> None:
    form = panel(scene, mara).form("/invite")
    page = mara.send(form, "invite", address=f"{NEW}, {OTHER}", ends_at="2026-11-30")
    assert (page.status, visible(page.html).count("after the invitation's own end")) == (422, 1)
    assert dict(page.form("/invite").fields)["ends_at"] == "2026-11-30"
    mara.send(page.form("/invite"), "invite", address=NEW, ends_at="2027-03-31")
    mara.send(form, "invite", address=OTHER)
    stored = ends(scene)
    assert (stored[NEW], stored[OTHER]) == (milliseconds("2027-03-31"), None)


def test_the_eleventh_check_says_when_to_try_again(scene: Scene, mara: Browser) -> None:
    form = listed(mara, NEW).form("/chats/new")
    pages = [mara.send(form, "check") for _ in range(11)]
    assert [page.status for page in pages] == [200] * 10 + [422]
    assert "You checked many lists." in visible(pages[-1].html)


def test_a_line_goes_with_the_chat_and_stands_on_the_joining_page(scene: Scene, mara: Browser) -> None:
    mara.send(listed(mara, NEW).form("/chats/new"), "Create", line=LINE)
    scene.world.settle()
    link = f"/join/{scene.world.invited(NEW)}"
    assert LINE in visible(Browser(scene.world).open(link).html)
    scene.world.pass_time(days=20)
    assert LINE not in visible(Browser(scene.world).open(link).html)


def test_a_line_with_a_link_is_said_beside_its_field(scene: Scene, mara: Browser) -> None:
    for page in (
        mara.send(listed(mara, NEW).form("/chats/new"), "Create", line="see evil-site.com"),
        mara.send(panel(scene, mara).form("/invite"), "invite", address=NEW, line="see evil-site.com"),
    ):
        assert (page.status, "Leave out links" in visible(page.html)) == (422, True)
        assert 'aria-describedby="' in page.html
    assert NEW not in scene.invitations()


def test_saved_lines_are_edited_in_the_settings_and_chosen_when_inviting(scene: Scene, mara: Browser) -> None:
    page = mara.open(f"/settings?workspace={scene.workspace}")
    page = mara.send(page.form("/settings/lines"), line_0=LINE, line_1="see evil.com")
    assert (page.status, "Leave out links" in visible(page.html)) == (422, True)
    page = mara.send(page.form("/settings/lines"), line_0=LINE, line_1=" ", line_2="Third")
    assert dict(page.form("/settings/lines").fields)["line_1"] == "Third"
    page = panel(scene, mara)
    mara.send(page.form("/invite"), "invite", address=NEW, saved_line=LINE)
    mara.send(page.form("/invite"), "invite", address=OTHER, saved_line=LINE, line="My own")
    lines = {email: invitation.get("line") for email, invitation in scene.invitations().items()}
    assert (lines[NEW], lines[OTHER]) == (LINE, "My own")
    tom = Browser(scene.world)
    tom.signs_in(MEMBER, PASSWORD)
    assert "/settings/lines" not in tom.open("/settings").html
    assert tom.post("/settings/lines", [("workspace_id", scene.workspace), ("line_0", "x")]).status == 422


@pytest.mark.parametrize(
    ("kind", "last", "day", "written"),
    [
        ("all", "", "", "all"),
        ("last", "7", "", "last:7"),
        ("last", "07", "", "last:7"),
        ("since", "", "2026-01-31", "since:2026-01-31"),
    ],
)
def test_each_history_is_chosen_for_one_row_for_all_and_in_the_panel(
    scene: Scene, mara: Browser, kind: str, last: str, day: str, written: str
) -> None:
    chosen = {"history": kind, "history_last": last, "history_since": day}
    mara.send(panel(scene, mara).form("/invite"), "invite", address=NEW, **chosen)
    assert histories(scene, scene.chat)[NEW] == written
    page = listed(mara, NEW, OTHER)
    page = mara.send(page.form("/chats/new"), "Use for all", **{f"all_{name}": value for name, value in chosen.items()})
    made = mara.send(page.form("/chats/new"), "Create")
    scene.world.settle()
    made_chat = made.path.partition("?")[0].rpartition("/")[2]
    assert histories(scene, made_chat) == {NEW: written, OTHER: written}


@pytest.mark.parametrize(
    ("kind", "last"), [("last", "0"), ("last", "101"), ("last", "x"), ("last", "٣"), ("since", "")]
)
def test_what_is_no_history_is_said_where_it_was_chosen(scene: Scene, mara: Browser, kind: str, last: str) -> None:
    tomorrow = (scene.world.ports.now() + timedelta(days=1)).date().isoformat()
    told = "Choose a number from 1 to 100." if kind == "last" else "This day hasn't begun."
    chosen = {"history": kind, "history_last": last, "history_since": tomorrow}
    pages = [
        mara.send(panel(scene, mara).form("/invite"), "invite", address=NEW, **chosen),
        mara.send(listed(mara, NEW).form("/chats/new"), "Create", **chosen),
        mara.send(
            listed(mara, NEW).form("/chats/new"),
            "Use for all",
            **{f"all_{key}": value for key, value in chosen.items()},
        ),
    ]
    for page in pages:
        assert (page.status, told in visible(page.html)) == (422, True)
    assert NEW not in scene.invitations()


@pytest.mark.parametrize(
    ("history", "told"),
    [
        ("all", "Everything, from the start"),
        ("from_join", "New messages only"),
        ("last:1", "The last message and new ones"),
        ("last:12", "The last 12 messages and new ones"),
        ("since:2026-01-31", "Everything since Saturday 31 January"),
    ],
)
def test_what_one_will_see_is_told_truly_on_the_page_and_in_the_mail(scene: Scene, history: str, told: str) -> None:
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": NEW, "history": history}]})
    scene.world.settle()
    mail = scene.world.last_mail(NEW)
    assert told in visible(Browser(scene.world).open(f"/join/{scene.world.invited(NEW)}").html)
    assert told in visible(mail.html)
    assert told in " ".join(mail.text.split())


def test_what_they_will_see_is_shown_from_the_panel_without_a_script(scene: Scene, mara: Browser) -> None:
    scene.owner.post(f"{scene.base}/messages", {"text": "The newest word"})
    before = scene.world.snapshot()
    page = mara.send(panel(scene, mara).form("/invite"), "preview", history="last", history_last="1", address=NEW)
    assert page.path == f"/chats/{scene.chat}/preview?history=last:1"
    assert "The newest word" in page.html
    assert "Glad to be here." not in page.html
    assert "<form" not in page.html.partition('id="thread"')[2].partition("preview-foot")[0]
    assert scene.world.snapshot() == before
    assert f"/chats/{scene.chat}/preview?history=from_join" in panel(scene, mara).html


def test_the_preview_is_for_members_in_the_chat(scene: Scene) -> None:
    for person, status in ((GUEST, 403), ("nora@elsewhere.example", 404)):
        browser = Browser(scene.world)
        browser.signs_in(person, PASSWORD)
        assert browser.open(f"/chats/{scene.chat}/preview?history=all").status == status
    mara = Browser(scene.world)
    mara.signs_in(OWNER, PASSWORD)
    for query in ("", "?history=x", "?history=since:2999-01-01"):
        assert mara.open(f"/chats/{scene.chat}/preview{query}").status == 422
    assert mara.open(f"/chats/{scene.chat}/preview?history=all&before=²").status == 200


def see(mara: Browser, page: Page, button: str = "see", **typed: str) -> Page:
    return mara.send(page.form("/chats/new"), button, **typed)


@pytest.mark.parametrize("plan", ["free", "pro"])
@pytest.mark.parametrize(
    ("kind", "last", "day"), [("all", "", ""), ("from_join", "", ""), ("last", "3", ""), ("since", "", "2026-01-31")]
)
def test_before_create_one_sees_the_mail_and_the_page_that_they_will_get(
    scene: Scene, mara: Browser, plan: str, kind: str, last: str, day: str
) -> None:
    """Word for word what comes then, but for the link and the words by which it is told to be real."""
    operator.set_plan({"workspace_id": scene.workspace, "plan": plan})
    scene.world.pass_time(days=8)
    typed = {"name": "Harbour", "line": LINE, "history": kind, "history_last": last, "history_since": day}
    page = listed(mara, NEW, OTHER)
    before, mails = scene.world.snapshot(), len(scene.world.mails())
    seen = see(mara, page, "see:0", **typed)
    assert seen.status == 200
    assert scene.world.snapshot() == before
    assert len(scene.world.mails()) == mails
    mara.send(page.form("/chats/new"), "Create", **typed)
    scene.world.settle()
    mail, shown = scene.world.last_mail(NEW), " ".join(visible(seen.html).split())
    assert mail.subject in shown
    lines = [" ".join(line.split()) for line in mail.text.splitlines() if "/" not in line]
    told = [line for line in lines if line and "check" not in line.lower() and "real?" not in line]
    assert [line for line in told if line not in shown] == []
    link = f"/join/{scene.world.invited(NEW)}"
    card = visible(Browser(scene.world).open(link).html.partition("<article")[2].partition("</article>")[0])
    parts = [part for part in card.splitlines() if part.strip() and "three words" not in part]
    assert [part for part in parts if " ".join(part.split()) not in shown and "real?" not in part] == []


def test_what_they_will_see_is_in_the_language_of_their_mail_and_nothing_of_it_can_be_pressed(
    scene: Scene, mara: Browser
) -> None:
    page = listed(mara, NEW)
    seen = see(mara, page, "see:0", locale="de", line=LINE)
    main = seen.html.partition("<main")[2].partition("</main>")[0]
    assert "lädt Sie zu einem Chat ein" in visible(main)
    assert "What they will see" in visible(main)
    assert LINE in visible(main)
    for pressed in ("<form", "<button", "<a ", "<input"):
        assert pressed not in main


def test_without_a_list_anybody_s_page_is_shown_with_what_is_chosen_for_all(scene: Scene, mara: Browser) -> None:
    page = mara.open("/chats/new")
    told = visible(see(mara, page, all_history="last", all_history_last="12").html)
    assert "name@company.example" in told
    assert "The last 12 messages and new ones" in told
    told = visible(see(mara, page, address=NEW, all_history="all").html)
    assert NEW in told
    assert "Everything, from the start" in told


def test_a_colleague_gets_no_mail_and_the_preview_says_so(scene: Scene, mara: Browser) -> None:
    told = visible(see(mara, listed(mara, MEMBER), "see:0").html)
    assert "Tom Berg is a colleague and joins at once, without an e-mail." in told
    assert "The page that it opens" not in told


def test_the_preview_tells_nothing_of_an_address_that_a_check_would_have_to_count(scene: Scene, mara: Browser) -> None:
    """Whoever blocks, bounced, or has an account elsewhere looks like anybody."""
    ses_says(scene.world, "Bounce", INVITED, **PERMANENT)
    shown = [visible(see(mara, listed(mara, email), "see:0").html) for email in (INVITED, NEW, GUEST)]
    plain = [text.replace(email, "") for text, email in zip(shown, (INVITED, NEW, GUEST), strict=True)]
    assert plain[0] == plain[1] == plain[2]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"history": "last", "history_last": "0"}, "Choose a number from 1 to 100."),
        ({"line": "see evil-site.com"}, "Leave out links"),
    ],
)
def test_what_can_not_be_shown_is_said_where_it_was_chosen(
    scene: Scene, mara: Browser, typed: dict[str, str], told: str
) -> None:
    seen = see(mara, listed(mara, NEW), "see:0", **typed)
    assert (seen.status, told in visible(seen.html)) == (422, True)
    for at in ("see:1", "see:9999", "see:x", "see:-1", "see:٣"):
        form = listed(mara, NEW).form("/chats/new")
        assert mara.post(form.action, [*form.filled("see", {})[:-1], ("do", at)]).status == 200


@pytest.mark.parametrize("history", ["all", "from_join", "last:3", "since:2026-01-31"])
def test_the_chat_of_the_preview_is_what_they_find_there(scene: Scene, mara: Browser, history: str) -> None:
    """Line for line, where they join before anything is written; but for the line that says that they did."""
    kind, _, value = history.partition(":")
    typed = {"history": kind, "history_last": value, "history_since": value, "name": "Harbour"}
    page = listed(mara, NEW, OTHER, MEMBER)
    shown = lines_of(see(mara, page, "see:0", **typed))
    chat = mara.send(page.form("/chats/new"), "Create", **typed).path.partition("?")[0]
    scene.world.settle()
    token = scene.world.invited(NEW)
    joined = scene.world.call("POST", f"/join/{token}/account", {"name": "Ida", "password": PASSWORD}).json["token"]
    scene.world.settle()
    ida = Browser(scene.world, {"session": joined})
    lines = lines_of(ida.open(chat))
    assert [line for line in lines if "joined" not in line and "added" not in line] == shown
    assert bool(shown) == (history in ("all", "since:2026-01-31"))


def lines_of(page: Page) -> list[str]:
    """What has happened in the chat, as its page says it."""
    lines = re.findall(r'<li class="event.*?</li>', page.html, re.DOTALL)
    return [visible(line) for line in lines if visible(line) != "·"]  # that is the script's piece
