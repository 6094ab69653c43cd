"""Least privilege, proven: on one machine IAM is enforced as in the cloud, and what is never used isn't granted."""

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from local import aws
from local.config import REGION
from tests.support import working_day
from tests.support.rights import granted
from tests.support.system import ROOT, System, running

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
BY_LAMBDA_ITSELF = {
    "table_changes": {
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    },
    "mail_out": {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"},
    "relay": {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"},
    "push_out": {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"},
    "hourly": {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"},
    "mail_feedback": {"sqs:SendMessage"},  # sets aside what failed
    "file_arrived": {"sqs:SendMessage"},
    "file_checked": {"sqs:SendMessage"},
    "mail_in": {"sqs:SendMessage"},
}
"""What Lambda does with the function's role, out of sight: reading its source, setting aside."""
SELDOM = {
    "hourly": {"sqs:ChangeMessageVisibility"},  # nothing that is due fails on this day
    "mail_out": {"ses:SendRawEmail"},  # SES asks for this one too where the content is raw
    "socket_message": {"dynamodb:DeleteItem", "dynamodb:PutItem"},  # the socket of somebody else is gone
    "api": {"kms:Encrypt", "kms:Decrypt"},  # on one machine tokens are sealed by a key of its own
    "relay": {"kms:Decrypt"},  # and opened by it
}
"""Right, but not seen on one machine."""


@pytest.fixture(scope="module")
def after_a_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("rights") / "data") as system:
        working_day.live(system)
        yield system


@pytest.fixture(scope="module", params=sorted(path.stem for path in (ROOT / "policies").glob("*.json")))
def function(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_function_uses_all_it_may_and_asks_for_nothing_else(after_a_day: System, function: str) -> None:
    config = after_a_day.place
    used = aws.rights_used(config).get(config.deployed()["functions"][function], {})
    assert not [action for action, count in used.items() if count["refused"]]
    hidden = LOG | BY_LAMBDA_ITSELF.get(function, set()) | SELDOM.get(function, set())
    assert granted(function) - hidden == set(used) - hidden
    assert hidden - LOG <= granted(function)


def test_what_no_policy_names_is_refused(after_a_day: System) -> None:
    config = after_a_day.place
    rights = aws.credentials(config, config.deployed()["functions"]["hourly"])
    keys = {f"aws_{name.removeprefix('AWS_').lower()}": value for name, value in rights.items()}
    session: Any = botocore.session.get_session()
    table = session.create_client("dynamodb", region_name=REGION, endpoint_url=config.aws, **keys)
    with pytest.raises(ClientError, match="AccessDenied"):
        table.scan(TableName=after_a_day.table)
