"""The text of a file whose encoding nobody says: a byte-order mark, else what the bytes look like."""

import codecs

from ..errors import Refusal, RefusalKind, wrong_field

MOST_BYTES = 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PRINTABLE_CONTROLS = frozenset("\t\n\r\v\f\x1a\x1c\x1d\x1e\x1f\x85")


def text_of(content: bytes) -> str:
    """The text; refuses what is too large (413), and a file that is no text, such as a workbook or a picture (422)."""
    if len(content) > MOST_BYTES:
        raise Refusal(RefusalKind.TOO_LARGE, "too_large", "The file is too large. Send at most 1 MB.")
    text = _decoded(content)
    controls = sum(character < " " and character not in _PRINTABLE_CONTROLS for character in text)
    if controls > len(text) // 500:
        raise wrong_field("body", "not_text", "This isn't a text file. Save the list as CSV and try again.")
    return text


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    zeros = content[:4096].count(0)
    if zeros > len(content[:4096]) // 4:  # every second byte, where most letters are Latin
        return content.decode("utf-16-le" if content[1:4096:2].count(0) > zeros // 2 else "utf-16-be", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("windows-1252", "replace")
