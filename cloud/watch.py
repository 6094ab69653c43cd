"""What an operator watches: an alarm for everything that was given up on, and one dashboard."""

import json
from dataclasses import dataclass
from typing import Any

_PAUSED = "sending paused after reports"
"""What the function that follows the table says of it; see `usecases/reports.py`."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One of CloudWatch's figures, of one queue or function; `of` is None for one of our own, of the whole system."""

    namespace: str | dict[str, Any]
    name: str
    statistic: str
    of: dict[str, Any] | None


def add_to(template: dict[str, Any], functions: list[str]) -> None:
    """Add alarms and the dashboard for these functions to the template."""
    resources = template["Resources"]
    queues = sorted(name for name in resources if resources[name]["Type"] == "AWS::SQS::Queue")
    for queue in (name for name in queues if name.endswith("SetAside")):
        resources[f"{queue}Alarm"] = _alarm(
            "Something was given up on and waits in the queue; read it, mend the cause, send it back.",
            Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", _queue(queue)),
            threshold=1,
        )
    for name in functions:
        failures = Metric("AWS/Lambda", "Errors", "Sum", _function(name))
        resources[f"{name}ErrorsAlarm"] = _alarm(f"{name} fails.", failures, threshold=3)
    resources["ChangesLateAlarm"] = _alarm(
        "Changes of the table are handled more than a minute late: mails and live events wait.",
        Metric("AWS/Lambda", "IteratorAge", "Maximum", _function("TableChanges")),
        threshold=60_000,
    )
    resources["MailLateAlarm"] = _alarm(
        "Mail waits longer than five minutes.",
        Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", _queue("MailQueue")),
        threshold=300,
    )
    resources["SendingPausedFilter"] = {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": {"Ref": "TableChangesLogGroup"},
            "FilterPattern": f'"{_PAUSED}"',
            "MetricTransformations": [
                {"MetricNamespace": {"Ref": "AWS::StackName"}, "MetricName": "SendingPaused", "MetricValue": "1"}
            ],
        },
    }
    resources["SendingPausedAlarm"] = _alarm(
        "An inviter was stopped after reports of abuse, until somebody has looked.",
        Metric({"Ref": "AWS::StackName"}, "SendingPaused", "Sum", None),
        threshold=1,
    )
    resources["Dashboard"] = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Ref": "AWS::StackName"},
            "DashboardBody": {"Fn::Sub": json.dumps(_dashboard(functions, queues))},
        },
    }


def _queue(name: str) -> dict[str, Any]:
    return {"Name": "QueueName", "Value": {"Fn::GetAtt": [name, "QueueName"]}}


def _function(name: str) -> dict[str, Any]:
    return {"Name": "FunctionName", "Value": {"Ref": name}}


def _alarm(why: str, metric: Metric, threshold: int) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": why,
            "Namespace": metric.namespace,
            "MetricName": metric.name,
            "Statistic": metric.statistic,
            **({"Dimensions": [metric.of]} if metric.of else {}),
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
        },
    }


def _dashboard(functions: list[str], queues: list[str]) -> dict[str, Any]:
    def lambdas(metric: str) -> list[list[str]]:
        return [["AWS/Lambda", metric, "FunctionName", f"${{{name}}}"] for name in functions]

    def waiting(metric: str) -> list[list[str]]:
        return [["AWS/SQS", metric, "QueueName", f"${{{name}.QueueName}}"] for name in queues]

    table = [
        ["AWS/DynamoDB", name, "TableName", "${Table}"]
        for name in ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")
    ]
    charts = [
        ("Requests, milliseconds, 95th percentile", lambdas("Duration"), "p95"),
        ("Errors", lambdas("Errors"), "Sum"),
        ("Waiting and set aside", waiting("ApproximateNumberOfMessagesVisible"), "Maximum"),
        ("Table, capacity units", table, "Sum"),
    ]
    return {"widgets": [_chart(place, *chart) for place, chart in enumerate(charts)]}


def _chart(place: int, title: str, metrics: list[list[str]], statistic: str) -> dict[str, Any]:
    return {
        "type": "metric",
        "x": 12 * (place % 2),
        "y": 6 * (place // 2),
        "width": 12,
        "height": 6,
        "properties": {
            "title": title,
            "metrics": metrics,
            "stat": statistic,
            "period": 300,
            "region": "${AWS::Region}",
            "view": "timeSeries",
        },
    }
