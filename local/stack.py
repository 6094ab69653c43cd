"""Deploys the package to the embedded AWS: the template of the cloud, with the few changes a single machine needs.

Data stays; code and settings are updated, and only when they changed.
"""

import hashlib
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from cloud.package import ROOT, Package
from cloud.template import functions_of
from local import aws
from local.config import ACCOUNT, HOST, CannotStart, LocalConfig
from local.fake_provider import demo
from local.push import endpoints

STACK = "webtop-chat"

_BUCKET = "packages"
_CLOUD_SOCKETS = "wss://${WebsocketAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}"
_MAIL_FROM = "invitations@webtop-chat.example"
MAIL_IN_DOMAIN = "r.webtop-chat.example"
_OVERRIDDEN = (
    "LINK_KEYS",
    "RECEIPT_KEYS",
    "SLACK_",
    "MICROSOFT_",
    "TEAMS_",
    "BOT_",
    "PUSH_HOSTS",
    "VAPID_KEY",
    "MAIL_IN_DOMAIN",
)
_FAILED = ("ROLLBACK", "FAILED")
_NO_EVENT = dict.fromkeys(("version", "account", "region", "detail-type", "source", "time", "id"), "")
_NOTHING: dict[str, dict[str, Any]] = {
    **{key: {"Records": []} for key in ("table_changes", "mail_out")},
    **{key: {**_NO_EVENT, "detail": {}, "resources": []} for key in ("file_arrived", "file_checked")},
}
"""Events of which nothing follows."""

Json = dict[str, Any]


def deploy(config: LocalConfig, package: Package) -> bool:
    """Bring the embedded AWS to what the package holds, as `place.deployment` notes it; True if anything was done."""
    template = for_one_machine(json.loads(package.template.read_text()), config)
    parameters = _parameters(config)
    made_of = json.dumps([template, parameters, _digests(package)], sort_keys=True)
    fingerprint = hashlib.sha256(made_of.encode()).hexdigest()
    if config.deployed().get("fingerprint") == fingerprint and _status(aws.client(config, "cloudformation")):
        return False
    create_or_update(config, package, template, parameters)
    note(config, template, fingerprint)
    return True


def warm(config: LocalConfig) -> None:
    """Start the workers on the way to a mailbox and to a file's check, so that the first mail and file are as quick as the next."""
    functions = config.deployed()["functions"]
    with ThreadPoolExecutor() as pool:
        for name, event in _NOTHING.items():
            payload = json.dumps(event).encode()
            pool.submit(aws.client(config, "lambda").invoke, FunctionName=functions[name], Payload=payload)


def for_one_machine(template: Json, config: LocalConfig) -> Json:
    """The template with names that stay, and with the settings that the shell overrides."""
    local = without_what_is_missing(template, config)
    # Names that `chalice local` knows too, and that data of earlier runs have.
    local["Resources"]["Table"]["Properties"]["TableName"] = STACK
    local["Resources"]["Files"]["Properties"]["BucketName"] = f"{STACK}-files-{ACCOUNT}"
    # The keys that `chalice local` has too, so that both open the same links.
    settings = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]["local"]["environment_variables"]
    overrides = {name: value for name, value in os.environ.items() if name.startswith(_OVERRIDDEN)}
    overrides = {**demo.environment(config), **endpoints.environment(config), **overrides}
    overrides.setdefault("LINK_KEYS", settings["LINK_KEYS"])
    overrides.setdefault("MAIL_IN_DOMAIN", MAIL_IN_DOMAIN)
    for function in functions_of(local).values():
        variables = function["Environment"]["Variables"]
        variables.update(overrides if "TABLE_NAME" in variables else {})
    return local


def without_what_is_missing(template: Json, config: LocalConfig) -> Json:
    """The template without what ministack doesn't have, and with sockets and files at this machine."""
    local: Json = json.loads(
        json.dumps(template).replace(
            _CLOUD_SOCKETS, f"ws://{HOST}:{config.aws_port}/_aws/execute-api/${{WebsocketAPI}}"
        )
    )
    resources = local["Resources"]
    resources.pop("FileScan")  # ministack has no GuardDuty; `local/embedded/scanner.py` plays it
    resources.pop("FilesPolicy")  # TLS only, and there is none on one machine
    for name in ("MailInRules", "MailInRule", "MailInPermission"):
        resources.pop(name)  # ministack receives no mail; the playground puts it where SES would
    for name in ("MailInExchanger", "ActivateMailIn"):
        local["Outputs"].pop(name)
    stage = resources["WebsocketAPIStage"]["Properties"]
    resources.pop(stage.pop("DeploymentId")["Ref"])  # ministack deploys by itself
    stage["AutoDeploy"] = True
    for function in functions_of(local).values():
        function["Environment"]["Variables"]["FILES_URL"] = config.aws
    return local


