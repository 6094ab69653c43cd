"""Mails with one-time links: promised, sent at least once, worth something once, for one purpose, for a while."""

import itertools
import secrets
from contextlib import suppress

import pytest

from chalicelib.domain.errors import Refusal
from chalicelib.domain.ids import Ids
from chalicelib.usecases import accounts, mailbox, sessions
from tests.support.app import PASSWORD, World
from tests.support.form_browser import Browser
from tests.support.sample_chat import INVITED, OWNER, Scene

KINDS = {"confirm": "sign_up", "enter": "sign_in", "reset": "reset", "welcome": "join_workspace"}
NEW = "new@brightwater.example"


@pytest.fixture
def links(world: World) -> dict[str, str]:
    """One token of each kind, freshly mailed."""
    owner = world.signs_up(OWNER)
    body = {"email": "ann@acme.example", "name": "Ann", "password": PASSWORD, "workspace": "Acme"}
    world.call("POST", "/accounts", body)
    world.call("POST", "/sign-in-links", {"email": OWNER})
    owner.post(f"/workspaces/{owner.workspace()}/members", {"email": NEW})
    world.settle()
    results = {"confirm": "ann@acme.example", "enter": OWNER, "welcome": NEW}
    tokens = {kind: world.last_mail(email).link(kind).rpartition("/")[2] for kind, email in results.items()}
    world.call("POST", "/password-resets", {"email": OWNER})
    world.settle()
    return tokens | {"reset": world.last_mail(OWNER).link("reset").rpartition("/")[2]}


@pytest.mark.parametrize(("made", "used"), list(itertools.permutations(KINDS, 2)))
@pytest.mark.requirement("A04")
def test_a_link_made_for_one_purpose_is_worthless_for_any_other(
    world: World, links: dict[str, str], made: str, used: str
) -> None:
    before = world.snapshot()
    assert _use(world, used, links[made]) == "link_used_or_late"
    assert world.snapshot() == before
    assert world.call("GET", f"/join/{links[made]}").status == 404
    assert world.request("GET", f"/unsubscribe/{links[made]}").status == 404


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.requirement("A01")
def test_a_link_works_once(world: World, links: dict[str, str], kind: str) -> None:
    assert _use(world, kind, links[kind]) == ""
    assert _use(world, kind, links[kind]) == "link_used_or_late"


@pytest.mark.parametrize(("kind", "hours"), [("confirm", 24), ("enter", 0.5), ("reset", 1), ("welcome", 168)])
@pytest.mark.requirement("A37")
def test_a_link_ends_by_the_clock(world: World, links: dict[str, str], kind: str, hours: float) -> None:
    world.pass_time(hours=hours)
    assert _use(world, kind, links[kind]) == "link_used_or_late"


@pytest.mark.requirement("A01", "A12")
def test_only_the_hash_of_a_token_is_stored(world: World, links: dict[str, str]) -> None:
    everything = str(world.snapshot()) + str([item.to_json() for item in world.data.stream])
    assert not [token for token in links.values() if token in everything]


def test_a_sign_up_with_a_known_address_mails_a_way_in_and_changes_nothing(world: World) -> None:
    world.signs_up(OWNER, "Mara Lindqvist")
    evil = {"email": OWNER, "name": "Not Mara", "password": "evil lantern 99 moss", "workspace": "Evil"}
    assert world.call("POST", "/accounts", evil).status == 202
    world.settle()
    token = world.last_mail(OWNER).link("enter").rpartition("/")[2]
    assert _use(world, "enter", token) == ""
    me = world.signs_in(OWNER).get("/me").json
    assert (me["account"]["name"], len(me["workspaces"])) == ("Mara Lindqvist", 1)
    assert world.call("POST", "/sessions", {"email": OWNER, "password": evil["password"]}).status == 401


@pytest.mark.requirement("A13")
def test_two_sign_ups_for_one_address_make_one_account_by_the_mail_that_was_opened(world: World) -> None:
    for name in ("First", "Second"):
        body = {"email": "ann@acme.example", "name": name, "password": PASSWORD, "workspace": name}
        world.call("POST", "/accounts", body)
    world.settle()
    tokens = [mail.link("confirm").rpartition("/")[2] for mail in world.mails("ann@acme.example")]
    assert [_use(world, "confirm", token) for token in tokens] == ["", "account_exists"]
    assert world.signs_in("ann@acme.example").get("/me").json["account"]["name"] == "First"


def test_who_signs_up_in_french_is_spoken_to_in_french(world: World) -> None:
    body = {"email": NEW, "name": "Ann", "password": PASSWORD, "workspace": "Acme", "locale": "fr"}
    world.call("POST", "/accounts", body)
    world.settle()
    _use(world, "confirm", world.last_mail(NEW).link("confirm").rpartition("/")[2])
    ann = world.signs_in(NEW)
    assert ann.get(f"/workspaces/{ann.workspace()}").json["locale"] == "fr"
    world.call("POST", "/accounts", body | {"locale": "de"})
    world.settle()
    assert world.last_mail(NEW).subject == "Vous avez déjà un compte Webtop"


