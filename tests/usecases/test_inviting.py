"""Inviting people: who may, whom, how many, and what becomes of each address."""

from typing import Any

import pytest

from tests.support.app import Answer, Person, World
from tests.support.aws_calls import watched
from tests.support.sample_chat import GUEST, INVITED, OWNER, Scene, joins_company


def test_twenty_mails_a_day_and_not_one_more_on_the_free_plan(world: World) -> None:
    owner = world.signs_up(OWNER, plan="free")
    for part in range(2):
        assert _invites(owner, *(f"x{part}{number}@acme.example" for number in range(9))).status == 201
    before = world.snapshot()
    refused = _invites(owner, "a@fjord.example", "b@fjord.example", "c@fjord.example")
    assert (refused.status, refused.code) == (429, "mail_cap")
    assert int(refused.headers["retry-after"]) > 80_000
    assert world.snapshot() == before
    assert _invites(owner, "a@fjord.example", "b@fjord.example").status == 201


@pytest.mark.requirement("A11", "A37")
def test_the_cap_holds_over_any_24_hours_and_opens_when_it_said(world: World) -> None:
    owner = world.signs_up(OWNER, plan="free")
    _invites(owner, *(f"x{number}@acme.example" for number in range(9)))
    world.pass_time(hours=20)
    _invites(owner, *(f"y{number}@acme.example" for number in range(9)))
    world.pass_time(hours=3, minutes=59)
    refused = _invites(owner, *(f"z{number}@acme.example" for number in range(9)))
    assert refused.code == "mail_cap"
    world.pass_time(seconds=int(refused.headers["retry-after"]))
    assert _invites(owner, *(f"z{number}@acme.example" for number in range(9))).status == 201


@pytest.mark.requirement("A11")
def test_resends_and_fixed_addresses_count_against_the_cap(world: World) -> None:
    owner = world.signs_up(OWNER, plan="free")
    chats = [_invites(owner, *(f"x{part}{number}@acme.example" for number in range(9))).json for part in range(2)]
    world.pass_time(minutes=10)
    first, second, third = (
        f"/chats/{chats[0]['chat']['id']}/invitations/{invitation['id']}" for invitation in chats[0]["invitations"][:3]
    )
    assert owner.post(f"{first}/resend").status == 200
    assert owner.patch(second, {"email": "other@acme.example"}).status == 200
    for answer in (owner.post(f"{third}/resend"), owner.patch(third, {"email": "more@acme.example"})):
        assert (answer.status, answer.code) == (429, "mail_cap")


def test_ten_people_are_in_a_chat_of_the_free_plan_invited_ones_too(world: World) -> None:
    owner = world.signs_up(OWNER, plan="free")
    before = world.snapshot()
    refused = _invites(owner, *(f"x{number}@acme.example" for number in range(10)))
    assert (refused.status, refused.code) == (409, "chat_full")
    assert world.snapshot() == before
    made = _invites(owner, *(f"x{number}@acme.example" for number in range(9))).json
    more = owner.post(f"/chats/{made['chat']['id']}/invitations", {"invitees": [{"email": "one-more@acme.example"}]})
    assert (more.status, more.code) == (409, "chat_full")
    owner.delete(f"/chats/{made['chat']['id']}/invitations/{made['invitations'][0]['id']}")
    more = owner.post(f"/chats/{made['chat']['id']}/invitations", {"invitees": [{"email": "one-more@acme.example"}]})
    assert more.status == 201


@pytest.mark.requirement("A11")
def test_an_address_gets_five_invitations_a_day_from_all_workspaces_together(world: World) -> None:
    owners = [world.signs_up(f"owner{number}@w{number}.example") for number in range(3)]
    outcomes = []
    for number in range(7):
        outcomes.append(_invites(owners[number % 3], GUEST, f"x{number}@acme.example").json["results"][0])
        world.settle()
    assert [outcome["outcome"] for outcome in outcomes] == ["invited"] * 5 + ["refused"] * 2
    assert outcomes[-1]["code"] == "address_capped"
    assert len(world.mails(GUEST)) == 5


