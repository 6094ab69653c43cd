"""A small careful HTTP server for one machine: any bytes get an answer in the API's own form, never a trace.

What API Gateway does before the application sees a request is done here: limits, chunked bodies, joined cookies.
"""

import email.errors
import re
import socket
import sys
import traceback
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cloud.answers import problem

BODY_LIMIT = 6 * 1024 * 1024
"""Lambda takes no larger event."""
HEADERS_LIMIT = 10_240
TARGET_LIMIT = 8_192

_OF_BODIES = (  # what the parser of headers misses in a form with files, whose body it doesn't get
    email.errors.NoBoundaryInMultipartDefect,
    email.errors.StartBoundaryNotFoundDefect,
    email.errors.MultipartInvariantViolationDefect,
)
_TARGET = re.compile(r"/[\x21-\x7e]*")
_HEADER_VALUE = re.compile(r"[^\x00\r\n]*")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(;.*)?\r?\n")


@dataclass(frozen=True, slots=True)
class Request:
    """What came in. Header names are in small letters; a header sent twice is there twice."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    source: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes = b""


Application = Callable[[Request], Answer]


class Refused(Exception):
    """The request can't be passed on."""

    def __init__(self, status: int, code: str, detail: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers

    def answer(self) -> Answer:
        title = HTTPStatus(self.status).phrase
        body = problem(title, self.status, self.code, self.detail, str(uuid.uuid4()))
        headers = [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store"), *self.headers]
        if self.status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append(("Retry-After", "1"))
        return Answer(self.status, headers, body.encode())


def not_found() -> Refused:
    return Refused(404, "not_found", "There is nothing here, or it isn't yours.")


class Server(ThreadingHTTPServer):
    """One thread for each connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], application: Application, most: int = BODY_LIMIT) -> None:
        super().__init__(address, _Handler)
        self.application, self.most = application, most

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # who hangs up is no error
            traceback.print_exc()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # what can't be read gets a whole answer too, not one of HTTP/0.9
    wbufsize = 65_536
    disable_nagle_algorithm = True  # else each answer waits 40 ms for an acknowledgement
    timeout = 60
    server: Server

    def handle_one_request(self) -> None:
        self.command, self.requestline, self.request_version = "", "", ""
        try:
            self.raw_requestline = self.rfile.readline(TARGET_LIMIT + 64)
        except TimeoutError:
            self.raw_requestline = b""
        if not self.raw_requestline:
            self.close_connection = True
        elif len(self.raw_requestline) > TARGET_LIMIT:
            self._give_up(Refused(414, "uri_too_long", "The address is too long."))
        elif self.parse_request():
            self._serve()

    def handle_expect_100(self) -> bool:
        return True  # said in _serve, once the announced length is known to be bearable

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the standard library refuses while reading the request line and the headers."""
        status = code if code in (414, 431) else 400
        self._give_up(Refused(status, "malformed", "The request can't be read."))

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def version_string(self) -> str:
        return "webtop"

    def _serve(self) -> None:
        try:
            request = self._read()
        except Refused as refusal:
            self._give_up(refusal)
            return
        try:
            answer = self.server.application(request)
        except Refused as refusal:
            answer = refusal.answer()
        except Exception:  # noqa: BLE001  # the last resort of the server: logged once, and the client may try again
            traceback.print_exc()
            answer = Refused(503, "try_again", "That didn't work just now. Try again in a moment.").answer()
        self._send(answer)

    def _read(self) -> Request:
        if sum(len(name) + len(value) + 4 for name, value in self.headers.items()) > HEADERS_LIMIT:
            raise Refused(431, "headers_too_large", "The headers are too large.")
        defects = [defect for defect in self.headers.defects if not isinstance(defect, _OF_BODIES)]
        if defects or any(not _HEADER_VALUE.fullmatch(value) for value in self.headers.values()):
            raise Refused(400, "malformed", "The headers can't be read.")
        target = re.sub(r"^https?://[^/?#]*", "", self.path, flags=re.IGNORECASE) or "/"
        if not _TARGET.fullmatch(target):
            raise Refused(400, "malformed", "The address can't be read.")
        headers = [(name.lower(), value.strip()) for name, value in self.headers.items()]
        return Request(self.command, target, headers, self._body(), str(self.client_address[0]))

    def _body(self) -> bytes:
        lengths = set(self.headers.get_all("Content-Length", []))
        codings = self.headers.get_all("Transfer-Encoding", [])
        if codings:
            if lengths or [coding.strip().lower() for coding in codings] != ["chunked"]:
                raise Refused(400, "malformed", "The length of the body isn't clear.")
            self._continue()
            return self._chunked_body()
        if not lengths:
            return b""
        length = lengths.pop()
        if lengths or not re.fullmatch(r"[0-9]{1,12}", length):
            raise Refused(400, "malformed", "Content-Length must be a number.")
        if int(length) > self.server.most:
            raise Refused(413, "too_large", "The request is too large.")
        self._continue()
        return self._exactly(int(length))

    def _continue(self) -> None:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(HTTPStatus.CONTINUE)
            self.end_headers()
            self.wfile.flush()

    def _chunked_body(self) -> bytes:
        body = bytearray()
        while size := self._chunk_size():
            if len(body) + size > self.server.most:
                raise Refused(413, "too_large", "The request is too large.")
            body += self._exactly(size)
            if self._exactly(2) != b"\r\n":
                raise Refused(400, "malformed", "A chunk of the body is broken.")
        for _ in range(20):  # trailers, which nobody reads
            if self.rfile.readline(1024) in (b"\r\n", b"\n", b""):
                return bytes(body)
        raise Refused(400, "malformed", "The body's end can't be read.")

    def _chunk_size(self) -> int:
        match = _CHUNK_SIZE.fullmatch(self.rfile.readline(256))
        if not match:
            raise Refused(400, "malformed", "A chunk of the body is broken.")
        return int(match[1], 16)

    def _exactly(self, length: int) -> bytes:
        try:
            content = self.rfile.read(length)
        except TimeoutError:
            content = b""
        if len(content) < length:
            raise Refused(400, "malformed", "The body is shorter than announced.")
        return content

    def _give_up(self, refusal: Refused) -> None:
        """Answer and close: what follows on this connection can't be told from the rest of the request."""
        self.close_connection = True
        self._send(refusal.answer())
        self._linger()

    def _linger(self) -> None:
        """Let the client read the answer: closing with its bytes unread would reset the connection."""
        try:
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            for _ in range(256):
                if not self.connection.recv(65_536):
                    return
        except OSError:
            return

    def _send(self, answer: Answer) -> None:
        bodiless = answer.status in (204, 304)
        self.send_response_only(answer.status)
        self.send_header("Date", self.date_time_string())
        for name, value in answer.headers:
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, _HEADER_VALUE.match(value)[0])  # type: ignore[index]  # always matches
        if not bodiless:
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if answer.body and not bodiless and self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()
