"""What stands in front of the functions: logs, throttles, one way in, and who watches it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cloud import answers, gateway, watch
from cloud.package import ROOT
from cloud.template import functions_of

Json = dict[str, Any]
GATEWAY_S_OWN = {
    *("ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"),
    *("BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"),
    *("INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE"),
    *("RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED"),
}
"""From "Gateway response types for API Gateway"; what isn't ours falls to the two defaults."""
_SECRETS = re.compile(r"\$context\.(path|requestOverride|domain|routeKey)|querystring|header|ticket|authorizer")


@pytest.mark.parametrize("name", ["ApiAccessLog", "SocketAccessLog"])
def test_who_asked_is_logged_for_thirty_days_without_what_opens_anything(template: Json, name: str) -> None:
    """Before, nothing kept source addresses, and the security document said that the platform did."""
    resources = template["Resources"]
    assert resources[name]["Properties"]["RetentionInDays"] == 30
    stages = [resources["RestAPI"]["Properties"]["AccessLogSetting"]]
    stages.append(resources["WebsocketAPIStage"]["Properties"]["AccessLogSettings"])
    (setting,) = [each for each in stages if each["DestinationArn"] == {"Fn::GetAtt": [name, "Arn"]}]
    line = json.loads(setting["Format"])
    assert {"$context.identity.sourceIp", "$context.status", "$context.requestId"} <= set(line.values())
    assert not [each for each in line.values() if _SECRETS.search(each)]


def test_gateway_may_log_before_a_stage_asks_for_it_and_after_the_stack_is_gone(template: Json) -> None:
    resources = template["Resources"]
    assert resources["GatewayAccount"]["Properties"] == {"CloudWatchRoleArn": {"Fn::GetAtt": ["GatewayLogRole", "Arn"]}}
    for name in ("RestAPI", "WebsocketAPIStage"):
        assert "GatewayAccount" in resources[name]["DependsOn"]
    assert {resources[name]["DeletionPolicy"] for name in ("GatewayAccount", "GatewayLogRole")} == {"Retain"}


def test_a_flood_of_the_api_leaves_mails_and_the_relay_their_share(template: Json) -> None:
    resources = template["Resources"]
    (setting,) = resources["RestAPI"]["Properties"]["MethodSettings"]
    assert (setting["ResourcePath"], setting["HttpMethod"]) == ("/*", "*")
    sockets = resources["WebsocketAPIStage"]["Properties"]["DefaultRouteSettings"]
    for limits in (setting, sockets):
        assert limits["ThrottlingRateLimit"] == {"Ref": "RequestsASecond"}
        assert limits["ThrottlingBurstLimit"] == {"Ref": "RequestsAtOnce"}
    functions = functions_of(template)
    reserved = {
        name: each["ReservedConcurrentExecutions"]
        for name, each in functions.items()
        if "ReservedConcurrentExecutions" in each
    }
    assert reserved == {"APIHandler": {"Fn::If": ["ReservesApi", {"Ref": "ApiConcurrency"}, {"Ref": "AWS::NoValue"}]}}


def test_there_is_one_way_in(template: Json) -> None:
    """SAM makes a second stage, as public as the first, unless the version is named."""
    api = template["Resources"]["RestAPI"]["Properties"]
    assert api["OpenApiVersion"] == api["DefinitionBody"]["swagger"] == "2.0"
    assert api["DisableExecuteApiEndpoint"] == {"Fn::If": ["HasDomain", True, False]}


def test_without_a_domain_nothing_is_deployed(template: Json) -> None:
    """Behind somebody's own edge all visitors would have its address, and one limit together."""
    rule = template["Rules"]["Address"]
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "local"]}]}
    demanded = [json.dumps(each["Assert"]) for each in rule["Assertions"]]
    assert [name for name in ("DomainName", "CertificateArn") if any(name in each for each in demanded)] == [
        "DomainName",
        "CertificateArn",
    ]


def test_a_new_route_of_the_sockets_gets_a_deployment_of_its_own(template: Json) -> None:
    resources = template["Resources"]
    name = resources["WebsocketAPIStage"]["Properties"]["DeploymentId"]["Ref"]
    assert resources[name]["Type"] == "AWS::ApiGatewayV2::Deployment"
    assert name == gateway.SOCKET_DEPLOYMENT + gateway._digest(resources)
    more = json.loads(json.dumps(resources))
    more["WebsocketMessageRoute"]["Properties"]["RouteKey"] = "other"
    assert gateway._digest(more) != gateway._digest(resources)


