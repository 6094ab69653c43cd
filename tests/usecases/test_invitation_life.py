"""The life of an invitation: sent again, moved, taken back, declined, over by the clock, joined."""

import pytest

from tests.support.app import PASSWORD, Answer
from tests.support.sample_chat import GUEST, INVITED, OWNER, STRANGER, Scene

OLAF = {"name": "Olaf Berg", "password": PASSWORD}


@pytest.fixture
def path(scene: Scene) -> str:
    return f"{scene.base}/invitations/{scene.invitation}"


@pytest.mark.requirement("A13")
def test_a_code_for_the_old_address_proves_nothing_for_the_new_one(scene: Scene, path: str) -> None:
    copied = scene.owner.get(f"{path}/link").json["url"].rpartition("/")[2]
    scene.world.call("POST", f"/join/{copied}/code")
    scene.owner.patch(path, {"email": "olaf@south.example"})
    scene.world.settle()
    assert not [mail for mail in scene.world.mails(INVITED) if "code" in mail.subject.lower()]


@pytest.mark.requirement("A08")
def test_a_revoked_invitation_lets_nobody_in(scene: Scene, path: str) -> None:
    scene.owner.delete(path)
    refused = _takes(scene, scene.link)
    assert (refused.status, refused.code) == (410, "invitation_revoked")
    scene.world.settle()
    assert scene.lines(scene.owner)[-1] == f"Mara Lindqvist withdrew the invitation for {INVITED}"
    assert scene.lines(scene.guest)[-1] == "Mara Lindqvist withdrew an invitation"


@pytest.mark.requirement("A08")
def test_a_declined_invitation_lets_nobody_in(scene: Scene) -> None:
    scene.world.call("POST", f"/join/{scene.link}/decline", {"reason": "no time"})
    refused = _takes(scene, scene.link)
    assert (refused.status, refused.code) == (410, "invitation_declined")
    assert scene.invitations()[INVITED]["status"] == "declined"


@pytest.mark.requirement("A37")
def test_an_invitation_ends_by_the_clock_to_the_second_without_any_job(scene: Scene) -> None:
    scene.world.pass_time(days=14, seconds=-1)
    assert scene.world.call("GET", f"/join/{scene.link}").status == 200
    scene.world.pass_time(seconds=1)
    assert scene.world.call("GET", f"/join/{scene.link}").code == "invitation_expired"
    assert _takes(scene, scene.link).code == "invitation_expired"
    assert scene.world.call("POST", f"/join/{scene.link}/decline", {}).code == "invitation_expired"
    scene.owner = scene.world.signs_in(OWNER)
    assert scene.invitations()[INVITED]["status"] == "expired"


@pytest.mark.parametrize("ending", ["expired", "revoked", "declined"])
def test_what_is_over_stays_in_the_list_for_thirty_days_and_then_it_is_gone(
    scene: Scene, path: str, ending: str
) -> None:
    if ending == "expired":
        scene.world.pass_time(days=14)
    elif ending == "revoked":
        scene.owner.delete(path)
    else:
        scene.world.call("POST", f"/join/{scene.link}/decline", {})
    scene.world.pass_time(days=30, seconds=-1)
    scene.owner = scene.world.signs_in(OWNER)
    assert scene.invitations()[INVITED]["status"] == ending
    scene.world.pass_time(seconds=1)
    assert INVITED not in scene.invitations()
    assert scene.owner.get(f"{path}/link").status == 404


def test_the_workspace_s_days_count_for_what_is_sent_from_then_on(scene: Scene) -> None:
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"invitation_days": 1})
    made = scene.owner.invites("ida@fjord.example")
    assert made["invitations"][0]["expires_at"] == "2026-11-24T09:00:00Z"
    assert scene.invitations()[INVITED]["expires_at"] == "2026-12-07T09:00:00Z"


@pytest.mark.requirement("A03")
@pytest.mark.parametrize("gone", ["left the chat", "left the workspace"])
def test_when_the_inviter_is_gone_the_invitation_is_too(scene: Scene, gone: str) -> None:
    if gone == "left the chat":
        scene.owner.delete(f"{scene.base}/participants/{scene.owner.id}")
    else:
        members = f"/workspaces/{scene.workspace}/members"
        scene.owner.patch(f"{members}/{scene.member.id}", {"role": "owner"})
        scene.member.delete(f"{members}/{scene.owner.id}")
    assert _takes(scene, scene.link).code == "invitation_revoked"


