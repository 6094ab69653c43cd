"""Invite people to one's own Slack workspace: exactly the choices that will work, and why others don't."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from ... import wiring
from ...domain import errors
from ...domain.address_lists.reading import of_field
from ...domain.colleagues import Kind, Outcome, SlackWorkspace, Wanted
from ...usecases import colleagues
from ...usecases.colleagues import Sent
from . import said
from .routing import Page, Pages, Visit
from .shell import shell

routes = Pages(__name__)
_APP = "Webtop"
_SAID: Mapping[str, tuple[str, str]] = {
    "cancelled": ("warn", "Slack was not allowed to. Nothing has changed; you can try again."),
    "failed": ("warn", "Slack doesn’t answer as it should. Nothing has changed; try again."),
    "team": ("warn", "That was another person or another Slack workspace than yours. Choose your own."),
    "connected": ("good", "Webtop may use Slack Connect now."),
}


@routes.page("/slack/invite", signed_in=True)
def invite_page(visit: Visit) -> Page:
    return _page(visit)


@routes.form("/slack/invite", signed_in=True)
def invite(visit: Visit) -> Page:
    return _sent(visit, _page)


@routes.page("/slack/connect", signed_in=True)
def connect_page(visit: Visit) -> Page:
    return _connect(visit)


@routes.form("/slack/connect", signed_in=True)
def connect(visit: Visit) -> Page:
    """`do=show` brings addresses from the other page along, by POST, for an address never stands in a URL."""
    return _connect(visit) if visit.field("do") == "show" else _sent(visit, _connect)


def _sent(visit: Visit, page: Callable[..., Page]) -> Page:
    try:
        sent = colleagues.invite(visit.ports, visit.account, visit.session, _wanted(visit))
    except errors.Refusal as refusal:
        if refusal.kind is errors.Kind.CONFLICT:
            raise
        return page(visit, problems=visit.problems(refusal), code=422)
    return page(visit, sent=sent)


def _page(visit: Visit, sent: Sent | None = None, problems: dict[str, str] | None = None, code: int = 200) -> Page:
    found, needs = colleagues.workspace(visit.ports, visit.session)
    chosen = visit.form.get("channel_ids", [])
    return shell(
        visit,
        "slack_invite.html",
        "slack",
        code,
        **_common(visit, found, sent, problems),
        mode=found.mode,
        kinds=list(found.kinds),
        channels=found.channels,
        authorize_url="/oauth/slack/admin" if needs else None,
        installed=found.installed,
        outside=_outside(found, sent),
        chosen=chosen,
        picked=[one for one in found.channels if one.id in chosen],
        slack_url=_in_slack(found),
    )


def _connect(visit: Visit, sent: Sent | None = None, problems: dict[str, str] | None = None, code: int = 200) -> Page:
    found, _ = colleagues.workspace(visit.ports, visit.session)
    return shell(
        visit,
        "slack_connect.html",
        "slack",
        code,
        **_common(visit, found, sent, problems),
        may_connect=found.may_connect,
        shareable=found.shareable,
        channels_of=[(one.id, f"# {one.name}") for one in found.shareable],
        app=_APP,
    )


def _common(visit: Visit, found: SlackWorkspace, sent: Sent | None, problems: dict[str, str] | None) -> dict[str, Any]:
    return {
        "team": found.team_name,
        "plan": found.plan,
        "role": found.role,
        "connects": found.connects,
        "sent": sent,
        "again": "\n".join(one.email for one in sent.results if one.outcome is Outcome.REFUSED) if sent else "",
        "errors": problems or {},
        "notice": _notice(visit),
    }


def _outside(found: SlackWorkspace, sent: Sent | None) -> str:
    """The prepared addresses that look like another company's."""
    prepared = [one.email for one in sent.results if one.outcome is Outcome.PREPARED] if sent else []
    return ", ".join(email for email in prepared if found.is_outside(email))


def _in_slack(found: SlackWorkspace) -> str:
    """Slack's own link that opens this workspace, at our app; Slack documents none into its dialog."""
    return (
        f"{wiring.configured().slack.base_url}/app_redirect?{urlencode({'app': found.app_id, 'team': found.team_id})}"
    )


def _notice(visit: Visit) -> dict[str, Any] | None:
    found = _SAID.get(visit.got.query.get("said", ""))
    return {"kind": found[0], "text": found[1]} if found else said.notice(visit)


def _wanted(visit: Visit) -> Wanted:
    kind, typed_day = visit.field("kind"), visit.field("expires_on")
    try:
        day = date.fromisoformat(typed_day) if typed_day else None
    except ValueError as reason:
        raise errors.wrong_field("expires_on", "not_a_day", "Choose a day.") from reason
    return Wanted(
        emails=tuple(one.text for one in of_field(visit.field("emails"))),
        kind=Kind(kind) if kind in list(Kind) else Kind.MEMBERS,
        channel_ids=tuple(visit.form.get("channel_ids", [])),
        expires_on=day,
        message=visit.field("message").strip(),
    )
