"""Accounts, sessions and one-time links through the API."""

from datetime import timedelta

import pytest

from chalicelib.web import requests
from tests.support.app import PASSWORD, World
from tests.support.form_browser import cookies_of

NEW = {"email": "ann@acme.example", "name": "Ann Lee", "password": PASSWORD, "workspace": "Acme"}


def test_signing_up_answers_202_and_makes_nothing_before_the_mail_is_confirmed(world: World) -> None:
    answer = world.call("POST", "/accounts", NEW)
    assert (answer.status, answer.json) == (202, {"status": "accepted"})
    assert world.stored("account") == world.stored("workspace") == []
    assert world.call("POST", "/sessions", {"email": NEW["email"], "password": PASSWORD}).status == 401


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "not an address", "bad_address"),
        ("email", "a@b.example, c@d.example", "bad_address"),
        ("name", " \u200b ", "empty"),
        ("name", "x" * 61, "too_long"),
        ("workspace", "", "empty"),
        ("password", "short", "too_short"),
        ("password", "x" * 257, "too_long"),
        ("password", "password1234", "easy_to_guess"),
        ("password", "ann@acme.example", "easy_to_guess"),
    ],
)
@pytest.mark.requirement("A15")
def test_signing_up_names_the_field_at_fault(world: World, field: str, value: str, code: str) -> None:
    answer = world.call("POST", "/accounts", {**NEW, field: value})
    assert (answer.status, answer.code) == (422, "invalid_fields")
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [(field, code)]
    assert world.stored("letter") == []


@pytest.mark.parametrize(
    "password",
    ["ünïcödé 日本 语言 🔑 pass", "".join(chr(33 + at * at % 89) for at in range(256)), "    a kettle of plums    "],
)
@pytest.mark.requirement("A15")
def test_any_character_and_length_up_to_256_make_a_password(world: World, password: str) -> None:
    assert world.call("POST", "/accounts", {**NEW, "password": password}).status == 202
    world.settle()
    token = world.last_mail(NEW["email"]).link("confirm").rpartition("/")[2]
    from chalicelib.usecases import accounts

    accounts.confirm(world.ports, token)
    assert world.signs_in(NEW["email"], password).get("/me").status == 200


def test_signing_in_answers_the_token_the_account_and_the_cookie(world: World) -> None:
    ann = world.signs_up(NEW["email"], "Ann Lee")
    answer = world.call("POST", "/sessions", {"email": " ANN@Acme.example ", "password": PASSWORD})
    assert answer.status == 201
    assert set(answer.json) == {"token", "expires_at", "account"}
    assert answer.json["account"] == {"id": ann.id, "name": "Ann Lee", "email": NEW["email"]}
    assert answer.json["expires_at"] == "2026-12-07T09:00:00Z"
    (cookie,) = cookies_of(answer)
    assert cookie.startswith(f"session={answer.json['token']}; Path=/; ")
    assert "HttpOnly; SameSite=Lax" in cookie


@pytest.mark.requirement("A17")
def test_each_sign_in_is_a_new_session_and_only_its_hash_is_stored(world: World) -> None:
    ann = world.signs_up(NEW["email"])
    again = world.signs_in(NEW["email"])
    assert ann.token != again.token
    everything = str(world.snapshot())
    for person in (ann, again):
        assert person.token not in everything
        assert person.token.partition(".")[2] not in everything


@pytest.mark.requirement("A17", "A08")
def test_signing_out_ends_the_session_on_the_server(world: World) -> None:
    ann = world.signs_up(NEW["email"])
    other = world.signs_in(NEW["email"])
    answer = ann.delete("/sessions/current")
    assert (answer.status, answer.text) == (204, "")
    assert "Max-Age=0" in cookies_of(answer)[0]
    assert ann.get("/me").status == 401
    assert other.get("/me").status == 200


@pytest.mark.requirement("A17", "A37")
def test_a_session_ends_after_two_weeks_unused_and_after_sixty_days_in_any_case(world: World) -> None:
    idle, busy = world.signs_up(NEW["email"]), world.signs_in(NEW["email"])
    for _ in range(5):
        world.pass_time(days=11)
        assert busy.get("/me").status == 200
    assert idle.get("/me").status == 401
    world.pass_time(days=5)
    assert busy.get("/me").status == 401


@pytest.mark.requirement("A16")
@pytest.mark.parametrize(
    ("source", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("", ""),
        ("nothing", "nothing"),
    ],
)
def test_a_network_of_ipv6_is_one_source(source: str, counted: str) -> None:
    assert requests._network(source) == counted


def test_me_tells_the_account_and_its_workspaces(world: World) -> None:
    ann = world.signs_up(NEW["email"], "Ann Lee", "Acme", plan="pro")
    assert ann.get("/me").json == {
        "account": {
            "id": ann.id,
            "name": "Ann Lee",
            "email": NEW["email"],
            "locale": "en",
            "time_zone": "UTC",
            "quiet": None,
            "dnd_until": None,
            "push_text": True,
        },
        "workspaces": [{"id": ann.workspace(), "name": "Acme", "role": "owner", "plan": "pro", "communicate": True}],
    }


