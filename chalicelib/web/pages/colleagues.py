"""Invite people to one's own Slack workspace: exactly the choices that will work, and why others don't."""

from datetime import date

from ...domain import errors
from ...domain.addresses import split_list
from ...domain.colleagues import Kind, Wanted
from ...usecases import colleagues
from ...usecases.colleagues import Sent
from . import said
from .routing import Page, Pages, Visit
from .shell import shell

routes = Pages(__name__)


@routes.page("/slack/invite", signed_in=True)
def invite_page(visit: Visit) -> Page:
    return _page(visit)


@routes.form("/slack/invite", signed_in=True)
def invite(visit: Visit) -> Page:
    try:
        sent = colleagues.invite(visit.ports, visit.account, visit.session, _wanted(visit))
    except errors.Refusal as refusal:
        if refusal.kind is errors.Kind.CONFLICT:
            raise
        return _page(visit, problems=visit.problems(refusal), code=422)
    return _page(visit, sent=sent)


def _page(visit: Visit, sent: Sent | None = None, problems: dict[str, str] | None = None, code: int = 200) -> Page:
    found, needs = colleagues.workspace(visit.ports, visit.session)
    return shell(
        visit,
        "slack_invite.html",
        "slack",
        code,
        team=found.team_name,
        plan=found.plan,
        role=found.role,
        mode=found.mode,
        kinds=list(found.kinds),
        channels=found.channels,
        authorize_url="/oauth/slack/admin" if needs else None,
        sent=sent,
        chosen=visit.form.get("channel_ids", []),
        errors=problems or {},
        notice=said.notice(visit),
    )


def _wanted(visit: Visit) -> Wanted:
    kind, typed_day = visit.field("kind"), visit.field("expires_on")
    try:
        day = date.fromisoformat(typed_day) if typed_day else None
    except ValueError as reason:
        raise errors.wrong_field("expires_on", "not_a_day", "Choose a day.") from reason
    return Wanted(
        emails=tuple(one.text for one in split_list(visit.field("emails"))),
        kind=Kind(kind) if kind in list(Kind) else Kind.MEMBERS,
        channel_ids=tuple(visit.form.get("channel_ids", [])),
        expires_on=day,
        message=visit.field("message").strip(),
    )
