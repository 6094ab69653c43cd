"""Reads raw mail (RFC 5322, MIME) within limits that are checked before anything is parsed.

Parts are found by their boundaries here, on the bytes as they lie, so that nesting and numbers are bounded; headers, encodings
and character sets are the standard library's.
"""

import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses

from ..domain.incoming_mail import IncomingMail, MailPart
from ..domain.mail_text import from_html
from ..ports import MailUnreadable

MOST_BYTES = 40 * 1024 * 1024
MOST_HEADER_BYTES, MOST_HEADERS, LONGEST_HEADER = 256 * 1024, 500, 8 * 1024
MOST_PARTS, DEEPEST = 100, 10
MOST_TEXT, MOST_HTML = 64 * 1024, 256 * 1024
_NAME_LONGEST, _LOGO = 255, 10_240
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_HEADER_LINE = re.compile(rb"^[^ \t\r\n]", re.MULTILINE)
_NONSENSE = (ValueError, LookupError, TypeError, AttributeError, IndexError, MessageError, RecursionError)
"""What the standard library raises on headers that nobody should write."""
_SLOW = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7"}
"""Codecs that are no character set of a mail, or take time by the square of a text."""


@dataclass(slots=True)
class _Text:
    """One piece of what a mail says, in either form."""

    plain: str = ""
    html: str = ""


@dataclass(slots=True)
class _Walk:
    """A walk through the parts of one mail, and what it has come by."""

    raw: bytes
    count: int = 0
    is_cut: bool = False
    files: list[MailPart] = field(default_factory=list)

    def part(self, start: int, end: int, depth: int) -> Iterator[_Text]:
        self.count += 1
        if self.count > MOST_PARTS or depth > DEEPEST:
            raise MailUnreadable("too many parts, or too deep")
        head, body = _head(self.raw, start, end)
        kind, boundary = head.get_content_type(), _param(head, "boundary")
        if kind.startswith("multipart/") and boundary:
            pieces = [
                piece
                for first, last in _bounds(self.raw, body, end, boundary)
                for piece in self.part(first, last, depth + 1)
            ]
            yield from [_merged(pieces)] if kind == "multipart/alternative" else pieces
        else:
            yield from self._leaf(head, kind, body, end)

    def _leaf(self, head: Message, kind: str, start: int, end: int) -> Iterator[_Text]:
        name = _decoded(_filename(head))[:_NAME_LONGEST]
        is_attached = str(head.get("Content-Disposition", "")).strip().lower().startswith("attachment")
        if kind in ("text/plain", "text/html") and not is_attached and not name:
            yield self._said(head, kind, start, end)
        else:
            content = _content(head, self.raw[start:end])
            if content and not _is_logo(head, kind, content):
                self.files.append(MailPart(name or _unnamed(kind), kind, content))

    def _said(self, head: Message, kind: str, start: int, end: int) -> _Text:
        most = MOST_HTML if kind == "text/html" else MOST_TEXT
        content = _content(head, self.raw[start : min(end, start + 4 * most)])
        self.is_cut |= len(content) > most or end - start > 4 * most
        text = _characters(content[:most], _param(head, "charset")).replace("\r\n", "\n").replace("\r", "\n")
        if kind == "text/html":
            return _Text(html=text)
        if _param(head, "format").lower() == "flowed":
            text = _unflowed(text, _param(head, "delsp").lower() == "yes")
        return _Text(plain=text)

    def text(self, pieces: list[_Text]) -> str:
        """Plain text where there is any; HTML where that alone says something, all of it as long as one part of it may be."""
        if not any(piece.plain.strip() for piece in pieces):
            pieces = [_Text(html="".join(piece.html for piece in pieces))]
        texts, left = list[str](), MOST_HTML
        for piece in pieces:
            if piece.plain.strip():
                texts.append(piece.plain)
                continue
            self.is_cut |= len(piece.html) > left
            texts.append(from_html(piece.html[:left]))
            left -= min(left, len(piece.html))
        return "\n".join(texts)


