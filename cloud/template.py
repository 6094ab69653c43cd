"""The CloudFormation template: what `chalice package` writes, `.chalice/resources.json` merged in, finished here.

Chalice can't say some things: references in environment variables, a stream that the same template makes,
partial batch answers, set-aside queues, the gateway's own answers, alarms for each function.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from chalicelib.storage import changes
from cloud import answers, existing, gateway, pictures, watch
from cloud.bundle import RUNTIME

Json = dict[str, Any]
DUE_WORKERS = 80
"""Enough for a million invitations a day, each task within five minutes, as `python -m bench due` counts."""
ROOT = Path(__file__).resolve().parent.parent


def write(root: Path, out: Path, stage: str, architecture: str = "x86_64") -> None:
    """Write the finished template of a Chalice stage to `out`."""
    template = finish(_from_chalice(root, stage))
    run_on(template, architecture)
    out.write_text(json.dumps(template, indent=1, sort_keys=True) + "\n")


def finish(template: Json) -> Json:
    """What Chalice wrote, completed; see each step for why."""
    functions = functions_of(template)
    for properties in functions.values():
        properties["Runtime"] = f"python{RUNTIME}"
        properties["CodeUri"] = "./deployment.zip"
        properties["Environment"] = {"Variables": _environment(properties["Environment"]["Variables"])}
        properties.pop("Tags", None)
    _finish_table_changes(functions["TableChanges"])
    _finish_mail_out(functions["MailOut"])
    _finish_relay(functions["Relay"])
    _finish_push_out(functions["PushOut"])
    _finish_hourly(functions["Hourly"])
    _finish_mail_feedback(functions["MailFeedback"])
    _finish_mail_in(functions["MailIn"])
    _finish_files(functions["FileArrived"], functions["FileChecked"])
    # Chalice writes this one with a name that the function doesn't have in the end.
    template["Resources"]["ApiHandlerLogGroup"]["Properties"]["LogGroupName"]["Fn::Sub"] = "/aws/lambda/${APIHandler}"
    rest_api = template["Resources"]["RestAPI"]["Properties"]
    # Bytes pass as they are, in and out: API Gateway looks at the first type of a browser's Accept alone.
    rest_api["DefinitionBody"]["x-amazon-apigateway-binary-media-types"] = ["*/*"]
    answers.add_to(rest_api)
    gateway.add_to(template)
    pictures.add_to(template, ROOT)
    watch.add_to(template, sorted(functions_of(template)))
    existing.add_to(template)
    return template


def run_on(template: Json, architecture: str) -> None:
    """Every function on this one of Lambda's processors, as the zips' wheels are for it."""
    for properties in functions_of(template).values():
        properties["Architectures"] = [architecture]


def functions_of(template: Json) -> dict[str, Json]:
    """The properties of each Lambda function, by logical id."""
    resources: Json = template["Resources"]
    return {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def _from_chalice(root: Path, stage: str) -> Json:
    """Run Chalice on the source without its requirements: `bundle` makes the zip, Chalice only the template."""
    with tempfile.TemporaryDirectory() as name:
        project = Path(name)
        (project / ".chalice").mkdir()
        for part in ("app.py", "chalicelib", "policies", ".chalice/config.json"):
            (project / part).symlink_to(root / part)
        command = [sys.executable, "-W", "ignore", "-c", "import sys; from chalice.cli import main; sys.exit(main())"]
        command += ["--project-dir", name, "package", "--stage", stage, "--template-format", "json"]
        command += ["--merge-template", str(root / ".chalice" / "resources.json"), str(project / "out")]
        somewhere = {
            **os.environ,
            "AWS_DEFAULT_REGION": "us-east-1",
            "PACKAGED_BY": "make package",
        }  # Chalice asks for a region; no output depends on it
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=somewhere)
        if done.returncode:
            raise SystemExit(f"chalice package failed:\n{done.stdout}{done.stderr}")
        template: Json = json.loads((project / "out" / "sam.json").read_text())
        return template


def _environment(variables: dict[str, str]) -> Json:
    """Variables of `.chalice/config.json` with their references resolved; an empty one isn't set in a deployment."""
    return {name: _value(value) for name, value in variables.items() if value}


def _value(written: str) -> Any:
    kind, _, rest = written.partition(":")
    match kind:
        case "ref":
            return {"Ref": rest}
        case "sub":
            return {"Fn::Sub": rest}
        case "secret":
            return {"Fn::Sub": f"{{{{resolve:secretsmanager:${{{rest}}}:SecretString}}}}"}
        case "provider":
            secret = {"Fn::Sub": f"{{{{resolve:secretsmanager:${{ProviderSecrets}}:SecretString:{rest}}}}}"}
            return {"Fn::If": ["HasProviders", secret, ""]}
        case _:
            return written