def test_who_was_asked_in_spanish_to_be_a_member_is_spoken_to_in_spanish(world: World) -> None:
    owner = world.signs_up(OWNER)
    owner.patch(f"/workspaces/{owner.workspace()}", {"locale": "es"})
    owner.post(f"/workspaces/{owner.workspace()}/members", {"email": NEW})
    world.settle()
    _use(world, "welcome", world.last_mail(NEW).link("welcome").rpartition("/")[2])
    world.call("POST", "/sign-in-links", {"email": NEW})
    world.settle()
    assert world.last_mail(NEW).subject == "Su enlace para iniciar sesión en Webtop"


@pytest.mark.requirement("A03")
def test_who_was_asked_to_be_a_member_by_somebody_who_is_none_any_more_is_not_let_in(world: World) -> None:
    owner = world.signs_up(OWNER)
    members = f"/workspaces/{owner.workspace()}/members"
    other = world.signs_up("other@acme.example")
    owner.post(members, {"email": "other@acme.example", "role": "owner"})
    owner.post(members, {"email": NEW, "role": "admin"})
    world.settle()
    token = world.last_mail(NEW).link("welcome").rpartition("/")[2]
    assert other.delete(f"{members}/{owner.id}").status == 204
    assert _use(world, "welcome", token) != ""
    assert NEW not in other.get(members).text


@pytest.mark.requirement("A11")
def test_five_mails_an_hour_to_one_address_and_then_429(world: World) -> None:
    answers = [world.call("POST", "/sign-in-links", {"email": OWNER}) for _ in range(6)]
    assert [answer.status for answer in answers] == [202] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    world.pass_time(hours=1)
    assert world.call("POST", "/sign-in-links", {"email": OWNER}).status == 202


@pytest.mark.requirement("A11")
def test_mails_to_one_mailbox_are_counted_together_however_its_address_is_written(world: World) -> None:
    """P22, beyond invitations: sign-in links and password resets."""
    name, _, domain = OWNER.partition("@")
    answers = [world.call("POST", "/sign-in-links", {"email": f"{name}+{number}@{domain}"}) for number in range(6)]
    assert [answer.status for answer in answers] == [202] * 5 + [429]
    assert world.call("POST", "/password-resets", {"email": OWNER}).status == 429


@pytest.mark.slow
@pytest.mark.requirement("A16")
def test_many_wrong_passwords_from_many_places_do_not_lock_the_owner_out_of_the_mailed_link(world: World) -> None:
    world.signs_up(OWNER)
    for number in range(110):
        try:
            sessions.sign_in(world.ports, OWNER, "wrong kettle 9 plum", f"198.51.100.{number}")
        except Refusal as refusal:
            last = refusal.code
    assert last == "too_many_sign_ins"
    world.call("POST", "/sign-in-links", {"email": OWNER})
    world.settle()
    assert _use(world, "enter", world.last_mail(OWNER).link("enter").rpartition("/")[2]) == ""


@pytest.mark.requirement("A16")
def test_codes_that_somebody_asks_for_use_up_no_links(world: World) -> None:
    for _ in range(5):
        mailbox.ask_code(world.ports, OWNER, "en", "198.51.100.1", Ids(secrets.token_bytes))
    assert world.call("POST", "/sign-in-links", {"email": OWNER}).status == 202


@pytest.mark.requirement("A16")
def test_whoever_uses_up_all_links_leaves_one_that_works_until_there_are_more(world: World) -> None:
    world.signs_up(OWNER)
    world.pass_time(hours=1)
    while world.call("POST", "/sign-in-links", {"email": OWNER}).status == 202:
        world.settle()
    world.pass_time(minutes=29, seconds=59)
    assert _use(world, "enter", world.last_mail(OWNER).link("enter").rpartition("/")[2]) == ""
    world.pass_time(seconds=1)
    assert world.call("POST", "/sign-in-links", {"email": OWNER}).status == 202


@pytest.mark.slow
@pytest.mark.requirement("A16")
def test_six_digits_of_a_mailbox_are_guessed_a_hundred_times_a_day_at_most(world: World) -> None:
    asked = 0
    for hour in range(24):
        for number in range(6):
            with suppress(Refusal):
                mailbox.ask_code(world.ports, OWNER, "en", f"198.51.{hour}.{number}", Ids(secrets.token_bytes))
                asked += 1
        world.pass_time(minutes=30)
    assert asked == 20


@pytest.mark.requirement("A08")
@pytest.mark.parametrize(("path", "kind"), [("/password-resets", "reset"), ("/sign-in-links", "enter")])
def test_links_from_before_a_new_password_are_over(world: World, path: str, kind: str) -> None:
    world.signs_up(OWNER)
    world.call("POST", path, {"email": OWNER})
    world.settle()
    kept = world.last_mail(OWNER).link(kind).rpartition("/")[2]
    world.pass_time(seconds=1)
    world.call("POST", "/password-resets", {"email": OWNER})
    world.settle()
    world.pass_time(seconds=1)
    assert _use(world, "reset", world.last_mail(OWNER).link("reset").rpartition("/")[2]) == ""
    assert _use(world, kind, kept) == "link_used_or_late"


