"""Reports of abuse: kept, counted, and answered by an operator. Three different people who report one inviter within a day stop
that inviter's mails until somebody has looked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from . import errors
from .people import Account

KEPT, WITHIN = timedelta(days=90), timedelta(hours=24)
STOPS = 3
_MOST = 200


class ReportState(StrEnum):
    OPEN = "open"
    DISMISSED = "dismissed"
    STOPPED = "stopped"


class ReportDecision(StrEnum):
    """An operator's answer: there was nothing to it, or the inviter sends nothing more."""

    DISMISS = "dismiss"
    STOP = "stop"

    @property
    def state(self) -> ReportState:
        return ReportState.DISMISSED if self is ReportDecision.DISMISS else ReportState.STOPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class AbuseReport:
    """What somebody says of an invitation that came to them. `email` is theirs until the report is decided; `tell`: they want to
    know what became of it, in the language `locale`."""

    id: str
    at: datetime
    inviter_id: str
    workspace_id: str
    chat_id: str
    invitation_id: str
    reason: str = ""
    state: ReportState = ReportState.OPEN
    email: str = ""
    locale: str = "en"
    tell: bool = False
    decided_at: datetime | None = None

    def decided(self, decision: ReportDecision, now: datetime) -> "AbuseReport":
        return replace(self, state=decision.state, decided_at=now)

    def is_listed_at(self, now: datetime) -> bool:
        """For 90 days; one that isn't decided, or stops somebody, for as long as it does."""
        return self.state is not ReportState.DISMISSED or now < self.at + KEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedReport:
    """`reporter` is a keyed hash of whoever proved the invited address; empty where nobody did: such a report stops nobody by
    itself."""

    id: str
    at: datetime
    reporter: str = ""
    state: ReportState = ReportState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedInviter:
    """All reports about one inviter, oldest first. `version` counts the changes; `changed_at` is the last one's time."""

    account_id: str
    counted: tuple[CountedReport, ...] = ()
    version: int = 0
    changed_at: datetime | None = None

    @property
    def is_paused(self) -> bool:
        """Whether they send nothing: an operator said so, or so many people within a day whose reports nobody has decided."""
        return self.is_stopped or self._has_many_within_a_day

    @property
    def is_stopped(self) -> bool:
        """By an operator."""
        return any(report.state is ReportState.STOPPED for report in self.counted)

    @property
    def _has_many_within_a_day(self) -> bool:
        proven = [report for report in self.counted if report.reporter and report.state is ReportState.OPEN]
        return any(
            len({each.reporter for each in proven if first.at <= each.at < first.at + WITHIN}) >= STOPS
            for first in proven
        )

    def has(self, report_id: str) -> bool:
        """The same invitation is reported once, however often somebody presses the button."""
        return any(report.id == report_id for report in self.counted)

    def with_report(self, new: CountedReport) -> "ReportedInviter":
        return self._changed(_bounded((*self.counted, new)), new.at)

    def with_decided(self, report: AbuseReport, now: datetime) -> "ReportedInviter":
        """With this report as it was decided, be it so old that it wasn't counted any more."""
        known = self.counted if self.has(report.id) else (CountedReport(id=report.id, at=report.at), *self.counted)
        counted = tuple(replace(each, state=report.state) if each.id == report.id else each for each in known)
        return self._changed(counted, now)

    def _changed(self, counted: tuple[CountedReport, ...], now: datetime) -> "ReportedInviter":
        return replace(self, counted=counted, version=self.version + 1, changed_at=now)


def _bounded(counted: Sequence[CountedReport]) -> tuple[CountedReport, ...]:
    """The newest, and every one that stops the inviter."""
    spare = len(counted) - _MOST
    older = [report for report in counted[: max(0, spare)] if report.state is ReportState.STOPPED]
    return (*older, *counted[max(0, spare) :])


def refuse_if_paused(account: Account | None) -> None:
    """Whoever was reported by many, or stopped, invites nobody and sends nothing again."""
    if account is not None and account.sending_paused:
        raise errors.sending_paused()
