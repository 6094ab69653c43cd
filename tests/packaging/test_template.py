"""The template: what the cloud gets, and that nothing in it is wider or plainer than it must be."""

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.changes import SendingChanged
from chalicelib.storage import changes
from chalicelib.usecases import reports
from cloud import bundle, existing, pictures
from cloud.package import ROOT, Package
from cloud.template import functions_of, run_on

Json = dict[str, Any]
POLICIES = sorted((ROOT / "policies").glob("*.json"))
SECRET = ("SECRET", "KEYS")
FILES = {"Fn::If": ["MakesFiles", {"Ref": "Files"}, {"Ref": "ExistingFiles"}]}


@pytest.mark.slow
def test_cfn_lint_finds_nothing(package: Package) -> None:
    lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([lint, package.template], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_every_function_has_a_policy_of_its_own(template: Json) -> None:
    roles = [json.dumps(function["Role"]) for function in functions_of(template).values()]
    assert len(set(roles)) == len(roles) == len(POLICIES)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_policy_names_actions_and_resources(path: Path) -> None:
    for statement in json.loads(path.read_text())["Statement"]:
        assert not [action for action in statement["Action"] if "*" in action]
        assert statement["Resource"] not in ("*", ["*"])


def test_only_the_mail_function_may_send_mail() -> None:
    senders = {path.stem for path in POLICIES if "ses:" in path.read_text()}
    assert senders == {"mail_out"}


def test_mail_may_go_to_recipients_that_ses_knows_too_but_only_from_our_sender() -> None:
    """In the sandbox SES asks for a right to the recipient's identity as well: the first sign-up failed without a word."""
    statements = json.loads((ROOT / "policies" / "mail_out.json").read_text())["Statement"]
    (sending,) = (each for each in statements if "ses:SendEmail" in each["Action"])
    assert "identity/*" in json.dumps(sending["Resource"])
    assert "ses:FromAddress" in json.dumps(sending["Condition"])


def test_bytes_pass_the_gateway_as_they_are(template: Json) -> None:
    """API Gateway looks at the first type of a browser's Accept alone: icons came as base64 text."""
    definition = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    assert definition["x-amazon-apigateway-binary-media-types"] == ["*/*"]


def test_a_chat_of_many_people_does_not_hold_up_the_others(template: Json) -> None:
    (event,) = functions_of(template)["TableChanges"]["Events"].values()
    assert event["Properties"]["ParallelizationFactor"] >= 4


def test_no_secret_stands_in_the_template(template: Json) -> None:
    for function in functions_of(template).values():
        for name, value in function["Environment"]["Variables"].items():
            if any(word in name for word in SECRET):
                assert "{{resolve:secretsmanager:" in json.dumps(value), name


def test_every_stage_knows_every_setting(stages: Json) -> None:
    assert set(stages) == {"local", "dev", "prod"}
    assert len({tuple(sorted(stage["environment_variables"])) for stage in stages.values()}) == 1
    assert stages["dev"] == stages["prod"]
    assert stages["local"]["lambda_functions"] == stages["prod"]["lambda_functions"]


def test_settings_of_the_machine_come_from_its_shell_alone(stages: Json) -> None:
    """Chalice lets a stage's setting win over the shell's; and these two must never be deployed."""
    for stage in stages.values():
        assert not {"CLOCK_FILE", "AWS_ENDPOINT_URL"} & set(stage["environment_variables"])


def test_the_documentation_names_every_setting_and_parameter(stages: Json, template: Json) -> None:
    told = (ROOT / "docs" / "configuration.md").read_text()
    settings = {*stages["prod"]["environment_variables"], "CLOCK_FILE", "AWS_ENDPOINT_URL"}
    assert not [name for name in sorted(settings | set(template["Parameters"])) if f"`{name}`" not in told]


def test_the_table_has_no_index_and_is_kept(template: Json) -> None:
    table = template["Resources"]["Table"]
    assert not {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"} & set(table["Properties"])
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"]["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_what_outlives_the_stack_has_no_name_of_ours_and_goes_with_a_first_deployment_that_fails(
    template: Json,
) -> None:
    """The table had the stack's name, was retained and protected: whoever failed once couldn't deploy again."""
    resources = template["Resources"]
    kept = {name: each for name, each in resources.items() if each.get("DeletionPolicy") and "Gateway" not in name}
    assert set(kept) == {*existing.KEPT, "MailSender"}
    assert {each["UpdateReplacePolicy"] for each in kept.values()} == {"Retain"}
    policies = {name: each["DeletionPolicy"] for name, each in kept.items()}
    assert policies.pop("Table") == "Retain"  # protected, it couldn't be taken back
    assert set(policies.values()) == {"RetainExceptOnCreate"}
    for name in existing.KEPT:
        assert not {"TableName", "BucketName", "Name", "AliasName"} & set(kept[name]["Properties"]), name


def test_what_outlives_the_stack_is_nowhere_named_but_by_way_of_its_parameter(template: Json) -> None:
    named = list(_names_of_kept([template["Resources"], template["Outputs"]]))
    assert named == []
    text = json.dumps(template)
    for name, kept in existing.KEPT.items():
        assert f'["Makes{name}", ' in text
        assert template["Parameters"][kept.parameter]["Default"] == ""
        assert template["Resources"][name]["Condition"] == f"Makes{name}"


def _names_of_kept(value: Any) -> Iterator[str]:
    match value:
        case {"Fn::If": [str(condition), _, otherwise]} if condition.removeprefix("Makes") in existing.KEPT:
            yield from _names_of_kept(otherwise)
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]} if name in existing.KEPT:
            yield name
        case str() if re.search(rf"\$\{{({'|'.join(existing.KEPT)})[.}}]", value):
            yield value
        case dict():
            yield from (name for each in value.values() for name in _names_of_kept(each))
        case list():
            yield from (name for each in value for name in _names_of_kept(each))


