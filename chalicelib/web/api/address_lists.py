"""Reading a list of addresses: a pasted one, or a file from an address book or a spreadsheet."""

from msgspec import UNSET

from ...domain.address_lists import reading
from ...domain.address_lists.decoding import MOST_BYTES
from ...shapes import inviting as i
from ..routing import Call, Routes

routes = Routes(__name__)
_CSV = "text/csv"


@routes.json(
    "POST",
    "/address-lists",
    "Read a list of addresses: CSV, TSV, vCard or plain text. Nothing is stored or mailed.",
    answers=i.AddressListOut,
    takes_file=(_CSV, "text/plain", "application/octet-stream"),
    most_bytes=MOST_BYTES,
)
def read_address_list(call: Call, content: bytes) -> i.AddressListOut:
    found = reading.read(content, is_table=call.got.header("content-type").lower().startswith(_CSV))
    return i.AddressListOut(
        [i.PersonOut(one.email, one.name or UNSET) for one in found.people],
        [i.SkippedOut(one.row, one.text, one.code) for one in found.skipped],
    )
