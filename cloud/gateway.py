"""API Gateway's own settings, of the REST API and of the sockets: access logs, throttles, the one way in, deployments."""

import hashlib
import json
from typing import Any

Json = dict[str, Any]
SOCKET_DEPLOYMENT = "WebsocketAPIDeployment"
_ACCOUNT, _ROLE = "GatewayAccount", "GatewayLogRole"
_RATE, _BURST = {"Ref": "RequestsASecond"}, {"Ref": "RequestsAtOnce"}
_COMMON = {
    "at": "$context.requestTimeEpoch",
    "request_id": "$context.requestId",
    "source": "$context.identity.sourceIp",
    "status": "$context.status",
}
_API = {
    **_COMMON,
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "error": "$context.error.responseType",
}
"""The route is the pattern, `/join/{token}`: paths and queries hold what opens something, and are in no log."""
_SOCKETS = {**_COMMON, "event": "$context.eventType", "connection": "$context.connectionId"}


def add_to(template: Json) -> None:
    """Finish both APIs of the template."""
    resources = template["Resources"]
    _log_to(resources, "ApiAccessLog", "api")
    _log_to(resources, "SocketAccessLog", "sockets")
    _let_gateway_log(resources)
    _finish_rest_api(resources["RestAPI"])
    _finish_sockets(resources)
    concurrency = {"Fn::If": ["ReservesApi", {"Ref": "ApiConcurrency"}, {"Ref": "AWS::NoValue"}]}
    resources["APIHandler"]["Properties"]["ReservedConcurrentExecutions"] = concurrency


def _log_to(resources: Json, name: str, what: str) -> None:
    group = {"LogGroupName": {"Fn::Sub": f"/aws/apigateway/${{AWS::StackName}}-{what}"}, "RetentionInDays": 30}
    resources[name] = {"Type": "AWS::Logs::LogGroup", "Properties": group}


def _let_gateway_log(resources: Json) -> None:
    """Which role API Gateway logs with is one setting for each account and region. It stays when the stack goes: others use it."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    policy = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"}
    resources[_ROLE] = {
        "Type": "AWS::IAM::Role",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": [policy]},
    }
    resources[_ACCOUNT] = {
        "Type": "AWS::ApiGateway::Account",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"CloudWatchRoleArn": {"Fn::GetAtt": [_ROLE, "Arn"]}},
    }


def _finish_rest_api(rest_api: Json) -> None:
    rest_api["DependsOn"] = [_ACCOUNT]
    # By which CloudWatch tells it from others of the account.
    rest_api["Properties"]["DefinitionBody"]["info"]["title"] = {"Ref": "AWS::StackName"}
    rest_api["Properties"].update(
        # Named, it keeps SAM from making a second stage, `Stage`, which is as public as ours.
        OpenApiVersion="2.0",
        # The address that AWS gives would be a second way in, past whatever guards the domain.
        DisableExecuteApiEndpoint={"Fn::If": ["HasDomain", True, False]},
        AccessLogSetting={"DestinationArn": {"Fn::GetAtt": ["ApiAccessLog", "Arn"]}, "Format": json.dumps(_API)},
        MethodSettings=[
            {"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": _RATE, "ThrottlingBurstLimit": _BURST}
        ],
    )


def _finish_sockets(resources: Json) -> None:
    """A deployment is a copy of the routes as they are when it is made: others get one of their own."""
    stage = resources["WebsocketAPIStage"]
    stage["DependsOn"] = [_ACCOUNT]
    name = SOCKET_DEPLOYMENT + _digest(resources)
    resources[name] = resources.pop(SOCKET_DEPLOYMENT)
    stage["Properties"].update(
        DeploymentId={"Ref": name},
        AccessLogSettings={
            "DestinationArn": {"Fn::GetAtt": ["SocketAccessLog", "Arn"]},
            "Format": json.dumps(_SOCKETS),
        },
        DefaultRouteSettings={"ThrottlingRateLimit": _RATE, "ThrottlingBurstLimit": _BURST},
    )


def _digest(resources: Json) -> str:
    of_routes = ("AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Integration")
    routes = {name: each for name, each in resources.items() if each["Type"] in of_routes}
    return hashlib.sha256(json.dumps(routes, sort_keys=True).encode()).hexdigest()[:8]
