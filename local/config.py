"""Where this run of the system lives: its ports, its folder, and the environment that keeps it on this machine."""

import itertools
import json
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REGION = "us-east-1"
ACCOUNT = "000000000000"
HOST = "127.0.0.1"

_AWS_OF_THE_PERSON = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")


class CannotStart(Exception):
    """The system can't start; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class LocalConfig:
    """Ports and folder of one running system."""

    port: int
    playground_port: int
    aws_port: int
    data: Path

    @property
    def application(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def playground(self) -> str:
        return f"http://{HOST}:{self.playground_port}"

    @property
    def aws(self) -> str:
        return f"http://{HOST}:{self.aws_port}"

    @property
    def clock(self) -> Path:
        """Holds the number of seconds that the system's clock is ahead of the machine's."""
        return self.data / "clock"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def left(self) -> Path:
        """What earlier runs left and nobody needs."""
        return self.data / "left"

    @property
    def deployment(self) -> Path:
        """What is deployed: fingerprint, outputs, functions, and the environment of the API function."""
        return self.data / "deployment.json"

    def deployed(self) -> dict[str, Any]:
        """The content of `deployment`, empty before the first one."""
        if not self.deployment.exists():
            return {}
        results: dict[str, Any] = json.loads(self.deployment.read_text())
        return results

    def environment(self) -> dict[str, str]:
        """The environment of every process of the system: this machine's AWS and no other, whatever the shell has."""
        kept = {name: value for name, value in os.environ.items() if name not in _AWS_OF_THE_PERSON}
        return {
            **kept,
            "STAGE": "local",
            "CLOCK_FILE": str(self.clock),
            "AWS_ENDPOINT_URL": self.aws,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def of(environ: Mapping[str, str]) -> LocalConfig:
    """The place that the environment names; refuses every stage but `local`."""
    if environ.get("STAGE", "local") != "local":
        raise CannotStart(f"STAGE is {environ['STAGE']}: only STAGE=local runs on one machine. Unset it.")
    return LocalConfig(
        port=_port(environ, "PORT", 8000),
        playground_port=_port(environ, "PLAYGROUND_PORT", 8002),
        aws_port=_port(environ, "AWS_PORT", 8003),
        data=Path(environ.get("DATA_DIR") or ".local").resolve(),
    )


def free_ports() -> tuple[int, int, int]:
    """Three ports that nobody uses now, and that the kernel lends to no connection: each process begins elsewhere."""
    first, second, third = (next(_unused) for _ in range(3))
    return first, second, third


def _unused_ports() -> Iterator[int]:
    lowest, highest = 15_000, 32_000
    for number in itertools.count(os.getpid() * 101):
        port = lowest + number % (highest - lowest)
        try:
            socket.create_server((HOST, port)).close()
        except OSError:
            continue
        yield port


_unused = _unused_ports()


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise CannotStart(f"{name} is {value!r}: it must be a port, a number from 1 to 65535.")
    return int(value)
