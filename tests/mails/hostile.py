"""Mails that nobody should write, and what each costs the function that reads them: `python -m tests.mails.hostile` prints it.

Each is read in a process of its own, which ends where it takes more seconds of the processor than the function has: no clock of
a busy machine decides, and what a pattern written in C does is counted, too.
"""

import json
import resource
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chalicelib.domain.mail_text import newly_written
from chalicelib.gateways.incoming_mail import MOST_BYTES, read
from chalicelib.ports import MailUnreadable
from tests.support.work import calls

ROOT = Path(__file__).parents[2]
SECONDS = 60
"""Of the processor: what the function `mail_in` has at most."""
MOST_MEMORY = 3
"""Times the mail's own size, and a little for a small one."""
A_LITTLE = 24 * 1024 * 1024
MOST_CALLS = 10_000_000
"""What HTML of 256 kB comes to; in seconds of the processor it is a few."""
HEAD = b"From: Dana <dana@acme.example>\r\nTo: r@r.example\r\nMessage-ID: <1@acme.example>\r\nSubject: Re: Plan\r\n"
_PLAIN = b"Content-Type: text/plain\r\n\r\n"
_HTML = b"Content-Type: text/html\r\n\r\n"


def mixed(*parts: bytes, boundary: bytes = b"b", kind: bytes = b"mixed") -> bytes:
    start = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind, boundary)
    return start + b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts) + b"--%s--\r\n" % boundary


def nested(levels: int) -> bytes:
    inner = _PLAIN + b"deep\r\n"
    for level in range(levels):
        inner = mixed(inner, boundary=b"b%d" % level)
    return HEAD + inner


@dataclass(frozen=True)
class Kind:
    """`is_refused`: it ends in a refusal, for nothing of it can be trusted; what else is read is what can be read of it."""

    made: Callable[[], bytes]
    is_refused: bool = False


