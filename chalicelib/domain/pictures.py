"""Pictures without what isn't to be seen in them: where and when they were taken, by what, and any text.

Nothing is decoded. The file is walked through as its format is laid out, and only the parts that a picture needs are kept, bit by
bit; of what a camera notes, which way is up. What can't be walked through to its end, or is larger than may be decoded, is no
picture here. Formats: ISO 15948 (PNG), ITU T.81 and Exif 2.32 (JPEG), GIF89a, RFC 9649 (WebP).
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MOST_PIXELS = 40_000_000
_PNG_KEPT = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs"),
    *(b"acTL", b"fcTL", b"fdAT", b"cICP"),
}
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_WEBP_SAYS_METADATA = 0x04 | 0x08
_ICC, _ADOBE, _JFIF = b"ICC_PROFILE\0", b"Adobe", b"JFIF\0"
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_TURNED = (5, 6, 7, 8)


@dataclass(frozen=True, slots=True)
class Picture:
    """Its bytes without metadata, and its size as one sees it: upright."""

    content: bytes
    width: int
    height: int


class _NotWhole(Exception):
    """The bytes end too early, or aren't laid out as the format says."""


def cleaned(media: str, content: bytes) -> Picture | None:
    """None for what isn't a whole picture of this type, or a larger one than `MOST_PIXELS`."""
    try:
        picture = _BY_TYPE[media](content)
    except (_NotWhole, IndexError, struct.error):
        return None
    return picture if 0 < picture.width * picture.height <= MOST_PIXELS else None


def _png(content: bytes) -> Picture:
    """Chunks of length, name, data and checksum; what stands behind the last is another file."""
    kept, at, width, height = [content[:8]], 8, 0, 0
    while True:
        (length,), name = struct.unpack_from(">I", content, at), content[at + 4 : at + 8]
        chunk = content[at : at + 12 + length]
        if len(chunk) < 12 + length:
            raise _NotWhole
        if name == b"IHDR":
            width, height = struct.unpack_from(">II", chunk, 8)
        if name in _PNG_KEPT:
            kept.append(chunk)
        if name == b"IEND":
            return Picture(b"".join(kept), width, height)
        at += 12 + length


def _jpeg(content: bytes) -> Picture:
    """Segments up to the picture's data; of a camera's, which way is up. What stands behind the end is another file."""
    kept, width, height, turn = [b"\xff\xd8"], 0, 0, 1
    for marker, segment, data in _segments(content):
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, 1)
        if marker == 0xE1 and data.startswith(b"Exif\0\0"):
            turn = _orientation(data[6:]) or turn
        elif _belongs(marker, data):
            kept.append(segment)
    if turn != 1:
        kept.insert(1, _says_turn(turn))
    return Picture(b"".join(kept), *((height, width) if turn in _TURNED else (width, height)))


def _belongs(marker: int, data: bytes) -> bool:
    """Application segments that say how colours are meant; no thumbnail, for that is the picture before it was cut."""
    if marker == 0xE0:
        return data.startswith(_JFIF) and data[12:14] == b"\0\0"
    if marker == 0xE2:
        return data.startswith(_ICC)
    if marker == 0xEE:
        return data.startswith(_ADOBE)
    return marker not in range(0xE1, 0xF0) and marker != 0xFE


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, whole segment, and its data. The compressed data that follow a scan belong to it."""
    at = 2
    while True:
        while content[at] == 0xFF and content[at + 1] == 0xFF:
            at += 1  # fill bytes
        if content[at] != 0xFF:
            raise _NotWhole
        marker = content[at + 1]
        if marker == 0xD9:
            yield marker, content[at : at + 2], b""
            return
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise _NotWhole
        data = content[at + 4 : end]
        if marker == 0xDA:
            end = _end_of_scan(content, end)
        yield marker, content[at:end], data
        at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """The next marker that isn't a restart, or a byte 0xFF of the data itself."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise _NotWhole
        if content[at + 1] not in (0x00, 0xFF, *range(0xD0, 0xD8)):
            return at
        at += 1 if content[at + 1] == 0xFF else 2


def _orientation(tiff: bytes) -> int:
    """Tag 0x0112 of the first directory; 0 where there is none that one can read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for entry in range(min(count, 200)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * entry)
            if tag == 0x0112:
                return value if 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _says_turn(turn: int) -> bytes:
    """An Exif segment with the one tag."""
    directory = struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, turn, 0, 0)
    data = b"Exif\0\0MM\0*" + struct.pack(">I", 8) + directory
    return b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data


def _gif(content: bytes) -> Picture:
    """Comments, texts and the blocks of applications go, but for the one that says how often it plays."""
    width, height = struct.unpack_from("<HH", content, 6)
    at = 13 + _colours(content[10])
    kept = [content[:at]]
    while content[at] != 0x3B:
        begin, kind = at, content[at]
        if kind == 0x2C:
            at += 10 + _colours(content[at + 9]) + 1
            at = _end_of_blocks(content, at)
            kept.append(content[begin:at])
        elif kind == 0x21:
            label = content[at + 1]
            at = _end_of_blocks(content, at + 2)
            if label == 0xF9 or (label == 0xFF and content[begin + 3 : begin + 14] in _LOOPS):
                kept.append(content[begin:at])
        else:
            raise _NotWhole
    return Picture(b"".join((*kept, b";")), width, height)


def _colours(flags: int) -> int:
    """How many bytes the table of colours takes."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_blocks(content: bytes, at: int) -> int:
    while content[at]:
        at += 1 + content[at]
    return at + 1


def _webp(content: bytes) -> Picture:
    """Chunks of name, length and data, filled up to an even length. The size is that of the canvas, or of the one picture."""
    kept, size = list[bytes](), (0, 0)
    (whole,) = struct.unpack_from("<I", content, 4)
    at, end = 12, min(8 + whole, len(content))
    while at + 8 <= end:
        name, (length,) = content[at : at + 4], struct.unpack_from("<I", content, at + 4)
        data, filled = content[at + 8 : at + 8 + length], length + length % 2
        if len(data) < length:
            raise _NotWhole
        if name == b"VP8X":
            data = bytes((data[0] & ~_WEBP_SAYS_METADATA,)) + data[1:]
        size = size if any(size) else _WEBP_SIZES.get(name, _no_size)(data)
        if name in _WEBP_KEPT:
            kept.append(name + struct.pack("<I", length) + data + b"\0" * (length % 2))
        at += 8 + filled
    body = b"WEBP" + b"".join(kept)
    return Picture(b"RIFF" + struct.pack("<I", len(body)) + body, *size)


def _no_size(data: bytes) -> tuple[int, int]:
    return 0, 0


def _canvas(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1


def _lossy(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, 6)
    return width & 0x3FFF, height & 0x3FFF


def _lossless(data: bytes) -> tuple[int, int]:
    bits = int.from_bytes(data[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


_WEBP_SIZES: dict[bytes, Callable[[bytes], tuple[int, int]]] = {b"VP8X": _canvas, b"VP8 ": _lossy, b"VP8L": _lossless}
_BY_TYPE: dict[str, Callable[[bytes], Picture]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
}
