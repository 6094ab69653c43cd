"""The API's shapes of what Slack and Teams show, and of how messages fare there."""

from msgspec import UNSET, Struct, UnsetType

from ..domain.providers import Via
from ..domain.relaying import DeliveryState, SupportLevel


class ShowsOut(Struct):
    """What people who read there see of it: `fully`, `as_quote`, `each_once` (each emoji, for all), `as_name`, `as_link`, `not`."""

    text: SupportLevel
    edits: SupportLevel
    deletions: SupportLevel
    replies: SupportLevel
    reactions: SupportLevel
    mentions: SupportLevel
    files: SupportLevel


class DeliveryOut(Struct):
    """How a message fares with one person who reads in Slack or Teams."""

    account_id: str
    name: str
    via: Via
    state: DeliveryState
    detail: str | UnsetType = UNSET


class Deliveries(Struct):
    items: list[DeliveryOut]
    next: str | None
