"""The system on one machine as a person handles it: start, restart, end, and the playground."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.place import HOST, free_ports
from tests.journeys.system import ROOT, System, running

pytestmark = [pytest.mark.embedded]


def test_it_refuses_every_stage_but_local() -> None:
    done = _run(STAGE="prod")
    assert done.returncode != 0
    assert "STAGE" in done.stderr


def test_a_port_in_use_is_named() -> None:
    with socket.create_server((HOST, 0)) as taken:
        done = _run(PLAYGROUND_PORT=str(taken.getsockname()[1]))
    assert done.returncode != 0
    assert "PLAYGROUND_PORT" in done.stderr


def test_the_clock_moves_for_everybody(system: System) -> None:
    before = system.call("GET", "/clock")["ahead_seconds"]
    moved = system.advance(90)
    assert moved["ahead_seconds"] == before + 90


def test_functions_are_named_and_answer(system: System) -> None:
    assert {"hourly", "set_plan", "table_changes", "mail_out"} <= set(system.call("GET", "/invoke")["items"])
    assert isinstance(system.invoke("hourly"), dict)


@pytest.mark.slow
def test_data_outlives_a_restart(data: Path) -> None:
    ports = free_ports()
    item = {"pk": {"S": "test"}, "sk": {"S": "kept"}}
    with running(data, ports) as system:
        system.aws("dynamodb").put_item(TableName=system.table, Item=item)
        _send(system, "kept@restart.example")
        system.advance(60)
    with running(data, ports) as system:
        assert system.aws("dynamodb").get_item(TableName=system.table, Key=item)["Item"] == item
        assert system.mail("kept@restart.example")["subject"] == "Kept"
        assert system.call("GET", "/clock")["ahead_seconds"] == 60


@pytest.mark.slow
def test_nothing_outlives_a_killed_supervisor(data: Path) -> None:
    with running(data) as system:
        system.process.kill()
        place = system.place
        for port in (place.port, place.playground_port, place.aws_port):
            system.until(lambda port=port: _is_free(port), f"end of what listens on {port}")  # type: ignore[misc]


def _run(**environment: str) -> subprocess.CompletedProcess[str]:
    port, playground_port, aws_port = free_ports()
    ports = {"PORT": port, "PLAYGROUND_PORT": playground_port, "AWS_PORT": aws_port}
    return subprocess.run(
        [sys.executable, "-m", "local"],
        cwd=ROOT,
        env={**os.environ, **{name: str(value) for name, value in ports.items()}, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def _send(system: System, to: str) -> None:
    system.aws("sesv2").send_email(
        FromEmailAddress=system.place.deployed()["environment"]["MAIL_FROM"],
        Destination={"ToAddresses": [to]},
        Content={"Simple": {"Subject": {"Data": "Kept"}, "Body": {"Text": {"Data": "text"}}}},
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) != 0