def _finish_table_changes(function: Json) -> None:
    """The stream is the outbox: a record that can't be handled is in the dead-letter queue and doesn't block the rest for ever.

    Records of no interest, which are most, wake nobody.
    """
    _only_event(function).update(
        Stream={"Fn::GetAtt": ["Table", "StreamArn"]},
        StartingPosition="TRIM_HORIZON",
        FilterCriteria={
            "Filters": [{"Pattern": json.dumps(pattern, sort_keys=True)} for pattern in changes.patterns()]
        },
        FunctionResponseTypes=["ReportBatchItemFailures"],
        BisectBatchOnFunctionError=True,
        # One partition after the other, as ever; a chat of many people holds up others less.
        ParallelizationFactor=4,
        MaximumRetryAttempts=20,
        MaximumRecordAgeInSeconds=21600,
        DestinationConfig={"OnFailure": {"Type": "SQS", "Destination": {"Fn::GetAtt": ["ChangesSetAside", "Arn"]}}},
    )


def _finish_mail_out(function: Json) -> None:
    _only_event(function).update(
        Queue={"Fn::GetAtt": ["MailQueue", "Arn"]},
        FunctionResponseTypes=["ReportBatchItemFailures"],
        # SES gives a new account 14 mails a second. One mail takes about 150 ms, most of it waiting for the table and SES, so
        # two workers send some 13; what is throttled all the same is put back.
        ScalingConfig={"MaximumConcurrency": 2},
    )


def _finish_relay(function: Json) -> None:
    """First in, first out for each destination; a failure holds back its own destination and no other."""
    _only_event(function).update(
        Queue={"Fn::GetAtt": ["RelayQueue", "Arn"]},
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )


def _finish_push_out(function: Json) -> None:
    _only_event(function).update(
        Queue={"Fn::GetAtt": ["PushQueue", "Arn"]},
        FunctionResponseTypes=["ReportBatchItemFailures"],
        # One push takes some 100 ms, most of it waiting for its service: ten workers bring some hundred a second.
        ScalingConfig={"MaximumConcurrency": 10},
    )


def _finish_hourly(function: Json) -> None:
    """Chalice gives a function one source alone, and this one does what is due whoever says so: the clock, or its queue.

    One minute past the hour: what is due when it is full is written by then, and pushes of that moment are out.
    """
    function["Events"] = {
        "Hour": {"Type": "Schedule", "Properties": {"Schedule": "cron(1 * * * ? *)"}},
        "Due": {
            "Type": "SQS",
            "Properties": {
                "Queue": {"Fn::GetAtt": ["DueQueue", "Arn"]},
                "BatchSize": 4,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
                "ScalingConfig": {"MaximumConcurrency": DUE_WORKERS},
            },
        },
    }


def _finish_mail_feedback(function: Json) -> None:
    _only_event(function)["Topic"] = {"Ref": "MailFeedbackTopic"}
    function["EventInvokeConfig"] = {
        "MaximumRetryAttempts": 2,
        "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": {"Fn::GetAtt": ["FeedbackSetAside", "Arn"]}}},
    }


def _finish_mail_in(function: Json) -> None:
    """SES invokes it by the receipt rule, without waiting for it."""
    function["EventInvokeConfig"] = {
        "MaximumRetryAttempts": 2,
        "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": {"Fn::GetAtt": ["MailInSetAside", "Arn"]}}},
    }


def _finish_files(arrived: Json, checked: Json) -> None:
    """Bytes came; and then what looking at them came to: GuardDuty's word, or where nobody looks, that they lie there."""
    _only_event(arrived)["Pattern"] = _created("in/")
    (event,) = checked["Events"].values()
    scanned = {
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Malware Protection Object Scan Result"],
        "detail": {"s3ObjectDetails": {"bucketName": [{"Ref": "Files"}]}},
    }
    checked["Events"] = {
        "Scanned": {**event, "Properties": {"Pattern": scanned, "State": _on("ScansFiles")}},
        "Unscanned": {**event, "Properties": {"Pattern": _created("f/"), "State": _on("ScansNothing")}},
    }
    for function in (arrived, checked):
        function["EventInvokeConfig"] = {
            "MaximumRetryAttempts": 2,
            "DestinationConfig": {
                "OnFailure": {"Type": "SQS", "Destination": {"Fn::GetAtt": ["FilesSetAside", "Arn"]}}
            },
        }


def _created(prefix: str) -> Json:
    return {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [{"Ref": "Files"}]}, "object": {"key": [{"prefix": prefix}]}},
    }


def _on(condition: str) -> Json:
    return {"Fn::If": [condition, "ENABLED", "DISABLED"]}


def _only_event(function: Json) -> Json:
    (event,) = function["Events"].values()
    properties: Json = event["Properties"]
    return properties
