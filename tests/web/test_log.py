"""What happens is in the log: who, what, when, and no secret, no address, no line that somebody else wrote. A41."""

import logging
import re

import pytest

from chalicelib.events import operator
from tests.support.app import PASSWORD, World
from tests.support.form_browser import Browser
from tests.support.sample_chat import GUEST, INVITED, OWNER, Scene
from tests.support.scripted_providers import with_providers

pytestmark = pytest.mark.requirement("A41")


def test_every_change_is_one_line_with_who_and_what(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}")
        scene.stranger.delete(f"{scene.base}/participants/{scene.member.id}")
        scene.world.call("POST", "/chats", {})
    sentences = [record.getMessage() for record in caplog.records if record.name == "audit"]
    what = "DELETE /api/v1/chats/{chat_id}/participants/{account_id}"
    assert sentences == [
        f"{what} chat_id={scene.chat} account_id={scene.guest.id} by {scene.owner.id}: 204, request -",
        f"{what} chat_id={scene.chat} account_id={scene.member.id} by {scene.stranger.id}: not_found, request -",
        "POST /api/v1/chats - by nobody: not_signed_in, request -",
    ]


def test_signing_in_and_failing_to_are_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    owner = world.signs_up(OWNER)
    with caplog.at_level(logging.INFO):
        world.call("POST", "/sessions", {"email": OWNER, "password": "wrong kettle 9 plum"})
        world.call("POST", "/sessions", {"email": "nobody@acme.example", "password": "wrong kettle 9 plum"})
        world.signs_in(OWNER)
    assert f"sign-in failed: account {owner.id}" in caplog.text
    assert "sign-in failed: account unknown" in caplog.text
    assert f"session begun: account {owner.id}" in caplog.text


def test_a_function_that_logs_warnings_alone_still_tells_of_these() -> None:
    root = logging.getLogger()
    before = root.level
    try:
        root.setLevel(logging.WARNING)
        names = ("audit", "chalicelib.usecases.sessions", "chalicelib.usecases.identities")
        assert [name for name in names if not logging.getLogger(name).isEnabledFor(logging.INFO)] == []
    finally:
        root.setLevel(before)


def test_slack_and_plans_are_in_the_log(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    providers = with_providers(scene)
    browser = providers.browser()
    browser.browser.cookies["session"] = scene.guest.token
    with caplog.at_level(logging.INFO):
        browser.returns("slack", browser.starts("slack", query="link=1"))
        providers.browser().comes_in("slack")
        browser.browser.send(browser.browser.open("/settings").form("/settings/identities/remove"))
        operator.set_plan({"workspace_id": scene.workspace, "plan": "free"})
    sentences = [record.getMessage() for record in caplog.records]
    assert f"slack linked: account {scene.guest.id}" in sentences
    assert f"came in through slack: account {scene.guest.id}" in sentences
    assert f"slack unlinked: account {scene.guest.id}" in sentences
    assert f"plan set: workspace {scene.workspace}, free" in sentences
    assert INVITED not in caplog.text


def test_reading_is_not_logged(shared_scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        shared_scene.owner.get(shared_scene.base)
        Browser(shared_scene.world).open(f"/join/{shared_scene.link}")
    assert caplog.text == ""


def test_no_line_holds_a_secret_or_an_address_or_was_written_by_a_user(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    hostile = "x\nERROR fake:line sign-in ok\r\x1b[31m"
    with caplog.at_level(logging.DEBUG, logger="chalicelib"), caplog.at_level(logging.INFO):
        owner = world.signs_up(OWNER, "Mara")
        made = owner.invites(GUEST, INVITED)
        dana = world.joins(GUEST)
        chat = made["chat"]["id"]
        dana.post(f"/chats/{chat}/messages", {"text": hostile})
        world.call("POST", f"/join/{world.invited(INVITED)}/decline", {"reason": hostile, "report": True})
        world.call("POST", "/sessions", {"email": hostile, "password": hostile})
        owner.patch(f"/chats/{chat}", {"name": hostile})
        owner.delete("/chats/x%0aERROR%20fake/participants/%0d%0aX")
        world.call("POST", "/sign-in-links", {"email": OWNER})
        world.settle()
        browser = Browser(world)
        browser.signs_in(OWNER, PASSWORD)
        enter = next(mail.link("enter") for mail in world.mails(OWNER) if "/enter/" in mail.text)
        browser.post(enter, [])
        browser.post("/enter/x%0aERROR", [])
    text = caplog.text
    assert "fake" not in text
    assert "\x1b" not in text
    assert PASSWORD not in text
    assert not re.search(r"[\w.]+@[\w.]+\.example", text)
    secrets = [owner.token, dana.token, world.invited(GUEST), world.invited(INVITED), enter.rpartition("/")[2]]
    assert not [secret for secret in secrets if secret.rpartition(".")[2] in text]
