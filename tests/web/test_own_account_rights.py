"""One's own account is one's own: each route, and each person."""

from collections.abc import Iterator

import pytest

from tests.support.routes import ROUTES
from tests.support.sample_chat import Scene, played
from tests.web.test_register_rights import ROLES

OWN = ("GET /me/sessions", "POST /me/email", "POST /me/export", "DELETE /me", "POST /me/keep")
OF_OWNER = ("DELETE /me/sessions/{session}",)
"""About something of the owner's: there for nobody else, whatever their role."""
SAMPLES = {sample.name: sample for sample in ROUTES}


@pytest.fixture(scope="module")
def company() -> Iterator[Scene]:
    with played() as scene:
        yield scene


@pytest.mark.requirement("A28")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", [*OWN, *OF_OWNER])
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
        answer = company.world.call(
            sample.method, sample.path_in(company), sample.body_in(company), token=person.token if person else ""
        )
        if person is None:
            assert (answer.status, answer.code) == (401, "not_signed_in")
        elif name in OF_OWNER and role != "owner":
            assert (answer.status, answer.code) == (404, "not_found")
        else:
            assert answer.status in range(200, 300), answer.text
