"""Files of address books, spreadsheets and mail programs, made here after their public formats, and what is read from each.

Beside each file in `lists/` a `.json` says what it is like, and the people and skipped rows (number, code) expected of it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain import errors
from chalicelib.domain.address_lists import reading

_LISTS = Path(__file__).parent / "lists"
_FILES = sorted(path for path in _LISTS.iterdir() if path.suffix != ".json")


def expected(path: Path) -> dict[str, Any]:
    expectation: dict[str, Any] = json.loads(path.with_name(f"{path.name}.json").read_text())
    return expectation


def test_there_are_at_least_forty_and_each_has_its_expectation() -> None:
    assert len(_FILES) >= 40
    assert {f"{path.name}.json" for path in _FILES} == {path.name for path in _LISTS.glob("*.json")}


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_a_file_gives_the_people_and_the_skipped_rows_expected_of_it(path: Path) -> None:
    wanted, is_table = expected(path), path.suffix == ".csv"
    if "refused" in wanted:
        with pytest.raises(errors.Refusal) as refused:
            reading.read(path.read_bytes(), is_table)
        assert refused.value.fields[0].code == wanted["refused"]
        return
    address_list = reading.read(path.read_bytes(), is_table)
    assert [[person.email, person.name] for person in address_list.people] == wanted["people"]
    assert [[skipped.row, skipped.code.value] for skipped in address_list.skipped] == wanted["skipped"]
