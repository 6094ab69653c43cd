"""Reports of abuse: made on the page of an invitation, decided by an operator, answered by mail to whoever wants to know."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from ..domain import errors
from ..domain.addresses import mailbox
from ..domain.audit import AuditEntry, AuditKind
from ..domain.changes import Change, ReportDecided, SendingChanged
from ..domain.invitations import Invitation
from ..domain.notifications import NotificationKind, NotificationMail
from ..domain.people import Account
from ..domain.reports import AbuseReport, CountedReport, ReportDecision, ReportedInviter, ReportState
from ..ports import OutgoingMail, Ports
from . import addresses, invitation_links, sessions

log = logging.getLogger(__name__)
_TRIES, _ID, _HASH = 12, 24, 16


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report as an operator sees it; the name is empty for an inviter who isn't there any more."""

    report: AbuseReport
    inviter_name: str


def report(ports: Ports, invitation: Invitation, reason: str, tell: bool, locale: str, is_proven: bool) -> None:
    """Once for each promise to an address; again changes nothing. `is_proven`: whoever reports proved the invited address."""
    identifier = sessions.digest(f"report {invitation_links.signing_context(invitation)}")[:_ID]
    for _ in range(_TRIES):
        before, now = ports.reports.of_inviter(invitation.inviter_id), ports.now()
        if before.has(identifier):
            return
        new = AbuseReport(
            id=identifier,
            at=now,
            inviter_id=invitation.inviter_id,
            workspace_id=invitation.workspace_id,
            chat_id=invitation.chat_id,
            invitation_id=invitation.id,
            reason=reason,
            email=invitation.email,
            locale=locale,
            tell=tell and is_proven,
        )
        reporter = _reporter(ports, invitation.email) if is_proven else ""
        after = before.with_report(CountedReport(id=identifier, at=now, reporter=reporter))
        if ports.reports.add(new, before, after, _is_there(ports, before, after)):
            log.warning(
                "abuse reported: inviter %s, workspace %s, invitation %s",
                new.inviter_id,
                new.workspace_id,
                new.invitation_id,
            )
            return
    raise errors.busy()


def listed(ports: Ports) -> list[ShownReport]:
    """The newest first."""
    shown = [each for each in ports.reports.everything() if each.is_listed_at(ports.now())]
    accounts, _, _ = ports.audit.look_up({each.inviter_id for each in shown}, (), ())
    shown.sort(key=lambda report: (report.at, report.id), reverse=True)
    return [ShownReport(each, _name(accounts.get(each.inviter_id))) for each in shown]


def decide(ports: Ports, report_id: str, decision: ReportDecision) -> ShownReport | None:
    """By an operator; again is the same answer, and another answer takes the place of the first. None for no such report."""
    for _ in range(_TRIES):
        stored = ports.reports.get(report_id)
        if stored is None:
            return None
        inviter = ports.accounts.get(stored.inviter_id)
        if stored.state is decision.state:
            return ShownReport(stored, _name(inviter))
        now, before = ports.now(), ports.reports.of_inviter(stored.inviter_id)
        decided = stored.decided(decision, now)
        after = before.with_decided(decided, now)
        if ports.reports.decide(decided, before, after, inviter is not None):
            log.info("report decided: %s, %s, inviter %s", report_id, decision, stored.inviter_id)
            return ShownReport(decided, _name(inviter))
    raise errors.busy()


def entries(ports: Ports, change: Change) -> Iterator[AuditEntry]:
    """For the audit log: in each workspace of the inviter, and in the one of the report. What one decision comes to in a
    workspace stands there once, whichever of its changes is told first."""
    match change:
        case SendingChanged(account_id, is_paused, _, at):
            kind = AuditKind.ABUSE_STOPPED if is_paused else AuditKind.ABUSE_DISMISSED
            for workspace, _ in ports.workspaces.of_account(account_id):
                yield AuditEntry(workspace_id=workspace.id, kind=kind, at=at, name="", subject_id=account_id)
        case ReportDecided(report) if report.state is ReportState.DISMISSED and report.decided_at:
            yield AuditEntry(
                workspace_id=report.workspace_id,
                kind=AuditKind.ABUSE_DISMISSED,
                at=report.decided_at,
                name="",
                subject_id=report.inviter_id,
            )


def follow(ports: Ports, change: Change) -> None:
    match change:
        case ReportDecided(report):
            _answer(ports, report)
        case SendingChanged():
            watch(change)


def _answer(ports: Ports, report: AbuseReport) -> None:
    """Whoever reported and wants to know is told, once; then nothing of their address is needed here."""
    if report.email and report.tell:
        ports.notifications.add_once(
            NotificationMail(
                id=sessions.digest(f"{NotificationKind.REPORT}-{report.id}")[:32],
                kind=NotificationKind.REPORT,
                email=report.email,
                created_at=ports.now(),
                locale=report.locale,
                name=_name(ports.accounts.get(report.inviter_id)),
                workspace_id=report.workspace_id,
                detail=str(report.state),
            )
        )
    if report.email:
        ports.reports.forget_address(report)


def watch(change: SendingChanged) -> None:
    """The line that the operator's alarm is made of; what an operator did needs none."""
    if change.is_paused and not change.by_operator:
        log.error("sending paused after reports: inviter %s", change.account_id)


def mail(ports: Ports, notification: NotificationMail) -> OutgoingMail | None:
    """They asked for it: only what stops every mail to the address stops this one."""
    workspace = ports.workspaces.get(notification.workspace_id)
    if workspace is None or not addresses.get(ports, notification.email).takes_notices:
        return None
    is_stopped = notification.detail == ReportState.STOPPED
    return ports.mail_texts.report(notification, workspace, is_stopped, f"{ports.public_url}/invitations")


def erase(ports: Ports, email: str) -> None:
    """What this address reported stays, without the address and in nobody's words."""
    ports.reports.erase(email)


def _reporter(ports: Ports, email: str) -> str:
    """Tells one person from another without knowing either; by the oldest key, so that a new one in front changes nothing."""
    person = mailbox(email)
    return invitation_links.erased_hashes(ports, [person])[person][-1][:_HASH]


def _is_there(ports: Ports, before: ReportedInviter, after: ReportedInviter) -> bool:
    return before.is_paused != after.is_paused and ports.accounts.get(after.account_id) is not None


def _name(account: Account | None) -> str:
    return account.name if account else ""
