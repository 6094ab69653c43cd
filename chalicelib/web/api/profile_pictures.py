"""The picture of a person: their own to choose, and others' to see."""

from ...domain import profile_pictures as rules
from ...schemas import profile_pictures as s
from ...usecases import profile_pictures
from ..requests import MOST_BYTES_OF_PHOTO
from ..routing import Reply, RequestContext, Routes

routes = Routes(__name__)
KEPT = {"Cache-Control": "private, max-age=86400, immutable", "Vary": "Cookie, Authorization"}
"""A day, and for one session: whoever signs out, or in as somebody else, asks anew."""


@routes.json(
    "PUT",
    "/me/picture",
    "Choose your picture: a PNG or JPEG. It is cut to a square of 256 pixels and loses everything else.",
    answers=s.PictureOut,
    takes_file=rules.TYPES,
    most_bytes=MOST_BYTES_OF_PHOTO,
)
def choose_picture(request: RequestContext, content: bytes) -> s.PictureOut:
    picture = profile_pictures.choose(request.ports, request.account, content)
    return s.PictureOut(s.url(request.account.id, picture))


@routes.json("DELETE", "/me/picture", "Remove your picture: your initials are shown again.", status=204)
def remove_picture(request: RequestContext) -> None:
    profile_pictures.remove(request.ports, request.account)


@routes.json(
    "GET",
    "/people/{account_id}/pictures/{picture_id}",
    "Somebody’s picture, by its address, for whoever shares a workspace or a chat with them.",
    answers=bytes,
    media=rules.TYPE,
)
def get_picture(request: RequestContext) -> Reply:
    account_id, picture_id = request.path["account_id"], request.path["picture_id"]
    content = profile_pictures.content(request.ports, request.account, account_id, picture_id)
    return Reply(content, media=rules.TYPE, headers=KEPT)
