"""Bringing colleagues into one's own Slack workspace: who may invite whom as what, and how Slack's answers are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from . import errors

_PAID = ("std", "plus", "enterprise", "compliance")
_GRID = ("enterprise", "compliance")
MOST_AT_ONCE, LONGEST_MESSAGE = 50, 560


class SlackRole(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"

    @property
    def may_choose(self) -> bool:
        return self in (SlackRole.OWNER, SlackRole.ADMIN)


class Kind(StrEnum):
    MEMBERS = "members"
    GUESTS = "guests"


class Mode(StrEnum):
    """Through Slack's API (Enterprise Grid alone has it), or with a guide to Slack's own dialog."""

    API = "api"
    GUIDE = "guide"


class Outcome(StrEnum):
    SENT = "sent"
    ALREADY_IN_TEAM = "already_in_team"
    REFUSED = "refused"
    PREPARED = "prepared"


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackWorkspace:
    """What Slack says now; an empty plan where it can't be asked."""

    team_id: str
    team_name: str
    plan: str
    role: SlackRole
    channels: tuple[Channel, ...] = ()
    default_channel: str = ""

    @property
    def mode(self) -> Mode:
        return Mode.API if self.plan in _GRID and self.role.may_choose else Mode.GUIDE

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Only owners and admins choose, and guests are for paid workspaces."""
        return (Kind.MEMBERS, Kind.GUESTS) if self.role.may_choose and self.plan in _PAID else (Kind.MEMBERS,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    emails: tuple[str, ...]
    kind: Kind
    channel_ids: tuple[str, ...]
    expires_on: date | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    email: str
    outcome: Outcome
    code: str = ""
    message: str = ""


def refuse_unless_possible(workspace: SlackWorkspace, wanted: Wanted, today: date) -> None:
    """Everything that can be judged here is judged before anything is sent."""
    if workspace.role is SlackRole.GUEST:
        raise errors.Refusal(
            errors.Kind.FORBIDDEN, "slack_guest", "Guests can't invite people to a Slack workspace. Ask a member."
        )
    if not 1 <= len(wanted.emails) <= MOST_AT_ONCE:
        raise errors.wrong_field("emails", "how_many", f"Type 1 to {MOST_AT_ONCE} addresses.")
    if wanted.kind not in workspace.kinds:
        raise errors.wrong_field(
            "kind", "not_here", "Guests can be invited by owners and admins of paid workspaces only."
        )
    known = {channel.id for channel in workspace.channels}
    if workspace.channels and not known.issuperset(wanted.channel_ids):
        raise errors.wrong_field("channel_ids", "unknown_channel", "Choose channels from the list.")
    _refuse_unless_fit_for_guests(wanted, today)
    if len(wanted.message) > LONGEST_MESSAGE:
        raise errors.wrong_field("message", "too_long", f"Use at most {LONGEST_MESSAGE} characters.")


def _refuse_unless_fit_for_guests(wanted: Wanted, today: date) -> None:
    """Guests see chosen channels only, and may have an end date; members have none."""
    if wanted.kind is Kind.GUESTS and not wanted.channel_ids:
        raise errors.wrong_field("channel_ids", "required", "Choose at least one channel: guests see nothing else.")
    if wanted.expires_on and wanted.kind is not Kind.GUESTS:
        raise errors.wrong_field("expires_on", "guests_only", "Only guests have an end date.")
    if wanted.expires_on and wanted.expires_on <= today:
        raise errors.wrong_field("expires_on", "past", "Choose a day after today.")


def of_error(email: str, code: str) -> Result:
    """Each documented error of `admin.users.invite` and `conversations.inviteShared` as a sentence that helps."""
    if code in _THERE_ALREADY:
        return Result(email=email, outcome=Outcome.ALREADY_IN_TEAM, code=code, message=_SENTENCES[code])
    sentence = _SENTENCES.get(code, "Slack refused this address without saying why. Invite it in Slack itself.")
    return Result(email=email, outcome=Outcome.REFUSED, code=code, message=sentence)


_THERE_ALREADY = ("already_in_team", "already_in_team_invited_user", "already_in_channel")
_AUTHORIZE_AGAIN = (
    "token_revoked",
    "token_expired",
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "missing_scope",
    "not_allowed_token_type",
    "team_access_not_granted",
)
_SENTENCES = {
    "already_in_team": "This person is in the workspace already.",
    "already_in_team_invited_user": "This person was invited before. The invitation can be sent again in Slack only.",
    "failed_looking_up_user": "Slack couldn't look this address up. Try again later.",
    "failed_to_send_invite": "Slack couldn't send this invitation. Try again later.",
    "failed_to_validate_caller": "Slack doesn't let this account invite people. Ask an owner of the organisation.",
    "failed_to_validate_channels": "Slack doesn't know one of the channels, or you are not in it. Choose others.",
    "failed_to_validate_custom_message": "Slack doesn't take this message. Make it shorter, without links.",
    "failed_to_validate_expiration": "Slack doesn't take this end date. Choose another.",
    "failed_to_validate_team": "Slack doesn't know this workspace. Sign in with Slack again.",
    "feature_not_enabled": "This workspace doesn't allow invitations by applications. Invite in Slack itself.",
    "invalid_email": "Slack doesn't take this for an e-mail address. Check it.",
    "team_not_found": "Slack doesn't know this workspace. Sign in with Slack again.",
    "user_disabled": "This person was deactivated in the workspace. An admin can let them in again, in Slack.",
    "not_an_admin": "Only owners and admins can invite this way. Ask one of them.",
    "not_allowed_token_type": "The authorization is of the wrong kind. Authorize again.",
    "missing_scope": "The authorization lacks a right. Authorize again.",
    "ratelimited": "Slack asks to wait a minute. This address was not invited; send it again.",
    "no_external_invite_permission": "This workspace doesn't let you invite through Slack Connect. Ask an admin.",
    "connection_limit_exceeded": "This channel is connected to as many organisations as Slack allows.",
    "not_paid": "Slack Connect is for paid workspaces only.",
    "url_in_message": "Slack allows no link in this message. Remove it.",
    "message_too_long": "The message is too long. Use at most 560 characters.",
    "restricted_action": "A setting of the workspace forbids this. Ask an admin.",
    "not_in_channel": "The app isn't in this channel. Add it there first.",
    "channel_not_found": "Slack doesn't know this channel. Choose another.",
    "token_revoked": "The authorization was taken back. Authorize again.",
    "invalid_auth": "The authorization doesn't hold any more. Authorize again.",
    "account_inactive": "The account that authorized is gone. Authorize again.",
    "not_authed": "The authorization is missing. Authorize again.",
    "token_expired": "The authorization has expired. Authorize again.",
    "no_permission": "The account that authorized may not invite people. Ask an admin.",
    "access_denied": "Slack doesn't let this account invite people. Ask an admin.",
    "org_login_required": "The organisation is being moved at Slack. Try again later.",
    "team_access_not_granted": "The authorization doesn't cover this workspace. Authorize again.",
    "internal_error": "Slack had a fault of its own. Try again later.",
    "fatal_error": "Slack had a fault of its own. Try again later.",
    "service_unavailable": "Slack isn't there now. Try again later.",
    "request_timeout": "Slack didn't get the whole request. Try again.",
    "ratelimit": "Slack asks to wait a minute. This address was not invited; send it again.",
    "already_in_channel": "This person is in the channel already.",
    "cannot_share_cross_workspace_channel": "This channel belongs to several workspaces and can't be shared. Choose another.",
    "cannot_share_mandatory_channel": "This channel is for everybody in the workspace and can't be shared. Choose another.",
    "channel_archived": "This channel is archived. Choose another.",
    "connection_limit_exceeded_pending": "This channel has as many open invitations as Slack allows. Wait for an answer.",
    "legacy_connection_limit_exceeded": "This channel is connected to as many organisations as Slack allows.",
    "invalid_channel_type": "Slack can't share this kind of channel. Choose another.",
    "invite_lookup_error": "Slack couldn't look this invitation up. Try again later.",
    "invite_not_found": "Slack doesn't know this invitation any more. Send a new one.",
    "member_limit_exceeded": "The channel has as many members as Slack allows.",
    "not_allowed_for_grid_workspace": "The organisation doesn't allow this in one of its workspaces. Ask an admin.",
    "not_owner": "Only the organisation that owns this channel can invite others to it. Ask its owner.",
    "not_supported": "This workspace can't use Slack Connect. Invite in Slack itself.",
    "recipients_not_specified": "Slack got no address. Type one.",
    "too_many_emails": "Slack takes one address at a time. Send the others after it.",
    "user_not_found": "Slack doesn't know this person. Check the address.",
}


def needs_authorization(results: Sequence[Result]) -> bool:
    """Whether the authorization that was used doesn't hold any more, and must be asked for again."""
    return any(one.code in _AUTHORIZE_AGAIN for one in results)


def steps(team: str) -> tuple[str, ...]:
    """The help article's five steps, with this workspace's name in them."""
    return (
        f"Open Slack and click {team} in the top left.",
        f"Select Invite people to {team} from the menu.",  # noqa: S608  # a sentence
        "Paste the addresses. Owners and admins choose members or guests (guests in paid workspaces).",
        "For members, Customize your invitation adds channels; for guests, choose the channels.",
        "Click Send, then Done.",
    )
