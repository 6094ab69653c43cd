"""Each form once with JavaScript off."""

import re

import pytest
from playwright.sync_api import Page, expect

from local.seeds import PASSWORD
from tests.support.browsers import PRO, Windows, room, said, token

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]


def test_accounts_without_a_script(windows: Windows) -> None:
    system = windows.system
    page = windows.open("/sign-up", script=False)
    page.get_by_label("Your name").fill("Nora")
    page.get_by_label("E-mail address").fill("nora@plain.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Name of the workspace").fill("Plain Co")
    page.get_by_role("button", name="Create").click()
    page.goto(_link(system.mail("nora@plain.example")))
    page.get_by_role("button", name="Confirm and sign in").click()
    expect(page.get_by_role("heading", name="Chats", exact=True)).to_be_visible()
    page.goto("/settings")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill("nora@plain.example")
    page.get_by_role("button", name="E-mail me a sign-in link").click()
    page.goto(_link(system.mail("nora@plain.example", number=2)))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/chats")
    page.context.clear_cookies()
    page.goto("/password-reset")
    page.get_by_label("E-mail address").fill("nora@plain.example")
    page.get_by_role("button", name="Send the link").click()
    page.goto(_link(system.mail("nora@plain.example", number=3)))
    page.get_by_role("textbox", name="New password").fill("another sentence entirely")
    page.get_by_role("button", name="Save and sign in").click()
    page.wait_for_url("**/chats")


def test_settings_without_a_script(windows: Windows) -> None:
    page = _signed_in(windows, "owner@enterprise.example")
    page.goto("/settings")
    page.get_by_label("Your name").fill("Emil Enter")
    page.get_by_role("region", name="Profile").get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    page.get_by_label("Invitations expire after (days)").fill("30")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_label("Invitations expire after (days)")).to_have_value("30")
    page.get_by_label("Add a colleague").fill("colleague@enterprise.example")
    page.get_by_role("button", name="Add", exact=True).click()
    page.goto(_link(windows.system.mail("colleague@enterprise.example")))
    page.get_by_label("Your name").fill("Carla")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    page = _signed_in(windows, "owner@enterprise.example")
    page.goto("/settings")
    for role in ("Admin", "Member"):
        page.get_by_label("More about Carla").click()
        page.get_by_role("button", name=role).click()
        expect(page.get_by_role("listitem").filter(has_text="Carla").locator(".role")).to_have_text(role)
    page.get_by_label("More about Carla").click()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Carla")).to_have_count(0)


def test_a_new_chat_without_a_script(windows: Windows) -> None:
    page = _signed_in(windows, PRO)
    page.get_by_role("link", name="Create a new chat").first.click()
    page.get_by_label("E-mail address").fill("ida@plain.example, ole@plain.example, tom@plain.example, wrong@@plain")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_text("“wrong@@plain” is not an e-mail address")).to_be_visible()
    windows.forgive("status of 422")
    page.get_by_label("E-mail address").fill("")
    page.get_by_label("More about tom@plain.example").click()
    page.get_by_role("listitem").filter(has_text="tom@plain.example").get_by_role("button", name="Remove").click()
    row = page.get_by_role("listitem").filter(has_text="ida@plain.example")
    row.get_by_text("sees new messages only").click()
    row.get_by_label("What they see").select_option("Full history")
    page.get_by_label("Name of the chat").fill("Plain")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("region", name="Invitations, 2 open")).to_be_visible()


def test_a_chat_without_a_script(windows: Windows) -> None:
    made = room(windows.system, "Paper", {"dana@paper.example": "Dana Smith"}, ("olaf@paper.example",))
    made.write("From outside", by=made.guests[0])
    page = windows.open(made.path, made.owner, script=False)
    _send(page, "First")
    _send(page, "Second")
    _act(page, "First", "Reply")
    _send(page, "An answer")
    expect(said(page, "An answer").locator("blockquote")).to_contain_text("First")
    _act(page, "Second", "React")
    page.get_by_role("button", name="🎉").click()
    expect(said(page, "Second").get_by_role("button", name="🎉 1")).to_be_visible()
    said(page, "Second").hover()
    said(page, "Second").get_by_label("More").click()
    said(page, "Second").get_by_role("link", name="Edit").click()
    page.get_by_role("textbox", name="Message Paper").fill("Second thoughts")
    page.get_by_role("button", name="Save").last.click()
    expect(said(page, "Second thoughts")).to_be_visible()
    said(page, "Second thoughts").hover()
    said(page, "Second thoughts").get_by_label("More").click()
    said(page, "Second thoughts").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Delete this message for everyone?")).to_be_visible()
    said(page, "Second thoughts").get_by_role("button", name="Delete").last.click()
    expect(page.get_by_text("Message deleted")).to_be_visible()
    page.get_by_label("About this chat").click()
    page.get_by_text("Rename…").click()
    page.get_by_label("Name of the chat").fill("Paper and ink")
    page.get_by_role("button", name="Save").first.click()
    expect(page).to_have_title(re.compile("Paper and ink"))


