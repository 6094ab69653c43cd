"""Bringing colleagues into one's own Slack workspace: who may invite whom as what, through which way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ....domain import errors
from ....domain.addresses import domain_of

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


class InviteKind(StrEnum):
    """As what: of the workspace, or through Slack Connect, from their own Slack into one channel of it."""

    MEMBERS = "members"
    GUESTS = "guests"
    CONNECT = "connect"


class InviteMode(StrEnum):
    """Through Slack's API (Enterprise Grid alone has it), or with a guide to Slack's own dialog."""

    API = "api"
    GUIDE = "guide"


class ColleagueOutcome(StrEnum):
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
    """What Slack says now; an empty plan where it can't be asked.

    `shareable`: channels that the person and our app are both in, so that the person's own right is never exceeded;
    `may_connect`: our app has the scope for Slack Connect; `domains`: of the company's own addresses.
    """

    team_id: str
    team_name: str
    plan: str
    role: SlackRole
    channels: tuple[Channel, ...] = ()
    default_channel: str = ""
    shareable: tuple[Channel, ...] = ()
    may_connect: bool = False
    domains: tuple[str, ...] = ()
    installed: bool = True
    app_id: str = ""

    @property
    def mode(self) -> InviteMode:
        return InviteMode.API if self.plan in _GRID and self.role.may_choose else InviteMode.GUIDE

    @property
    def kinds(self) -> tuple[InviteKind, ...]:
        """Only owners and admins choose, and guests are for paid workspaces."""
        return (
            (InviteKind.MEMBERS, InviteKind.GUESTS) if self.role.may_choose and self.is_paid else (InviteKind.MEMBERS,)
        )

    @property
    def is_paid(self) -> bool:
        return self.plan in _PAID

    @property
    def connects(self) -> bool:
        """Whether Slack Connect is worth offering: to everybody of a paid workspace but its guests."""
        return self.is_paid and self.role is not SlackRole.GUEST

    def is_outside(self, email: str) -> bool:
        """Whether this looks like somebody of another company, whom Slack Connect serves better."""
        return bool(self.domains) and domain_of(email) not in self.domains


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    emails: tuple[str, ...]
    kind: InviteKind
    channel_ids: tuple[str, ...]
    expires_on: date | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteColleagueResult:
    email: str
    outcome: ColleagueOutcome
    code: str = ""
    sentence: str = ""
    values: Mapping[str, object] = field(default_factory=dict, hash=False)
    wait: int = 0
    """Seconds that Slack asks to wait."""

    @property
    def message(self) -> str:
        return errors.format_message(self.sentence, self.values)


def refuse_unless_possible(workspace: SlackWorkspace, wanted: Wanted, today: date) -> None:
    """Everything that can be judged here is judged before anything is sent."""
    if workspace.role is SlackRole.GUEST:
        raise errors.Refusal(
            errors.RefusalKind.FORBIDDEN,
            "slack_guest",
            "Guests can't invite people to a Slack workspace. Ask a member.",
        )
    if not 1 <= len(wanted.emails) <= MOST_AT_ONCE:
        raise errors.wrong_field("emails", "how_many", "Enter 1 to {most} addresses.", most=MOST_AT_ONCE)
    if wanted.kind is InviteKind.CONNECT:
        return _refuse_unless_connectable(workspace, wanted)
    if wanted.kind not in workspace.kinds:
        raise errors.wrong_field("kind", "not_here", "Only owners and admins of paid workspaces can invite guests.")
    existing = {channel.id for channel in workspace.channels}
    if workspace.channels and not existing.issuperset(wanted.channel_ids):
        raise errors.wrong_field("channel_ids", "unknown_channel", "Choose channels from the list.")
    _refuse_unless_fit_for_guests(wanted, today)
    if len(wanted.message) > LONGEST_MESSAGE:
        raise errors.wrong_field("message", "too_long", "Use at most {most} characters.", most=LONGEST_MESSAGE)
    return None


def _refuse_unless_connectable(workspace: SlackWorkspace, wanted: Wanted) -> None:
    """`conversations.inviteShared` knows an address and a channel, and nothing else."""
    if not workspace.is_paid:
        raise errors.wrong_field("kind", "not_paid", "Slack Connect is only available in paid workspaces.")
    if not workspace.may_connect:
        raise errors.Refusal(
            errors.RefusalKind.FORBIDDEN,
            "authorization_needed",
            "Webtop needs permission to use Slack Connect first: conversations.connect:write. Allow it in Slack.",
        )
    if len(wanted.channel_ids) != 1 or wanted.channel_ids[0] not in {channel.id for channel in workspace.shareable}:
        raise errors.wrong_field("channel_ids", "one_channel", "Choose one channel that both you and the app are in.")
    if wanted.expires_on:
        raise errors.wrong_field("expires_on", "guests_only", "Only guests have an end date.")
    if wanted.message:
        raise errors.wrong_field(
            "message", "not_with_connect", "Slack writes this e-mail itself. Leave the message out."
        )


def _refuse_unless_fit_for_guests(wanted: Wanted, today: date) -> None:
    """Guests see chosen channels only, and may have an end date; members have none."""
    if wanted.kind is InviteKind.GUESTS and not wanted.channel_ids:
        raise errors.wrong_field("channel_ids", "required", "Choose at least one channel. Guests won't see any others.")
    if wanted.expires_on and wanted.kind is not InviteKind.GUESTS:
        raise errors.wrong_field("expires_on", "guests_only", "Only guests have an end date.")
    if wanted.expires_on and wanted.expires_on <= today:
        raise errors.wrong_field("expires_on", "past", "Choose a day after today.")


def channels_for(workspace: SlackWorkspace, wanted: Wanted) -> tuple[str, ...]:
    """Members get the default channel and the extra ones, guests the chosen ones alone. Slack wants at least one."""
    default = (workspace.default_channel,) if wanted.kind is InviteKind.MEMBERS and workspace.default_channel else ()
    channels = tuple(dict.fromkeys((*default, *wanted.channel_ids)))
    if not channels:
        raise errors.wrong_field(
            "channel_ids", "required", "Slack needs at least one channel. Reload the page and choose one."
        )
    return channels


STEPS = (
    "Open Slack and click {team} in the top left.",
    "Select Invite people to {team} from the menu.",
    "Paste the addresses. Owners and admins choose members or guests (guests in paid workspaces).",
    "For members, Customize your invitation adds channels; for guests, choose the channels.",
    "Click Send, then Done.",
)
"""The help article's five steps, in the words that Slack itself uses in the reader's language; `team`: the workspace's name."""


def steps(team: str) -> tuple[str, ...]:
    return tuple(errors.format_message(step, {"team": team}) for step in STEPS)
