"""Lambda's side of a cold start: the Runtime API over HTTP, and AWS's own runtime client as the process that it serves."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    """What a new process answered, seconds after it was started, and what it wrote to standard error."""

    body: Any
    seconds: float
    stderr: str


@dataclass(slots=True)
class Runtime:
    """The Runtime API; serves one process at a time."""

    address: str
    events: "queue.SimpleQueue[bytes]" = field(default_factory=queue.SimpleQueue)
    answers: "queue.SimpleQueue[tuple[float, bool, bytes]]" = field(default_factory=queue.SimpleQueue)

    def first_answer(self, function: Function, event: Mapping[str, Any], options: Sequence[str] = ()) -> FirstAnswer:
        """Start a process as Lambda does, give it one event, end it after its answer."""
        self.events.put(json.dumps(event).encode())
        # -B: nothing is cached beside the source, as on Lambda's read-only disk.
        command = [sys.executable, "-I", "-S", "-B", *options, "-c", _BOOTSTRAP, function.handler]
        environment = {**function.environment, "AWS_LAMBDA_RUNTIME_API": self.address}
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, *map(str, function.folders)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            ended, succeeded, body = self.answers.get(timeout=_PATIENCE)
        except queue.Empty:
            ended, succeeded, body = 0.0, False, b"no answer"
        process.kill()
        stderr = process.communicate()[1]
        if not succeeded:
            raise Failed(f"{function.handler} in {function.folders[0]}: {body.decode()}\n{stderr}")
        return FirstAnswer(json.loads(body), ended - started, stderr)


@contextmanager
def serving() -> Iterator[Runtime]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    runtime = Runtime(f"127.0.0.1:{server.server_port}")
    _Handler.runtime = runtime
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield runtime
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    runtime: Runtime

    def do_GET(self) -> None:  # noqa: N802  # the library's name
        """The next invocation; the client's second call waits until its process is ended."""
        event = self.runtime.events.get()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": "00000000-0000-4000-8000-000000000000",
            "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 28_000),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:bench",
        }
        self._reply(200, event, headers)

    def do_POST(self) -> None:  # noqa: N802
        """The answer, or the error that took its place."""
        now = time.perf_counter()
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.runtime.answers.put((now, self.path.endswith("/response"), body))
        self._reply(202, b"{}", {})

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _reply(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