@pytest.mark.parametrize("kind", sorted(GATEWAY_S_OWN | {"DEFAULT_4XX", "DEFAULT_5XX"}))
def test_whatever_the_gateway_answers_itself_is_a_problem_and_repeats_nothing(template: Json, kind: str) -> None:
    """Before, an unknown path with `Authorization: Bearer` got AWS's own 403, with the token in it."""
    told = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]
    answer = told.get(kind) or told["DEFAULT_5XX" if kind.endswith(("ERROR", "FAILURE", "TIMEOUT")) else "DEFAULT_4XX"]
    assert answer["responseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    (body,) = answer["responseTemplates"].values()
    assert json.loads(body)["status"] == answer["statusCode"]
    assert set(re.findall(r"\$\w+(?:\.\w+)*", body)) == {"$context.requestId"}


def test_a_token_on_an_unknown_path_is_answered_as_the_path_is(template: Json) -> None:
    told = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]
    assert told["INVALID_SIGNATURE"] == told["MISSING_AUTHENTICATION_TOKEN"]
    assert set(answers._ANSWERS) == set(told)


def test_an_outage_of_the_api_rings_though_no_function_fails(template: Json) -> None:
    """A bug is a 503 answer, or a part of a batch: Lambda counts neither."""
    resources = template["Resources"]
    fails = resources["ApiFailsAlarm"]["Properties"]
    assert (fails["Namespace"], fails["MetricName"]) == ("AWS/ApiGateway", "5XXError")
    name = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["info"]["title"]
    assert {"Name": "ApiName", "Value": name} in fails["Dimensions"]
    for queue in ("DueQueue", "MailQueue", "PushQueue", "RelayQueue"):
        ages = [each for each in resources.values() if "ApproximateAgeOfOldestMessage" in json.dumps(each)]
        assert [each for each in ages if queue in json.dumps(each["Properties"].get("Dimensions"))]


def test_every_line_about_a_bug_is_counted() -> None:
    """The filters look for what the code writes; a new way to say it has to be looked for, too."""
    sources = [path.read_text() for path in (ROOT / "chalicelib").rglob("*.py")]
    written = {line for source in sources for line in re.findall(r'log\.exception\(\s*"([a-z ]+:)', source)}
    assert written == set(watch._BUGS)


def test_alarms_say_when_it_is_over(template: Json) -> None:
    alarms = [each["Properties"] for each in template["Resources"].values() if each["Type"] == "AWS::CloudWatch::Alarm"]
    assert {json.dumps(each["OKActions"]) for each in alarms} == {json.dumps([{"Ref": "AlarmTopic"}])}


def test_the_hourly_function_rings_though_it_runs_once_an_hour(template: Json) -> None:
    alarm = template["Resources"]["HourlyErrorsAlarm"]["Properties"]
    assert (alarm["Threshold"], alarm["Period"]) == (1, 3600)


def test_it_rings_where_nobody_looks_for_what_is_due(template: Json) -> None:
    """Then nothing fails, and nothing waits in a queue."""
    stopped = template["Resources"]["DueStoppedAlarm"]["Properties"]
    assert (stopped["MetricName"], stopped["Dimensions"]) == (
        "Invocations",
        [{"Name": "FunctionName", "Value": {"Ref": "Minutely"}}],
    )
    assert (stopped["ComparisonOperator"], stopped["Threshold"]) == ("LessThanThreshold", 1)
    assert stopped["TreatMissingData"] == "breaching"


@pytest.mark.slow
@pytest.mark.parametrize("command", [["package", "--stage", "prod", "out"], ["deploy", "--stage", "prod"]])
def test_chalice_alone_deploys_nothing(command: list[str], tmp_path: Path) -> None:
    """Before, it ended well, and made functions that die at their start."""
    chalice = [sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())"]
    environ = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    for part in ("app.py", "chalicelib", "policies", ".chalice"):
        (tmp_path / part).symlink_to(ROOT / part)
    done = subprocess.run(
        [*chalice, "--project-dir", str(tmp_path), *command], capture_output=True, text=True, check=False, env=environ
    )
    assert done.returncode
    assert "make package" in done.stdout + done.stderr
    assert not (tmp_path / "out").exists()
