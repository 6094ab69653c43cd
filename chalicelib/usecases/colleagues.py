"""Bringing colleagues into one's own Slack workspace, for a participant who came in through Slack."""

import functools
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from ..domain import errors
from ..domain.colleagues import (
    Kind,
    Mode,
    Outcome,
    Result,
    SlackRole,
    SlackWorkspace,
    Wanted,
    channels_for,
    refuse_unless_possible,
    steps,
)
from ..domain.identities import Identity, Installation, Provider
from ..domain.people import Account, Session
from ..domain.slack_answers import IN_PROGRESS, NOT_YET, SENT_BEFORE, must_stop, needs_authorization, of_error
from ..ports import Answer, Ports, ProviderFailed
from . import identities, sessions

log = logging.getLogger(__name__)
ADMIN = "admin"
_CLAIM = "an invitation into Slack"
_PATIENCE = timedelta(seconds=12)
"""Of the 29 seconds that a request has; what isn't sent by then is told, and sent with the next."""


@dataclass(frozen=True, slots=True)
class Sent:
    mode: Mode
    results: tuple[Result, ...]
    message: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sending:
    """Who sends into which team, and as what."""

    account: Account
    identity: Identity
    kind: str

    def key(self, email: str) -> str:
        return f"colleague {self.identity.tenant} {self.kind} {email}"


def workspace(ports: Ports, session: Session) -> tuple[SlackWorkspace, bool]:
    """The person's own Slack as it is now, and whether the right to invite through the API is still to be asked for."""
    identity = identities.slack_identity(ports, session)
    found, _ = _asked(ports, identity)
    needs = found.mode is Mode.API and not ports.identities.user_token(identity)
    return found, needs


def invite(ports: Ports, account: Account, session: Session, wanted: Wanted) -> Sent:
    """Through the API on Enterprise Grid or by Slack Connect; elsewhere prepared, for Slack's own dialog.

    No typed address is lost: each comes back with what became of it.
    """
    identity = identities.slack_identity(ports, session)
    found, installed = _asked(ports, identity)
    refuse_unless_possible(found, wanted, ports.now().date())
    forms = [_canonical(email) for email in dict.fromkeys(wanted.emails)]
    if wanted.kind is Kind.CONNECT and installed:
        channel = wanted.channel_ids[0]
        send = functools.partial(ports.slack_admin.share, installed, channel_id=channel)
        return Sent(Mode.API, _send_all(ports, _Sending(account, identity, f"{Kind.CONNECT} {channel}"), forms, send))
    if found.mode is Mode.GUIDE:
        return _prepared(ports, account, identity, found, wanted, forms)
    token = ports.identities.user_token(identity)
    if not token:
        raise errors.Refusal(
            errors.Kind.FORBIDDEN,
            "authorization_needed",
            "Connect your Enterprise organisation first; then the invitations can be sent.",
        )
    wanted = replace(wanted, channel_ids=channels_for(found, wanted))
    send = functools.partial(ports.slack_admin.invite, token, identity.tenant, wanted=wanted)
    results = _send_all(ports, _Sending(account, identity, wanted.kind), forms, send)
    if needs_authorization(results):
        ports.identities.forget_user_token(identity)
    return Sent(Mode.API, results)


def start_admin(ports: Ports, session: Session, browser: str) -> str:
    identity = identities.slack_identity(ports, session)
    found, _ = _asked(ports, identity)
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


def _asked(ports: Ports, identity: Identity) -> tuple[SlackWorkspace, Installation | None]:
    """Live from Slack; where our app isn't in the workspace, what can be said without asking."""
    installed = ports.identities.installation(identity.tenant)
    unknown = SlackWorkspace(
        team_id=identity.tenant,
        team_name=_team_name(ports, identity, installed),
        plan="",
        role=SlackRole.MEMBER,
        installed=installed is not None,
    )
    if installed is None:
        return unknown, None
    try:
        return ports.slack_admin.workspace(identity, installed), installed
    except ProviderFailed as reason:
        log.warning("slack workspace can't be read: %s", reason)
        return unknown, installed


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