def read(raw: bytes) -> IncomingMail:
    """Raises MailUnreadable for what is beyond the limits or no mail."""
    if len(raw) > MOST_BYTES:
        raise MailUnreadable("too large")
    walk = _Walk(raw)
    try:
        head, _ = _head(raw, 0, len(raw))
        text = walk.text(list(walk.part(0, len(raw), 0)))
        people = getaddresses([str(value)[:LONGEST_HEADER] for value in head.get_all("From", [])])
        return IncomingMail(
            id=str(head.get("Message-ID", "")).strip()[:998],
            senders=tuple(address for _, address in people),
            sender_name=_decoded(people[0][0]) if people else "",
            subject=_decoded(str(head.get("Subject", "")))[:1000],
            headers={name.lower(): str(value)[:LONGEST_HEADER] for name, value in reversed(head.items())},
            text=text[:MOST_TEXT],
            is_cut=walk.is_cut or len(text) > MOST_TEXT,
            parts=tuple(walk.files),
        )
    except _NONSENSE as reason:
        raise MailUnreadable(type(reason).__name__) from reason


def _merged(pieces: list[_Text]) -> _Text:
    """One text that was sent in several forms."""
    plain = "\n".join(piece.plain for piece in pieces if piece.plain.strip())
    return _Text(plain, "".join(piece.html for piece in pieces))


def _head(raw: bytes, start: int, end: int) -> tuple[Message, int]:
    """The headers of a part, and where its body begins. Counted before they are parsed."""
    if raw[start : start + 1] in (b"\n", b"\r"):
        return Message(compat32), start + (2 if raw[start : start + 2] == b"\r\n" else 1)
    limit = min(end, start + MOST_HEADER_BYTES)
    match = _END_OF_HEADERS.search(raw, start, limit)
    if match is None and end > limit:
        raise MailUnreadable("headers are too long")
    block = raw[start : match.start() if match else end]
    if len(_HEADER_LINE.findall(block)) > MOST_HEADERS:
        raise MailUnreadable("too many headers")
    return BytesHeaderParser(policy=compat32).parsebytes(block), match.end() if match else end


def _bounds(raw: bytes, start: int, end: int, boundary: str) -> Iterator[tuple[int, int]]:
    """From where to where each part lies. What is never closed ends with what it lies in."""
    line = re.compile(rb"^--" + re.escape(boundary.encode("ascii", "replace")) + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    first = 0
    for match in line.finditer(raw, start, end):
        if first:
            yield first, max(first, match.start() - (2 if raw[match.start() - 2 : match.start()] == b"\r\n" else 1))
        if match[1]:
            return
        first = min(end, match.end() + 1)
    if first:
        yield first, end


def _content(head: Message, encoded: bytes) -> bytes:
    """Without its transfer encoding; what is no base64 is left out of it, as far as it goes."""
    encoding = str(head.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "quoted-printable":
        return binascii.a2b_qp(encoded)
    if encoding == "base64":
        letters = encoded.translate(None, _NOT_BASE64)
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4 if len(letters) % 4 == 1 else len(letters)] + b"==")
    return encoded


def _characters(content: bytes, charset: str) -> str:
    """By the character set that is named; else, and where that is wrong, as UTF-8 or what Windows writes."""
    for name in (charset, "utf-8"):
        try:
            if name and codecs.lookup(name).name.replace("-", "_") not in _SLOW:
                return content.decode(name)
        except (LookupError, ValueError):
            continue
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(content)  # it may have been cut inside of a character
    except ValueError:
        return content.decode("cp1252", "replace")


def _unflowed(text: str, deletes_space: bool) -> str:
    """RFC 3676: a line that ends with a space goes on in the next, at the same depth of quoting."""
    lines: list[str] = []
    flows, depth = False, ""
    for line in text.split("\n"):
        quotes = re.match(r">*", line)
        own, rest = quotes[0] if quotes else "", line.lstrip(">")
        rest = rest.removeprefix(" ")
        if flows and own == depth and rest != "-- ":
            lines[-1] += rest
        else:
            lines.append(f"{own} {rest}" if own else rest)
        flows, depth = rest.endswith(" ") and rest != "-- ", own
        if flows and deletes_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _param(head: Message, name: str) -> str:
    value = head.get_param(name)
    return str(value[2] if isinstance(value, tuple) else value or "")[:200]


def _filename(head: Message) -> str:
    return head.get_filename() or ""


def _is_logo(head: Message, kind: str, content: bytes) -> bool:
    """A small picture that stands in the text itself: of a signature, as a rule."""
    return bool(head.get("Content-ID")) and kind.startswith("image/") and len(content) < _LOGO


def _unnamed(kind: str) -> str:
    return "mail.eml" if kind == "message/rfc822" else kind.replace("/", ".")


def _decoded(text: str) -> str:
    """Encoded words (RFC 2047) as what they say."""
    pieces = [
        piece if isinstance(piece, str) else _characters(piece, charset or "")
        for piece, charset in decode_header(text[:LONGEST_HEADER])
    ]
    return " ".join("".join(pieces).split())
