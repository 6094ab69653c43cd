"""The shapes of searching."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from ..domain.searching import Has
from .bodies import MessageOut
from .fields import Limit, Text


class SearchQuery(Struct):
    """`from` is an account's id; `before` and `after` are days in UTC, themselves left out."""

    q: Annotated[str, Meta(max_length=1000)]
    from_: Text = field(default="", name="from")
    before: date | None = None
    after: date | None = None
    has: Has | None = None
    limit: Limit = 20
    cursor: Text = ""


class SearchPage(Struct):
    """Everything since `searched_to` was searched. With a `next`, there is more before it, whether or not `items` are there."""

    items: list[MessageOut]
    next: str | None
    searched_to: datetime
