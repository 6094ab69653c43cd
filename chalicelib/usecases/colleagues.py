"""Bringing colleagues into one's own Slack workspace, for a participant who came in through Slack."""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from ..domain import errors
from ..domain.colleagues import (
    Mode,
    Outcome,
    Result,
    SlackRole,
    SlackWorkspace,
    Wanted,
    needs_authorization,
    refuse_unless_possible,
    steps,
)
from ..domain.identities import Identity, Installation, Provider
from ..domain.people import Account, Session
from ..ports import Ports, ProviderFailed
from . import identities, sessions

log = logging.getLogger(__name__)
ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Sent:
    mode: Mode
    results: tuple[Result, ...]
    message: str = ""
    steps: tuple[str, ...] = ()


def workspace(ports: Ports, session: Session) -> tuple[SlackWorkspace, bool]:
    """The person's own Slack as it is now, and whether the right to invite through the API is still to be asked for."""
    identity = identities.slack_identity(ports, session)
    found = _asked(ports, identity)
    needs = found.mode is Mode.API and not ports.identities.user_token(identity)
    return found, needs


def invite(ports: Ports, account: Account, session: Session, wanted: Wanted) -> Sent:
    """Through the API on Enterprise Grid; elsewhere prepared, for Slack's own dialog. No typed address is lost."""
    identity = identities.slack_identity(ports, session)
    found = _asked(ports, identity)
    refuse_unless_possible(found, wanted, ports.now().date())
    forms = [_canonical(email) for email in dict.fromkeys(wanted.emails)]
    if found.mode is Mode.GUIDE:
        results = tuple(
            one if isinstance(one, Result) else Result(email=one, outcome=Outcome.PREPARED) for one in forms
        )
        return Sent(Mode.GUIDE, results, wanted.message or _message(account, found), steps(found.team_name))
    token = ports.identities.user_token(identity)
    if not token:
        raise errors.Refusal(
            errors.Kind.FORBIDDEN,
            "authorization_needed",
            "Connect your Enterprise organisation first; then the invitations can be sent.",
        )
    if not wanted.channel_ids and found.default_channel:
        wanted = replace(wanted, channel_ids=(found.default_channel,))
    results = tuple(one if isinstance(one, Result) else _sent(ports, identity, token, one, wanted) for one in forms)
    if needs_authorization(results):
        ports.identities.forget_user_token(identity)
    _note(ports, account, identity, wanted, results)
    return Sent(Mode.API, results)


def start_admin(ports: Ports, session: Session, browser: str) -> str:
    identity = identities.slack_identity(ports, session)
    found = _asked(ports, identity)
    if found.mode is not Mode.API:
        raise errors.Refusal(
            errors.Kind.FORBIDDEN, "slack_role", "Only owners and admins of an Enterprise organisation can connect it."
        )
    state = ports.new_token()
    identities.keep(ports, state, identity, session.account_id, browser, ADMIN)
    return ports.slack_admin.begin(state)


def finish_admin(ports: Ports, query: dict[str, str], browser: str) -> str:
    """What happened, in a word; the token is kept only if it is of the very person who asked."""
    attempt = identities.consume(ports, query.get("state", ""), Provider.SLACK, browser, ADMIN)
    if attempt is None:
        return "state"
    if "error" in query or not query.get("code"):
        return "cancelled"
    try:
        _, user, token = ports.slack_admin.finish(query["code"])
    except ProviderFailed as reason:
        log.warning("authorization failed: %s", reason)
        return "failed"
    tenant, _, expected = attempt.token.partition("#")
    if user != expected:
        return "team"
    ports.identities.keep_user_token(Identity(Provider.SLACK, tenant, user), token)
    log.info("organisation connected: by account %s", attempt.account_id)
    return "authorized"


def _asked(ports: Ports, identity: Identity) -> SlackWorkspace:
    """Live from Slack; where our app isn't in the workspace, what can be said without asking."""
    installed = ports.identities.installation(identity.tenant)
    unknown = SlackWorkspace(
        team_id=identity.tenant, team_name=_team_name(ports, identity, installed), plan="", role=SlackRole.MEMBER
    )
    if installed is None:
        return unknown
    try:
        return ports.slack_admin.workspace(identity, installed)
    except ProviderFailed as reason:
        log.warning("slack workspace can't be read: %s", reason)
        return unknown


def _team_name(ports: Ports, identity: Identity, installed: Installation | None) -> str:
    if installed and installed.team_name:
        return installed.team_name
    return ports.identities.organization(identity) or "your workspace"


def _canonical(email: str) -> str | Result:
    try:
        return sessions.address(email)
    except errors.Refusal:
        return Result(
            email=email.strip()[:254],
            outcome=Outcome.REFUSED,
            code="invalid_email",
            message="This is not an e-mail address. Check it.",
        )


def _sent(ports: Ports, identity: Identity, token: str, email: str, wanted: Wanted) -> Result:
    """Once an hour for each address and kind, however often the request is repeated."""
    what = f"colleague {identity.tenant} {email} {wanted.kind} {ports.now():%Y-%m-%d %H}"
    if not ports.identities.is_first(what, ports.now()):
        return Result(
            email=email, outcome=Outcome.SENT, code="sent_before", message="This address was invited a moment ago."
        )
    result = ports.slack_admin.invite(token, identity.tenant, email, wanted)
    if result.outcome is Outcome.REFUSED:
        ports.identities.forget_first(what)
    return result


def _note(ports: Ports, account: Account, identity: Identity, wanted: Wanted, results: Sequence[Result]) -> None:
    """The audit log of each workspace in whose chats this person is through Slack: who invited whom, when, as what."""
    workspaces = {place.workspace_id for place in ports.chats.places(account.id) if place.via is Provider.SLACK.via}
    entry = json.dumps(
        {"by": account.name, "team": identity.tenant, "kind": wanted.kind, "results": [asdict(one) for one in results]}
    )
    for workspace_id in workspaces:
        ports.workspaces.note(workspace_id, ports.new_id(), entry, ports.now())


def _message(account: Account, found: SlackWorkspace) -> str:
    return f"{account.name} invites you to {found.team_name} on Slack."
