"""Kinds of fields that many shapes have."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from ..domain.addresses import MAX_LENGTH
from ..domain.people import PASSWORD_LONGEST, PASSWORD_SHORTEST

Text = Annotated[str, Meta(max_length=1000)]
Secret = Annotated[str, Meta(max_length=1000)]
Name = Annotated[str, Meta(max_length=1000, extra_json_schema={"minLength": 1, "pattern": r"\S"})]
NewSecret = Annotated[str, Meta(extra_json_schema={"minLength": PASSWORD_SHORTEST, "maxLength": PASSWORD_LONGEST})]
Email = Annotated[str, Meta(extra_json_schema={"format": "email", "minLength": 3, "maxLength": MAX_LENGTH})]
"""What is written only in the document is judged later, by sentences of its own."""
Limit = Annotated[int, Meta(ge=1, le=100)]
Mentioned = Annotated[list[Text], Meta(max_length=20)]
Seq = Annotated[int, Meta(ge=0, le=999_999_999)]
ZonedTime = Annotated[datetime, Meta(tz=True)]
OutsideDays = Literal[30, 90, 180, 365] | None
