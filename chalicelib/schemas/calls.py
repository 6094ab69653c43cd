"""The shapes of calls."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from ..domain.calls import CallKind

Text = Annotated[str, Meta(max_length=1000)]


class CallsSetting(Struct, forbid_unknown_fields=True):
    """Where calls are held; `url` is the Jitsi server, or with `own` the meeting link of those who have none."""

    kind: CallKind
    url: Text | None = None


class MeetingLink(Struct, forbid_unknown_fields=True):
    """Your own meeting link; null for none."""

    url: Annotated[str, Meta(max_length=1000, extra_json_schema={"format": "uri", "pattern": "^https://"})] | None


class CallsOut(Struct):
    kind: CallKind
    url: str | UnsetType = UNSET


class CallOut(Struct):
    id: str
    url: str