@pytest.mark.requirement("A11")
@pytest.mark.parametrize("why", ["bounced", "complained"])
def test_no_letter_goes_where_mail_comes_back_nor_to_strangers_who_complained(world: World, why: str) -> None:
    owner = world.signs_up(OWNER)
    world.ports.accounts.suppress(OWNER, "bounced")
    world.ports.accounts.suppress(OWNER, "unsubscribed")
    world.ports.accounts.suppress(NEW, why)
    before = len(world.mails())
    for email in (OWNER, NEW):
        body = {"email": email, "name": "Mara", "password": PASSWORD, "workspace": "Brightwater"}
        assert world.call("POST", "/accounts", body).status == 202
    for path in ("/sign-in-links", "/password-resets"):
        assert world.call("POST", path, {"email": OWNER}).status == 202
    world.settle()
    assert len(world.mails()) == before
    assert owner.post(f"/workspaces/{owner.workspace()}/members", {"email": NEW}).code == "not_reachable"


@pytest.mark.requirement("A11", "A14")
@pytest.mark.parametrize("why", ["complained", "unsubscribed", "blocked"])
def test_who_turned_invitations_away_still_gets_into_their_own_account(world: World, why: str) -> None:
    world.signs_up(OWNER)
    world.ports.accounts.suppress(OWNER, why)
    for path, link in (("/sign-in-links", "enter"), ("/password-resets", "reset")):
        assert world.call("POST", path, {"email": OWNER}).status == 202
        world.settle()
        assert world.last_mail(OWNER).link(link)
    address = world.ports.accounts.addresses([OWNER])[OWNER]
    assert (address.takes_code, address.stops_invitations) == (True, True)


@pytest.mark.requirement("A14")
def test_a_page_says_that_mail_bounces_to_who_has_signed_in_and_to_nobody_else(world: World) -> None:
    world.signs_up(OWNER)
    world.ports.accounts.suppress(OWNER, "bounced")
    stranger = Browser(world)
    asked = {}
    for email in (OWNER, "nobody@brightwater.example"):
        page = stranger.post("/sign-in/link", [("email", email)])
        asked[email] = (page.status, page.html.replace(email, "…"))
    assert len(set(asked.values())) == 1
    browser = Browser(world)
    page = browser.signs_in(OWNER, PASSWORD)
    assert "E-mails to your address bounce" in page.html
    settings = browser.open("/settings").html
    assert "E-mails to this address bounce" in settings
    assert 'href="/invitations"' in settings
    world.ports.accounts.unsuppress(OWNER, [])
    assert "bounces" not in browser.open("/settings").html


@pytest.mark.requirement("A11")
@pytest.mark.parametrize("blocks", ["inviter", "workspace", "everyone"])
def test_who_turns_a_workspace_away_is_not_made_its_member(scene: Scene, blocks: str) -> None:
    scene.world.call("POST", f"/join/{scene.link}/decline", {"block": blocks})
    members = f"/workspaces/{scene.workspace}/members"
    assert scene.owner.post(members, {"email": INVITED}).code == "not_reachable"
    scene.world.signs_up(INVITED, "Olaf Nord", "Nord", plan="free")
    assert scene.owner.post(members, {"email": INVITED}).code == "not_reachable"


@pytest.mark.requirement("A11")
def test_members_are_asked_by_mail_as_often_as_the_plan_has_mails(world: World) -> None:
    owner = world.signs_up(OWNER, plan="free")
    members = f"/workspaces/{owner.workspace()}/members"
    answers = [owner.post(members, {"email": f"x{number}@acme.example"}).status for number in range(21)]
    assert answers == [202] * 20 + [429]


@pytest.mark.requirement("A15")
@pytest.mark.parametrize("password", ["new@brightwater.example", "brightwater1"])
def test_a_new_members_password_is_neither_address_nor_workspace(world: World, password: str) -> None:
    owner = world.signs_up(OWNER)
    assert owner.post(f"/workspaces/{owner.workspace()}/members", {"email": "new@brightwater.example"}).status == 202
    world.settle()
    token = world.last_mail("new@brightwater.example").link("welcome").rpartition("/")[2]
    with pytest.raises(Refusal) as refused:
        accounts.join_workspace(world.ports, token, "Somebody", password)
    assert refused.value.fields[0].code == "easy_to_guess"


@pytest.mark.requirement("A16")
def test_right_passwords_count_against_nobody(world: World) -> None:
    world.signs_up(OWNER)
    assert {world.call("POST", "/sessions", {"email": OWNER, "password": PASSWORD}).status for _ in range(15)} == {201}


def _use(world: World, kind: str, token: str) -> str:
    """Presses the button behind the link; the code of the refusal, or nothing."""
    try:
        if kind == "confirm":
            accounts.confirm(world.ports, token)
        elif kind == "enter":
            sessions.sign_in_by_link(world.ports, token)
        elif kind == "reset":
            accounts.reset_password(world.ports, token, "wharf lantern 19 moss")
        else:
            accounts.join_workspace(world.ports, token, "New One", PASSWORD)
    except Refusal as refusal:
        return refusal.code
    return ""
