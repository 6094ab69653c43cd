"""One reader of lists: what people paste, and what address books and spreadsheets write."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain import errors
from chalicelib.domain.address_lists import reading, typed
from chalicelib.domain.addresses import canonical
from tests.support.work import calls

JANE, BOB = "jane@x.example", "bob@x.example"
OUTLOOK = (
    "First Name,Middle Name,Last Name,Company,E-mail Address,E-mail Display Name,E-mail 2 Address\r\n"
    "Jane,,Doe,Acme,jane@x.example,Jane Doe (jane@x.example),jd@home.example\r\n"
    "Bob,,,,,,\r\n"
    ",,,,not-an-address,,\r\n"
)
GOOGLE = (
    "First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Value\n"
    "Jane,Doe,* myContacts,* Work,jane@x.example ::: jd@home.example,+1 555\n"
)
THUNDERBIRD = (
    "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email\nJ,D,Jane Doe,,jane@x.example,\n"
)
VCARDS = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Jane;;;\r\nFN:Jane Doe\r\n"
    "item1.EMAIL;type=INTERNET;type=pref:jane@x.\r\n example\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bob\r\nEND:VCARD\r\n"
)


@pytest.mark.parametrize(
    ("pasted", "people"),
    [
        ("Doe, Jane <jane@x.example>; Müller, Jörg (EXT) <bob@x.example>", ["Doe, Jane", "Müller, Jörg (EXT)"]),
        ('"Doe, Jane" <jane@x.example>, "B; ob" <bob@x.example>', ["Doe, Jane", "B; ob"]),
        ("jane@x.example、bob@x.example", ["", ""]),
        ("jane@x.example；bob@x.example", ["", ""]),
        ("jane@x.example，bob@x.example", ["", ""]),
        ("mailto:jane@x.example?subject=Hi <mailto:bob@x.example>", ["", ""]),
        ("jane@x.example, Bob B. <bob@x.example>", ["", "Bob B."]),
        ("Jane Doe jane@x.example\nBob (bob@x.example).", ["Jane Doe", "Bob"]),
        ("Jane\tjane@x.example\nBob\tbob@x.example", ["Jane", "Bob"]),
        ("Name\tE-Mail\tTown\nJane\tjane@x.example\tUlm\nBob\tbob@x.example\t", ["Jane", "Bob"]),
        ("'Jane Doe' <jane@x.example>;bob@x.example", ["Jane Doe", ""]),
        ("jane@x.example and bob@x.example", ["", ""]),
        ("jane@x.example und Bob bob@x.example", ["", "Bob"]),
        ("mailto:%6aane@x.example bob@x.example", ["", ""]),
    ],
)
def test_a_pasted_list_gives_each_person_with_their_name(pasted: str, people: list[str]) -> None:
    address_list = reading.read(pasted.encode())
    assert [(person.email, person.name) for person in address_list.people] == list(
        zip((JANE, BOB), people, strict=True)
    )
    assert address_list.skipped == ()


QUOTED = [
    '"a b"@x.example',
    '"a,b"@x.example',
    '"jane@x.example"@evil.example',
    '"me jane@x.example"@evil.example',
    '"me jane@x.example "@evil.example',
    "“a jane@x.example”@evil.example",
    "'a b'@x.example",
    '"a b"＠x.example',
]


@pytest.mark.parametrize("quoted", QUOTED)
@pytest.mark.parametrize("around", ["{}", "{}, bob@x.example", "bob@x.example; {}", "Jane <{}>\nbob@x.example", "({})"])
def test_what_is_quoted_is_no_address_of_its_own(quoted: str, around: str) -> None:
    """Of `"a b"@x.example` the end was read, as `b"@x.example`: nobody typed that."""
    entries = [entry.text for entry in typed.entries(around.format(quoted)) if entry.may_be_address]
    assert [text.rstrip(")") for text in entries if text != BOB] == [quoted]
    assert [person.email for person in reading.read(around.format(quoted).encode()).people] == [BOB] * ("bob" in around)


@pytest.mark.parametrize("quoted", QUOTED)
@pytest.mark.parametrize("is_cell", [True, False])
def test_nor_in_a_table(quoted: str, is_cell: bool) -> None:
    """A file invited b@x.example, or the address in the quotes."""
    cell = '"' + quoted.replace('"', '""') + '"' if is_cell else quoted
    address_list = reading.read(f"Name,Mail\nJane,{cell}\nBob,bob@x.example\n".encode(), is_table=True)
    assert [(person.email, person.name) for person in address_list.people] == [(BOB, "Bob")]
    assert [(item.row, item.code.value) for item in address_list.skipped] == [(2, "not_an_address")]


def test_a_mailto_link_is_read_as_one() -> None:
    """Its plus is written %2B; unread, that is somebody else's mailbox."""
    assert [entry.text for entry in typed.entries("mailto:jane%2Bwork@x.example")] == ["jane+work@x.example"]


