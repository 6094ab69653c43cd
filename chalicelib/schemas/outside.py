"""The shapes of the register of people from outside."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from ..domain.outside import OutsidePerson, OutsidePlace, PersonRef
from ..domain.providers import Via
from .bodies import Paging
from .fields import Text
from .receipts import ReceiptOut
from .sheets import csv_text


class OutsideQuery(Paging):
    """`q` looks at names and addresses; `chat_id` leaves the places in that chat alone."""

    q: Annotated[str, Meta(max_length=200)] = ""
    chat_id: Text = ""


class RemovalQuery(Struct):
    """`chat_id`: out of this chat only."""

    chat_id: Text = ""


class PersonRefOut(Struct):
    account_id: str
    name: str


class OutsidePlaceOut(Struct):
    """`owner` answers for the place; `chat_name` is null for a direct chat."""

    chat_id: str
    chat_name: str | None
    invited_as: str
    invited_by: PersonRefOut
    owner: PersonRefOut
    joined_at: datetime
    via: Via
    organization: str | UnsetType = UNSET
    last_wrote_at: datetime | UnsetType = UNSET
    ends_at: datetime | UnsetType = UNSET


class OutsideOut(Struct):
    """`via` and `organization` are those of the place joined last."""

    account_id: str
    name: str
    via: Via
    places: list[OutsidePlaceOut]
    email: str | UnsetType = UNSET
    organization: str | UnsetType = UNSET


class OutsidePage(Struct):
    items: list[OutsideOut]
    next: str | None


class Removed(Struct):
    """One receipt for all the chats that the person was removed from, each with the address of its page."""

    receipts: list[ReceiptOut]


def outside(person: OutsidePerson) -> OutsideOut:
    last = person.last_joined
    return OutsideOut(
        account_id=person.account_id,
        name=person.name,
        via=last.via,
        places=[_place(place) for place in person.places],
        email=person.email or UNSET,
        organization=last.organization or UNSET,
    )


def _place(place: OutsidePlace) -> OutsidePlaceOut:
    return OutsidePlaceOut(
        chat_id=place.chat_id,
        chat_name=place.chat_name or None,
        invited_as=place.invited_as,
        invited_by=person(place.invited_by),
        owner=person(place.owner),
        joined_at=place.joined_at,
        via=place.via,
        organization=place.organization or UNSET,
        last_wrote_at=place.last_wrote_at or UNSET,
        ends_at=place.ends_at or UNSET,
    )


def person(ref: PersonRef) -> PersonRefOut:
    return PersonRefOut(ref.account_id, ref.name)


COLUMNS = (
    *(
        "account_id",
        "name",
        "email",
        "organization",
        "via",
        "chat_id",
        "chat_name",
        "invited_as",
        "invited_by",
        "owner",
    ),
    *("joined_at", "last_wrote_at", "ends_at"),
)


def sheet(people: Iterable[OutsidePerson]) -> str:
    """The register for a spreadsheet: a row for each place. Of people in a place it has the names."""
    return csv_text(COLUMNS, (row for each in people for row in _rows(each)))


def _rows(of: OutsidePerson) -> Iterator[list[str]]:
    for place in of.places:
        yield [
            of.account_id,
            of.name,
            of.email,
            place.organization,
            place.via,
            place.chat_id,
            place.chat_name,
            place.invited_as,
            place.invited_by.name,
            place.owner.name,
            *(time_text(at) for at in (place.joined_at, place.last_wrote_at, place.ends_at)),
        ]


def time_text(at: datetime | None) -> str:
    """RFC 3339 in UTC, as the API's JSON; empty for none."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else ""
