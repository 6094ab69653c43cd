"""Accounts, sessions and mailed links; and who the caller is."""

from ...domain.letters import LetterKind
from ...shapes import schemas as s
from ...shapes import shown as shapes
from ...usecases import accounts, sessions
from .. import guards
from ..routing import Call, Reply, Routes

routes = Routes(__name__)


@routes.json("GET", "/health", "Whether the system answers.", answers=s.Health, signed_in=False)
def get_health(call: Call) -> s.Health:
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
def sign_up(call: Call, body: s.NewAccount) -> s.Accepted:
    accounts.sign_up(
        call.ports, body.email, body.name, body.password, body.workspace, body.locale, call.got.source, call.ids
    )
    return s.Accepted()


@routes.json(
    "POST", "/sessions", "Sign in by password.", takes=s.Credentials, answers=s.SessionOut, status=201, signed_in=False
)
def sign_in(call: Call, body: s.Credentials) -> Reply:
    signed = sessions.sign_in(call.ports, sessions.address(body.email), body.password, call.got.source)
    return Reply(
        shapes.session(signed), cookies=(guards.session_cookie(call.ports, signed.token, signed.session.expires_at),)
    )


@routes.json("DELETE", "/sessions/current", "Sign out.", status=204)
def sign_out(call: Call) -> Reply:
    sessions.sign_out(call.ports, call.session)
    return Reply(cookies=(guards.no_session_cookie(call.ports),), headers=guards.FORGET)


@routes.json(
    "POST",
    "/sign-in-links",
    "A mail with a one-time link, if the address has an account.",
    takes=s.OnlyEmail,
    answers=s.Accepted,
    status=202,
    signed_in=False,
)
def ask_sign_in_link(call: Call, body: s.OnlyEmail) -> s.Accepted:
    sessions.ask_link(call.ports, sessions.address(body.email), call.got.source, call.ids, LetterKind.SIGN_IN)
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
def ask_reset(call: Call, body: s.OnlyEmail) -> s.Accepted:
    sessions.ask_link(call.ports, sessions.address(body.email), call.got.source, call.ids, LetterKind.RESET)
    return s.Accepted()


@routes.json("GET", "/me", "Who you are, and your workspaces.", answers=s.Me)
def get_me(call: Call) -> s.Me:
    mine = call.ports.workspaces.of_account(call.account.id)
    return s.Me(
        shapes.account(call.account),
        [s.MyWorkspace(one.id, one.name, role, one.plan, one.communicate) for one, role in mine],
    )
