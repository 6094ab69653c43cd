"""How many calls to AWS each route makes: pinned, so that a new one is a decision and not an accident."""

from collections import Counter

import pytest

from tests.calls import Calls, watched
from tests.scenes import GUEST, INVITED, OWNER, Scene
from tests.web.routes import NOBODY, ROUTES, Sample
from tests.world import PASSWORD, World

# Two of them are the session and the account it is of, read together; one more each for what the route is about.
CALLS = {
    "POST /accounts": "TransactWriteItems PutItem",
    "POST /sessions": "TransactWriteItems GetItem GetItem TransactWriteItems PutItem",
}


@pytest.mark.parametrize("sample", ROUTES, ids=lambda one: one.name)
def test_the_calls_of_a_route(scene: Scene, sample: Sample) -> None:
    scene.world.pass_time(minutes=11)
    caller = scene.stranger if sample.path == "/join/{token}" else scene.owner
    body = {"confirm_mismatch": True} if sample.name == "POST /join/{token}" else sample.body_in(scene)
    token = "" if sample.open_to_all else caller.token
    with watched() as calls:
        answer = scene.world.call(sample.method, sample.path_in(scene), body, token=token)
    assert answer.status < 300, answer.text
    assert " ".join(calls.made) == CALLS[sample.name]
