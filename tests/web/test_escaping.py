"""Whatever people type is text on every page, in every mail and in every line. A10, A33."""

import re

import pytest

from tests.support.app import PASSWORD, World
from tests.support.form_browser import Browser, visible

pytestmark = pytest.mark.requirement("A10", "A33")
HOSTILE = "<img src=x onerror=alert(1)>"
NAMES = [
    '"><script>alert(1)</script>',
    "{{ 7*7 }}",
    "{name}",
    "%s %(x)s",
    "'; DROP TABLE--",
    "a & b &lt;i&gt;",
    "\u202eevil\u202c",
    "</title><h1>",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_text_on_every_page(world: World, name: str) -> None:
    owner = world.signs_up("mara@brightwater.example", name, workspace=name)
    made = owner.invites("dana@acme.example", "olaf@nord.example", name=name)
    chat = made["chat"]["id"]
    world.joins("dana@acme.example", name)
    owner.post(f"/chats/{chat}/messages", {"text": HOSTILE})
    world.settle()
    browser = Browser(world)
    browser.signs_in("mara@brightwater.example", PASSWORD)
    invitation = made["invitations"][1]["id"]
    paths = [
        "/chats",
        "/chats/new",
        f"/chats/{chat}?people=1",
        "/settings",
        f"/chats/{chat}/invitations/{invitation}/link",
    ]
    pages = [browser.open(path) for path in paths] + [
        Browser(world).open(f"/join/{world.invited('olaf@nord.example')}")
    ]
    clean = " ".join(name.replace("\u202e", "").replace("\u202c", "").split())
    for page in pages:
        assert page.status == 200
        _holds_no_markup_of(page.html)
        assert clean in " ".join(visible(page.html).split())


@pytest.mark.parametrize(
    "name", [*NAMES, "www.evil.example", "x@evil.example", "http://evil.example/a?b", "evil.рф now"]
)
def test_a_hostile_name_puts_no_link_no_header_and_no_recipient_into_a_mail(world: World, name: str) -> None:
    owner = world.signs_up("mara@brightwater.example", name, workspace=name)
    owner.invites("dana@acme.example", "olaf@nord.example", name=name)
    for mail in world.mails():
        assert len(mail.message["To"].addresses) == len(mail.message["From"].addresses) == 1
        assert mail.message["Bcc"] is mail.message["Cc"] is None
        links = set(re.findall(r"https?://[^\s\"<>]+", mail.text + mail.html))
        assert all(link.startswith("http://chat.test/") for link in links)
        assert "evil.example" not in mail.text + mail.html + str(mail.message["Subject"]) + str(mail.message["From"])
        assert "evil.рф" not in mail.text + str(mail.message["Subject"])
        _holds_no_markup_of(mail.html)


@pytest.mark.parametrize("field", ["name", "workspace"])
@pytest.mark.parametrize("value", ["a\r\nBcc: victim@acme.example", "a\nb", "a\u2028b", "a\x00b", "a\tb"])
def test_a_line_break_in_a_name_breaks_no_line(world: World, field: str, value: str) -> None:
    body = {"email": "mara@brightwater.example", "name": "Mara", "password": PASSWORD, "workspace": "Brightwater"}
    answer = world.call("POST", "/accounts", body | {field: value})
    assert answer.status == 202
    world.settle()
    mail = world.last_mail("mara@brightwater.example")
    assert mail.message["Bcc"] is None
    assert "\n" not in str(mail.message["Subject"])


def _holds_no_markup_of(html: str) -> None:
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "</title><h1>" not in html
    assert "\u202e" not in html
