"""Tables for a spreadsheet, as CSV (RFC 4180). No cell can begin a formula there, whatever somebody typed."""

import csv
import io
from collections.abc import Iterable, Sequence

MEDIA = "text/csv; charset=utf-8"
# What Excel, LibreOffice and Google Sheets take for the beginning of a formula, in its full-width forms too, and the signs
# behind which some of them look for one.
_BEGINS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """One head and a line for each row, in UTF-8 without a mark."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_cell(text) for text in row] for row in rows)
    return out.getvalue()


def _cell(text: str) -> str:
    """A leading `'` makes it text; spaces before a formula don't hide it."""
    spaces = len(text) - len(text.lstrip())
    return f"'{text}" if any(sign in _BEGINS_FORMULA for sign in text[: spaces + 1]) else text
