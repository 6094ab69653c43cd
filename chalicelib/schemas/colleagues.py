"""The shapes of inviting people into one's own Slack workspace."""

from datetime import date
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ..providers.slack.colleagues.rules import ColleagueOutcome, InviteMode, SlackRole
from ..providers.slack.colleagues.rules import InviteKind as ColleagueKind
from .bodies import In
from .fields import Text

MEANINGS = {
    "connect": "Whether Slack Connect can be used.",
    "mode": "`api`: we invite. `guide`: the person does it in Slack, and we prepare the list.",
    "steps": "What the person does in Slack, one after the other.",
    "team": "The person's own Slack workspace.",
}
"""What the fields mean that only these shapes have."""


class NewColleagues(In):
    emails: Annotated[list[Text], Meta(min_length=1, max_length=50)]
    kind: ColleagueKind
    channel_ids: Annotated[list[Text], Meta(max_length=100)] = field(default_factory=list)
    expires_on: date | None = None
    message: Annotated[str, Meta(max_length=2000)] | None = None


class SlackTeam(Struct):
    id: str
    name: str
    plan: str


class SlackChannel(Struct):
    id: str
    name: str


class SlackConnectOut(Struct):
    """One of these channels for each invitation; and, until the app has the right, where to ask for it."""

    channels: list[SlackChannel]
    authorize_url: str | UnsetType = UNSET


class SlackWorkspaceOut(Struct):
    team: SlackTeam
    role: SlackRole
    mode: InviteMode
    kinds: list[ColleagueKind]
    channels: list[SlackChannel]
    authorize_url: str | UnsetType = UNSET
    connect: SlackConnectOut | UnsetType = UNSET


class ColleagueResult(Struct):
    email: str
    outcome: ColleagueOutcome
    code: str | UnsetType = UNSET
    message: str | UnsetType = UNSET
    retry_after: int | UnsetType = UNSET


class ColleaguesOut(Struct):
    mode: InviteMode
    results: list[ColleagueResult]
    message: str | UnsetType = UNSET
    steps: list[str] | UnsetType = UNSET
