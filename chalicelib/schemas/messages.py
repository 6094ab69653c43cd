"""What clients write: messages, new and edited."""

from typing import Annotated

from msgspec import Meta

from .bodies import In
from .fields import Mentioned, Text
from .files import FileIds


class NewMessage(In):
    """With `files` the text may be empty."""

    text: Annotated[str, Meta(max_length=20_000)] = ""
    reply_to: Text | None = None
    mentions: Mentioned | None = None
    files: FileIds | None = None


class NewText(In):
    text: Annotated[str, Meta(max_length=20_000)]
    mentions: Mentioned | None = None