def test_the_stream_and_the_queue_take_partial_answers_and_set_aside(template: Json) -> None:
    functions = functions_of(template)
    for name in ("TableChanges", "MailOut"):
        (event,) = functions[name]["Events"].values()
        assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    (stream,) = functions["TableChanges"]["Events"].values()
    assert stream["Properties"]["DestinationConfig"]["OnFailure"]["Destination"] == {
        "Fn::GetAtt": ["ChangesSetAside", "Arn"]
    }
    assert "RedrivePolicy" in template["Resources"]["MailQueue"]["Properties"]


def test_a_mail_stays_hidden_for_six_times_as_long_as_its_function_may_run(template: Json) -> None:
    timeout = functions_of(template)["MailOut"]["Timeout"]
    assert template["Resources"]["MailQueue"]["Properties"]["VisibilityTimeout"] >= 6 * timeout


def test_due_work_comes_by_the_clock_and_by_its_queue_and_again_within_five_minutes(template: Json) -> None:
    function, queue = functions_of(template)["Hourly"], template["Resources"]["DueQueue"]["Properties"]
    hour, due = (function["Events"][name]["Properties"] for name in ("Hour", "Due"))
    assert hour["Schedule"] == "cron(1 * * * ? *)"
    assert due["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert due["Queue"] == {"Fn::GetAtt": ["DueQueue", "Arn"]}
    # Lambda takes no queue that shows a message again while its function may still run.
    assert function["Timeout"] <= queue["VisibilityTimeout"]
    assert queue["VisibilityTimeout"] * 3 < 300
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["DueSetAside", "Arn"]}


def test_the_api_answers_within_the_29_seconds_of_its_gateway(template: Json) -> None:
    assert functions_of(template)["APIHandler"]["Timeout"] < 29