@pytest.mark.requirement("A11")
def test_tags_and_unseen_dots_are_one_persons_mailbox_for_caps_and_nobodys_identity(world: World) -> None:
    """P22: nine invitations to `a+0@…` to `a+8@…` were nine mails to one person."""
    owner = world.signs_up("owner@w1.example")
    at_once = _invites(owner, *(f"a+{number}@acme.example" for number in range(9))).json
    assert [result["outcome"] for result in at_once["results"]] == ["invited"] * 5 + ["refused"] * 4
    assert {result["code"] for result in at_once["results"][5:]} == {"address_capped"}
    assert len({invitation["email"] for invitation in at_once["invitations"]}) == 5
    world.settle()
    assert _invites(owner, "a@acme.example", "b@acme.example").json["results"][0]["code"] == "address_capped"
    results = []
    for email in ("i.da@gmail.com", "ida+x@gmail.com", "id.a@googlemail.com", "ida@gmail.com", "i.d.a@gmail.com"):
        results += _invites(owner, email).json["results"]
        world.settle()
    assert {result["outcome"] for result in results} == {"invited"}
    assert _invites(owner, "ida@googlemail.com").json["errors"][0]["code"] == "address_capped"
    dotted = [_invites(owner, f"{'.'.join('olaf'[:at])}.olaf@nord.example").json["results"][0] for at in range(1, 5)]
    assert {result["outcome"] for result in dotted} == {"invited"}


def test_denied_and_not_allowed_domains_are_refused_with_their_subdomains(scene: Scene) -> None:
    settings = f"/workspaces/{scene.workspace}"
    scene.owner.patch(settings, {"denied_domains": ["evil.example"]})
    results = _invites(scene.owner, "a@evil.example", "b@sub.evil.example", "c@notevil.example").json["results"]
    assert [result.get("code") for result in results] == ["domain_refused", "domain_refused", None]
    scene.owner.patch(settings, {"allowed_domains": ["acme.example"], "denied_domains": ["x.acme.example"]})
    results = _invites(scene.owner, "a@acme.example", "b@x.acme.example", "c@nord.example").json["results"]
    assert [result.get("code") for result in results] == [None, "domain_refused", "domain_refused"]


def test_where_admins_invite_a_member_may_not(scene: Scene) -> None:
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"who_may_invite": "admins"})
    for answer in (
        _invites(scene.member, "ida@fjord.example"),
        scene.member.post(f"{scene.base}/invitations", {"invitees": [{"email": "ida@fjord.example"}]}),
    ):
        assert (answer.status, answer.code) == (403, "role")
    scene.owner.patch(f"/workspaces/{scene.workspace}/members/{scene.member.id}", {"role": "admin"})
    assert _invites(scene.member, "ida@fjord.example").status == 201


def test_with_communicate_off_nobody_is_invited_and_who_joined_stays(scene: Scene) -> None:
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"communicate": False})
    path = f"{scene.base}/invitations"
    for answer in (
        _invites(scene.owner, "ida@fjord.example"),
        scene.owner.post(path, {"invitees": [{"email": "ida@fjord.example"}]}),
        scene.owner.post(f"{path}/{scene.invitation}/resend"),
        scene.owner.patch(f"{path}/{scene.invitation}", {"email": "ida@fjord.example"}),
        scene.world.call("GET", f"/join/{scene.link}"),
        scene.world.call("POST", f"/join/{scene.link}/account", {"name": "Olaf", "password": "plum kettle 42 orbit"}),
    ):
        assert answer.status in (403, 429)
        assert answer.code in ("communicate_off", "resend_too_soon")
    assert scene.guest.post(f"{scene.base}/messages", {"text": "Still here"}).status == 201
    scene.owner.patch(f"/workspaces/{scene.workspace}", {"communicate": True})
    assert scene.world.call("GET", f"/join/{scene.link}").status == 200


def test_an_invitation_is_mailed_to_the_stored_form_of_the_address(world: World) -> None:
    owner = world.signs_up(OWNER)
    made = owner.invites(" Dana@ACME.Example ", "Jörg@Bücher.example".replace("ö", "o"))
    assert [invitation["email"] for invitation in made["invitations"]] == [
        "dana@acme.example",
        "jorg@xn--bcher-kva.example",
    ]
    assert {mail.to for mail in world.mails()} >= {"dana@acme.example", "jorg@xn--bcher-kva.example"}


