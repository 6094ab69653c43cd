"""A person's picture: a small square, decoded and made anew from the one that they chose, of which nothing else is kept.

Each has an id of its own, so that an address always means the same bytes, and a key that is deleted is never used again.
"""

from datetime import timedelta

from . import errors
from .files import FIRST_BYTES, recognised
from .pictures import cleaned

TYPES = ("image/png", "image/jpeg")
SIDE, TYPE = 256, "image/jpeg"
"""What is kept: its side in pixels, unless the chosen one is smaller; and its format."""
MOST_BYTES = 4 * 1024 * 1024
CHOSEN, CHOSEN_WITHIN = 20, 3_600
"""How many a person may choose in how many seconds."""
SETTLED_AFTER = timedelta(hours=1)
"""Whatever became of the request: so long after it, a picture is an account's or is deleted."""


def checked(content: bytes) -> bytes:
    """A whole PNG or JPEG by its bytes, without what a camera wrote into it. Nothing is decoded here."""
    if len(content) > MOST_BYTES:
        raise errors.unfit(
            "picture", "too_large", "Choose a picture of at most {most} MB.", most=MOST_BYTES // (1024 * 1024)
        )
    media = recognised(content[:FIRST_BYTES])
    picture = cleaned(media, content) if media in TYPES else None
    if picture is None:
        raise unreadable()
    return picture.content


def unreadable() -> errors.Refusal:
    return errors.unfit(
        "picture",
        "not_a_picture",
        "This isn’t a picture that we can read. Choose a PNG or JPEG of at most 40 megapixels.",
    )


def key(account_id: str, picture_id: str) -> str:
    """Where it lies in the store."""
    return f"a/{account_id}/{picture_id}"


def chosen_key(account_id: str, picture_id: str) -> str:
    """Where the chosen one lies while the small one is made of it."""
    return f"s/{account_id}/{picture_id}"
