"""What outlives the stack, as an operator meets it: a first deployment that fails, removing, taking over, restoring, erasing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local import stack
from local.config import CannotStart
from tests.support import aws_cli
from tests.support.cloud import Cloud, account
from tests.support.system import ROOT, System
from tests.support.working_day import OWNER, Person, link_in, sign_in

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
PAGE = ROOT / "docs" / "keeping.md"
KEPT = ("Table", "Files", "LinkKeys", "ReceiptKeys", "VapidKey", "TokenKey")
Json = dict[str, Any]


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with account(tmp_path / "data") as opened:
        yield opened


def test_a_first_deployment_that_failed_in_the_middle_is_simply_repeated(cloud: Cloud) -> None:
    """SES knew the domain, as it does of whoever left the sandbox: the table stayed, and its name was taken for good."""
    cloud.client("sesv2").create_email_identity(EmailIdentity="example.com")
    with pytest.raises(CannotStart, match="already exists"):
        cloud.deploy(cloud.first_parameters(), _with_the_identity_last)
    (left,) = cloud.client("dynamodb").list_tables()["TableNames"]
    assert cloud.client("secretsmanager").list_secrets()["SecretList"] == []
    assert [each["Name"] for each in cloud.client("s3").list_buckets()["Buckets"]] == ["packages"]
    cloud.client("cloudformation").delete_stack(StackName=stack.STACK)
    cloud.client("cloudformation").get_waiter("stack_delete_complete").wait(
        StackName=stack.STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    cloud.deploy({"MailIdentity": "existing"})
    assert cloud.physical("Table") != left


def _with_the_identity_last(template: Json) -> None:
    template["Resources"]["MailSender"]["DependsOn"] = list(KEPT)


def test_the_page_is_walked_from_the_first_command_to_the_last(cloud: Cloud) -> None:
    first = cloud.first_parameters()
    filled = {
        "bucket": "packages",
        "public url": first["PublicUrl"],
        "mail from": first["MailFrom"],
        "mail domain": first["MailDomain"],
        "host": "",
        "certificate": "",
    }
    shell = aws_cli.Shell(cloud.client, cloud.deploy, **filled)
    cloud.deploy(first)
    with cloud.serving() as system:
        token = _invite(system, "anna@keeping.example")
    _walk(shell, "Noting what there is", "Removing the stack")
    assert shell.known["TABLE"] in cloud.client("dynamodb").list_tables()["TableNames"]

    cloud.parameters.clear()
    _walk(shell, "Taking over")
    with cloud.serving() as system:
        assert system.table == shell.known["TABLE"]
        assert _opens(system, token)

    _walk(shell, "Restoring the table")
    with cloud.serving() as system:
        assert system.table == "webtop-chat-restored"
        assert _opens(system, token)
        _invite(system, "cleo@keeping.example")
        assert len(system.mails("anna@keeping.example")) == 1

    _walk(shell, "Removing the stack", "Erasing everything")
    assert cloud.client("dynamodb").list_tables()["TableNames"] == ["webtop-chat-restored"]
    assert [each["Name"] for each in cloud.client("s3").list_buckets()["Buckets"]] == ["packages"]
    assert cloud.client("sesv2").list_email_identities()["EmailIdentities"] == []


def _walk(shell: aws_cli.Shell, *headings: str) -> None:
    for heading in headings:
        for command in aws_cli.commands(PAGE, heading):
            shell.run(command)


def _invite(system: System, email: str) -> str:
    """Whoever owns the seeded workspace invites somebody; the token in the mail that the stream sets off."""
    owner = sign_in(system, OWNER)
    workspace = owner.ask("GET", "/me")["workspaces"][0]["id"]
    owner.ask(
        "POST",
        "/chats",
        {"workspace_id": workspace, "name": "Keeping", "invitees": [{"email": email}, {"email": f"with.{email}"}]},
    )
    return link_in(system.mail(email))


def _opens(system: System, token: str) -> bool:
    shown = Person(system, "").ask("GET", f"/join/{token}")
    return httpx.get(f"{system.app}/join/{token}").is_success and shown["chat"]["name"] == "Keeping"