@pytest.mark.requirement("A03")
def test_a_domain_that_was_denied_meanwhile_is_not_let_in(scene: Scene) -> None:
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"denied_domains": ["nord.example"]})
    assert _takes(scene, scene.link).status == 403
    assert scene.world.stored("account") == [
        item for item in scene.world.stored("account") if item["email"]["S"] != INVITED
    ]


@pytest.mark.requirement("A29")
def test_the_plan_of_now_decides_how_many_may_join(scene: Scene) -> None:
    """Four are in; invited on pro; on free nine more places would be left, so the cap is reached by hand."""
    from chalicelib.events import operator

    emails = [f"x{number}@acme.example" for number in range(8)]
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": email} for email in emails]})
    scene.world.settle()
    operator.set_plan({"workspace_id": scene.workspace, "plan": "free"})
    statuses = [_takes(scene, scene.world.invited(email)).status for email in emails]
    assert statuses == [201] * 7 + [409]
    operator.set_plan({"workspace_id": scene.workspace, "plan": "pro"})
    assert _takes(scene, scene.world.invited(emails[-1])).status == 201


@pytest.mark.requirement("A05", "A36")
def test_a_full_chat_makes_no_account_that_hangs_in_the_air(scene: Scene) -> None:
    from chalicelib.events import operator

    emails = [f"x{number}@acme.example" for number in range(8)]
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": item} for item in emails]})
    scene.world.settle()
    operator.set_plan({"workspace_id": scene.workspace, "plan": "free"})
    for email in emails[:7]:
        _takes(scene, scene.world.invited(email))
    refused = _takes(scene, scene.world.invited(emails[7]))
    assert (refused.status, refused.code) == (409, "chat_full")
    assert emails[7] not in str(scene.world.stored("account"))


def test_accepting_one_leaves_the_invitations_to_other_chats_open(scene: Scene) -> None:
    other = scene.owner.invites(INVITED)["chat"]["id"]
    olaf = scene.world.joins(INVITED)
    assert olaf.get(f"/chats/{other}").status == 200
    assert scene.invitations()[INVITED]["status"] == "pending"
    assert olaf.post(f"/join/{scene.link}").status == 200


@pytest.mark.requirement("A13")
def test_a_sign_up_by_a_stranger_has_no_power_over_who_joins_by_the_invitation(scene: Scene) -> None:
    """Somebody signed up with Olaf's address and waits; Olaf joins by his mail; the waiting link is worth nothing."""
    evil = {"email": INVITED, "name": "Not Olaf", "password": "evil lantern 99 moss", "workspace": "Evil"}
    assert scene.world.call("POST", "/accounts", evil).status == 202
    scene.world.settle()
    confirm = scene.world.last_mail(INVITED).link("confirm")
    olaf = _takes(scene, scene.link)
    assert olaf.status == 201
    posted = scene.world.request("POST", confirm, b"", {"Content-Type": "application/x-www-form-urlencoded"})
    assert posted.status == 409
    assert scene.world.call("POST", "/sessions", {"email": INVITED, "password": "evil lantern 99 moss"}).status == 401
    assert scene.world.signs_in(INVITED).get("/me").json["account"]["name"] == "Olaf Berg"


@pytest.mark.requirement("A07")
def test_the_chat_is_told_which_account_joined_for_which_address(scene: Scene) -> None:
    scene.stranger.post(f"/join/{scene.link}", {"confirm_mismatch": True})
    scene.world.settle()
    assert scene.lines(scene.owner)[-1] == f"Nora Quist joined, invited as {INVITED}, with {STRANGER}"
    assert scene.lines(scene.guest)[-1] == "Nora Quist joined"


@pytest.mark.requirement("A08")
def test_who_was_removed_can_not_come_back_by_the_old_link_but_by_a_new_invitation(scene: Scene) -> None:
    old = scene.world.invited(GUEST)
    assert scene.owner.delete(f"{scene.base}/participants/{scene.guest.id}").status == 204
    assert scene.guest.post(f"/join/{old}").status == 410
    assert scene.guest.get(scene.base).status == 404
    scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": GUEST}]})
    scene.world.settle()
    assert scene.guest.post(f"/join/{scene.world.invited(GUEST)}").status == 200
    assert scene.guest.get(scene.base).status == 200


def _takes(scene: Scene, token: str) -> Answer:
    return scene.world.call("POST", f"/join/{token}/account", OLAF)
