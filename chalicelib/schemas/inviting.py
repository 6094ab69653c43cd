"""The shapes of inviting with care: lists that are read, calls that are only checked, a past that is shown before."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ..domain.address_lists.reading import SkippedBecause
from ..domain.history import PATTERN
from .bodies import In, ResultOut
from .fields import Limit, Seq, Text


class PersonOut(Struct):
    """Somebody on a list, as `invitees` takes them."""

    email: str
    name: str | UnsetType = UNSET


class SkippedOut(Struct):
    """A row that became nobody: counted from 1 with the head, as a spreadsheet does."""

    row: int
    text: str
    code: SkippedBecause


class AddressListOut(Struct):
    invitees: list[PersonOut]
    skipped: list[SkippedOut]


class Lines(In):
    """Up to three lines that a workspace keeps to choose from."""

    items: Annotated[list[Text], Meta(max_length=100)]


class ContactOut(Struct):
    email: str
    name: str | UnsetType = UNSET
    account_id: str | UnsetType = UNSET


class Contacts(Struct):
    items: list[ContactOut]
    next: None = None


class ContactsQuery(Struct):
    q: Annotated[str, Meta(max_length=1000)]


class Checking(Struct):
    """`check=true` answers what would become of each address, and does nothing."""

    check: Literal["true", "false"] = "false"

    @property
    def is_check(self) -> bool:
        return self.check == "true"


class PreviewRange(Struct):
    history: Annotated[str, Meta(pattern=PATTERN)] = "from_join"
    before: Seq | None = None
    limit: Limit | None = None


class ProblemOut(Struct):
    code: str
    message: str


class CheckedOut(Struct):
    """What a list would do: `mails` it would send, `mails_left` of the workspace's day before it, caps it would pass."""

    results: list[ResultOut]
    mails: int
    mails_left: int
    problems: list[ProblemOut]
