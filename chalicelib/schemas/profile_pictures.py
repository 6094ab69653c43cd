"""Where a person's picture is; its address is new with each picture."""

from msgspec import Struct

from .. import wiring


class PictureOut(Struct):
    """Where the picture is from now on."""

    picture_url: str


def url(account_id: str, picture: str) -> str:
    """Empty where there is no picture."""
    return f"{wiring.ports().public_url}{path(account_id, picture)}" if picture else ""


def path(account_id: str, picture: str) -> str:
    """The same for our own pages."""
    return f"/api/v1/people/{account_id}/pictures/{picture}" if picture else ""
