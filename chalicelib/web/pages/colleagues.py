"""Invite people to one's own Slack workspace: exactly the choices that will work, and why others don't."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ...domain import errors
from ...domain.address_lists.reading import of_field
from ...domain.providers import Provider
from ...providers.slack.colleagues import inviting
from ...providers.slack.colleagues.admin_port import admin_of
from ...providers.slack.colleagues.inviting import Sent
from ...providers.slack.colleagues.rules import ColleagueOutcome, InviteKind, SlackWorkspace, Wanted
from ...providers.slack.installation import CONNECT
from ...usecases import installing
from . import flash
from .oauth import begun, browser_of
from .routing import Page, PageRequest, Pages, Redirect
from .shell import shell

routes = Pages(__name__)
_APP = "Webtop"
_NOTICES: Mapping[str, tuple[str, str]] = {
    "cancelled": ("warn", "Slack was not allowed to. Nothing has changed; you can try again."),
    "failed": ("warn", "Slack doesn’t answer as it should. Nothing has changed; try again."),
    "team": ("warn", "That was another person or another Slack workspace than yours. Choose your own."),
    "connected": ("good", "Webtop may use Slack Connect now."),
}


@routes.page("/slack/invite", signed_in=True)
def invite_page(request: PageRequest) -> Page:
    return _page(request)


@routes.form("/slack/invite", signed_in=True)
def invite(request: PageRequest) -> Page:
    return _sent(request, _page)


@routes.page("/slack/connect", signed_in=True)
def connect_page(request: PageRequest) -> Page:
    return _connect(request)


@routes.form("/slack/connect", signed_in=True)
def connect(request: PageRequest) -> Page:
    """`do=show` brings addresses from the other page along, by POST, for an address never stands in a URL."""
    return _connect(request) if request.field("do") == "show" else _sent(request, _connect)


@routes.page("/oauth/slack/connect", signed_in=True)
def ask_for_connect(request: PageRequest) -> Redirect:
    """As installing, with the one right that Slack Connect needs; the way back is the same."""
    return begun(
        request, lambda browser: installing.start(request.ports, Provider.SLACK, request.session, browser, CONNECT)
    )


@routes.page("/oauth/slack/admin", signed_in=True)
def connect_organisation(request: PageRequest) -> Redirect:
    return begun(request, lambda browser: inviting.start_admin(request.ports, request.session, browser))


@routes.page("/oauth/slack/admin/callback")
def organisation_connected(request: PageRequest) -> Redirect:
    notice = inviting.finish_admin(request.ports, request.incoming.query, browser_of(request))
    return Redirect(f"/slack/invite?notice={notice}&by=slack")


def _sent(request: PageRequest, page: Callable[..., Page]) -> Page:
    try:
        sent = inviting.invite(request.ports, request.account, request.session, _wanted(request))
    except errors.Refusal as refusal:
        if refusal.kind is errors.RefusalKind.CONFLICT:
            raise
        return page(request, problems=request.problems(refusal), code=422)
    return page(request, sent=sent)


def _page(
    request: PageRequest, sent: Sent | None = None, problems: dict[str, str] | None = None, code: int = 200
) -> Page:
    slack_workspace, needs = inviting.workspace(request.ports, request.session)
    chosen = request.form.get("channel_ids", [])
    return shell(
        request,
        "slack_invite.html",
        "slack",
        code,
        **_common(request, slack_workspace, sent, problems),
        mode=slack_workspace.mode,
        kinds=list(slack_workspace.kinds),
        channels=slack_workspace.channels,
        authorize_url=f"/oauth/slack/admin?account={request.account.id}" if needs else None,
        installed=slack_workspace.installed,
        outside=_outside(slack_workspace, sent),
        chosen=chosen,
        picked=[channel for channel in slack_workspace.channels if channel.id in chosen],
        slack_url=_in_slack(request, slack_workspace),
    )


def _connect(
    request: PageRequest, sent: Sent | None = None, problems: dict[str, str] | None = None, code: int = 200
) -> Page:
    slack_workspace, _ = inviting.workspace(request.ports, request.session)
    return shell(
        request,
        "slack_connect.html",
        "slack",
        code,
        **_common(request, slack_workspace, sent, problems),
        may_connect=slack_workspace.may_connect,
        shareable=slack_workspace.shareable,
        channels_of=[(channel.id, f"# {channel.name}") for channel in slack_workspace.shareable],
        app=_APP,
    )


def _common(
    request: PageRequest, slack_workspace: SlackWorkspace, sent: Sent | None, problems: dict[str, str] | None
) -> dict[str, Any]:
    return {
        "team": slack_workspace.team_name,
        "plan": slack_workspace.plan,
        "role": slack_workspace.role,
        "connects": slack_workspace.connects,
        "sent": sent,
        "again": "\n".join(result.email for result in sent.results if result.outcome is ColleagueOutcome.REFUSED)
        if sent
        else "",
        "errors": problems or {},
        "notice": _notice(request),
    }


def _outside(slack_workspace: SlackWorkspace, sent: Sent | None) -> str:
    """The prepared addresses that look like another company's."""
    prepared = [result.email for result in sent.results if result.outcome is ColleagueOutcome.PREPARED] if sent else []
    return ", ".join(email for email in prepared if slack_workspace.is_outside(email))


def _in_slack(request: PageRequest, slack_workspace: SlackWorkspace) -> str:
    """Slack's own link that opens this workspace, at our app; Slack documents none into its dialog."""
    return admin_of(request.ports).address(slack_workspace)


def _notice(request: PageRequest) -> dict[str, Any] | None:
    result = _NOTICES.get(request.incoming.query.get("notice", ""))
    return {"kind": result[0], "text": result[1]} if result else flash.notice(request)


def _wanted(request: PageRequest) -> Wanted:
    kind, typed_day = request.field("kind"), request.field("expires_on")
    try:
        day = date.fromisoformat(typed_day) if typed_day else None
    except ValueError as reason:
        raise errors.wrong_field("expires_on", "not_a_day", "Choose a day.") from reason
    return Wanted(
        emails=tuple(entry.text for entry in of_field(request.field("emails"))),
        kind=InviteKind(kind) if kind in list(InviteKind) else InviteKind.MEMBERS,
        channel_ids=tuple(request.form.get("channel_ids", [])),
        expires_on=day,
        message=request.field("message").strip(),
    )
