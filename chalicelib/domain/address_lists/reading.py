"""A whole list, read: people to invite, and what was skipped, with its row and the reason."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .. import errors, names
from ..addresses import NotAnAddress, canonical
from . import decoding, tables, typed, vcards
from .tables import Column, Record, Table

MOST_ROWS = 1_000
_SHOWN, _MOST_IN_A_ROW, _MOST_ADDRESSES = 200, 50, 5_000
_FORMULA = "=+-@\t\r|"
_AFTER_NAME = re.compile(r"\w\s*<[^<>]*[@＠]")
_APART = re.compile(r"[\s<>()\[\]{},;\"|，；、]+|:::")


class SkippedBecause(StrEnum):
    NOT_AN_ADDRESS = "not_an_address"
    NO_ADDRESS = "no_address"
    REPEATED = "repeated"
    SECOND_ADDRESS = "second_address"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list: the canonical address, and a name where the list has one."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """What didn't become a person. `row` counts from 1 with the head, as a spreadsheet does; `text` is shortened."""

    row: int
    text: str
    code: SkippedBecause


@dataclass(frozen=True, slots=True)
class AddressList:
    people: tuple[Person, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: what stands in it, its addresses in order of importance, and whether something stands for an address."""

    number: int
    text: str
    emails: Sequence[str]
    name: str
    has_other: bool


def read(content: bytes, is_table: bool = False) -> AddressList:
    """The people of a file of at most 1 MiB and 1,000 rows.

    In a table each row is one person. Plain text that is no table is a typed list, in which each address is one; `is_table`
    says that the file calls itself a table. Refuses 413 too_large, 422 not_text, 422 too_many_rows.
    """
    text = decoding.text_of(content)
    if text.count("@") + text.count("＠") > _MOST_ADDRESSES:
        raise _too_many_rows()
    if vcards.is_vcard(text):
        return _collected(_of_cards(text))
    table = tables.parse(text)
    if is_table or _is_table(table):
        return _collected(_of_table(table))
    return _collected(_of_typed(text))


def of_field(text: str) -> list[typed.Entry]:
    """The entries of what somebody typed or pasted into a field; of a table or of vCards its people, and what in it is no
    address. No address is judged here."""
    if not vcards.is_vcard(text) and not _is_table(tables.parse(text)):
        return typed.entries(text)
    address_list = read(text.encode("utf-8", "replace"))
    rest = [
        typed.Entry(skipped.text) for skipped in address_list.skipped if skipped.code is SkippedBecause.NOT_AN_ADDRESS
    ]
    return [typed.Entry(person.email, person.name) for person in address_list.people] + rest


def _is_table(table: Table) -> bool:
    """A head, or at least two rows alike in which one column has all the addresses and another has none."""
    rows = [row for row in table.records if any(cell.strip() for cell in row)]
    if table.has_head:
        return True
    if len({len(row) for row in rows}) != 1 or len(rows[0]) < 2 or len(rows) + (table.separator == "\t") < 2:
        return False
    if table.separator == "," and all(len(row) == 2 and _AFTER_NAME.search(row[1]) for row in rows):
        return False  # "Doe, Jane <jane@acme.example>", one a line
    with_address = Counter(at for row in rows for at, cell in enumerate(row) if "@" in cell)
    return len(rows) in with_address.values() and len(with_address) < len(rows[0])


def _of_table(table: Table) -> Iterator[_Row]:
    rows = [(at, row) for at, row in enumerate(table.records, table.first_row) if any(cell.strip() for cell in row)]
    _refuse_if_too_many(len(rows))
    results = [[_addresses(cell) for cell in row] for _, row in rows]
    column = _address_column(table, results)
    for (number, row), mine in zip(rows, results, strict=True):
        order = sorted(range(len(mine)), key=lambda place: place != column)
        emails = list(dict.fromkeys(email for place in order for email in mine[place]))[:_MOST_IN_A_ROW]
        cell = row[column].strip() if 0 <= column < len(row) else ""
        text = table.separator.join(row)
        yield _Row(number, text, emails, _name(table, row, column), bool(cell) or "@" in text)


def _address_column(table: Table, results: Sequence[Sequence[Sequence[str]]]) -> int:
    """By its content; where two hold as many addresses, the one that the head names. -1 where there is none."""
    counts = Counter(at for row in results for at, emails in enumerate(row) if emails)
    if not counts:
        return next((at for at, column in enumerate(table.columns) if column is Column.EMAIL), -1)

    def weight(at: int) -> tuple[int, bool, int]:
        return counts[at], at < len(table.columns) and table.columns[at] is Column.EMAIL, -at

    return max(counts, key=weight)


def _addresses(cell: str) -> list[str]:
    if "@" not in cell and "＠" not in cell:
        return []
    unquoted = typed.QUOTED.sub(" ", cell)
    tokens = [typed.bare_address(token) for token in _APART.split(unquoted) if "@" in token or "＠" in token]
    return [email for email in map(_canonical, tokens[:_MOST_IN_A_ROW]) if email]


def _canonical(text: str) -> str:
    try:
        return canonical(text)
    except NotAnAddress:
        return ""


def _name(table: Table, row: Record, column: int) -> str:
    """The column headed name, else first and last name, else what stands before the address, else the other column of two."""
    cells: dict[Column, str] = {}
    for at, what in enumerate(table.columns[: len(row)]):
        if what is not Column.OTHER and row[at].strip():
            cells.setdefault(what, row[at])
    parts = (cells.get(Column.FIRST_NAME, ""), cells.get(Column.LAST_NAME, ""))
    entry = next(iter(typed.entries(row[column])), None) if 0 <= column < len(row) else None
    other = row[1 - column] if len(row) == 2 and column in (0, 1) else ""
    choices = (cells.get(Column.FULL_NAME, ""), " ".join(parts).strip(), entry.name if entry else "", other)
    return next((name for name in map(_safe_name, choices) if name), "")


def _safe_name(text: str) -> str:
    """Empty for what is no name: an address, a link, the beginning of a formula, or longer than a name may be."""
    text = names.tidy(text).strip('"')
    if not text or text[0] in _FORMULA or "@" in text or "://" in text or text.lower().startswith("www."):
        return ""
    try:
        return names.clean(text, "name")
    except errors.Refusal:
        return ""


def _of_typed(text: str) -> Iterator[_Row]:
    entries = typed.entries(text)
    _refuse_if_too_many(len(entries))
    for entry in entries:
        email = _canonical(entry.text)
        shown = entry.text if not entry.name else f"{entry.name} {entry.text}"
        yield _Row(entry.line, shown, [email] if email else [], _safe_name(entry.name), True)


def _of_cards(text: str) -> Iterator[_Row]:
    cards = list(vcards.cards(text))
    _refuse_if_too_many(len(cards))
    for card in cards:
        emails = list(dict.fromkeys(email for email in map(_canonical, card.emails) if email))[:_MOST_IN_A_ROW]
        shown = ", ".join(part for part in (card.name, *card.emails) if part)
        yield _Row(card.line, shown, emails, _safe_name(card.name), bool(card.emails))


def _collected(rows: Iterable[_Row]) -> AddressList:
    people: dict[str, Person] = {}
    skipped: list[Skipped] = []
    for row in rows:
        first = row.emails[0] if row.emails else ""
        if not first:
            code = SkippedBecause.NOT_AN_ADDRESS if row.has_other else SkippedBecause.NO_ADDRESS
            skipped.append(_skipped(row, code))
        elif first in people:
            skipped.append(_skipped(row, SkippedBecause.REPEATED))
        else:
            people[first] = Person(first, row.name)
        skipped += [_skipped(row, SkippedBecause.SECOND_ADDRESS) for _ in row.emails[1:]]
    return AddressList(tuple(people.values()), tuple(skipped))


def _refuse_if_too_many(rows: int) -> None:
    """Before any address is looked at closely."""
    if rows > MOST_ROWS:
        raise _too_many_rows()


def _too_many_rows() -> errors.Refusal:
    return errors.wrong_field(
        "body", "too_many_rows", "Send at most {most} rows at once. Split the list.", most=MOST_ROWS
    )


def _skipped(row: _Row, code: SkippedBecause) -> Skipped:
    """Of a row of any length only so much is read as can be shown."""
    text = names.tidy(row.text[: 5 * _SHOWN])
    return Skipped(row.number, text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…", code)
