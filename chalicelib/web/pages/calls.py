"""Starting, joining and ending a call from the chat's page."""

from ...usecases import calls
from .routing import PageRequest, Pages, Redirect

routes = Pages(__name__)


@routes.page("/calls/{call_id}", signed_in=True)
def join_call(request: PageRequest) -> Redirect:
    """The address that every line about a call leads to, in Slack and Teams, too."""
    return Redirect(calls.join(request.ports, request.account, request.path["call_id"]).url)


@routes.form("/calls/{call_id}/end", signed_in=True)
def end_call(request: PageRequest) -> Redirect:
    call = calls.end(request.ports, request.account, request.path["call_id"])
    return Redirect(f"/chats/{call.chat_id}")
