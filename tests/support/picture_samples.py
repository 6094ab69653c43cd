"""Pictures put together part by part, with what cameras and their software write into them."""

import struct
import zlib

GPS = b"48 degrees 8 minutes 14 seconds"
"""Stands for a place; in the bytes of a picture it is found as it stands here."""


def png(width: int, height: int, *more: tuple[bytes, bytes]) -> bytes:
    """In one colour, with more chunks before its data."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height) if width * height < 1_000_000 else zlib.compress(b"\0")
    chunks = [(b"IHDR", head), *more, (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def exif(turn: int, order: str = ">") -> bytes:
    """Which way is up, and a place."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turn, 0)
    return b"Exif\0\0" + mark + struct.pack(f"{order}IH", 8, 1) + entry + struct.pack(f"{order}I", 0) + GPS


def jpeg(width: int, height: int, *more: tuple[int, bytes]) -> bytes:
    """Two scans with a restart between their data, and more segments before them."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\x01\x01\x00\x00\x3f\x00"
    segments = [(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"), *more, (0xDB, b"\0" + b"\x01" * 64), (0xC0, frame)]
    body = b"".join(_segment(marker, data) for marker, data in segments)
    scans = 2 * (_segment(0xDA, scan) + b"\x12\xff\x00\x34\xff\xd0\x56")
    return b"\xff\xd8" + body + scans + b"\xff\xd9"


def _segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def gif(width: int, height: int, *more: bytes) -> bytes:
    """One frame with a table of two colours, and more blocks before it."""
    head = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHH", 0, 0, width, height) + b"\0" + b"\x02\x02\x4c\x01\0"
    return head + b"".join(more) + frame + b";"


def webp(width: int, height: int, *more: tuple[bytes, bytes]) -> bytes:
    """With a canvas that says that there are Exif data and XMP, and more chunks behind the picture."""
    canvas = b"\x0c\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    lossless = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + b"\0\0\0"
    chunks = [(b"VP8X", canvas), (b"VP8L", lossless), *more]
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body
