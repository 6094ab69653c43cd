"""Bringing colleagues into one's own Slack workspace, for a participant who came in through Slack."""

import functools
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from ....domain import errors
from ....domain.identities import Identity, Installation
from ....domain.people import Account, Session
from ....domain.providers import Provider
from ....ports import Answer, Ports, ProviderFailed
from ....usecases import installing, oauth_states, sessions
from .admin_port import admin_of
from .answers import IN_PROGRESS, NOT_YET, SENT_BEFORE, must_stop, needs_authorization, of_error
from .rules import (
    ColleagueOutcome,
    InviteColleagueResult,
    InviteKind,
    InviteMode,
    SlackRole,
    SlackWorkspace,
    Wanted,
    channels_for,
    refuse_unless_possible,
)

log = logging.getLogger(__name__)
ADMIN = "admin"
MESSAGE = "{name} invites you to {team} on Slack."
_CLAIM = "an invitation into Slack"
_PATIENCE = timedelta(seconds=12)
"""Of the 29 seconds that a request has; what isn't sent by then is told, and sent with the next."""


@dataclass(frozen=True, slots=True)
class Sent:
    mode: InviteMode
    results: tuple[InviteColleagueResult, ...]
    message: str = ""
    """Of one's own; where nothing was written, `MESSAGE` serves."""
    team: str = ""
    """The workspace's name, for the steps in Slack; empty where there are none to take."""


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
    identity = _slack_identity(ports, session)
    slack_workspace, _ = _asked(ports, identity)
    needs = slack_workspace.mode is InviteMode.API and not ports.identities.user_token(identity)
    return slack_workspace, needs


def invite(ports: Ports, account: Account, session: Session, wanted: Wanted) -> Sent:
    """Through the API on Enterprise Grid or by Slack Connect; elsewhere prepared, for Slack's own dialog.

    No typed address is lost: each comes back with what became of it.
    """
    identity = _slack_identity(ports, session)
    slack_workspace, installed = _asked(ports, identity)
    refuse_unless_possible(slack_workspace, wanted, ports.now().date())
    addresses = list(dict.fromkeys(map(_canonical, wanted.emails)))
    if wanted.kind is InviteKind.CONNECT and installed:
        channel = wanted.channel_ids[0]
        send = functools.partial(admin_of(ports).share, installed, channel_id=channel)
        return Sent(
            InviteMode.API,
            _send_all(ports, _Sending(account, identity, f"{InviteKind.CONNECT} {channel}"), addresses, send),
        )
    if slack_workspace.mode is InviteMode.GUIDE:
        return _prepared(ports, account, identity, slack_workspace, wanted, addresses)
    token = ports.identities.user_token(identity)
    if not token:
        raise errors.Refusal(
            errors.RefusalKind.FORBIDDEN,
            "authorization_needed",
            "Connect your Enterprise organisation first. Then you can send the invitations.",
        )
    wanted = replace(wanted, channel_ids=channels_for(slack_workspace, wanted))
    send = functools.partial(admin_of(ports).invite, token, identity.tenant, wanted=wanted)
    results = _send_all(ports, _Sending(account, identity, wanted.kind), addresses, send)
    if needs_authorization(results):
        ports.identities.forget_user_token(identity)
    return Sent(InviteMode.API, results)


def start_admin(ports: Ports, session: Session, browser: str) -> str:
    identity = _slack_identity(ports, session)
    slack_workspace, _ = _asked(ports, identity)
    if slack_workspace.mode is not InviteMode.API:
        raise errors.Refusal(
            errors.RefusalKind.FORBIDDEN,
            "slack_role",
            "Only owners and admins of an Enterprise organisation can connect it.",
        )
    state = ports.new_token()
    oauth_states.keep(ports, state, identity, session.account_id, browser, ADMIN)
    return admin_of(ports).begin(state)


def finish_admin(ports: Ports, query: dict[str, str], browser: str) -> str:
    """What happened, in a word; the token is kept only if it is of the very person who asked."""
    oauth_state = oauth_states.consume(ports, query.get("state", ""), Provider.SLACK, browser, ADMIN)
    if oauth_state is None:
        return "state"
    if "error" in query or not query.get("code"):
        return "cancelled"
    try:
        _, user, token = admin_of(ports).finish(query["code"])
    except ProviderFailed as reason:
        log.warning("authorization failed: %s", reason)
        return "failed"
    tenant, _, expected = oauth_state.token.partition("#")
    if user != expected:
        return "team"
    ports.identities.keep_user_token(Identity(Provider.SLACK, tenant, user), token, ports.now())
    log.info("organisation connected: by account %s", oauth_state.account_id)
    return "authorized"


def _slack_identity(ports: Ports, session: Session) -> Identity:
    return installing.identity_at(ports, session, Provider.SLACK)


