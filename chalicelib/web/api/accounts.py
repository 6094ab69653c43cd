"""Accounts, sessions and mailed links; and who the caller is."""

from dataclasses import replace

from msgspec import UNSET

from ...domain.notifications import NotificationKind
from ...domain.people import Account
from ...schemas import bodies as s
from ...schemas import serializers as shapes
from ...schemas.pushes import AccountChange, QuietHoursOut
from ...usecases import accounts, sessions, workspaces
from .. import guards
from ..routing import Reply, RequestContext, Routes

routes = Routes(__name__)


@routes.json("GET", "/health", "Whether the system answers.", answers=s.Health, signed_in=False)
def get_health(request: RequestContext) -> s.Health:
    return s.Health("ok")


@routes.json(
    "POST",
    "/accounts",
    "Sign up: a mail with a link to confirm is on its way.",
    takes=s.NewAccount,
    answers=s.Accepted,
    status=202,
    signed_in=False,
)
def sign_up(request: RequestContext, body: s.NewAccount) -> s.Accepted:
    accounts.sign_up(
        request.ports,
        body.email,
        body.name,
        body.password,
        body.workspace,
        body.locale,
        request.incoming.source,
        request.ids,
    )
    return s.Accepted()


@routes.json(
    "POST", "/sessions", "Sign in by password.", takes=s.Credentials, answers=s.SessionOut, status=201, signed_in=False
)
def sign_in(request: RequestContext, body: s.Credentials) -> Reply:
    signed_in = sessions.sign_in(request.ports, sessions.address(body.email), body.password, request.incoming.source)
    return Reply(
        shapes.session(signed_in),
        cookies=(guards.session_cookie(request.ports, signed_in.token, signed_in.session.expires_at),),
    )


@routes.json("DELETE", "/sessions/current", "Sign out.", status=204, while_leaving=True)
def sign_out(request: RequestContext) -> Reply:
    sessions.sign_out(request.ports, request.session)
    return Reply(cookies=(guards.no_session_cookie(request.ports),), headers=guards.FORGET)


@routes.json(
    "POST",
    "/sign-in-links",
    "A mail with a one-time link, if the address has an account.",
    takes=s.OnlyEmail,
    answers=s.Accepted,
    status=202,
    signed_in=False,
)
def ask_sign_in_link(request: RequestContext, body: s.OnlyEmail) -> s.Accepted:
    sessions.ask_link(
        request.ports, sessions.address(body.email), request.incoming.source, request.ids, NotificationKind.SIGN_IN
    )
    return s.Accepted()


@routes.json(
    "POST",
    "/password-resets",
    "A mail with a one-time link, if the address has an account.",
    takes=s.OnlyEmail,
    answers=s.Accepted,
    status=202,
    signed_in=False,
)
def ask_reset(request: RequestContext, body: s.OnlyEmail) -> s.Accepted:
    sessions.ask_link(
        request.ports, sessions.address(body.email), request.incoming.source, request.ids, NotificationKind.RESET
    )
    return s.Accepted()


@routes.json("GET", "/me", "Who you are, and your workspaces.", answers=s.Me)
def get_me(request: RequestContext) -> s.Me:
    return _me(request, request.account)


@routes.json(
    "PATCH",
    "/me",
    "Change your name, language, time zone, quiet hours, and until when you don’t want to be disturbed.",
    takes=AccountChange,
    answers=s.Me,
)
def change_me(request: RequestContext, body: AccountChange) -> s.Me:
    return _me(request, accounts.change(request.ports, request.account, _settings(request.account, body)))


def _settings(account: Account, body: AccountChange) -> accounts.AccountSettings:
    """As they are, but for what is named."""
    named = {name: getattr(body, name) for name in body.__struct_fields__ if getattr(body, name) is not UNSET}
    if isinstance(body.quiet, QuietHoursOut):
        named["quiet"] = (body.quiet.begins, body.quiet.ends)
    return replace(accounts.settings_of(account), **named)


def _me(request: RequestContext, account: Account) -> s.Me:
    mine = workspaces.of_account(request.ports, account)
    return s.Me(
        shapes.own_account(account, request.ports.now()),
        [
            s.MyWorkspace(workspace.id, workspace.name, role, workspace.plan, workspace.communicate)
            for workspace, role in mine
        ],
    )
