"""The shapes of a chat's list of files."""

from datetime import datetime

from msgspec import Struct

from .bodies import AuthorOut
from .fields import Limit, Text
from .files import FileOut


class FileListQuery(Struct):
    limit: Limit = 20
    cursor: Text = ""


class ListedFileOut(FileOut, kw_only=True):
    """A file with the message that it came with."""

    message_id: str
    seq: int
    author: AuthorOut | None
    sent_at: datetime


class FilesPage(Struct):
    """The newest first. Everything since `searched_to` was looked at; with a `next` there is more before it, whether or not `items`
    are there.
    """

    items: list[ListedFileOut]
    next: str | None
    searched_to: datetime
