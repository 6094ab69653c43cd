"""What an operator watches: an alarm for everything that was given up on, and one dashboard."""

import json
from dataclasses import dataclass
from typing import Any

_PAUSED = "sending paused after reports"
"""What the function that follows the table says of it; see `usecases/reports.py`."""
_BUGS = ("unexpected:", "record failed:", "relay failed:", "callback failed:", "due work failed:", "ends not told:")
"""How a function says that something failed which nobody foresaw; it answers all the same, so that Lambda counts no error."""
_SAYING_BUGS = ("ApiHandler", "Hourly", "MailOut", "PushOut", "Relay", "TableChanges")
_LATEST = {
    "MailQueue": ("MailLate", "Mail waits longer than five minutes.", 300),
    "DueQueue": ("DueLate", "What is due waits in its queue longer than five minutes.", 300),
    "PushQueue": ("PushLate", "Pushes wait longer than fifteen minutes.", 900),
    "RelayQueue": ("RelayLate", "Something for or from Slack or Teams waits longer than six hours.", 21_600),
}


@dataclass(frozen=True, slots=True)
class Metric:
    """One of CloudWatch's figures; `of` are its dimensions, none for one of our own, and of the whole account's mail."""

    namespace: str | dict[str, Any]
    name: str
    statistic: str
    of: list[dict[str, Any]]


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
        # What runs once an hour fails once and is tried twice more within minutes: never three times in one of the others' five.
        often = {"threshold": 1, "period": 3600} if name == "Hourly" else {"threshold": 3}
        resources[f"{name}ErrorsAlarm"] = _alarm(f"{name} fails.", failures, **often)
    _watch_api(resources)
    _watch_bugs(resources)
    _watch_mail(resources)
    resources["ChangesLateAlarm"] = _alarm(
        "Changes of the table are handled more than a minute late: mails and live events wait.",
        Metric("AWS/Lambda", "IteratorAge", "Maximum", _function("TableChanges")),
        threshold=60_000,
    )
    for queue, (name, why, seconds) in _LATEST.items():
        age = Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", _queue(queue))
        resources[f"{name}Alarm"] = _alarm(why, age, threshold=seconds)
    # Where nobody looks for what is due, nothing waits and nothing fails.
    resources["DueStoppedAlarm"] = _missing(
        "Nobody has looked for what is due for five minutes: Minutely doesn't run.",
        Metric("AWS/Lambda", "Invocations", "Sum", _function("Minutely")),
    )
    resources["SendingPausedFilter"] = _counted("TableChangesLogGroup", f'"{_PAUSED}"', "SendingPaused")
    resources["SendingPausedAlarm"] = _alarm(
        "An inviter was stopped after reports of abuse, until somebody has looked.",
        Metric({"Ref": "AWS::StackName"}, "SendingPaused", "Sum", []),
        threshold=1,
    )
    resources["Dashboard"] = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Ref": "AWS::StackName"},
            "DashboardBody": {"Fn::Sub": json.dumps(_dashboard(functions, queues))},
        },
    }


def _watch_api(resources: dict[str, Any]) -> None:
    """A bug is answered 503, which is no error of Lambda's; and where the gateway itself fails, nothing else says so."""
    stage: list[dict[str, Any]] = [
        {"Name": "ApiName", "Value": {"Ref": "AWS::StackName"}},
        {"Name": "Stage", "Value": "live"},
    ]
    resources["ApiFailsAlarm"] = _alarm(
        "The API answers 5XX.", Metric("AWS/ApiGateway", "5XXError", "Sum", stage), threshold=5
    )
    resources["ApiThrottledAlarm"] = _alarm(
        "The API is refused by Lambda: more at once than the account or ApiConcurrency allows.",
        Metric("AWS/Lambda", "Throttles", "Sum", _function("APIHandler")),
        threshold=10,
    )


def _watch_bugs(resources: dict[str, Any]) -> None:
    for name in _SAYING_BUGS:
        resources[f"{name}BugsFilter"] = _counted(f"{name}LogGroup", " ".join(f'?"{line}"' for line in _BUGS), "Bugs")
    resources["BugsAlarm"] = _alarm(
        "Something failed that nobody foresaw; the functions' logs say what.",
        Metric({"Ref": "AWS::StackName"}, "Bugs", "Sum", []),
        threshold=1,
    )


def _watch_mail(resources: dict[str, Any]) -> None:
    """SES looks at an account from 5 % of bounces and 0.1 % of complaints on, and pauses it at twice or five times as many."""
    for name, metric, most in (("Bounces", "BounceRate", 0.04), ("Complaints", "ComplaintRate", 0.0008)):
        resources[f"Mail{name}Alarm"] = _alarm(
            f"Too many {name.lower()}: SES will stop sending.",
            Metric("AWS/SES", f"Reputation.{metric}", "Average", []),
            threshold=most,
            period=3600,
        )


def _counted(log_group: str, pattern: str, metric: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": {"Ref": log_group},
            "FilterPattern": pattern,
            "MetricTransformations": [
                {"MetricNamespace": {"Ref": "AWS::StackName"}, "MetricName": metric, "MetricValue": "1"}
            ],
        },
    }


def _queue(name: str) -> list[dict[str, Any]]:
    return [{"Name": "QueueName", "Value": {"Fn::GetAtt": [name, "QueueName"]}}]


def _function(name: str) -> list[dict[str, Any]]:
    return [{"Name": "FunctionName", "Value": {"Ref": name}}]


def _alarm(why: str, metric: Metric, threshold: float, period: int = 300) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": why,
            "Namespace": metric.namespace,
            "MetricName": metric.name,
            "Statistic": metric.statistic,
            **({"Dimensions": metric.of} if metric.of else {}),
            "Period": period,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
            "OKActions": [{"Ref": "AlarmTopic"}],
        },
    }


def _missing(why: str, metric: Metric) -> dict[str, Any]:
    """Rings where there is none of it, and no word of it."""
    alarm = _alarm(why, metric, threshold=1)
    alarm["Properties"] |= {"ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching"}
    return alarm


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
