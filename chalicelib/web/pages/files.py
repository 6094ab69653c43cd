"""A file by its own address: the one that stands in Slack, in Teams, and behind a name without a script."""

from ...usecases import files
from .routing import PageRequest, Pages, Redirect

routes = Pages(__name__)


@routes.page("/files/{file_id}", signed_in=True)
def file_page(request: PageRequest) -> Redirect:
    """Who isn't signed in is asked to, and comes back here."""
    return Redirect(files.address(request.ports, request.account, request.path["file_id"], files.ShownAs.SAVED))
