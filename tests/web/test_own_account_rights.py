"""One's own account is one's own: each route, and each person."""

from collections.abc import Iterator

import pytest

from tests.support.app import Answer, Person
from tests.support.picture_samples import png
from tests.support.routes import ROUTES, Sample
from tests.support.sample_chat import Scene, played
from tests.web.test_register_rights import ROLES

OWN = (
    "GET /me",
    "PATCH /me",
    "GET /me/sessions",
    "POST /me/email",
    "POST /me/export",
    "PUT /me/picture",
    "DELETE /me/picture",
    "DELETE /me",
    "POST /me/keep",
)
OF_OWNER = ("DELETE /me/sessions/{session}",)
"""About something of the owner's: there for nobody else, whatever their role."""
OF_KNOWN = ("GET /people/{member}/pictures/{picture}",)
"""About a member: there for whoever shares the workspace, or a chat, with them."""
SAMPLES = {sample.name: sample for sample in ROUTES}


@pytest.fixture(scope="module")
def company() -> Iterator[Scene]:
    with played() as scene:
        yield scene


@pytest.mark.requirement("A28")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", [*OWN, *OF_OWNER, *OF_KNOWN])
def test_each_route_is_for_its_own_account(company: Scene, name: str, role: str) -> None:
    sample = SAMPLES[name]
    with company.world.kept():
        admin = company.member
        assert (
            company.owner.patch(f"/workspaces/{company.workspace}/members/{admin.id}", {"role": "admin"}).status == 200
        )
        if role == "member":
            company.owner.patch(f"/workspaces/{company.workspace}/members/{admin.id}", {"role": "member"})
        if name == "DELETE /me" and role == "owner":  # who is the last one names another first
            company.owner.patch(f"/workspaces/{company.workspace}/members/{admin.id}", {"role": "owner"})
        person = ROLES[role](company, admin)
        answer = _asked(company, sample, person)
        if person is None:
            assert (answer.status, answer.code) == (401, "not_signed_in")
        elif (name in OF_OWNER and role != "owner") or (name in OF_KNOWN and role == "other owner"):
            assert (answer.status, answer.code) == (404, "not_found")
        else:
            assert answer.status in range(200, 300), answer.text


def _asked(company: Scene, sample: Sample, person: Person | None) -> Answer:
    token = person.token if person else ""
    if not sample.takes_file:
        return company.world.call(sample.method, sample.path_in(company), sample.body_in(company), token=token)
    headers = {"Content-Type": "image/png"} | ({"Authorization": f"Bearer {token}"} if token else {})
    return company.world.request(sample.method, f"/api/v1{sample.path_in(company)}", png(64, 64), headers)


@pytest.mark.requirement("A28")
@pytest.mark.parametrize("role", ROLES)
def test_nobody_changes_another_account_by_a_route_of_ones_own(company: Scene, role: str) -> None:
    """What one sets stands in one's own account alone."""
    with company.world.kept():
        everybody = {who: getattr(company, who) for who in ("owner", "member", "guest", "stranger")}
        before = {who: person.get("/me").json["account"] for who, person in everybody.items()}
        person = ROLES[role](company, company.member)
        company.world.call("PATCH", "/me", {"name": "Somebody Else"}, token=person.token if person else "")
        after = {who: each.get("/me").json["account"] for who, each in everybody.items()}
        changed = [who for who in everybody if before[who] != after[who]]
        assert changed == [who for who, each in everybody.items() if person and each.id == person.id]
