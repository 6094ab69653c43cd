"""Inviting people: `admin.users.invite` on Enterprise Grid, `conversations.inviteShared` for Slack Connect.

An address whose part before the @ is the name of one of the method's documented errors, or of one that every method
has, gets that error.
"""

import re
import time
from collections.abc import Callable, Mapping

from local.fake_provider.state import Json
from local.slack.calls import Call
from local.slack.conversations import reachable
from local.slack.fake_slack import SlackError, short
from local.slack.reference import COMMON_ERRORS

INVITE_ERRORS = frozenset(
    [
        "already_in_team",
        "already_in_team_invited_user",
        "failed_looking_up_user",
        "failed_to_send_invite",
        "failed_to_validate_caller",
        "failed_to_validate_channels",
        "failed_to_validate_custom_message",
        "failed_to_validate_expiration",
        "failed_to_validate_team",
        "feature_not_enabled",
        "invalid_email",
        "not_an_admin",
        "team_not_found",
        "user_disabled",
    ]
)
SHARED_ERRORS = frozenset(
    [
        "already_in_channel",
        "cannot_share_cross_workspace_channel",
        "cannot_share_mandatory_channel",
        "channel_archived",
        "channel_not_found",
        "connection_limit_exceeded",
        "connection_limit_exceeded_pending",
        "invalid_channel_type",
        "invalid_email",
        "invite_lookup_error",
        "invite_not_found",
        "legacy_connection_limit_exceeded",
        "member_limit_exceeded",
        "message_too_long",
        "not_allowed_for_grid_workspace",
        "not_in_channel",
        "not_owner",
        "not_paid",
        "not_supported",
        "ratelimit",
        "recipients_not_specified",
        "restricted_action",
        "too_many_emails",
        "url_in_message",
        "user_not_found",
        "no_external_invite_permission",
    ]
)
_EMAIL = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,.]+")


def invite(call: Call) -> Json:
    """`admin.users.invite`: only for an organisation's own token, of an owner or admin."""
    if not call.about["org"]:
        raise SlackError("feature_not_enabled")
    team = call.slack.team(call.team_id)
    caller = call.slack.user(call.about["user"])
    if not caller["is_admin"]:
        raise SlackError("not_an_admin")
    email = _email(call.text("email"), INVITE_ERRORS)
    _is_new(call, team["id"], email)
    kind = _kind(call)
    channels = _channels(call, team["id"], kind)
    expires = _expiration(call, kind)
    message = call.text("custom_message")
    if re.search(r"https?://", message):
        raise SlackError("failed_to_validate_custom_message")
    invitation = {
        "id": f"I{short(team['id'], email)}",
        "team": team["id"],
        "email": email,
        "kind": kind,
        "channels": channels,
        "message": message,
        "real_name": call.text("real_name"),
        "resend": call.flag("resend"),
        "expires": expires,
        "by": caller["id"],
        "at": int(time.time()),
    }
    call.slack.data["invites"].append(invitation)
    return {}


def invite_shared(call: Call) -> Json:
    """`conversations.inviteShared`: one address or person at a time, for a channel that the app is in."""
    channel = reachable(call)
    _shareable(call, channel)
    emails, ids = call.items("emails"), call.items("user_ids")
    if not emails and not ids:
        raise SlackError("recipients_not_specified")
    if len(emails) + len(ids) > 1:
        raise SlackError("too_many_emails")
    if ids:
        raise SlackError("user_not_found")  # people of other workspaces, and here nobody shares a channel with any
    email = _email(emails[0], SHARED_ERRORS)
    pending = call.slack.data["shared_invites"]
    if any(item["channel"] == channel["id"] and item["email"] == email for item in pending):
        raise SlackError("connection_limit_exceeded_pending")
    inside = [user["id"] for user in call.slack.people(call.team_id) if user["email"] == email]
    if any(item in channel["members"] for item in inside):
        raise SlackError("already_in_channel")
    invitation = {
        "id": f"I{short(channel['id'], email)}",
        "team": call.team_id,
        "channel": channel["id"],
        "email": email,
        "external_limited": call.flag("external_limited", default=True),
        "at": int(time.time()),
    }
    pending.append(invitation)
    return {"invite_id": invitation["id"], "is_legacy_shared_channel": False}


def _email(email: str, errors: frozenset[str]) -> str:
    if not _EMAIL.fullmatch(email):
        raise SlackError("invalid_email")
    if email.partition("@")[0] in errors | COMMON_ERRORS:
        raise SlackError(email.partition("@")[0])
    return email.lower()


def _is_new(call: Call, team_id: str, email: str) -> None:
    for user in call.slack.people(team_id):
        if user["email"] == email and not user["is_bot"]:
            raise SlackError("user_disabled" if user["deleted"] else "already_in_team")
    if any(invite["team"] == team_id and invite["email"] == email for invite in call.slack.data["invites"]):
        raise SlackError("already_in_team_invited_user")


def _kind(call: Call) -> str:
    restricted, ultra = call.flag("is_restricted"), call.flag("is_ultra_restricted")
    if restricted and ultra:
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] a guest is of one kind"]})
    return "single-channel guest" if ultra else "multi-channel guest" if restricted else "member"


def _channels(call: Call, team_id: str, kind: str) -> list[str]:
    ids = call.items("channel_ids")
    existing = call.slack.data["channels"]
    if any(id_ not in existing or existing[id_]["team_id"] != team_id or existing[id_]["kind"] == "im" for id_ in ids):
        raise SlackError("failed_to_validate_channels")
    if kind == "single-channel guest" and len(ids) != 1:
        raise SlackError("failed_to_validate_channels")
    return ids


def _expiration(call: Call, kind: str) -> float | None:
    given = call.text("guest_expiration_ts")
    if not given:
        return None
    if kind == "member" or not given.replace(".", "", 1).isdecimal() or float(given) <= time.time():
        raise SlackError("failed_to_validate_expiration")
    return float(given)


def _shareable(call: Call, channel: Json) -> None:
    if call.slack.team(call.team_id)["plan"] == "free":
        raise SlackError("not_paid")
    if channel["kind"] == "im":
        raise SlackError("invalid_channel_type")
    if channel["is_general"]:
        raise SlackError("cannot_share_mandatory_channel")
    if call.about["user"] not in channel["members"]:
        raise SlackError("not_in_channel")


METHODS: Mapping[str, Callable[[Call], Json]] = {
    "admin.users.invite": invite,
    "conversations.inviteShared": invite_shared,
}
