"""An embedded AWS of the benchmarks' own, empty, on free ports."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.events import SIGNING_SECRET
from cloud.package import ROOT
from local import aws, leash
from local.place import Place, free_ports

_TABLE = "bench"


@contextmanager
def embedded_aws() -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        place = Place(*free_ports(), Path(folder))
        place.logs.mkdir()
        process = aws.start(place)
        try:
            aws.wait(place, process)
            yield place
        finally:
            leash.stop([process])


@contextmanager
def table_in_embedded_aws() -> Iterator[dict[str, str]]:
    """The environment of a function whose table, made from the template's keys, and queue of the relay lie there."""
    with embedded_aws() as place:
        _make_table(place)
        settings = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]["local"]
        variables: dict[str, str] = settings["environment_variables"]
        aws_ = {name: value for name, value in place.environment().items() if name.startswith("AWS_")}
        queue = aws.client(place, "sqs").create_queue(QueueName="bench.fifo", Attributes={"FifoQueue": "true"})
        yield {
            **variables,
            **aws_,
            "TABLE_NAME": _TABLE,
            "RELAY_QUEUE_URL": queue["QueueUrl"],
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "PATH": os.environ["PATH"],
        }


def _make_table(place: Place) -> None:
    resources = json.loads((ROOT / ".chalice" / "resources.json").read_text())["Resources"]
    wanted = resources["Table"]["Properties"]
    aws.client(place, "dynamodb").create_table(
        TableName=_TABLE,
        **{name: wanted[name] for name in ("AttributeDefinitions", "KeySchema", "BillingMode")},
    )
