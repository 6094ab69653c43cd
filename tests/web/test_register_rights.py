"""What owners and admins may do about people from outside, route by route and person by person."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.app import Person
from tests.support.routes import ROUTES, Sample
from tests.support.sample_chat import Scene, joins_company, played

ALLOWED = range(200, 300)
ROLES: dict[str, Callable[[Scene, Person], Person | None]] = {
    "owner": lambda scene, admin: scene.owner,
    "admin": lambda scene, admin: admin,
    "member": lambda scene, admin: scene.member,
    "outside": lambda scene, admin: scene.guest,
    "other owner": lambda scene, admin: scene.stranger,
    "nobody": lambda scene, admin: None,
}
# Who is in no chat is the admin; the member and the person from outside are in the one that it is about.
OF_WORKSPACE = {
    "member": (403, "role"),
    "outside": (404, "not_found"),
    "other owner": (404, "not_found"),
    "nobody": (401, "not_signed_in"),
}
REFUSED = {
    "GET /workspaces/{workspace}/outside": OF_WORKSPACE,
    "DELETE /workspaces/{workspace}/outside/{guest}": OF_WORKSPACE,
    "GET /workspaces/{workspace}/audit": OF_WORKSPACE,
    "PATCH /chats/{chat}/participants/{guest}": {
        "member": (403, "role"),
        "outside": (403, "members_only"),
        "other owner": (404, "not_found"),
        "nobody": (401, "not_signed_in"),
    },
}
SAMPLES = {sample.name: sample for sample in ROUTES if sample.name in REFUSED}


@pytest.fixture(scope="module")
def looked_after() -> Iterator[tuple[Scene, Person]]:
    with played() as scene:
        yield scene, joins_company(scene.world, scene.owner, "ada@brightwater.example", "Ada Holm", "admin")


@pytest.mark.requirement("A28", "A46")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", REFUSED)
def test_each_route_is_for_whom_it_is_for(looked_after: tuple[Scene, Person], name: str, role: str) -> None:
    scene, admin = looked_after
    with scene.world.kept():
        answer = _call(scene, SAMPLES[name], ROLES[role](scene, admin))
        refusal = REFUSED[name].get(role)
        if refusal:
            assert (answer[0], answer[1]) == refusal
        else:
            assert answer[0] in ALLOWED, answer


# Nobody of the workspace is in it: the owner and the member have left, Dana from outside is there alone.
OF_MEMBERLESS = {
    "member": (404, "not_found"),
    "outside": (403, "members_only"),
    "other owner": (404, "not_found"),
    "nobody": (401, "not_signed_in"),
}
# Whose state is looked at has the right: members are in it, so that there is nothing to take over or close.
WITH_MEMBERS = {
    "owner": (409, "has_members"),
    "admin": (409, "has_members"),
    "member": (403, "role"),
    "outside": (403, "members_only"),
    "other owner": (404, "not_found"),
    "nobody": (401, "not_signed_in"),
}


@pytest.mark.requirement("A28", "A46")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("step", ["take-over", "close"])
def test_a_chat_without_members_is_for_owners_and_admins(
    looked_after: tuple[Scene, Person], step: str, role: str
) -> None:
    scene, admin = looked_after
    person = ROLES[role](scene, admin)
    token = person.token if person else ""
    with scene.world.kept():
        answer = scene.world.call("POST", f"{scene.base}/{step}", token=token)
        assert (answer.status, answer.code) == WITH_MEMBERS[role]
        for member in (scene.member, scene.owner):
            assert member.delete(f"{scene.base}/participants/{member.id}").status == 204
        scene.world.settle()
        answer = scene.world.call("POST", f"{scene.base}/{step}", token=token)
        refusal = OF_MEMBERLESS.get(role)
        assert (answer.status, answer.code_or_none) == (refusal or (200, None)), answer.text


def _call(scene: Scene, sample: Sample, person: Person | None) -> tuple[int, str]:
    answer = scene.world.call(
        sample.method, sample.path_in(scene), sample.body_in(scene), token=person.token if person else ""
    )
    return answer.status, answer.code if answer.status >= 400 else ""
