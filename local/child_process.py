"""Keeps child processes from outliving their parent, even a killed one: they watch a pipe that it holds."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO


def start(command: Sequence[str], environment: Mapping[str, str], log: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a process that calls `obey`, in a session of its own so that Ctrl-C reaches only the supervisor."""
    output: IO[bytes] | None = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env=dict(environment),
            start_new_session=True,
        )
    finally:
        if output:
            output.close()


def obey() -> None:
    """In the child: end like on SIGTERM as soon as the parent's end of standard input closes."""
    threading.Thread(target=_end_with_parent, daemon=True, name="leash").start()


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def stop(processes: Sequence[subprocess.Popen[bytes]], patience: float = 10) -> None:
    """End the processes, one after the other in this order; who doesn't go within `patience` seconds is killed."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()