@pytest.mark.parametrize(
    ("name", "text", "people", "skipped"),
    [
        ("Outlook", OUTLOOK, {JANE: "Jane Doe"}, [(2, "second_address"), (3, "no_address"), (4, "not_an_address")]),
        ("Google", GOOGLE, {JANE: "Jane Doe"}, [(2, "second_address")]),
        ("Thunderbird", THUNDERBIRD, {JANE: "Jane Doe"}, []),
        ("German Excel", "Vorname;Name;E-Mail\r\nJörg;Müller;bob@x.example\r\n", {BOB: "Jörg Müller"}, []),
        ("French Outlook", "Prénom;Nom;Adresse de messagerie\nJean;Dupont;bob@x.example\n", {BOB: "Jean Dupont"}, []),
        ("Spanish", "Nombre;Apellidos;Correo electrónico\nAna;Ruiz;jane@x.example\n", {JANE: "Ana Ruiz"}, []),
        ("Japanese, by content", "名前,連絡先\n田中,jane@x.example\n", {JANE: "田中"}, []),
        ("no head, two columns", "Jane,jane@x.example\nBob,bob@x.example\n", {JANE: "Jane", BOB: "Bob"}, []),
        ("Excel's sep line", "sep=|\nMail|Name\njane@x.example|Jane\n", {JANE: "Jane"}, []),
        ("one column", "jane@x.example\n\nbob@x.example\njane@x.example\n", {JANE: "", BOB: ""}, [(4, "repeated")]),
        ("a formula is no name", "Name,Mail\n=cmd|'x',jane@x.example\n", {JANE: ""}, []),
        ("a link is no name", "Name,Mail\nhttps://evil.example,jane@x.example\n", {JANE: ""}, []),
        ("a quote that never closes", 'Name,Mail\n"Jane,jane@x.example\nBob,bob@x.example\n', {JANE: "Jane", BOB: "Bob"}, []),
        ("a cell with two", 'Name,Mail\nJane,"jane@x.example, bob@x.example"\n', {JANE: "Jane"}, [(2, "second_address")]),
        ("a cell with a name", "Mail\nJane Doe <jane@x.example>\n", {JANE: "Jane Doe"}, []),
        ("vCards", VCARDS, {JANE: "Jane Doe"}, [(8, "no_address")]),
        ("nothing", "", {}, []),
        ("a head alone", "Name,E-Mail\n", {}, []),
    ],
)  # fmt: skip
def test_a_file_gives_its_people_and_what_was_skipped_by_row(
    name: str, text: str, people: dict[str, str], skipped: list[tuple[int, str]]
) -> None:
    address_list = reading.read(text.encode(), is_table=True)
    assert {person.email: person.name for person in address_list.people} == people
    assert [(item.row, item.code.value) for item in address_list.skipped] == skipped


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "utf-32"]
)
def test_the_encoding_is_found_from_the_bytes(encoding: str) -> None:
    address_list = reading.read("Name;E-Mail\r\nJörg Müller;bob@x.example\r\n".encode(encoding))
    assert [(person.email, person.name) for person in address_list.people] == [(BOB, "Jörg Müller")]


