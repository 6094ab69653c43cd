"""The audit log of a workspace: who did what about people from outside, and when. Accounts by their ids, never a name or an
address: those are looked up when it is shown, so that who was erased is erased here too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

KEPT = timedelta(days=400)


class AuditKind(StrEnum):
    INVITATION_SENT = "invitation.sent"
    INVITATION_REVOKED = "invitation.revoked"
    INVITATION_RESENT = "invitation.resent"
    INVITATION_MOVED = "invitation.moved"
    INVITATION_ASKED = "invitation.asked"
    INVITATION_ALLOWED = "invitation.allowed"
    INVITATION_REFUSED = "invitation.refused"
    INVITATION_HANDED_OVER = "invitation.handed_over"
    PARTICIPANT_JOINED = "participant.joined"
    PARTICIPANT_REMOVED = "participant.removed"
    PARTICIPANT_LEFT = "participant.left"
    PARTICIPANT_ENDED = "participant.ended"
    PARTICIPANT_END_SET = "participant.end_set"
    PARTICIPANT_OWNER_SET = "participant.owner_set"
    MEMBER_ADDED = "member.added"
    MEMBER_CHANGED = "member.changed"
    MEMBER_REMOVED = "member.removed"
    SETTINGS_CHANGED = "settings.changed"
    PLAN_CHANGED = "plan.changed"
    CHAT_TAKEN_OVER = "chat.taken_over"
    CHAT_CLOSED = "chat.closed"
    RELAY_OPENED = "relay.opened"
    RELAY_CUT_OFF = "relay.cut_off"
    FILE_BLOCKED = "file.blocked"
    ABUSE_STOPPED = "abuse.stopped"
    ABUSE_DISMISSED = "abuse.dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """`name` tells this happening from every other of its kind, so that it stands in the log once, however often it is told.

    `actor_id` is empty for the clock and for operators; `subject_id` is the account that it is about.
    """

    workspace_id: str
    kind: AuditKind
    at: datetime
    name: str
    id: str = ""
    actor_id: str = ""
    subject_id: str = ""
    chat_id: str = ""
    invitation_id: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
