"""Calls in a chat, and one's own meeting link."""

from ...schemas import calls as s
from ...usecases import calls
from ..routing import Reply, RequestContext, Routes

routes = Routes(__name__)


@routes.json(
    "POST",
    "/chats/{chat_id}/calls",
    "Start a call: a line with Join for everybody in the chat. Where one is open, 409 names it as `call`.",
    answers=s.CallOut,
    status=201,
)
def begin_call(request: RequestContext) -> s.CallOut:
    call = calls.begin(request.ports, request.account, request.path["chat_id"], request.ids)
    return s.CallOut(call.id, calls.our_url(request.ports, call))


@routes.json("GET", "/calls/{call_id}", "On to the provider, for who is in the chat.", status=303, refusals=(410,))
def join_call(request: RequestContext) -> Reply:
    call = calls.join(request.ports, request.account, request.path["call_id"])
    return Reply(headers={"Location": call.url})


@routes.json("DELETE", "/calls/{call_id}", "End a call that you began; it ends by itself after two hours.", status=204)
def end_call(request: RequestContext) -> None:
    calls.end(request.ports, request.account, request.path["call_id"])


@routes.json(
    "PUT",
    "/me/meeting-link",
    "Your own meeting link, for workspaces that hold calls there.",
    takes=s.MeetingLink,
    answers=s.MeetingLink,
)
def save_meeting_link(request: RequestContext, body: s.MeetingLink) -> s.MeetingLink:
    return s.MeetingLink(calls.save_meeting_url(request.ports, request.account, body.url or "", "url") or None)
