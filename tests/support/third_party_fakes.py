"""Fakes that nobody here wrote: npm's `emulate` and `oidc-provider-mock`, as processes of their own."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench import npm
from local.config import HOST, free_ports

Json = dict[str, Any]
PINNED = Path(__file__).parent / "emulate"
_PATIENCE = 60


@contextmanager
def emulate(seed: Json) -> Iterator[tuple[str, str]]:
    """`emulate` with this seed; the addresses of its Slack and its Microsoft."""
    slack, microsoft = _neighbours()
    folder = _installed()
    file = folder / f"seed-{slack}.yaml"
    file.write_text(json.dumps(seed))  # which is YAML too
    command = [folder / "node_modules" / ".bin" / "emulate", "start", "-s", "slack,microsoft", "-p", str(slack)]
    with _running([*command, "--seed", file], [slack, microsoft]):
        yield f"http://localhost:{slack}", f"http://localhost:{microsoft}"
    file.unlink()


@contextmanager
def oidc_provider_mock(user: Json) -> Iterator[str]:
    """`oidc-provider-mock` with one person; its address."""
    port = free_ports()[0]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port)]
    with _running([*command, "--user-claims", json.dumps(user)], [port]):
        yield f"http://{HOST}:{port}"


def _installed() -> Path:
    if not npm.is_there():
        pytest.skip("node or npm isn't on this machine")
    return npm.installed(PINNED)


def _neighbours() -> tuple[int, int]:
    """Two free ports, one after the other."""
    while True:
        first = free_ports()[0]
        with socket.socket() as probe:
            try:
                probe.bind((HOST, first + 1))
            except OSError:
                continue
        return first, first + 1


@contextmanager
def _running(command: list[Any], ports: list[int]) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for port in ports:
                _wait_for(port, process)
            yield
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{process.args!r} doesn't listen on {port}.")
