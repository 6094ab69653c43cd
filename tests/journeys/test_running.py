"""The system on one machine as a person handles it: start, restart, end, and the playground."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from html import unescape
from pathlib import Path

import httpx
import pytest

from local import seeds
from local.config import HOST, free_ports
from tests.support.system import ROOT, System, running
from tests.support.working_day import Person

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


def test_mails_are_told_by_address_and_after_another(system: System) -> None:
    Person(system, "").ask("POST", "/sign-in-links", {"email": "owner@enterprise.example"})
    mail = system.mail("owner@enterprise.example")
    assert mail not in system.mails("owner@enterprise.example", after=mail["id"])
    for after in ("", "deleted"):
        result = system.call("GET", f"/mail?to=owner@enterprise.example&after={after}")["items"]
        assert mail in result


def test_functions_are_named_and_answer(system: System) -> None:
    assert {"hourly", "set_plan", "table_changes", "mail_out"} <= set(system.call("GET", "/invoke")["items"])
    assert isinstance(system.invoke("hourly"), dict)


def test_the_page_searches_mails_and_brings_an_event_for_each_function_of_an_operator(system: System) -> None:
    """With hundreds of mails none was found; for `set_plan` the id of a workspace had to be looked up by hand."""
    Person(system, "").ask("POST", "/sign-in-links", {"email": "owner@free.example"})
    mail = system.mail("owner@free.example")
    matching = httpx.get(f"{system.playground}/", params={"q": f"{mail['subject'].upper()} {mail['to'][0]}"}).text
    assert f"mail={mail['id']}" in matching
    assert "owner@enterprise.example</strong> <time" not in matching
    assert "No mail has all of these words." in httpx.get(f"{system.playground}/", params={"q": "nowhere at all"}).text
    shown = unescape(httpx.get(f"{system.playground}/").text)
    event = json.loads(re.findall(r'data-event="({[^\n]*?})"[^>]*>set_plan', shown)[0])
    stored = system.aws("dynamodb").get_paginator("scan").paginate(TableName=system.table)
    workspaces = {item["id"]["S"] for page in stored for item in page["Items"] if item["kind"]["S"] == "workspace"}
    assert event["workspace_id"] in workspaces
    assert 'data-then="/invoke/hourly"' in shown


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
        config = system.place
        for port in (config.port, config.playground_port, config.aws_port):
            system.until(lambda port=port: _is_free(port), f"end of what listens on {port}")  # type: ignore[misc]


@pytest.mark.slow
def test_a_power_cut_loses_no_more_than_the_last_seconds(data: Path) -> None:
    ports = free_ports()
    item = {"pk": {"S": "test"}, "sk": {"S": "kept"}}
    with running(data, ports) as system:
        system.aws("dynamodb").put_item(TableName=system.table, Item=item)
        _send(system, "kept@restart.example")
        time.sleep(5)
        for child in _children_of(system.process.pid):
            os.kill(child, signal.SIGKILL)
    with running(data, ports) as system:
        assert system.aws("dynamodb").get_item(TableName=system.table, Key=item)["Item"] == item
        assert system.mail("kept@restart.example")["subject"] == "Kept"


@pytest.mark.slow
def test_a_change_that_nobody_knows_is_passed_over_and_the_next_are_handled(system: System) -> None:
    """Newer code may write kinds of items that this one doesn't know, and damaged ones may be there."""
    for number, kind in enumerate(("nobody knows", "message", "seat", "account")):
        unknown = {"pk": {"S": f"C#unknown{number}"}, "sk": {"S": "unknown"}, "kind": {"S": kind}}
        system.aws("dynamodb").put_item(TableName=system.table, Item=unknown)
    Person(system, "").ask("POST", "/sign-in-links", {"email": "owner@free.example"})
    system.until(lambda: system.mails("owner@free.example"), "mail behind changes that nobody knows", patience=90)
    queues = system.aws("sqs").list_queues(QueueNamePrefix="webtop-chat-ChangesSetAside")["QueueUrls"]
    assert "Messages" not in system.aws("sqs").receive_message(QueueUrl=queues[0])


def test_chalice_s_own_server_works_on_the_same_data(system: System) -> None:
    port, _, _ = free_ports()
    command = [str(Path(sys.executable).with_name("chalice")), "local", "--stage", "local", "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**environment, **system.place.environment()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        system.until(lambda: not _is_free(port), "server of `chalice local`")
        body = {"email": "owner@pro.example", "password": seeds.PASSWORD}
        assert httpx.post(f"http://{HOST}:{port}/api/v1/sessions", json=body, timeout=20).status_code == 201
    finally:
        process.terminate()
        process.wait(10)


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


def _children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
