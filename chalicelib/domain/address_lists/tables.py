"""A file as records of cells: the separator is found by what makes the rows alike, the head by its words or its place."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .typed import QUOTED

Record = Sequence[str]
_SEPARATORS = ",;\t"
_LOOKED_AT, _TITLE_ROWS = 60, 10
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_LONGEST_CELL = 131_072


class Column(StrEnum):
    """What the head says of a column."""

    EMAIL = "email"
    FULL_NAME = "full name"
    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    OTHER = "other"


_HEADS = {
    Column.FULL_NAME: "name|full name|display name|contact|contact name|person|anzeigename|vollständiger name|kontakt"
    "|nom complet|nom affiché|nom d'affichage|nombre completo|nombre para mostrar|nome completo|nome visualizzato",
    Column.FIRST_NAME: "first name|firstname|given name|givenname|first|vorname|prénom|prenom|nombre|nombre de pila|nome",
    Column.LAST_NAME: "last name|lastname|family name|familyname|surname|last|nachname|familienname|nom|nom de famille"
    "|apellido|apellidos|cognome",
}
_BY_WORD = {word: column for column, words in _HEADS.items() for word in words.split("|")}
_EMAIL_WORD = re.compile(r"e-?mail|\bmail\b|adresse de messagerie|courriel|correo|メール|邮箱|почта", re.IGNORECASE)
_NOT_AN_ADDRESS = re.compile(r"display name|type|label|anzeigename|nom affiché|nombre para|typ\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """`records` with the number of the first of them, counted from 1 as a spreadsheet does; `columns` as the head names them."""

    records: Sequence[Record]
    first_row: int
    columns: tuple[Column, ...]
    has_head: bool
    separator: str

    @property
    def width(self) -> int:
        return max((len(record) for record in self.records), default=0)


def parse(text: str) -> Table:
    """The table that makes the most of the text; one column where nothing separates."""
    said = _SEP_LINE.match(text)  # Excel's own line, which it doesn't count
    if said:
        text = text[said.end() :]
    separator = said[1] if said else _separator(text)
    return _with_head(records(text, separator), separator)


def records(text: str, separator: str) -> list[Record]:
    """All records, the empty ones too, for they count. A quote that never closes swallows nothing."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    csv.field_size_limit(max(_LONGEST_CELL, len(text) + 1))
    try:
        return list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error as reason:
        if "unexpected end" in str(reason):
            return list(csv.reader(io.StringIO(text), delimiter=separator, quoting=csv.QUOTE_NONE))
        kept = QUOTED.sub(lambda quoted: '"' + quoted[0].replace('"', '""') + '"', text)  # whose quotes are no cell's
        return list(csv.reader(io.StringIO(kept), delimiter=separator))


def _separator(text: str) -> str:
    def alike(separator: str) -> tuple[float, int]:
        rows = [row for row in records(text[:65_536], separator)[:_LOOKED_AT] if any(cell.strip() for cell in row)]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            return 0, 0
        width, count = widths.most_common(1)[0]
        return count / len(rows), width

    return max(_SEPARATORS, key=alike)


def _with_head(rows: list[Record], separator: str) -> Table:
    first = next((at for at, row in enumerate(rows) if any(cell.strip() for cell in row)), 0)
    head = rows[first] if rows else []
    if _is_head(head, rows[first + 1 :]):
        return Table(rows[first + 1 :], first + 2, _columns(head), True, separator)
    titled = _below_title(rows)
    if titled:
        return Table(rows[titled + 1 :], titled + 2, _columns(rows[titled]), True, separator)
    return Table(rows, 1, (), False, separator)


def _below_title(rows: Sequence[Record]) -> int:
    """Where a head stands below the title of a sheet; 0 where it doesn't."""
    for at, row in enumerate(rows[:_TITLE_ROWS]):
        if any("@" in cell for cell in row):
            break
        if sum(bool(cell.strip()) for cell in row) > 1 and any(_EMAIL_WORD.search(cell) for cell in row):
            return at
    return 0


def _is_head(head: Record, rest: Sequence[Record]) -> bool:
    """Without an address of its own, and either in words that are known, or above a column of addresses."""
    if any("@" in cell for cell in head):
        return False
    if any(_EMAIL_WORD.search(cell) or _plain(cell) in _BY_WORD for cell in head):
        return len(head) > 1 or bool(_EMAIL_WORD.search(head[0]))
    below = {at for row in rest[:_LOOKED_AT] for at, cell in enumerate(row) if "@" in cell}
    return len(head) > 1 and any(at < len(head) and head[at].strip() for at in below) and all(map(_is_label, head))


def _is_label(cell: str) -> bool:
    return len(cell) <= 40 and not any(character.isdigit() for character in cell)


def _columns(head: Record) -> tuple[Column, ...]:
    columns = [_column(cell) for cell in head]
    plain = [_plain(cell) for cell in head]
    if Column.FIRST_NAME in columns and Column.LAST_NAME not in columns and "name" in plain:
        columns[plain.index("name")] = Column.LAST_NAME  # "Vorname; Name"
    for column, other in ((Column.FIRST_NAME, Column.LAST_NAME), (Column.LAST_NAME, Column.FIRST_NAME)):
        if column in columns and other not in columns and Column.FULL_NAME not in columns:
            columns[columns.index(column)] = Column.FULL_NAME  # "nom" or "nombre" alone
    return tuple(columns)


def _column(cell: str) -> Column:
    if _EMAIL_WORD.search(cell):
        return Column.OTHER if _NOT_AN_ADDRESS.search(cell) else Column.EMAIL
    return _BY_WORD.get(_plain(cell), Column.OTHER)


def _plain(cell: str) -> str:
    return " ".join(cell.replace("_", " ").replace("’", "'").lower().split())
