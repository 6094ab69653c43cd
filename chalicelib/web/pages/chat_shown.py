"""What the page of a chat shows besides its messages and people; its fragments show some of it anew."""

from dataclasses import asdict, replace
from typing import Any

import msgspec

from ...domain import errors
from ...domain.calls import CallKind
from ...domain.chats import Chat, ChatKind, Membership, Participant, refuse_unless_open
from ...domain.files import are_allowed
from ...domain.invitations import Invitation
from ...domain.rosters import open_in, people_in
from ...domain.workspaces import Member, WhoMayInvite, Workspace
from ...schemas import serializers as shapes
from ...templating import languages
from ...usecases import chats, deliveries, messages, ways, workspaces
from ...usecases.deliveries import Delivery
from . import invitees, participants, thread
from .routing import PageRequest


def with_people(
    request: PageRequest, membership: Membership, chat: Chat, invitations: tuple[Invitation, ...]
) -> dict[str, Any]:
    """The chat, and who is in it and invited."""
    ports = request.ports
    workspace, member = workspaces.membership(ports, request.account, chat.workspace_id)
    joined = chats.participants_of(chat, invitations)
    people = participants.participants(joined, membership, invitations, member, request)
    return {
        "chat": _chat(chat, membership, workspace, member, invitations, joined, request),
        "participants": people,
        "me_participant": next((person for person in people if person["account_id"] == request.account.id), None),
        "invitations": participants.invited(request, invitations, member) if membership.is_member else [],
        "shows": {via: asdict(each) for via, each in deliveries.capabilities_of(ports, joined).items()},
        "invites_colleagues": participants.invites_colleagues(membership),
    }


def items(request: PageRequest, read: messages.Read, invitations: tuple[Invitation, ...]) -> list[dict[str, Any]]:
    """The messages that were read, each of one's own with how it fares elsewhere."""
    joined = chats.participants_of(read.chat, invitations)
    return thread.items(read, joined, _deliveries(request, read, invitations), request.locale)


def _chat(
    chat: Chat,
    membership: Membership,
    workspace: Workspace | None,
    member: Member | None,
    invitations: tuple[Invitation, ...],
    participants: tuple[Participant, ...],
    request: PageRequest,
) -> dict[str, Any]:
    may_invite = (
        workspace is not None
        and member is not None
        and workspace.communicate
        and (workspace.who_may_invite is WhoMayInvite.MEMBERS or member.role.may_manage)
    )
    cap = workspace.allowance.people_in_a_chat if workspace else 0
    used = people_in(invitations, chat.founder_left) + open_in(invitations, request.ports.now())
    others = [participant.name for participant in participants if participant.account_id != request.account.id]
    return {
        **msgspec.to_builtins(shapes.chat(chat, membership)),
        "shut": _shut(chat, request),
        "title": chat.name or ", ".join(others[:3]) or chat.title_for(membership),
        "workspace_name": workspace.name if workspace else "",
        "can_invite": may_invite,
        "can_rename": membership.is_member and chat.kind is ChatKind.GROUP,
        "level": membership.level,
        "hidden": membership.hides(chat),
        "has_ways": ways.may_choose(request.ports, membership),
        "takes_files": workspace is not None and are_allowed(workspace, membership),
        "file_mb": workspace.allowance.file_bytes // (1024 * 1024) if workspace else 0,
        "can_call": workspace is not None and workspace.calls.kind is not CallKind.NONE,
        "capacity_left": max(0, cap - used),
        "waiting": dict(chats.waiting_in(invitations, request.ports.now())).get(request.account.id, 0),
        "workspace_id": chat.workspace_id,
        **(invitees.lines(request.ports, workspace) if may_invite and workspace else {}),
    }


def _deliveries(
    request: PageRequest, read: messages.Read, invitations: tuple[Invitation, ...]
) -> dict[int, list[Delivery]]:
    """How one's own messages fare elsewhere; why, in the reader's language where it is a sentence of ours."""
    results = deliveries.of_page(request.ports, read.page, read.membership, invitations)
    return {seq: [_in_words(delivery, request.locale) for delivery in each] for seq, each in results.items()}


def _shut(chat: Chat, request: PageRequest) -> str:
    """Why nobody can write here; empty where one can."""
    try:
        refuse_unless_open(chat, request.ports.now())
    except errors.Refusal as refusal:
        return request.problems(refusal)["form"]
    return ""


def _in_words(delivery: Delivery, locale: str) -> Delivery:
    told = [languages.text(text, locale, **({"emojis": with_} if with_ else {})) for text, with_ in delivery.sentences]
    return replace(delivery, sentences=tuple((text, "") for text in told))