def test_an_unknown_path_is_answered_like_every_refusal(template: Json) -> None:
    definition = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    answers = definition["x-amazon-apigateway-gateway-responses"]
    unknown = answers["MISSING_AUTHENTICATION_TOKEN"]
    assert unknown["statusCode"] == 404
    assert unknown["responseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    assert json.loads(unknown["responseTemplates"]["application/json"])["code"] == "not_found"
    assert {answer["statusCode"] for answer in answers.values()} <= {400, 403, 404, 413, 415, 429, 503}


def test_everything_set_aside_raises_an_alarm(template: Json) -> None:
    resources = template["Resources"]
    queues = {name for name in resources if name.endswith("SetAside")}
    assert {f"{name}Alarm" for name in queues} <= set(resources)


def test_an_inviter_who_was_stopped_rings_the_alarm(template: Json, caplog: pytest.LogCaptureFixture) -> None:
    """The line that the function writes is the line that the filter looks for, in that function's own log."""
    resources = template["Resources"]
    counted = resources["SendingPausedFilter"]["Properties"]
    with caplog.at_level(logging.ERROR):
        reports.watch(SendingChanged("a" * 16, is_paused=True, by_operator=False, at=datetime.now(UTC)))
    assert counted["FilterPattern"].strip('"') in caplog.messages[0]
    assert counted["LogGroupName"] == {"Ref": "TableChangesLogGroup"}
    assert resources["TableChangesLogGroup"]["Properties"]["LogGroupName"] == {"Fn::Sub": "/aws/lambda/${TableChanges}"}
    (metric,) = counted["MetricTransformations"]
    alarm = resources["SendingPausedAlarm"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (metric["MetricNamespace"], metric["MetricName"])
    assert (alarm["Threshold"], "Dimensions" in alarm) == (1, False)


def test_everything_that_waits_is_watched_by_its_age_or_is_set_aside(template: Json) -> None:
    resources = template["Resources"]
    queues = {name for name, each in resources.items() if each["Type"] == "AWS::SQS::Queue"}
    aged = {
        dimension["Value"]["Fn::GetAtt"][0]
        for each in resources.values()
        if each["Type"] == "AWS::CloudWatch::Alarm"
        for dimension in each["Properties"].get("Dimensions", [])
        if each["Properties"]["MetricName"] == "ApproximateAgeOfOldestMessage"
    }
    assert {name for name in queues if not name.endswith("SetAside")} <= aged


def test_all_functions_run_on_the_processor_that_their_zips_are_made_for(template: Json) -> None:
    assert {tuple(each["Architectures"]) for each in functions_of(template).values()} == {("x86_64",)}
    other = json.loads(json.dumps(template))
    run_on(other, "arm64")
    assert {tuple(each["Architectures"]) for each in functions_of(other).values()} == {("arm64",)}
    for target in (bundle.LAMBDA, pictures.LAMBDA):
        platforms = bundle.on_architecture(target, "arm64").platforms
        assert [name for name in platforms if not name.endswith("_aarch64")] == []
        assert len(platforms) == len(target.platforms)
        assert bundle.on_architecture(target, "x86_64") == target


def test_make_package_refuses_a_processor_that_lambda_does_not_have() -> None:
    environment = {**os.environ, "ARCHITECTURE": "aarch64"}
    command = [sys.executable, "-m", "cloud"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "x86_64 and arm64" in done.stderr


def test_records_of_no_interest_wake_nobody(template: Json) -> None:
    (event,) = functions_of(template)["TableChanges"]["Events"].values()
    written = [json.loads(item["Pattern"]) for item in event["Properties"]["FilterCriteria"]["Filters"]]
    assert written == changes.patterns()


def test_the_bucket_of_files_is_private_encrypted_and_tidies_up(template: Json) -> None:
    bucket = template["Resources"]["Files"]
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["Properties"]["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert "BucketEncryption" in bucket["Properties"]
    rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    assert [(rule["Prefix"], rule["ExpirationInDays"]) for rule in rules] == [
        ("in/", 1),
        ("s/", 1),
        ("x/", 2),
        ("mail/", 3),
    ]
    (cors,) = bucket["Properties"]["CorsConfiguration"]["CorsRules"]
    assert cors["AllowedOrigins"] == [{"Ref": "PublicUrl"}]
    statement, mail = template["Resources"]["FilesPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    condition, allowed, _ = mail["Fn::If"]
    assert (condition, allowed["Action"]) == ("ReceivesMail", "s3:PutObject")
    assert allowed["Resource"]["Fn::Sub"][0] == "${FilesArn}/mail/*"
    assert set(allowed["Condition"]["StringEquals"]) == {"aws:SourceAccount", "aws:SourceArn"}


def test_mail_is_received_where_a_domain_is_given_scanned_and_first_put_into_the_bucket(template: Json) -> None:
    assert template["Parameters"]["MailInDomain"]["Default"] == ""
    resources = template["Resources"]
    for name in ("MailInRule", "MailInPermission"):
        assert resources[name]["Condition"] == "ReceivesMail"
    rule = resources["MailInRule"]["Properties"]["Rule"]
    assert (rule["Enabled"], rule["ScanEnabled"], rule["Recipients"]) == (True, True, [{"Ref": "MailInDomain"}])
    stored, invoked = rule["Actions"]
    assert stored["S3Action"] == {"BucketName": FILES, "ObjectKeyPrefix": "mail/"}
    assert invoked["LambdaAction"]["InvocationType"] == "Event"
    failed = functions_of(template)["MailIn"]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"]
    assert failed == {"Fn::GetAtt": ["MailInSetAside", "Arn"]}


def test_a_file_is_given_out_after_a_scan_unless_the_operator_chose_none(template: Json) -> None:
    assert template["Parameters"]["MalwareScan"]["Default"] == "guardduty"
    plan = template["Resources"]["FileScan"]
    assert plan["Condition"] == "ScansFiles"
    assert plan["Properties"]["ProtectedResource"]["S3Bucket"] == {
        "BucketName": FILES,
        "ObjectPrefixes": ["f/"],
    }
    events = functions_of(template)["FileChecked"]["Events"]
    assert {name: event["Properties"]["State"]["Fn::If"][0] for name, event in events.items()} == {
        "Scanned": "ScansFiles",
        "Unscanned": "ScansNothing",
    }


def test_only_the_functions_of_files_look_into_them_and_nobody_lists_the_bucket() -> None:
    may = {path.stem: _actions_on_files(path) for path in POLICIES}
    assert {name: actions for name, actions in may.items() if actions} == {
        "api": {"DeleteObject", "GetObject", "PutObject"},
        "file_arrived": {"DeleteObject", "GetObject", "PutObject"},
        "file_checked": {"DeleteObject", "GetObject", "PutObject"},
        "hourly": {"DeleteObject"},
        "mail_in": {"DeleteObject", "GetObject", "PutObject"},
        "mail_out": {"GetObject", "PutObject"},
        "minutely": {"DeleteObject"},
        "relay": {"GetObject", "PutObject"},
        "table_changes": {"DeleteObject"},
    }


def _actions_on_files(path: Path) -> set[str]:
    actions = [action for statement in json.loads(path.read_text())["Statement"] for action in statement["Action"]]
    return {action.removeprefix("s3:") for action in actions if action.startswith("s3:")}