def test_people_without_a_script(windows: Windows) -> None:
    made = room(windows.system, "Folk", {"dana@folk.example": "Dana Smith"}, ("olaf@folk.example", "una@folk.example"))
    page = windows.open(f"{made.path}?people=1", made.owner, script=False)
    page.locator(".invite summary").click()
    page.locator(".invite").get_by_label("E-mail address").fill("ida@folk.example")
    page.locator(".invite").get_by_role("button", name="Invite").click()
    expect(page.get_by_role("region", name="Invitations, 3 open")).to_contain_text("ida@folk.example")
    windows.system.notify(windows.system.mail("una@folk.example"), "bounce")
    windows.system.until(lambda: _reloaded(page, "Bounced:"), "bounce on the page")
    row = page.get_by_role("listitem").filter(has_text="una@folk.example")
    row.get_by_text("Fix address").last.click()
    row.get_by_label("Correct address").fill("ulla@folk.example")
    row.get_by_role("button", name="Send").click()
    expect(page.get_by_role("region", name="Invitations, 3 open")).to_contain_text("ulla@folk.example")
    page.get_by_label("More about olaf@folk.example").click()
    page.get_by_role("listitem").filter(has_text="olaf@folk.example").get_by_role("link", name="Copy link").click()
    expect(page.get_by_role("img", name="QR code of the invitation link")).to_be_visible()
    page.get_by_role("link", name="Folk").click()
    page.get_by_label("More about olaf@folk.example").click()
    page.get_by_role("listitem").filter(has_text="olaf@folk.example").get_by_role("button", name="Revoke").click()
    question = page.get_by_role("alertdialog", name="Revoke the invitation for olaf@folk.example?")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    page.get_by_role("listitem").filter(has_text="olaf@folk.example").get_by_role("button", name="Revoke").click()
    question.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("region", name="Closed, 1")).to_contain_text("olaf@folk.example")
    page.get_by_label("More about Dana Smith").click()
    page.get_by_role("listitem").filter(has_text="Dana Smith").get_by_role("button", name="Remove").click()
    page.get_by_role("alertdialog", name="Remove Dana Smith").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("region", name=re.compile("^Guests"))).to_have_count(0)


def test_joining_without_a_script(windows: Windows) -> None:
    room(windows.system, "Ways in", {}, tuple(f"{name}@ways.example" for name in ("ida", "tom")))
    page = windows.open(f"/join/{token(windows.system, 'ida@ways.example')}", script=False)
    page.get_by_role("link", name=re.compile("^Create an account")).click()
    page.get_by_label("Your name").fill("Ida")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account and join").click()
    expect(page.get_by_role("heading", name="Ways in", level=1)).to_be_attached()
    page = windows.open(f"/join/{token(windows.system, 'tom@ways.example')}", script=False)
    page.get_by_role("link", name="No, thank you").click()
    page.get_by_label("Message to Paula").fill("Not my field")
    page.get_by_role("button", name="Decline the invitation").click()
    expect(page.get_by_role("heading", name="Invitation declined")).to_be_visible()
    _join_with_the_wrong_account(windows, "uwe@ways.example", "ida@ways.example")


def test_who_is_in_the_chat_already_is_told(windows: Windows) -> None:
    made = room(windows.system, "Twice", {"ida@twice.example": "Ida"}, ("ole@twice.example",))
    page = windows.open(f"/join/{token(windows.system, 'ole@twice.example')}", made.guests[0], script=False)
    page.get_by_role("button", name=re.compile("^Continue as ida@twice.example")).click()
    expect(page.get_by_role("alert")).to_contain_text("You are in this chat already")
    windows.forgive("status of 409")


def _join_with_the_wrong_account(windows: Windows, invited: str, mine: str) -> None:
    room(windows.system, "More ways", {}, (invited, "eva@ways.example"))
    page = windows.open(f"/join/{token(windows.system, invited)}", script=False)
    page.get_by_role("link", name=re.compile("^I have a Webtop account")).click()
    page.get_by_label("E-mail address").fill(mine)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="These two addresses are different")).to_be_visible()
    page.get_by_role("button", name="Yes, send me a code").click()
    page.get_by_label("Code").fill(_code(windows, invited))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Join the chat").click()
    page.wait_for_url(re.compile(r"/chats/[a-z0-9]{16}\?joined=1"))


def _signed_in(windows: Windows, email: str) -> Page:
    page = windows.open("/sign-in", script=False)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/chats")
    return page


def _send(page: Page, text: str) -> None:
    page.get_by_role("textbox", name=re.compile("^Message ")).fill(text)
    page.get_by_role("button", name="Send").click()
    expect(said(page, text)).to_be_visible()


def _act(page: Page, text: str, action: str) -> None:
    said(page, text).hover()
    said(page, text).get_by_role("link", name=action).click()


def _reloaded(page: Page, text: str) -> bool:
    page.reload()
    return text in page.content()


def _link(mail: dict[str, str]) -> str:
    match = re.search(r"http\S+", mail["text"])
    assert match
    return match[0]


def _code(windows: Windows, email: str) -> str:
    mails = windows.system.until(
        lambda: [
            mail for mail in windows.system.mails(email) if re.search(r"\b\d{6}\b", mail["subject"] + mail["text"])
        ],
        f"code for {email}",
    )
    match = re.search(r"\b\d{6}\b", mails[-1]["subject"] + " " + mails[-1]["text"])
    assert match
    return match[0]
