"""Calls in a chat: begun by anybody in it, joined by whoever is in it then, ended by who began it or after two hours."""

from ..domain import errors
from ..domain.calls import Call, CallKind, checked_url, room_url
from ..domain.chats import Chat, Membership
from ..domain.ids import Ids
from ..domain.messages import Event, EventType
from ..domain.people import Account
from ..domain.workspaces import Workspace
from ..ports import Ports
from . import chats, messages


def begin(ports: Ports, account: Account, chat_id: str, ids: Ids) -> Call:
    """Another one that is open still refuses this one, and is named; the line about it is made sure of."""
    chat, membership = chats.as_writer(ports, account, chat_id)
    workspace = ports.workspaces.get(chat.workspace_id)
    if workspace is None or workspace.calls.kind is CallKind.NONE:
        raise errors.calls_off()
    wanted = Call(
        id=ids(),
        chat_id=chat_id,
        begun_by=account.id,
        name=account.name,
        begun_at=ports.now(),
        url=_provider_url(ports, account, workspace, membership),
    )
    call = ports.calls.begin(wanted)
    _tell(ports, chat, call)
    if call.id != wanted.id:
        raise errors.CallOpen(call.id, our_url(ports, call))
    return call


def our_url(ports: Ports, call: Call) -> str:
    return f"{ports.public_url}/calls/{call.id}"


def join(ports: Ports, account: Account, call_id: str) -> Call:
    """Only where one is in the chat now is there a call at all."""
    call = _seen(ports, account, call_id)
    if not call.is_open_at(ports.now()):
        raise errors.call_over()
    return call


def end(ports: Ports, account: Account, call_id: str) -> Call:
    """Again is the same; the line about it is made sure of."""
    call = _seen(ports, account, call_id)
    if call.begun_by != account.id:
        raise errors.Refusal(errors.RefusalKind.FORBIDDEN, "not_beginner", "Only who began a call can end it.")
    if call.is_open_at(ports.now()):
        ports.calls.end(call, ports.now())
    tell_end(ports, call)
    return call


def tell_end(ports: Ports, call: Call) -> bool:
    """Its line says that it is over; whether that is new."""
    at = call.over_at(ports.now())
    return ports.messages.end_call(call.chat_id, _nonce(call), at, call.minutes_until(at))


def save_meeting_url(ports: Ports, account: Account, url: str, field: str) -> str:
    """One's own meeting link, for workspaces that hold their calls there; empty for none. `field` is where it was typed."""
    kept = checked_url(url, field) if url.strip() else ""
    ports.accounts.save_meeting_url(account.id, kept)
    return kept


def _seen(ports: Ports, account: Account, call_id: str) -> Call:
    call = ports.calls.get(call_id)
    if call is None:
        raise errors.unknown()
    chats.as_participant(ports, account, call.chat_id)
    return call


def _provider_url(ports: Ports, account: Account, workspace: Workspace, membership: Membership) -> str:
    """A room that nobody can guess; or the member's own meeting. A guest's own link would lead members where they didn't choose."""
    if workspace.calls.kind is CallKind.JITSI:
        return room_url(workspace.calls.url, ports.new_token())
    url = (account.meeting_url if membership.is_member else "") or workspace.calls.url
    if not url:
        raise errors.no_meeting_link()
    return url


def _tell(ports: Ports, chat: Chat, call: Call) -> None:
    event = Event(type=EventType.CALL_STARTED, account_id=call.begun_by, by=call.name, call_id=call.id)
    messages.post_event(ports, chat, event, _nonce(call))


def _nonce(call: Call) -> str:
    return f"{EventType.CALL_STARTED}:{call.id}"
