"""Reading a list of addresses: a pasted one, or a file from an address book or a spreadsheet."""

from msgspec import UNSET

from ...domain.address_lists import reading
from ...domain.address_lists.decoding import MOST_BYTES
from ...schemas import inviting as i
from ..routing import RequestContext, Routes

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
def read_address_list(request: RequestContext, content: bytes) -> i.AddressListOut:
    address_list = reading.read(content, is_table=request.incoming.header("content-type").lower().startswith(_CSV))
    return i.AddressListOut(
        [i.PersonOut(person.email, person.name or UNSET) for person in address_list.people],
        [i.SkippedOut(skipped.row, skipped.text, skipped.code) for skipped in address_list.skipped],
    )
