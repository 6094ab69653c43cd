"""Invite people to one's own Slack workspace: exactly the choices that will work, and why others don't."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from ...domain import errors
from ...domain.address_lists.reading import of_field
from ...domain.providers import Provider
from ...providers.slack.colleagues import answers, inviting
from ...providers.slack.colleagues.admin_port import admin_of
from ...providers.slack.colleagues.inviting import Sent
from ...providers.slack.colleagues.rules import (
    STEPS,
    ColleagueOutcome,
    InviteColleagueResult,
    InviteKind,
    InviteMode,
    SlackWorkspace,
    Wanted,
)
from ...providers.slack.installation import CONNECT
from ...templating import languages
from ...usecases import installing
from . import flash
from .oauth import begun, browser_of
from .routing import Page, PageRequest, Pages, Redirect
from .shell import shell

routes = Pages(__name__)
_APP = "Webtop"
_NOTICES: Mapping[str, tuple[str, str]] = {
    "cancelled": ("warn", "You cancelled in Slack. Nothing was changed; you can try again."),
    "failed": ("warn", "Slack isn’t responding properly. Nothing was changed; try again."),
    "team": ("warn", "That was a different person or Slack workspace. Choose your own."),
    "connected": ("good", "Webtop can now use Slack Connect."),
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
    if request.field("do") == "next":
        return _next(request)
    try:
        sent = inviting.invite(request.ports, request.account, request.session, _wanted(request))
    except errors.Refusal as refusal:
        if refusal.kind is errors.RefusalKind.CONFLICT:
            raise
        return page(request, problems=request.problems(refusal), code=422)
    return page(request, sent=sent)


def _next(request: PageRequest) -> Page:
    """The script's question: only the first address is sent; the answer is its result, and the rest of the list. There is no
    result where it was only prepared: then the form's own way goes on."""
    wanted = _wanted(request)
    first = replace(wanted, emails=wanted.emails[:1])
    sent = inviting.invite(request.ports, request.account, request.session, first)
    results = _results(request, sent) if sent.mode is InviteMode.API else []
    return request.page("_slack_next.html", results=results, rest=wanted.emails[1:])


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
        steps=[languages.text(step, request.locale, team=sent.team) for step in STEPS] if sent and sent.team else [],
        message=_message(request, sent) if sent else "",
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
        "results": _results(request, sent) if sent else [],
        "again": "\n".join(result.email for result in sent.results if result.outcome is ColleagueOutcome.REFUSED)
        if sent
        else "",
        "errors": problems or {},
        "notice": _notice(request),
    }


def _results(request: PageRequest, sent: Sent) -> list[dict[str, Any]]:
    return [_result(request, result) for result in sent.results]


def _result(request: PageRequest, result: InviteColleagueResult) -> dict[str, Any]:
    return {
        "email": result.email,
        "outcome": result.outcome,
        "message": languages.text(result.sentence, request.locale, **result.values),
        "pause": answers.pause(result),
    }


def _message(request: PageRequest, sent: Sent) -> str:
    ours = languages.text(inviting.MESSAGE, request.locale, name=request.account.name, team=sent.team)
    return sent.message or ours


def _outside(slack_workspace: SlackWorkspace, sent: Sent | None) -> str:
    """The prepared addresses that look like another company's."""
    prepared = [result.email for result in sent.results if result.outcome is ColleagueOutcome.PREPARED] if sent else []
    return ", ".join(email for email in prepared if slack_workspace.is_outside(email))


def _in_slack(request: PageRequest, slack_workspace: SlackWorkspace) -> str:
    """Slack's own link that opens this workspace, at our app; Slack documents none into its dialog."""
    return admin_of(request.ports).address(slack_workspace)


def _notice(request: PageRequest) -> dict[str, Any] | None:
    result = _NOTICES.get(request.incoming.query.get("notice", ""))
    return {"kind": result[0], "text": languages.text(result[1], request.locale)} if result else flash.notice(request)


def _wanted(request: PageRequest) -> Wanted:
    kind, typed_day = request.field("kind"), request.field("expires_on")
    try:
        day = date.fromisoformat(typed_day) if typed_day else None
    except ValueError as reason:
        raise errors.wrong_field("expires_on", "not_a_day", "Choose a day.") from reason
    return Wanted(
        emails=tuple(dict.fromkeys(entry.text for entry in of_field(request.field("emails")))),
        kind=InviteKind(kind) if kind in list(InviteKind) else InviteKind.MEMBERS,
        channel_ids=tuple(request.form.get("channel_ids", [])),
        expires_on=day,
        message=request.field("message").strip(),
    )
