"""Inviting people into one's own Slack workspace."""

from msgspec import UNSET

from ...domain.colleagues import SlackWorkspace, Wanted
from ...shapes import colleagues as s
from ...usecases import colleagues
from ..routing import Call, Routes

routes = Routes(__name__)


@routes.json(
    "GET",
    "/slack/workspace",
    "Your own Slack, and whom you may invite there.",
    answers=s.SlackWorkspaceOut,
    refusals=(409, 502),
)
def get_slack_workspace(call: Call) -> s.SlackWorkspaceOut:
    found, needs = colleagues.workspace(call.ports, call.session)
    return s.SlackWorkspaceOut(
        team=s.SlackTeam(found.team_id, found.team_name, found.plan),
        role=found.role,
        mode=found.mode,
        kinds=list(found.kinds),
        channels=[s.SlackChannel(one.id, one.name) for one in found.channels],
        authorize_url=f"{call.ports.public_url}/oauth/slack/admin" if needs else UNSET,
        connect=_connect(call, found) if found.connects else UNSET,
    )


@routes.json(
    "POST",
    "/slack/invitations",
    "Invite people into your own Slack workspace, or have it prepared.",
    takes=s.NewColleagues,
    answers=s.ColleaguesOut,
    refusals=(409, 502),
)
def invite_colleagues(call: Call, body: s.NewColleagues) -> s.ColleaguesOut:
    sent = colleagues.invite(call.ports, call.account, call.session, _wanted(body))
    return s.ColleaguesOut(
        mode=sent.mode,
        results=[
            s.ColleagueResult(
                one.email, one.outcome, one.code or UNSET, one.message or UNSET, retry_after=one.wait or UNSET
            )
            for one in sent.results
        ],
        message=sent.message or UNSET,
        steps=list(sent.steps) or UNSET,
    )


def _connect(call: Call, found: SlackWorkspace) -> s.SlackConnectOut:
    return s.SlackConnectOut(
        channels=[s.SlackChannel(one.id, one.name) for one in found.shareable],
        authorize_url=UNSET if found.may_connect else f"{call.ports.public_url}/oauth/slack/connect",
    )


def _wanted(body: s.NewColleagues) -> Wanted:
    return Wanted(
        emails=tuple(body.emails),
        kind=body.kind,
        channel_ids=tuple(body.channel_ids),
        expires_on=body.expires_on,
        message=body.message or "",
    )