def _asked(ports: Ports, identity: Identity) -> tuple[SlackWorkspace, Installation | None]:
    """Live from Slack; where our app isn't in the workspace, what can be said without asking."""
    installed = ports.identities.installation(identity.provider, identity.tenant)
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
        return admin_of(ports).workspace(identity, installed), installed
    except ProviderFailed as reason:
        log.warning("slack workspace can't be read: %s", reason)
        return unknown, installed


def _team_name(ports: Ports, identity: Identity, installed: Installation | None) -> str:
    if installed and installed.team_name:
        return installed.team_name
    return ports.identities.organization(identity) or Provider.SLACK.shown


def _canonical(email: str) -> str | InviteColleagueResult:
    try:
        return sessions.address(email)
    except errors.Refusal:
        return InviteColleagueResult(
            email=email.strip()[:254],
            outcome=ColleagueOutcome.REFUSED,
            code="invalid_email",
            sentence="This isn't an e-mail address. Check it for typos.",
        )


def _prepared(
    ports: Ports,
    account: Account,
    identity: Identity,
    slack_workspace: SlackWorkspace,
    wanted: Wanted,
    addresses: Sequence[str | InviteColleagueResult],
) -> Sent:
    """Noted once an hour, however often the page is loaded again."""
    results = tuple(
        form
        if isinstance(form, InviteColleagueResult)
        else InviteColleagueResult(email=form, outcome=ColleagueOutcome.PREPARED)
        for form in addresses
    )
    typed = " ".join(result.email for result in results)
    what = f"prepared {account.id} {identity.tenant} {wanted.kind} {ports.now():%Y-%m-%d %H} {typed}"
    if not ports.identities.was_seen(what):
        told = [(result.email, result.outcome) for result in results]
        _note(ports, _Sending(account, identity, wanted.kind), ports.new_id(), ports.now(), told)
        ports.identities.mark_seen(what, ports.now())
    return Sent(
        InviteMode.GUIDE,
        results,
        wanted.message,
        slack_workspace.team_name,
    )


def _send_all(
    ports: Ports,
    sending: _Sending,
    addresses: Sequence[str | InviteColleagueResult],
    send: Callable[..., InviteColleagueResult],
) -> tuple[InviteColleagueResult, ...]:
    """One call for each address. Each is claimed for a day, so that no repeat sends it again; what was refused is let go.

    A claim whose request was disconnected ends after a while: then Slack is asked again, and says itself who was invited.
    The audit log is written before, so that nobody is invited without a trace, and again when it is known what came of it.
    """
    before = {email: _before(ports, sending, email) for email in addresses if isinstance(email, str)}
    mine = [email for email, result in before.items() if result is None]
    entry, at, until = ports.new_id(), ports.now(), ports.now() + _PATIENCE
    _note(ports, sending, entry, at, [(email, "begun") for email in mine])
    sent: dict[str, InviteColleagueResult] = {}
    stopped: InviteColleagueResult | None = None
    for email in mine:
        if stopped or ports.now() >= until:
            sent[email] = of_error(email, NOT_YET, stopped.wait if stopped else 0)
        else:
            sent[email] = send(email=email)
            stopped = sent[email] if must_stop(sent[email]) else None
        _settle(ports, sending, sent[email])
    _note(
        ports,
        sending,
        entry,
        at,
        [(result.email, result.outcome) for result in sent.values() if result.code != NOT_YET],
    )
    return tuple(form if isinstance(form, InviteColleagueResult) else before[form] or sent[form] for form in addresses)


def _before(ports: Ports, sending: _Sending, email: str) -> InviteColleagueResult | None:
    """What came of this address already; None if it is this request's to send."""
    try:
        done = ports.idempotency.begin(sending.key(email), _CLAIM, ports.now())
    except errors.Refusal as refusal:
        if refusal.kind is not errors.RefusalKind.CONFLICT:
            raise
        return of_error(email, IN_PROGRESS)
    return replace(of_error(email, SENT_BEFORE), outcome=ColleagueOutcome.SENT) if done else None


def _settle(ports: Ports, sending: _Sending, result: InviteColleagueResult) -> None:
    if result.outcome is ColleagueOutcome.SENT:
        ports.idempotency.finish(sending.key(result.email), Answer(int(HTTPStatus.OK), "", ()))
    else:
        ports.idempotency.forget(sending.key(result.email))


def _note(ports: Ports, sending: _Sending, entry_id: str, at: datetime, results: Sequence[tuple[str, str]]) -> None:
    """The audit log of each workspace in whose chats this person is through Slack: who invited whom, when, as what."""
    if not results:
        return
    through = [
        membership for membership in ports.chats.memberships(sending.account.id) if membership.via is Provider.SLACK.via
    ]
    told = [{"email": email, "outcome": outcome} for email, outcome in results]
    kind = sending.kind.partition(" ")[0]
    entry = json.dumps({"by_id": sending.account.id, "team": sending.identity.tenant, "kind": kind, "results": told})
    for workspace_id in {membership.workspace_id for membership in through}:
        ports.workspaces.note(workspace_id, entry_id, entry, at)
