"""Lambda's side of a cold start: the Runtime API over HTTP, and AWS's own runtime client as the process it serves."""

import json
import queue
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_BOOTSTRAP = "import sys; sys.path[:0] = sys.argv[2:]; from awslambdaric.__main__ import main; main(sys.argv[:2])"
_PATIENCE = 30


class Failed(Exception):
    """The function didn't answer."""


@dataclass(frozen=True, slots=True)
class Function:
    """A handler, the folders it is imported from, and its environment."""

    handler: str
    folders: Sequence[Path]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What a new process answered, how long that took from its start, and what it wrote to standard error."""

    body: Any
    seconds: float
    cpu_seconds: float
    stderr: str


def first_answer(function: Function, event: Mapping[str, Any], options: Sequence[str] = ()) -> FirstAnswer:
    """Start a process as Lambda does, give it one event, end it after its answer. `options` are Python's."""
    with _serving(event) as server:
        used, started = _used_by_children(), time.perf_counter()
        process = _start(function, f"127.0.0.1:{server.server_port}", options)
        try:
            ended, succeeded, body = server.answers.get(timeout=_PATIENCE)
        except queue.Empty:
            ended, succeeded, body = 0.0, False, b"no answer"
        server.is_over.set()
        process.kill()
        stderr = process.communicate()[1]
    if not succeeded:
        raise Failed(f"{function.handler} in {function.folders[0]}: {body.decode()}\n{stderr}")
    return FirstAnswer(json.loads(body), ended - started, _used_by_children() - used, stderr)


def _used_by_children() -> float:
    """Seconds of processor time, of all children that have ended; they don't depend on what else the machine does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _start(function: Function, address: str, options: Sequence[str]) -> subprocess.Popen[str]:
    # -B: nothing is cached beside the source, as on Lambda's read-only disk, even where root may write anywhere.
    command = [sys.executable, "-I", "-S", "-B", *options, "-c", _BOOTSTRAP, function.handler]
    return subprocess.Popen(
        [*command, *map(str, function.folders)],
        env={**function.environment, "AWS_LAMBDA_RUNTIME_API": address},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def _serving(event: Mapping[str, Any]) -> Iterator["_Server"]:
    server = _Server(event)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    """The Runtime API for one process and one event."""

    daemon_threads = True

    def __init__(self, event: Mapping[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.event = json.dumps(event).encode()
        self.is_taken, self.is_over = threading.Event(), threading.Event()
        self.answers: queue.SimpleQueue[tuple[float, bool, bytes]] = queue.SimpleQueue()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # who is killed hangs up
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """The next invocation: the event; who asks again waits for the end."""
        if self.server.is_taken.is_set():
            self.server.is_over.wait()
            self.close_connection = True
            return
        self.server.is_taken.set()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": "00000000-0000-4000-8000-000000000000",
            "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 28_000),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:bench",
        }
        self._reply(200, self.server.event, headers)

    def do_POST(self) -> None:
        """The answer, or the error that took its place."""
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.answers.put((time.perf_counter(), self.path.endswith("/response"), body))
        self._reply(202, b"{}", {})

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _reply(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