KINDS = {
    "200 levels": Kind(lambda: nested(200), True),
    "200 parts": Kind(lambda: HEAD + mixed(*[_PLAIN + b"x"] * 200), True),
    "10,000 headers": Kind(lambda: b"X-Header: y\r\n" * 10_000 + b"\r\nHello", True),
    "10,000 headers of a part": Kind(lambda: HEAD + mixed(b"X-Header: y\r\n" * 10_000 + b"\r\nHello"), True),
    "one header of 300 kB": Kind(lambda: b"X: " + b"y" * 300_000 + b"\r\n\r\nHello", True),
    "above 40 MB": Kind(lambda: HEAD + b"\r\n" + b"a" * MOST_BYTES, True),
    "40 MB of text": Kind(lambda: _filled(HEAD + b"\r\n", b"a line of text\r\n")),
    "40 MB in one line": Kind(lambda: _filled(HEAD + b"\r\n", b"a")),
    "a file of 40 MB": Kind(lambda: _filled(HEAD + _with_file(b"7bit"), b"x")),
    "a file of 40 MB in base64": Kind(lambda: _filled(HEAD + _with_file(b"base64"), b"QUJD\r\n")),
    "a file of 40 MB, quoted-printable": Kind(lambda: _filled(HEAD + _with_file(b"quoted-printable"), b"=C3")),
    "40 MB of boundaries": Kind(lambda: _filled(HEAD + mixed().removesuffix(b"--b--\r\n"), b"--b\r\n"), True),
    "text, and 98 parts of HTML": Kind(lambda: HEAD + mixed(_PLAIN + b"Hello", *[_HTML + b"<td>a" * 52_000] * 98)),
    "100 parts with 400 headers each": Kind(lambda: HEAD + mixed(*[b"X-Header: y\r\n" * 400 + _PLAIN + b"x"] * 98)),
    "HTML, 20,000 quotes deep": Kind(lambda: HEAD + _HTML + b"<blockquote>" * 20_000 + b"deep"),
    "HTML, 30,000 tags that are never closed": Kind(lambda: HEAD + _HTML + b"<b " * 30_000),
    "HTML, a table of 20,000 cells": Kind(lambda: HEAD + _HTML + b"<table><tr>" + b"<td>a" * 20_000),
    "30,000 empty lines": Kind(lambda: HEAD + b"\r\n" + b"\r\n" * 30_000 + b"x"),
    "20,000 lines of quotes": Kind(lambda: HEAD + b"\r\n" + b"> \r\n" * 10_000 + b"a\r\n> \r\n" * 5_000),
    "5,000 times On": Kind(lambda: HEAD + b"\r\n" + b"On Monday, somebody\r\n" * 3_000 + b"On " * 1_000),
    "5,000 heads": Kind(lambda: HEAD + b"\r\n" + b"From: a@b.c\r\nSent: now\r\nSubject: x\r\n\r\n" * 1_500),
    "flowed lines without an end": Kind(
        lambda: HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"> a \r\n" * 10_000
    ),
    "a character set that is none": Kind(
        lambda: HEAD + b"Content-Type: text/plain; charset=\xff\xfe\r\n\r\n\xff\xfe\xfa"
    ),
    "UTF-16 cut in a character": Kind(
        lambda: HEAD + b"Content-Type: text/plain; charset=utf-16\r\n\r\n" + b"\xd8" * 65_537
    ),
    "UTF-7 of 64 kB": Kind(lambda: HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AAA" * 16_000),
    "escapes of 64 kB": Kind(
        lambda: HEAD + b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n" + b"\\N{DIGIT ONE}" * 4_000
    ),
    "headers in a name": Kind(
        lambda: b"From: =?utf-8?q?Dana=0D=0ABcc:_eve@evil.example?= <dana@acme.example>\r\n\r\nHello"
    ),
    "headers behind a bare return": Kind(lambda: HEAD + b"X: a\rFrom: eve@evil.example\r\n\r\nHello"),
    "encoded words of 8 kB": Kind(lambda: HEAD + b"X-A: " + b"=?utf-8?q?a?= " * 500 + b"\r\n\r\nHello"),
    "2,000 senders": Kind(lambda: b"From: " + b"a@b.example, " * 2_000 + b"\r\n\r\nHello"),
    "brackets without an end": Kind(lambda: b"From: " + b"(" * 8_000 + b"<" * 8_000 + b"\r\n\r\nHello", True),
}


def _filled(start: bytes, with_: bytes) -> bytes:
    """As large as a mail may be."""
    return (start + with_ * ((MOST_BYTES - len(start)) // len(with_) + 1))[:MOST_BYTES]


def _with_file(encoding: bytes) -> bytes:
    head = b"Content-Type: a/b\r\nContent-Transfer-Encoding: %s\r\n\r\n" % encoding
    return mixed(_PLAIN + b"Hello", head).removesuffix(b"\r\n--b--\r\n")


@dataclass(frozen=True)
class Cost:
    """Of one mail: its size, the most memory that its reading took on top of it, in bytes, and calls of functions."""

    size: int
    memory: int
    calls: int
    is_refused: bool

    @property
    def most_memory(self) -> int:
        return MOST_MEMORY * self.size + A_LITTLE


def measured(name: str) -> Cost:
    """Raises where the process ends for another reason than that the mail was read or refused."""
    with tempfile.NamedTemporaryFile(suffix=".eml") as file:
        file.write(KINDS[name].made())
        file.flush()
        command = [sys.executable, "-m", "tests.mails.hostile", file.name]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{name}: ended with {done.returncode}: {done.stderr[-2_000:]}")
    return Cost(**json.loads(done.stdout))


def _is_refused(raw: bytes) -> bool:
    try:
        newly_written(read(raw).text)
    except MailUnreadable:
        return True
    return False


def _measure(path: str) -> Cost:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    raw = Path(path).read_bytes()
    tracemalloc.start()
    is_refused = _is_refused(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Cost(len(raw), peak, calls(lambda: _is_refused(raw)), is_refused)


def main() -> None:
    if len(sys.argv) > 1:
        cost = _measure(sys.argv[1])
        sys.stdout.write(json.dumps({name: getattr(cost, name) for name in cost.__dataclass_fields__}))
        return
    sys.stdout.write(f"{'':<42}{'size':>12}{'memory':>12}{'calls':>12}\n")
    for name in KINDS:
        cost = measured(name)
        ended = "refused" if cost.is_refused else "read"
        sys.stdout.write(f"{name:<42}{cost.size:>12,}{cost.memory:>12,}{cost.calls:>12,}  {ended}\n")


if __name__ == "__main__":
    main()
