"""Sixteen at once, again and again, on transactions that can be trusted: one of them, all of them, none too many. A05, A11."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from local.seeds import PASSWORD
from tests.support.effort import LONG
from tests.support.parallel_callers import PEOPLE, Caller, Crowd, Json, caller, statuses
from tests.support.system import System

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
ROUNDS = 100 if LONG else 20


@pytest.fixture(scope="module")
def owner(system: System) -> Iterator[Caller]:
    item = caller(system)
    answer = item.call("POST", "/sessions", {"email": "owner@enterprise.example", "password": PASSWORD})
    item.token = answer.json()["token"]
    yield item
    item.client.close()


@pytest.fixture(scope="module")
def crowd(system: System, owner: Caller) -> Iterator[Crowd]:
    """Sixteen people with accounts of their own."""
    with ThreadPoolExecutor(PEOPLE) as pool:
        crowd = Crowd(system, pool, [caller(system) for _ in range(PEOPLE)])
        made = _chat(owner, *(f"person{number}@crowd.example" for number in range(PEOPLE)))
        for person, invitation in zip(crowd.callers, made["invitations"], strict=True):
            body = {"name": f"Person {invitation['email'][6:8]}", "password": "plum kettle orbit 42"}
            answer = person.call("POST", f"/join/{crowd.link(invitation)}/account", body)
            assert answer.status_code == 201, answer.text
            person.token = answer.json()["token"]
        yield crowd
        for person in crowd.callers:
            person.client.close()


@pytest.mark.requirement("A05", "A38")
def test_sixteen_accounts_that_take_one_link_at_once_make_one_participant_each_time(
    owner: Caller, crowd: Crowd
) -> None:
    wrong = []
    for number in range(ROUNDS):
        made = _chat(owner, f"race{number}@crowd.example")
        path = f"/join/{crowd.link(made['invitations'][0])}"
        answers = crowd.at_once(lambda person: person.call("POST", path, {"confirm_mismatch": True}))  # noqa: B023
        people = owner.call("GET", f"/chats/{made['chat']['id']}").json()["participants"]
        joined = [person["account_id"] for person in people if person["role"] == "external"]
        told = {(200, ""): 1, (410, "invitation_accepted"): PEOPLE - 1}
        if len(joined) != 1 or statuses(answers) != told:
            wrong.append((number, len(joined), statuses(answers)))
    assert wrong == []


@pytest.mark.requirement("A05", "A06")
def test_one_account_that_takes_its_link_sixteen_times_at_once_succeeds_each_time(owner: Caller, crowd: Crowd) -> None:
    token = crowd.callers[0].token
    for number in range(ROUNDS // 2):
        made = _chat(owner, f"same{number}@crowd.example")
        path = f"/join/{crowd.link(made['invitations'][0])}"
        answers = crowd.at_once(lambda person: _as(person, token).call("POST", path, {"confirm_mismatch": True}))  # noqa: B023
        assert statuses(answers) == {(200, ""): PEOPLE}
        assert {response.json()["chat_id"] for response in answers} == {made["chat"]["id"]}
        assert len(owner.call("GET", f"/chats/{made['chat']['id']}").json()["participants"]) == 2


@pytest.mark.requirement("A05", "A06")
def test_sixteen_sign_ups_by_one_link_make_one_account(owner: Caller, crowd: Crowd) -> None:
    """They are one person with one password, so each may be told the success."""
    made = _chat(owner, "new@crowd.example")
    path, body = (
        f"/join/{crowd.link(made['invitations'][0])}/account",
        {"name": "New", "password": "plum kettle orbit 42"},
    )
    responses = crowd.at_once(lambda person: _as(person, "").call("POST", path, body))
    answers = statuses(responses)
    assert answers[201, ""] >= 1
    assert set(answers) <= {
        (201, ""),
        (409, "account_exists"),
        (410, "invitation_accepted"),
        (429, "too_many_sign_ins"),
    }
    assert len({response.json()["account"]["id"] for response in responses if response.status_code == 201}) == 1
    assert len(owner.call("GET", f"/chats/{made['chat']['id']}").json()["participants"]) == 2


def test_messages_written_at_once_are_numbered_without_gap_or_repeat(owner: Caller, crowd: Crowd) -> None:
    chats = crowd.callers[0].call("GET", "/chats?limit=100").json()["items"]
    chat = next(
        item["id"] for item in chats if len(owner.call("GET", f"/chats/{item['id']}").json()["participants"]) > PEOPLE
    )
    for _ in range(3):
        answers = crowd.at_once(lambda person: person.call("POST", f"/chats/{chat}/messages", {"text": "At once"}))
        assert statuses(answers) == {(201, ""): PEOPLE}
    seqs: list[int] = []
    while page := owner.call("GET", f"/chats/{chat}/messages?after={seqs[-1] if seqs else 0}&limit=100").json()[
        "items"
    ]:
        seqs += [item["seq"] for item in page]
    assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.requirement("A11")
def test_the_cap_of_the_free_plan_is_exact_under_parallel_calls(crowd: Crowd) -> None:
    free = _as(crowd.callers[0], "")
    free.token = free.call("POST", "/sessions", {"email": "owner@free.example", "password": PASSWORD}).json()["token"]
    workspace = free.call("GET", "/me").json()["workspaces"][0]["id"]

    def invite(person: Caller) -> httpx.Response:
        number = crowd.callers.index(person)
        invitees = [{"email": f"free{number}-{item}@crowd.example"} for item in range(3)]
        return _as(person, free.token).call("POST", "/chats", {"workspace_id": workspace, "invitees": invitees})

    answers = statuses(crowd.at_once(invite))
    assert answers == {(201, ""): 6, (429, "mail_cap"): PEOPLE - 6}


@pytest.mark.requirement("A11", "A05")
def test_one_address_invited_by_sixteen_calls_at_once_is_one_invitation(owner: Caller, crowd: Crowd) -> None:
    chat = _chat(owner, "first@crowd.example", "second@crowd.example")["chat"]["id"]
    body = {"invitees": [{"email": "third@crowd.example"}]}
    answers = crowd.at_once(lambda person: _as(person, owner.token).call("POST", f"/chats/{chat}/invitations", body))
    outcomes = [response.json()["results"][0]["outcome"] for response in answers]
    assert sorted(outcomes) == ["already_invited"] * (PEOPLE - 1) + ["invited"]


@pytest.mark.requirement("A39")
def test_sixteen_people_who_sign_in_at_once_all_get_in(crowd: Crowd) -> None:
    def sign_in(person: Caller) -> httpx.Response:
        body = {"email": f"person{crowd.callers.index(person)}@crowd.example", "password": "plum kettle orbit 42"}
        return _as(person, "").call("POST", "/sessions", body)

    assert statuses(crowd.at_once(sign_in)) == {(201, ""): PEOPLE}


@pytest.mark.requirement("A05", "A11")
def test_sixteen_resends_at_once_are_one_more_mail(owner: Caller, crowd: Crowd) -> None:
    made = [_chat(owner, f"again{number}@crowd.example") for number in range(ROUNDS // 10)]
    invitations = [invitation for entry in made for invitation in entry["invitations"]]
    for item in invitations:
        crowd.system.mail(item["email"])
    crowd.system.advance(seconds=660)
    for item in invitations:
        path = f"/chats/{item['chat_id']}/invitations/{item['id']}/resend"
        answers = statuses(crowd.at_once(lambda person: _as(person, owner.token).call("POST", path)))  # noqa: B023
        assert answers[200, ""] == 1
        assert set(answers) <= {(200, ""), (429, "resend_too_soon"), (409, "changed_meanwhile")}
        crowd.system.mail(item["email"], number=2)
    assert {len(crowd.system.mails(invitation["email"])) for invitation in invitations} == {2}


def _chat(owner: Caller, *emails: str) -> Json:
    workspace = owner.call("GET", "/me").json()["workspaces"][0]["id"]
    answer = owner.call(
        "POST", "/chats", {"workspace_id": workspace, "invitees": [{"email": email} for email in emails]}
    )
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def _as(person: Caller, token: str) -> Caller:
    """The same program with another person's token."""
    return Caller(person.client, token)


@pytest.mark.requirement("A38")
def test_everybody_who_writes_at_once_is_heard_once(owner: Caller, crowd: Crowd) -> None:
    """Whoever loses a number to another one gets the next, and nobody is told to come again."""
    people = [f"person{number}@crowd.example" for number in range(PEOPLE)]
    made = _chat(owner, *people)
    for person, invitation in zip(crowd.callers, made["invitations"], strict=True):
        assert person.call("POST", f"/join/{crowd.link(invitation)}", {}).status_code == 200
    path, busy = f"/chats/{made['chat']['id']}/messages", crowd.busy
    for number in range(ROUNDS // 4):
        answers = crowd.at_once(lambda person: person.call("POST", path, {"text": f"Round {number}"}))  # noqa: B023
        assert statuses(answers) == {(201, ""): PEOPLE}
    assert crowd.busy == busy
    items = [
        item for after in (0, 100, 200) for item in owner.call("GET", f"{path}?after={after}&limit=100").json()["items"]
    ]
    assert [item["seq"] for item in items] == list(range(1, len(items) + 1))
    texts = [(item["author"]["account_id"], item["text"]) for item in items if item["kind"] == "text"]
    assert len(set(texts)) == len(texts) == ROUNDS // 4 * PEOPLE