def test_the_same_address_twice_in_a_chat_is_one_invitation_and_one_mail(scene: Scene) -> None:
    for _ in range(2):
        scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": INVITED.upper()}]})
    scene.world.settle()
    assert len(scene.world.mails(INVITED)) == 1
    assert len([item for item in scene.world.stored("seat") if item.get("email", {}).get("S") == INVITED]) == 1


def test_two_who_invite_the_same_person_at_once_make_one_invitation(scene: Scene) -> None:
    """The second comes between the first's look at the chat and its write."""
    body = {"invitees": [{"email": "ida@fjord.example"}, {"email": "ole@fjord.example"}]}
    with watched() as calls:
        seen: list[Answer] = []

        def meanwhile(*_: Any) -> None:
            if calls.made[-1] == "TransactWriteItems":
                calls.each = None
                seen.append(
                    scene.member.post(f"{scene.base}/invitations", {"invitees": [{"email": "ida@fjord.example"}]})
                )

        calls.each = meanwhile
        answer = scene.owner.post(f"{scene.base}/invitations", body)
    outcomes = [result["outcome"] for result in answer.json["results"]]
    assert (seen[0].status, outcomes) == (201, ["already_invited", "invited"])
    assert (
        len([item for item in scene.world.stored("seat") if item.get("email", {}).get("S") == "ida@fjord.example"]) == 1
    )


@pytest.mark.requirement("A11")
def test_a_long_list_cut_in_half_by_somebody_else_s_change_is_neither_lost_nor_given_away(scene: Scene) -> None:
    """A hundred and fifty are two transactions; a renaming in between must not free the first part's mails."""
    emails = [f"x{number}@acme.example" for number in range(150)]
    spent = _mails_spent(scene)
    with watched() as calls:
        seen: list[int] = []

        def meanwhile(*_: Any) -> None:
            if calls.count("TransactWriteItems") == 2:
                calls.each = None
                seen.append(scene.member.patch(scene.base, {"name": "Renamed"}).status)

        calls.each = meanwhile
        answer = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": email} for email in emails]})
    assert seen == [200]
    assert answer.status == 201
    assert [result["outcome"] for result in answer.json["results"]] == ["invited"] * 150
    assert len(answer.json["invitations"]) == 150
    assert _mails_spent(scene) - spent == 150


def test_who_was_invited_and_is_made_a_member_joins_at_once_and_not_twice(scene: Scene) -> None:
    joins_company(scene.world, scene.owner, INVITED, "Olaf Berg")
    answer = scene.owner.post(f"{scene.base}/invitations", {"invitees": [{"email": INVITED}]})
    assert [result["outcome"] for result in answer.json["results"]] == ["member_added"]
    people = [participant["name"] for participant in scene.owner.get(scene.base).json["participants"]]
    assert people.count("Olaf Berg") == 1


def test_the_invitation_speaks_the_language_that_the_inviter_chose(world: World) -> None:
    owner = world.signs_up(OWNER)
    invitees = [{"email": GUEST, "locale": "de"}, {"email": INVITED, "locale": "tlh"}]
    assert owner.post("/chats", {"workspace_id": owner.workspace(), "invitees": invitees}).status == 201
    world.settle()
    assert world.last_mail(GUEST).subject != world.last_mail(INVITED).subject
    assert "lädt" in world.last_mail(GUEST).subject


def test_a_member_s_own_chat_is_not_open_to_the_owner_who_is_not_in_it(scene: Scene) -> None:
    chat = _invites(scene.member, "ida@fjord.example").json["chat"]["id"]
    assert scene.owner.get(f"/chats/{chat}").status == 404
    assert scene.member.get(f"/chats/{chat}").status == 200


def _invites(person: Person, *emails: str) -> Answer:
    return person.post(
        "/chats", {"workspace_id": person.workspace(), "invitees": [{"email": email} for email in emails]}
    )


def _mails_spent(scene: Scene) -> int:
    return scene.world.ports.workspaces.mail_quota(scene.workspace).within(scene.world.now())