def _prepared(
    ports: Ports,
    account: Account,
    identity: Identity,
    found: SlackWorkspace,
    wanted: Wanted,
    forms: Sequence[str | Result],
) -> Sent:
    """Noted once an hour, however often the page is loaded again."""
    results = tuple(one if isinstance(one, Result) else Result(email=one, outcome=Outcome.PREPARED) for one in forms)
    typed = " ".join(one.email for one in results)
    what = f"prepared {account.id} {identity.tenant} {wanted.kind} {ports.now():%Y-%m-%d %H} {typed}"
    if not ports.identities.was_taken(what):
        told = [(one.email, one.outcome) for one in results]
        _note(ports, _Sending(account, identity, wanted.kind), ports.new_id(), ports.now(), told)
        ports.identities.is_first(what, ports.now())
    return Sent(Mode.GUIDE, results, wanted.message or _message(account, found), steps(found.team_name))


def _send_all(
    ports: Ports, sending: _Sending, forms: Sequence[str | Result], send: Callable[..., Result]
) -> tuple[Result, ...]:
    """One call for each address. Each is claimed for a day, so that no repeat sends it again; what was refused is let go.

    A claim whose request was cut off ends after a while: then Slack is asked again, and says itself who was invited.
    The audit log is written before, so that nobody is invited without a trace, and again when it is known what came of it.
    """
    before = {email: _before(ports, sending, email) for email in forms if isinstance(email, str)}
    mine = [email for email, one in before.items() if one is None]
    entry, at, until = ports.new_id(), ports.now(), ports.now() + _PATIENCE
    _note(ports, sending, entry, at, [(email, "begun") for email in mine])
    sent: dict[str, Result] = {}
    stopped: Result | None = None
    for email in mine:
        if stopped or ports.now() >= until:
            sent[email] = of_error(email, NOT_YET, stopped.wait if stopped else 0)
        else:
            sent[email] = send(email=email)
            stopped = sent[email] if must_stop(sent[email]) else None
        _settle(ports, sending, sent[email])
    _note(ports, sending, entry, at, [(one.email, one.outcome) for one in sent.values() if one.code != NOT_YET])
    return tuple(one if isinstance(one, Result) else before[one] or sent[one] for one in forms)


def _before(ports: Ports, sending: _Sending, email: str) -> Result | None:
    """What came of this address already; None if it is this request's to send."""
    try:
        done = ports.once.begin(sending.key(email), _CLAIM, ports.now())
    except errors.Refusal as refusal:
        if refusal.kind is not errors.Kind.CONFLICT:
            raise
        return of_error(email, IN_PROGRESS)
    return replace(of_error(email, SENT_BEFORE), outcome=Outcome.SENT) if done else None


def _settle(ports: Ports, sending: _Sending, result: Result) -> None:
    if result.outcome is Outcome.SENT:
        ports.once.finish(sending.key(result.email), Answer(int(HTTPStatus.OK), "", ()))
    else:
        ports.once.forget(sending.key(result.email))


def _note(ports: Ports, sending: _Sending, entry_id: str, at: datetime, results: Sequence[tuple[str, str]]) -> None:
    """The audit log of each workspace in whose chats this person is through Slack: who invited whom, when, as what."""
    if not results:
        return
    through = [one for one in ports.chats.places(sending.account.id) if one.via is Provider.SLACK.via]
    told = [{"email": email, "outcome": outcome} for email, outcome in results]
    kind = sending.kind.partition(" ")[0]
    entry = json.dumps({"by": sending.account.name, "team": sending.identity.tenant, "kind": kind, "results": told})
    for workspace_id in {one.workspace_id for one in through}:
        ports.workspaces.note(workspace_id, entry_id, entry, at)


def _message(account: Account, found: SlackWorkspace) -> str:
    return f"{account.name} invites you to {found.team_name} on Slack."
