"""The shapes of one place from outside."""

from msgspec import UNSET, UnsetType

from .bodies import In
from .fields import Text, ZonedTime


class PlaceChange(In):
    """`ends_at`: null for no end. `owner`: the account of a member in the chat, who answers for the place from now on."""

    ends_at: ZonedTime | UnsetType | None = UNSET
    owner: Text | UnsetType = UNSET
