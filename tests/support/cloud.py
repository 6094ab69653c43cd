"""The embedded AWS, on which a test deploys as an operator does: names and keys are the stack's own, as in the cloud."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local import __main__ as local_system
from local import aws, child_process, stack
from local.config import LocalConfig, free_ports
from tests.support.system import System

Json = dict[str, Any]
_DOMAIN = "example.com"


@dataclass
class Cloud:
    """An account; `parameters` are those of the last deployment, which the next one keeps."""

    place: LocalConfig
    children: dict[str, local_system.Process]
    parameters: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        return aws.client(self.place, service)

    def deploy(self, parameters: dict[str, str], change: Callable[[Json], None] = lambda template: None) -> None:
        """`aws cloudformation deploy`; raises CannotStart with CloudFormation's reasons."""
        package = local_system.package()
        template = stack.without_what_is_missing(json.loads(package.template.read_text()), self.place)
        change(template)
        given = {name: value for name, value in parameters.items() if name not in ("DomainName", "CertificateArn")}
        self.parameters |= {"Stage": "local", **given}
        stack.create_or_update(self.place, package, template, self.parameters)
        stack.note(self.place, template)

    @contextmanager
    def serving(self) -> Iterator[System]:
        """The application and the playground on what is deployed."""
        started: dict[str, local_system.Process] = {}
        try:
            local_system.serve(self.place, started, warm=False)
            yield System(self.place, started["app"])  # type: ignore[arg-type]
        finally:
            child_process.stop(list(started.values()))

    def first_parameters(self) -> dict[str, str]:
        sender = {"MailFrom": f"invitations@{_DOMAIN}", "MailDomain": _DOMAIN}
        return {"PublicUrl": self.place.application, **sender}

    def physical(self, logical_id: str) -> str:
        answer = self.client("cloudformation").describe_stack_resource(
            StackName=stack.STACK, LogicalResourceId=logical_id
        )
        return str(answer["StackResourceDetail"]["PhysicalResourceId"])


@contextmanager
def account(data: Path) -> Iterator[Cloud]:
    """An AWS account without anything in it."""
    port, playground_port, aws_port = free_ports()
    place = LocalConfig(port=port, playground_port=playground_port, aws_port=aws_port, data=data)
    place.logs.mkdir(parents=True)
    process = aws.start(place)
    try:
        aws.wait(place, process)
        yield Cloud(place, {"aws": process})
    finally:
        child_process.stop([process], patience=20)
