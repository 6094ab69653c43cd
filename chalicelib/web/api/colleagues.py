"""Inviting people into one's own Slack workspace."""

from msgspec import UNSET

from ...domain.errors import format_message
from ...providers.slack.colleagues import inviting
from ...providers.slack.colleagues.rules import InviteColleagueResult, SlackWorkspace, Wanted, steps
from ...schemas import colleagues as s
from ..routing import RequestContext, Routes

routes = Routes(__name__)


@routes.json(
    "GET",
    "/slack/workspace",
    "Your own Slack, and whom you may invite there.",
    answers=s.SlackWorkspaceOut,
    refusals=(409, 502),
)
def get_slack_workspace(request: RequestContext) -> s.SlackWorkspaceOut:
    slack_workspace, needs = inviting.workspace(request.ports, request.session)
    return s.SlackWorkspaceOut(
        team=s.SlackTeam(slack_workspace.team_id, slack_workspace.team_name, slack_workspace.plan),
        role=slack_workspace.role,
        mode=slack_workspace.mode,
        kinds=list(slack_workspace.kinds),
        channels=[s.SlackChannel(channel.id, channel.name) for channel in slack_workspace.channels],
        authorize_url=f"{request.ports.public_url}/oauth/slack/admin" if needs else UNSET,
        connect=_connect(request, slack_workspace) if slack_workspace.connects else UNSET,
    )


@routes.json(
    "POST",
    "/slack/invitations",
    "Invite people into your own Slack workspace, or have it prepared.",
    takes=s.NewColleagues,
    answers=s.ColleaguesOut,
    refusals=(409, 502),
)
def invite_colleagues(request: RequestContext, body: s.NewColleagues) -> s.ColleaguesOut:
    sent = inviting.invite(request.ports, request.account, request.session, _wanted(body))
    return s.ColleaguesOut(
        mode=sent.mode,
        results=[_result(result) for result in sent.results],
        message=_message(request, sent) or UNSET,
        steps=list(steps(sent.team)) if sent.team else UNSET,
    )


def _message(request: RequestContext, sent: inviting.Sent) -> str:
    """What was written, else a line of ours for those who paste it into Slack."""
    ours = format_message(inviting.MESSAGE, {"name": request.account.name, "team": sent.team})
    return sent.message or (ours if sent.team else "")


def _result(result: InviteColleagueResult) -> s.ColleagueResult:
    return s.ColleagueResult(
        result.email,
        result.outcome,
        result.code or UNSET,
        result.message or UNSET,
        retry_after=result.wait or UNSET,
    )


def _connect(request: RequestContext, slack_workspace: SlackWorkspace) -> s.SlackConnectOut:
    return s.SlackConnectOut(
        channels=[s.SlackChannel(channel.id, channel.name) for channel in slack_workspace.shareable],
        authorize_url=UNSET if slack_workspace.may_connect else f"{request.ports.public_url}/oauth/slack/connect",
    )


def _wanted(body: s.NewColleagues) -> Wanted:
    return Wanted(
        emails=tuple(body.emails),
        kind=body.kind,
        channel_ids=tuple(body.channel_ids),
        expires_on=body.expires_on,
        message=body.message or "",
    )
