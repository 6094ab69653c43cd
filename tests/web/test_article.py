"""The help article's flow through the API, from the invitation list to the first messages of both sides."""

import pytest

from tests.support.app import World
from tests.support.form_browser import visible

OWNER, DANA, OLAF = "mara@brightwater.example", "dana@acme.example", "olaf@nord.example"


@pytest.mark.requirement("A02", "A05", "A07", "A12")
def test_two_addresses_become_two_mails_and_one_link_leads_into_the_chat(world: World) -> None:
    mara = world.signs_up(OWNER)
    made = mara.invites(DANA, OLAF, name="Harbour house")
    chat = made["chat"]["id"]
    assert [result["outcome"] for result in made["results"]] == ["invited", "invited"]
    assert sorted(mail.to for mail in world.mails() if "Harbour house" in mail.text) == [DANA, OLAF]

    token = world.invited(DANA)
    shown = world.call("GET", f"/join/{token}").json
    assert shown["inviter"] == {"name": "Mara Lindqvist"}
    assert shown["chat"] == {"name": "Harbour house", "kind": "group", "participants": 1}
    assert (shown["email"], shown["link"], shown["status"]) == (DANA, "mailed", "pending")
    assert shown["options"] == ["account", "new_account"]

    dana = world.joins(DANA)
    assert mara.post(f"/chats/{chat}/messages", {"text": "Welcome"}).status == 201
    assert dana.post(f"/chats/{chat}/messages", {"text": "Thank you"}).status == 201
    texts = [item["text"] for item in dana.get(f"/chats/{chat}/messages").json["items"]]
    assert texts[-2:] == ["Welcome", "Thank you"]

    people = mara.get(f"/chats/{chat}").json["participants"]
    assert [(person["name"], person["role"], person["via"]) for person in people] == [
        ("Mara Lindqvist", "member", "webtop"),
        ("Dana Smith", "external", "webtop"),
    ]
    assert [item["unread"] for item in mara.get("/chats").json["items"]] == [1]
    status = {item["email"]: item["status"] for item in mara.get(f"/chats/{chat}/invitations").json["items"]}
    assert status == {DANA: "accepted", OLAF: "pending"}


def test_seq_counts_from_one_without_a_gap_and_events_stand_between_messages(world: World) -> None:
    mara = world.signs_up(OWNER)
    chat = mara.invites(DANA)["chat"]["id"]
    world.joins(DANA)
    mara.post(f"/chats/{chat}/messages", {"text": "Welcome"})
    result = mara.get(f"/chats/{chat}/messages").json["items"]
    assert [item["seq"] for item in result] == [1, 2, 3]
    assert [item.get("event", {}).get("type") for item in result] == ["invitation.sent", "participant.joined", None]


def test_the_mail_names_everybody_and_carries_the_headers_it_must(world: World) -> None:
    world.signs_up(OWNER).invites(DANA, OLAF, name="Harbour house")
    mail = world.last_mail(DANA)
    for part in (mail.text, visible(mail.html)):
        assert all(word in part for word in ("Mara Lindqvist", "Brightwater Studio", "Harbour house", DANA))
    assert mail.message["Reply-To"] == OWNER
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/unsubscribe/" in mail.message["List-Unsubscribe"]
    assert "\n" not in mail.subject