def test_what_is_changed_about_oneself_stays_and_the_rest_is_as_it_was(world: World) -> None:
    ann = world.signs_up(NEW["email"], "Ann Lee", "Acme", plan="pro")
    change = {"name": "Ann Li", "locale": "de", "time_zone": "Asia/Tokyo", "quiet": {"from": "22:00", "to": "07:00"}}
    told = ann.patch("/me", change).json["account"]
    assert told == ann.get("/me").json["account"]
    assert {name: told[name] for name in change} == change
    told = ann.patch("/me", {"dnd_until": "2026-11-24T09:00:00+01:00", "push_text": False}).json["account"]
    assert (told["dnd_until"], told["push_text"]) == ("2026-11-24T08:00:00Z", False)
    assert {name: told[name] for name in change} == change
    assert ann.patch("/me", {"quiet": None, "dnd_until": None}).json["account"]["quiet"] is None
    assert ann.get("/me").json["account"]["dnd_until"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"email": "other@acme.example"},
        {"time_zone": "Europe/Atlantis"},
        {"locale": "it"},
        {"quiet": {"from": "22:00", "to": "22:00"}},
        {"quiet": {"from": "22:00"}},
        {"quiet": {"from": "25:00", "to": "07:00"}},
        {"quiet": {"from": "22:00", "to": "07:00", "days": []}},
        {"dnd_until": "2026-11-23T08:59:59Z"},
        {"dnd_until": "2026-12-01T10:00:00"},
        {"dnd_until": "tomorrow"},
        {"name": " "},
        {"push_text": None},
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(world: World, change: dict[str, object]) -> None:
    ann = world.signs_up(NEW["email"], "Ann Lee", "Acme", plan="pro")
    before = ann.get("/me").json
    assert ann.patch("/me", change).status == 422
    assert ann.get("/me").json == before


@pytest.mark.parametrize("path", ["/sign-in-links", "/password-resets"])
@pytest.mark.requirement("A14")
def test_asking_for_a_link_answers_the_same_for_known_and_unknown_addresses(world: World, path: str) -> None:
    world.signs_up(NEW["email"])
    answer = world.call("POST", path, {"email": NEW["email"]})
    unknown = world.call("POST", path, {"email": "nobody@acme.example"})
    assert (answer.status, answer.text, answer.headers) == (unknown.status, unknown.text, unknown.headers)
    assert answer.status == 202
    before = len(world.mails())
    world.settle()
    assert [mail.to for mail in world.mails()[before:]] == [NEW["email"]]


@pytest.mark.requirement("A14")
def test_signing_up_answers_the_same_for_known_and_unknown_addresses(world: World) -> None:
    world.signs_up(NEW["email"])
    answer = world.call("POST", "/accounts", NEW)
    unknown = world.call("POST", "/accounts", {**NEW, "email": "nobody@acme.example"})
    assert (answer.status, answer.text, answer.headers) == (unknown.status, unknown.text, unknown.headers)


@pytest.mark.requirement("A14", "A16")
def test_signing_in_refuses_unknown_addresses_and_wrong_passwords_alike(world: World) -> None:
    world.signs_up(NEW["email"])
    wrong = world.call("POST", "/sessions", {"email": NEW["email"], "password": "another kettle 7"})
    unknown = world.call("POST", "/sessions", {"email": "nobody@acme.example", "password": PASSWORD})
    assert (wrong.status, wrong.code) == (401, "wrong_sign_in")
    assert (wrong.status, wrong.text, wrong.headers) == (unknown.status, unknown.text, unknown.headers)


@pytest.mark.requirement("A16")
def test_the_eleventh_wrong_password_must_wait_and_says_how_long(world: World) -> None:
    world.signs_up(NEW["email"])
    wrong = {"email": NEW["email"], "password": "another kettle 7"}
    assert {world.call("POST", "/sessions", wrong).status for _ in range(10)} == {401}
    refused = world.call("POST", "/sessions", {**wrong, "password": PASSWORD})
    assert (refused.status, refused.code) == (429, "too_many_sign_ins")
    assert int(refused.headers["retry-after"]) > 0
    world.pass_time(seconds=int(timedelta(minutes=15).total_seconds()))
    assert world.call("POST", "/sessions", {**wrong, "password": PASSWORD}).status == 201


@pytest.mark.parametrize(
    "token", ["", ".", "x", "a" * 16 + ".", "é" * 16 + ".x", "a" * 16 + "." + "b" * 43, "\u200b.x"]
)
def test_a_made_up_token_is_nobody(world: World, token: str) -> None:
    answer = world.request("GET", "/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status, answer.code) == (401, "not_signed_in")