def create_or_update(config: LocalConfig, package: Package, template: Json, parameters: dict[str, str]) -> None:
    """Upload the package and bring the stack to this template; raises CannotStart with CloudFormation's reasons."""
    template, code = json.loads(json.dumps(template)), _digests(package)
    for function in functions_of(template).values():
        function["CodeUri"] = f"s3://{_BUCKET}/{code[Path(function['CodeUri']).name]}.zip"
    zips = {f"{code[path.name]}.zip": path.read_bytes() for path in (package.zip, package.pictures)}
    _upload(config, {**zips, "template.json": json.dumps(template).encode()})
    _create_or_update(config, parameters)


def _digests(package: Package) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (package.zip, package.pictures)}


def _parameters(config: LocalConfig) -> dict[str, str]:
    mail_from = os.environ.get("MAIL_FROM") or _MAIL_FROM
    return {
        "Stage": "local",
        "PublicUrl": os.environ.get("PUBLIC_URL") or config.application,
        "MailFrom": mail_from,
        "MailDomain": mail_from.rstrip(">").rpartition("@")[2],
    }


def _upload(config: LocalConfig, files: dict[str, bytes]) -> None:
    s3 = aws.client(config, "s3")
    s3.create_bucket(Bucket=_BUCKET)
    for old in s3.list_objects_v2(Bucket=_BUCKET).get("Contents", []):
        s3.delete_object(Bucket=_BUCKET, Key=old["Key"])
    for name, content in files.items():
        s3.put_object(Bucket=_BUCKET, Key=name, Body=content)


def _create_or_update(config: LocalConfig, parameters: dict[str, str]) -> None:
    cloudformation = aws.client(config, "cloudformation")
    existing = _status(cloudformation) is not None
    try:
        (cloudformation.update_stack if existing else cloudformation.create_stack)(
            StackName=STACK,
            TemplateURL=f"{config.aws}/{_BUCKET}/template.json",
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    except ClientError as error:
        if "No updates" not in str(error):
            raise
    _wait(config, cloudformation)


def _status(cloudformation: Any) -> str | None:
    try:
        (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    except ClientError:
        return None
    return str(stack["StackStatus"])


def _wait(config: LocalConfig, cloudformation: Any, patience: float = 120) -> None:
    deadline = time.monotonic() + patience
    while (status := _status(cloudformation) or "gone").endswith("IN_PROGRESS") and time.monotonic() < deadline:
        time.sleep(0.05)
    if not status.endswith("COMPLETE") or any(word in status for word in _FAILED):
        pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=STACK)
        events = [event for page in pages for event in page["StackEvents"]]
        reasons = {event.get("ResourceStatusReason", "") for event in events if "FAILED" in event["ResourceStatus"]}
        raise CannotStart(f"The stack is {status}: {'; '.join(sorted(reasons))}. {config.logs / 'aws.log'} says more.")


def note(config: LocalConfig, template: Json, fingerprint: str = "") -> None:
    """Write down what is deployed, for the other processes."""
    cloudformation = aws.client(config, "cloudformation")
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    physical = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
    (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    names = {_short(function["Handler"]): physical[name] for name, function in functions_of(template).items()}
    configuration = aws.client(config, "lambda").get_function_configuration(FunctionName=names["api"])
    deployed = {
        "fingerprint": fingerprint,
        "functions": names,
        "outputs": {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]},
        "environment": configuration["Environment"]["Variables"],
    }
    _write(config.deployment, json.dumps(deployed, indent=1))


def _short(handler: str) -> str:
    """What people call a function: the name it has in `app.py`."""
    name = handler.rpartition(".")[2]
    return "api" if name == "app" else name


def _write(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text)
    unfinished.replace(path)