def test_a_thousand_rows_pass_and_one_more_is_refused_whole() -> None:
    rows = [f"p{at}@x.example" for at in range(1_001)]
    assert len(reading.read("\n".join(["E-Mail", *rows[:1_000]]).encode(), is_table=True).people) == 1_000
    for is_table in (True, False):
        with pytest.raises(errors.Refusal) as refused:
            reading.read("\n".join(rows).encode(), is_table)
        assert refused.value.fields[0].code == "too_many_rows"


@pytest.mark.parametrize("content", [b"PK\x03\x04" + bytes(range(32)) * 40, b"\x00\x01\x02\x03" * 500])
def test_what_is_no_text_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(errors.Refusal) as refused:
        reading.read(content)
    assert refused.value.fields[0].code == "not_text"


def test_a_file_above_one_mebibyte_is_too_large() -> None:
    reading.read(b" " * 1024 * 1024)
    with pytest.raises(errors.Refusal) as refused:
        reading.read(b" " * (1024 * 1024 + 1))
    assert refused.value.kind is errors.RefusalKind.TOO_LARGE


@given(st.binary(max_size=400), st.booleans())
@settings(max_examples=300)
def test_any_bytes_give_nothing_but_canonical_addresses(content: bytes, is_table: bool) -> None:
    try:
        address_list = reading.read(content, is_table)
    except errors.Refusal:
        return
    assert all(canonical(person.email) == person.email for person in address_list.people)
    assert all(len(skipped.text) <= 200 for skipped in address_list.skipped)


_NAMES = st.sampled_from(["", "Jane", "Jane Doe", "Doe, Jane", "Müller, Jörg (EXT)", "O'Neil"])
_WRITTEN = st.sampled_from(["{name} <{email}>", '"{name}" <{email}>', "<{email}>", "{email}", "mailto:{email}"])
_BETWEEN = st.sampled_from([";", "; ", ", ", "\n", "、", "；", "，", ",\n", ";;\t"])


@given(st.lists(st.tuples(_NAMES, _WRITTEN, _BETWEEN), max_size=12))
def test_no_address_of_a_typed_list_is_lost_and_none_made_up(people: list[tuple[str, str, str]]) -> None:
    emails = [f"p{at}@x.example" for at in range(len(people))]
    text = "".join(
        written.format(name=name, email=email) + between
        for (name, written, between), email in zip(people, emails, strict=True)
    )
    assert [entry.text for entry in typed.entries(text)] == emails


@pytest.mark.parametrize("piece", ["<", '"', "a@", ",", "@ ", "a@x.example,", "<a@x.example>", '"",', "BEGIN:VCARD\n"])
def test_the_work_grows_with_the_length_and_not_with_its_square(piece: str) -> None:
    def cpu(length: int) -> float:
        text = (piece * (length // len(piece))).encode()
        began = time.process_time()
        for is_table in (True, False):
            try:
                reading.read(text, is_table)
            except errors.Refusal:
                continue
        return time.process_time() - began

    cpu(1_000)
    small = min(cpu(60_000) for _ in range(3))
    assert min(cpu(480_000) for _ in range(2)) < 30 * small + 0.05


@pytest.mark.parametrize("between", [",", "; ", "\t", " "])
@pytest.mark.parametrize("is_table", [True, False])
def test_a_row_of_very_many_addresses_costs_little(between: str, is_table: bool) -> None:
    content = between.join(f"p{at}@x.example" for at in range(40_000)).encode()

    def read() -> None:
        with pytest.raises(errors.Refusal) as refused:
            reading.read(content, is_table)
        assert refused.value.fields[0].code == "too_many_rows"

    assert calls(read) < 2 * len(content)  # each character is decoded, and no address judged


def test_of_a_long_row_as_much_is_told_as_can_be_shown() -> None:
    row = ",".join(f"p{at}@x.example" for at in range(40)) + "," + "x" * 500_000
    address_list = reading.read(row.encode(), is_table=True)
    assert (len(address_list.people), len(address_list.skipped)) == (1, 39)
    assert {len(skipped.text) for skipped in address_list.skipped} == {200}
