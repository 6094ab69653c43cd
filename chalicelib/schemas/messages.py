"""What clients write, messages new and edited; and the mail behind one."""

from typing import Annotated

from msgspec import Meta, Struct

from .bodies import In
from .fields import Mentioned, Text
from .files import ChosenFiles


class NewMessage(In):
    """With `files` the text may be empty. A file is its id, or its id with an `alt`."""

    text: Annotated[str, Meta(max_length=20_000)] = ""
    reply_to: Text | None = None
    mentions: Mentioned | None = None
    files: ChosenFiles | None = None


class WholeMailOut(Struct):
    text: str
    is_cut: bool


class NewText(In):
    text: Annotated[str, Meta(max_length=20_000)]
    mentions: Mentioned | None = None
