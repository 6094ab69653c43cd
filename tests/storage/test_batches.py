"""Batches of which DynamoDB takes only a part: the rest is sent again; where it takes no more, nothing is spent."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from tests.support.app import Answer
from tests.support.aws_calls import Calls, answered, throttled, watched
from tests.support.sample_chat import Scene

pytestmark = [pytest.mark.faults, pytest.mark.requirement("A36", "A39")]
INVITEES = [{"email": f"x{number}@acme.example"} for number in range(30)]


def gives_back(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
    """Nothing of the batch is taken, as DynamoDB says where its partition has enough to do."""
    operation = event_name.rpartition(".")[2]
    if operation not in ("BatchWriteItem", "BatchGetItem"):
        return None
    asked = json.loads(str(request.body, "utf-8") if isinstance(request.body, bytes) else "{}")["RequestItems"]
    rest = "UnprocessedItems" if operation == "BatchWriteItem" else "UnprocessedKeys"
    return answered(request, {rest: asked, "Responses": {}})


@contextmanager
def refusing(operation: str, times: int) -> Iterator[Calls]:
    with watched() as calls:
        left = [times]

        def fault(event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
            if not event_name.endswith(operation) or not left[0]:
                return None
            left[0] -= 1
            return gives_back(event_name, request)

        calls.each = fault
        yield calls


def creates(scene: Scene, key: str = "k") -> Answer:
    body = {"workspace_id": scene.workspace, "invitees": INVITEES}
    return scene.owner.post("/chats", body, Idempotency_Key=key)


def spent(scene: Scene) -> int:
    return scene.world.ports.workspaces.mail_quota(scene.workspace).within(scene.world.now())


@pytest.mark.parametrize("operation", ["BatchWriteItem", "BatchGetItem"])
@pytest.mark.parametrize("times", [1, 2, 4])
def test_a_rest_is_sent_again(scene: Scene, operation: str, times: int) -> None:
    before = spent(scene)
    with refusing(operation, times):
        answer = creates(scene)
    assert answer.status == 201, answer.text
    scene.world.settle()
    assert spent(scene) == before + len(INVITEES)
    invitations = scene.owner.get(f"/chats/{answer.json['chat']['id']}/invitations").json["items"]
    assert sorted(invitation["email"] for invitation in invitations) == sorted(invitee["email"] for invitee in INVITEES)


@pytest.mark.parametrize("operation", ["BatchWriteItem", "BatchGetItem"])
def test_a_table_that_takes_nothing_is_busy_and_nothing_is_spent(scene: Scene, operation: str) -> None:
    before = spent(scene)
    with refusing(operation, -1) as calls:
        answer = creates(scene)
    assert (answer.status, answer.code) == (503, "busy")
    assert int(answer.headers["retry-after"]) > 0
    assert calls.count(operation) == 6  # one call and five more, however many items there are
    assert spent(scene) == before
    scene.world.pass_time(minutes=1)
    assert creates(scene).status == 201
    scene.world.settle()
    assert spent(scene) == before + len(INVITEES)
    assert len(scene.world.mails("x7@acme.example")) == 1


def test_an_invitation_that_was_not_stored_spends_nothing(scene: Scene) -> None:
    """The same where more people are invited into a chat, or one once more, in a transaction."""
    before = spent(scene)
    scene.world.pass_time(minutes=11)
    with watched() as calls:
        calls.each = lambda event_name, request: (
            throttled(event_name, request) if event_name.endswith("TransactWriteItems") else None
        )
        invited = scene.owner.post(f"{scene.base}/invitations", {"invitees": INVITEES})
        resent = scene.owner.post(f"{scene.base}/invitations/{scene.invitation}/resend")
    assert (invited.status, invited.code) == (resent.status, resent.code) == (503, "busy")
    assert spent(scene) == before
    assert scene.owner.post(f"{scene.base}/invitations", {"invitees": INVITEES}).status == 201
    assert spent(scene) == before + len(INVITEES)


def test_the_stream_s_batches_come_again(scene: Scene) -> None:
    """Pointers and due work: the record fails, and is whole when it comes again."""
    scene.owner.post(f"{scene.base}/invitations", {"invitees": INVITEES[:2]})
    with refusing("BatchWriteItem", 6):
        scene.world.settle_with_faults()
    assert len(scene.world.ports.invitation_lookup.of_address("x1@acme.example")) == 1
    assert len(scene.world.mails("x1@acme.example")) == 1
