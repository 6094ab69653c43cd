"""What a query of the embedded table is shown holds its page and one more, whatever is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.embedded.key_ranges import KeyRange, page, read

KEYS = st.text("ab#\U0010ffff", max_size=4)
ASKED = st.one_of(
    st.just(KeyRange("")),
    st.builds(KeyRange, st.sampled_from(["begins_with", "=", "<", "<=", ">", ">="]), KEYS.map(lambda key: (key,))),
    st.builds(KeyRange, st.just("between"), st.tuples(KEYS, KEYS).map(lambda pair: tuple(sorted(pair)))),
)


def fits(key: str, asked: KeyRange) -> bool:
    match asked.operator:
        case "begins_with":
            return key.startswith(asked.values[0])
        case "=":
            return key == asked.values[0]
        case "<":
            return key < asked.values[0]
        case "<=":
            return key <= asked.values[0]
        case ">":
            return key > asked.values[0]
        case ">=":
            return key >= asked.values[0]
        case "between":
            return asked.values[0] <= key <= asked.values[1]
        case _:
            return True


@given(st.sets(KEYS).map(sorted), ASKED, st.none() | KEYS, st.booleans(), st.none() | st.integers(1, 5))
def test_a_page_is_what_looking_at_every_key_finds(
    keys: list[str], asked: KeyRange, after: str | None, forward: bool, most: int | None
) -> None:
    matching = [key for key in keys if fits(key, asked)]
    behind = [key for key in matching if after is None or (key > after if forward else key < after)]
    shown = behind if most is None else behind[: most + 1] if forward else behind[-most - 1 :]
    assert list(page(keys, asked, after, forward, most)) == shown


VALUES = {":p": {"S": "chat"}, ":a": {"S": "m"}, ":b": {"S": "n"}, ":n": {"N": "1"}}
NAMES = {"#0": "PK", "#1": "SK"}


@pytest.mark.parametrize(
    ("expression", "asked"),
    [
        ("#0 = :p", KeyRange("")),
        ("PK = :p AND SK >= :a", KeyRange(">=", ("m",))),
        ("(#0 = :p AND begins_with (#1, :a))", KeyRange("begins_with", ("m",))),
        ("((#0 = :p) and (#1 between :a and :b))", KeyRange("between", ("m", "n"))),
        ("#1 <= :b AND #0 = :p", KeyRange("<=", ("n",))),
        ("#0 = :p AND #1 = :n", None),
        ("#0 = :p AND #1 = :unknown", None),
        ("#0 = :p AND contains(#1, :a)", None),
        ("#0 = :p AND NOT #1 = :a", None),
        ("#0 = :p AND :a < #1", None),
    ],
)
def test_what_a_condition_asks_for_is_read_or_left_alone(expression: str, asked: KeyRange | None) -> None:
    assert read(expression, NAMES, VALUES, "SK") == asked
