"""An embedded AWS of the benchmarks' own, empty, on free ports."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.events import SIGNING_SECRET
from cloud.package import ROOT
from local import aws, child_process
from local.config import LocalConfig, free_ports

TABLE = "bench"


@contextmanager
def embedded_aws() -> Iterator[LocalConfig]:
    with tempfile.TemporaryDirectory() as folder:
        config = LocalConfig(*free_ports(), Path(folder))
        config.logs.mkdir()
        process = aws.start(config)
        try:
            aws.wait(config, process)
            yield config
        finally:
            child_process.stop([process])


@contextmanager
def table_in_embedded_aws() -> Iterator[dict[str, str]]:
    """The environment of a function whose table, made from the template's keys, and queue of the relay lie there."""
    with embedded_aws() as config:
        make_table(config)
        settings = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]["local"]
        variables: dict[str, str] = settings["environment_variables"]
        aws_ = {name: value for name, value in config.environment().items() if name.startswith("AWS_")}
        queue = aws.client(config, "sqs").create_queue(QueueName="bench.fifo", Attributes={"FifoQueue": "true"})
        yield {
            **variables,
            **aws_,
            "TABLE_NAME": TABLE,
            "RELAY_QUEUE_URL": queue["QueueUrl"],
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "PATH": os.environ["PATH"],
        }


def make_table(config: LocalConfig) -> None:
    resources = json.loads((ROOT / ".chalice" / "resources.json").read_text())["Resources"]
    wanted = resources["Table"]["Properties"]
    aws.client(config, "dynamodb").create_table(
        TableName=TABLE,
        **{name: wanted[name] for name in ("AttributeDefinitions", "KeySchema", "BillingMode")},
    )
