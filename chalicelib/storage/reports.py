"""Reports of abuse, and in the same write what they come to: an inviter is stopped by the third of a day, however many are made at
once."""

from datetime import UTC, datetime
from typing import Any

from ..domain.reports import KEPT, AbuseReport, CountedReport, ReportedInviter, ReportState
from . import items, keys
from .codec import Codec
from .errors import conditional_write, translate_errors
from .items import AccountItem
from .reading import each, maybe
from .report_items import ReportedInviterItem, ReportItem, ReportLookupItem
from .transactions import RetryingTransaction


@translate_errors
class Reports:
    def get(self, report_id: str) -> AbuseReport | None:
        return maybe(report, items.get(ReportItem, *keys.report(report_id)))

    def everything(self) -> list[AbuseReport]:
        return list(each(report, ReportItem.query(keys.REPORTS, consistent_read=True)))

    def of_inviter(self, account_id: str) -> ReportedInviter:
        item = items.get(ReportedInviterItem, *keys.reported_inviter(account_id))
        return reported_inviter(item) if item else ReportedInviter(account_id=account_id)

    def add(self, new: AbuseReport, before: ReportedInviter, after: ReportedInviter, changes_account: bool) -> bool:
        with conditional_write(or_conflict=True) as outcome, items.transaction() as write:
            write.save(report_item(new), condition=ReportItem.pk.does_not_exist())
            write.save(ReportLookupItem(*keys.report_by(new.email, new.id), report_id=new.id))
            _count(write, before, after, changes_account)
        return outcome.held

    def decide(
        self, decided: AbuseReport, before: ReportedInviter, after: ReportedInviter, changes_account: bool
    ) -> bool:
        gone_at = decided.at + KEPT if decided.state is ReportState.DISMISSED else None
        with conditional_write(or_conflict=True) as outcome, items.transaction() as write:
            write.update(
                ReportItem(*keys.report(decided.id)),
                actions=[
                    ReportItem.state.set(decided.state),
                    ReportItem.decided_at.set(decided.decided_at or decided.at),
                    ReportItem.gone_at.set(gone_at) if gone_at else ReportItem.gone_at.remove(),
                ],
                condition=ReportItem.pk.exists(),
            )
            _count(write, before, after, changes_account)
        return outcome.held

    def forget_address(self, report: AbuseReport) -> None:
        with conditional_write():
            ReportItem(*keys.report(report.id)).update([ReportItem.email.remove()], ReportItem.pk.exists())
        ReportLookupItem(*keys.report_by(report.email, report.id)).delete()

    def erase(self, email: str) -> None:
        theirs = ReportLookupItem.sk.startswith("R#")
        for pointer in list(ReportLookupItem.query(keys.address(email), theirs, consistent_read=True)):
            with conditional_write():
                ReportItem(*keys.report(pointer.report_id)).update(
                    [ReportItem.email.remove(), ReportItem.reason.remove()], ReportItem.pk.exists()
                )
            pointer.delete()


def _count(write: RetryingTransaction, before: ReportedInviter, after: ReportedInviter, changes_account: bool) -> None:
    unchanged = ReportedInviterItem.version == before.version
    write.save(
        reported_inviter_item(after),
        condition=unchanged if before.version else ReportedInviterItem.pk.does_not_exist(),
    )
    if changes_account:
        write.update(
            AccountItem(keys.account(after.account_id), "A"),
            actions=[AccountItem.sending_paused.set(after.is_paused)],
            condition=AccountItem.pk.exists(),
        )


_REPORTS = Codec(AbuseReport, ReportItem)
report = _REPORTS.read


def report_item(noun: AbuseReport) -> ReportItem:
    return _REPORTS.item(noun, *keys.report(noun.id))


def reported_inviter(item: ReportedInviterItem) -> ReportedInviter:
    return ReportedInviter(
        account_id=item.account_id,
        counted=tuple(_counted(*entry) for entry in item.counted),
        version=int(item.version),
        changed_at=item.changed_at,
    )


def reported_inviter_item(noun: ReportedInviter) -> ReportedInviterItem:
    return ReportedInviterItem(
        *keys.reported_inviter(noun.account_id),
        account_id=noun.account_id,
        counted=[[each.id, round(each.at.timestamp() * 1000), each.reporter, str(each.state)] for each in noun.counted],
        version=noun.version,
        is_paused=noun.is_paused,
        is_stopped=noun.is_stopped,
        changed_at=noun.changed_at,
    )


def _counted(identifier: str, at: int, reporter: str, state: str, *_: Any) -> CountedReport:
    return CountedReport(
        id=identifier, at=datetime.fromtimestamp(at / 1000, UTC), reporter=reporter, state=ReportState(state)
    )
