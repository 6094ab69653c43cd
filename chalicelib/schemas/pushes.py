"""The shapes of pushes, and of what a person sets about them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

Text = Annotated[str, Meta(max_length=1000)]
Endpoint = Annotated[str, Meta(max_length=2048)]


class PushKeys(Struct):
    """The browser's key and secret, in base64url."""

    p256dh: Text
    auth: Text


class NewPushSubscription(Struct):
    """A browser's `PushSubscription` as JSON; what else it names isn't needed."""

    endpoint: Endpoint
    keys: PushKeys
    expires: float | None = field(name="expirationTime", default=None)


class PushSubscriptionOut(Struct):
    id: str


class PushKeyOut(Struct):
    """What a browser subscribes with: `applicationServerKey`."""

    key: str


class QuietHoursOut(Struct, forbid_unknown_fields=True):
    """Times of day like `22:00`, in one's own time zone; past midnight where `to` is the earlier one."""

    begins: Text = field(name="from")
    ends: Text = field(name="to")


class AccountChange(Struct, forbid_unknown_fields=True):
    """What isn't named stays. `quiet` and `dnd_until` take null for none; `push_text`: pushes show what was written."""

    name: Text | UnsetType = UNSET
    time_zone: Text | UnsetType = UNSET
    locale: Literal["en", "de", "es", "fr"] | UnsetType = UNSET
    quiet: QuietHoursOut | UnsetType | None = UNSET
    dnd_until: datetime | UnsetType | None = UNSET
    push_text: bool | UnsetType = UNSET


class OwnAccountOut(Struct):
    id: str
    name: str
    email: str
    locale: str
    time_zone: str
    quiet: QuietHoursOut | None
    dnd_until: datetime | None
    push_text: bool
    picture_url: str | UnsetType = UNSET
