"""The whole system, started as a person starts it, on free ports and in an empty folder."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from local import aws
from local.config import LocalConfig, free_ports

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds until something that happens by itself counts as not happening."""

Json = dict[str, Any]
Found = TypeVar("Found")


@dataclass(frozen=True)
class System:
    """A running system: its addresses, and what a person does at the playground."""

    place: LocalConfig
    process: subprocess.Popen[str] = field(repr=False)

    @property
    def app(self) -> str:
        return self.place.application

    @property
    def playground(self) -> str:
        return self.place.playground

    @property
    def table(self) -> str:
        return str(self.place.deployed()["environment"]["TABLE_NAME"])

    def aws(self, service: str) -> Any:
        """A client of one service on the embedded AWS."""
        return aws.client(self.place, service)

    def mails(self, to: str | None = None, after: str | None = None) -> list[Json]:
        wanted = {"to": to, "after": after}
        query = "&".join(f"{name}={quote(value)}" for name, value in wanted.items() if value)
        items: list[Json] = self.call("GET", f"/mail?{query}")["items"]
        return items

    def mail(self, to: str, *, number: int = 1) -> Json:
        """The mail with this number to this address, waited for."""
        return self.until(lambda: self.mails(to)[number - 1 : number], f"mail {number} to {to}")[0]

    def advance(self, seconds: float) -> Json:
        """Move the system's clock."""
        moved: Json = self.call("POST", "/clock", {"advance_seconds": seconds})
        return moved

    def invoke(self, function: str, event: Json | None = None) -> Any:
        return self.call("POST", f"/invoke/{function}", event or {})

    def notify(self, mail: Json, kind: str) -> None:
        """Play SES's notification: `bounce`, `complaint` or `delivery`."""
        self.call("POST", f"/mail/{mail['id']}/{kind}", {})

    def call(self, method: str, path: str, body: Json | None = None) -> Any:
        """The playground's answer, as JSON."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.playground + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=310) as answer:
            return json.loads(answer.read() or b"null")

    def until(self, look: Callable[[], Found], what: str, patience: float = PATIENCE) -> Found:
        """What `look` finds as soon as it finds something."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if result := look():
                return result
            time.sleep(0.02)
        raise AssertionError(f"No {what} within {patience:.0f} s.")


@contextmanager
def running(data: Path, ports: tuple[int, int, int] | None = None, **environment: str) -> Iterator[System]:
    """`make run` in this folder; ended like Ctrl-C ends it."""
    port, playground_port, aws_port = ports or free_ports()
    config = LocalConfig(port=port, playground_port=playground_port, aws_port=aws_port, data=data)
    wanted = {"PORT": port, "PLAYGROUND_PORT": playground_port, "AWS_PORT": aws_port, "DATA_DIR": data}
    process = subprocess.Popen(
        [sys.executable, "-m", "local"],
        cwd=ROOT,
        env={**os.environ, **{name: str(value) for name, value in wanted.items()}, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until_ready(process)
        yield System(config, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        if process.stdout:
            process.stdout.close()


def _wait_until_ready(process: subprocess.Popen[str], patience: float = 180) -> None:
    assert process.stdout
    watch = threading.Timer(patience, process.kill)
    watch.start()
    sentences = []
    try:
        for line in process.stdout:
            sentences.append(line)
            if line.startswith("Ready"):
                return
        raise AssertionError(f"The system didn't start:\n{''.join(sentences)}")
    finally:
        watch.cancel()
