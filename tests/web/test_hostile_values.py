"""Values that no form of ours sends: each gets an answer that says so, and never leaves a header or a key broken."""

from urllib.parse import quote

import pytest

from tests.support.form_browser import FORM
from tests.support.sample_chat import INVITED, Scene
from tests.support.steps import in_mailbox

HOSTILE = ["x\r\nSet-Cookie: a=b", "€/ünïcode 🎉", "\0", "x" * 3_000]


def headers(scene: Scene) -> dict[str, str]:
    return {"Cookie": f"session={scene.owner.token}", "Sec-Fetch-Site": "same-origin", "Content-Type": FORM}


@pytest.mark.requirement("A23", "A32")
@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    "path", ["/oauth/slack/start?join={}", "/sign-in?next=/{}", "/join/{}?step=account", "/invitations/{}"]
)
def test_where_a_browser_is_sent_holds_nothing_that_breaks_a_header(shared_scene: Scene, path: str, value: str) -> None:
    answer = shared_scene.world.request("GET", path.format(quote(value, safe="")), headers=headers(shared_scene))
    assert answer.status < 500
    location = str(answer.headers.get("location", ""))
    assert location.isascii()
    assert not {"\r", "\n", "\0"} & set(location)
    assert "set-cookie" not in answer.headers


@pytest.mark.requirement("A23", "A32")
def test_nor_does_what_a_form_names(shared_scene: Scene) -> None:
    body = f"name=Mara+Lindqvist&locale=en&workspace_id={quote(HOSTILE[0])}".encode()
    answer = shared_scene.world.request("POST", "/settings/account", body, headers(shared_scene))
    assert answer.status == 303
    assert str(answer.headers["location"]).startswith("/settings?workspace=x%0D%0ASet-Cookie:%20a=b")


@pytest.mark.requirement("A28", "A32")
@pytest.mark.parametrize("value", HOSTILE)
def test_an_overview_of_what_is_no_workspace_of_ones_own_is_not_there(shared_scene: Scene, value: str) -> None:
    answer = shared_scene.world.request(
        "GET", f"/overview?workspace={quote(value, safe='')}", headers=headers(shared_scene)
    )
    assert answer.status == 404


@pytest.mark.requirement("A32")
@pytest.mark.parametrize("block", ["", *HOSTILE])
def test_lifting_a_block_that_is_none_changes_nothing(scene: Scene, block: str) -> None:
    scene.world.call("POST", f"/join/{scene.link}/decline", {"block": "inviter"})
    browser = in_mailbox(scene.world, INVITED)
    before = scene.world.ports.accounts.addresses([INVITED])
    assert browser.post("/invitations/mail", [("do", "unblock"), ("block", block)]).status == 200
    assert scene.world.ports.accounts.addresses([INVITED]) == before
