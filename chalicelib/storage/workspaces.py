"""Workspaces, their people, and the mails they sent lately."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from pynamodb.exceptions import PutError

from ..domain import errors
from ..domain.audit import KEPT
from ..domain.people import Account, Role
from ..domain.quotas import RollingQuota
from ..domain.workspaces import Member, Workspace
from . import items, keys
from .acting import actor
from .errors import conditional_write, is_failed_condition, translate_errors
from .items import (
    BadgeItem,
    Item,
    MemberItem,
    NoteItem,
    OwnChatItem,
    QuotaItem,
    RemovedMemberItem,
    StoredBytesItem,
    WorkspaceItem,
)
from .mapping import badge_item, member, member_item, workspace
from .reading import each, maybe, one_of
from .transactions import RetryingTransaction

_TRIES = 12


@translate_errors
class Workspaces:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def get(self, workspace_id: str) -> Workspace | None:
        item = items.get(WorkspaceItem, keys.workspace(workspace_id), "W")
        return maybe(workspace, item)

    def save_settings(self, changed: Workspace) -> None:
        WorkspaceItem(keys.workspace(changed.id), "W").update(
            [
                WorkspaceItem.name.set(changed.name),
                WorkspaceItem.communicate.set(changed.communicate),
                WorkspaceItem.invitation_days.set(changed.invitation_days),
                WorkspaceItem.allowed_domains.set(list(changed.allowed_domains)),
                WorkspaceItem.denied_domains.set(list(changed.denied_domains)),
                WorkspaceItem.who_may_invite.set(changed.who_may_invite),
                WorkspaceItem.mismatch.set(changed.mismatch),
                WorkspaceItem.locale.set(changed.locale),
                WorkspaceItem.hand_over.set(changed.hand_over),
                WorkspaceItem.outside_days.set(changed.outside_days),
                WorkspaceItem.files.set(changed.files),
                WorkspaceItem.calls.set({"kind": str(changed.calls.kind), "url": changed.calls.url}),
                *self._acted(WorkspaceItem),
            ],
            WorkspaceItem.pk.exists(),
        )

    def save_lines(self, workspace_id: str, lines: Sequence[str]) -> None:
        chosen = WorkspaceItem.lines.set(list(lines)) if lines else WorkspaceItem.lines.remove()
        WorkspaceItem(keys.workspace(workspace_id), "W").update(
            [chosen, *self._acted(WorkspaceItem)], WorkspaceItem.pk.exists()
        )

    def stored_bytes(self, workspace_id: str) -> int:
        item = items.get(StoredBytesItem, keys.workspace(workspace_id), "B")
        return int(item.total) if item else 0

    def set_plan(self, workspace_id: str, plan: str) -> bool:
        with conditional_write() as outcome:
            WorkspaceItem(keys.workspace(workspace_id), "W").update(
                [WorkspaceItem.plan.set(plan), *self._acted(WorkspaceItem)], WorkspaceItem.pk.exists()
            )
        return outcome.held

    def member(self, workspace_id: str, account_id: str) -> tuple[Workspace | None, Member | None]:
        pk = keys.workspace(workspace_id)
        results = items.get_all([(pk, "W"), (pk, f"M#{account_id}")])
        existing, part = results.get((pk, "W")), results.get((pk, f"M#{account_id}"))
        return maybe(workspace, existing), maybe(member, part)

    def members_among(self, workspace_id: str, account_ids: Iterable[str]) -> dict[str, Member]:
        results = items.get_all((keys.workspace(workspace_id), f"M#{account_id}") for account_id in account_ids)
        return {member.account_id: member for member in each(member, results.values())}

    def members(self, workspace_id: str, limit: int, after: str) -> tuple[list[Member], str]:
        above = MemberItem.sk.between(f"M#{after}#" if after else "M#", "M~")
        member_items = list(
            MemberItem.query(keys.workspace(workspace_id), above, consistent_read=True, limit=limit + 1)
        )
        page = list(each(member, member_items[:limit]))
        return page, member_items[limit - 1].account_id if len(member_items) > limit else ""

    def of_account(self, account_id: str) -> list[tuple[Workspace, Role]]:
        badges = list(BadgeItem.query(keys.account(account_id), BadgeItem.sk.startswith("W#"), consistent_read=True))
        roles = {badge.workspace_id: one_of(Role, badge.role, Role.MEMBER) for badge in badges}
        results = items.get_all((keys.workspace(workspace_id), "W") for workspace_id in roles)
        existing = [(workspace, roles[workspace.id]) for workspace in each(workspace, results.values())]
        return sorted(existing, key=lambda item: (item[0].created_at, item[0].id))

    def add_member(self, new: Member) -> bool:
        with conditional_write() as outcome, items.transaction() as write:
            write.save(self._signed(member_item(new)), condition=Item.pk.does_not_exist())
            write.save(badge_item(new))
        return outcome.held

    def change_role(self, member: Member, role: Role, other_owner: Member | None = None) -> bool:
        was = MemberItem.role == str(member.role)
        with conditional_write() as outcome, items.transaction() as write:
            _still_owned(write, other_owner)
            write.update(
                member_item(member), actions=[MemberItem.role.set(role), *self._acted(MemberItem)], condition=was
            )
            write.update(badge_item(member), actions=[BadgeItem.role.set(role)])
        return outcome.held

    def call_member(self, workspace_id: str, account: Account) -> None:
        picture = MemberItem.picture.set(account.picture) if account.picture else MemberItem.picture.remove()
        with conditional_write():
            MemberItem(keys.workspace(workspace_id), f"M#{account.id}").update(
                [MemberItem.name.set(account.name), MemberItem.email.set(account.email), picture],
                MemberItem.pk.exists(),
            )

    def remove_member(self, member: Member, other_owner: Member | None = None) -> bool:
        with conditional_write() as outcome, items.transaction() as write:
            _still_owned(write, other_owner)
            write.delete(member_item(member), condition=MemberItem.role == str(member.role))
            write.delete(badge_item(member))
            write.save(self._removal(member))
        return outcome.held

    def _acted(self, model: type[WorkspaceItem | MemberItem]) -> list[Any]:
        """Who does this, and when, for the audit log."""
        who = model.actor_id.set(actor()) if actor() else model.actor_id.remove()
        return [who, model.acted_at.set(self._now())]

    def _signed(self, item: MemberItem) -> MemberItem:
        item.actor_id, item.acted_at = actor(), self._now()
        return item

    def _removal(self, member: Member) -> RemovedMemberItem:
        now = self._now()
        return RemovedMemberItem(
            keys.workspace(member.workspace_id),
            f"R#{member.account_id}",
            workspace_id=member.workspace_id,
            account_id=member.account_id,
            actor_id=actor(),
            acted_at=now,
            gone_at=now + KEPT,
        )

    def note(self, workspace_id: str, entry_id: str, text: str, at: datetime) -> None:
        NoteItem(keys.workspace(workspace_id), f"U#{int(at.timestamp()):010d}#{entry_id}", at=at, text=text).save()

    def notes(self, workspace_id: str, most: int) -> list[tuple[datetime, str]]:
        items = NoteItem.query(
            keys.workspace(workspace_id),
            NoteItem.sk.startswith("U#"),
            consistent_read=True,
            scan_index_forward=False,
            limit=most,
        )
        return [(item.at, item.text) for item in items]

    def rewrite_notes(self, workspace_id: str, rewritten: Callable[[str], str]) -> None:
        stored = NoteItem.query(keys.workspace(workspace_id), NoteItem.sk.startswith("U#"), consistent_read=True)
        for item in stored:
            text = rewritten(item.text)
            if text != item.text:
                item.update([NoteItem.text.set(text)], NoteItem.pk.exists())

    def note_chat(self, workspace_id: str, chat_id: str) -> None:
        OwnChatItem(keys.workspace(workspace_id), keys.membership(chat_id), chat_id=chat_id).save()

    def chats(self, workspace_id: str, most: int) -> list[str]:
        items = OwnChatItem.query(
            keys.workspace(workspace_id), OwnChatItem.sk.startswith("C#"), consistent_read=True, limit=most
        )
        return [item.chat_id for item in items]

    def mail_quota(self, workspace_id: str) -> RollingQuota:
        item = items.get(QuotaItem, keys.workspace(workspace_id), "Q")
        return _spent(item)

    def consume_mail_quota(self, workspace_id: str, spend: Callable[[RollingQuota], RollingQuota]) -> None:
        pk, writer = keys.workspace(workspace_id), secrets.token_hex(8)
        for _ in range(_TRIES):
            item = items.get(QuotaItem, pk, "Q")
            if item and item.writer == writer:
                return
            before = _spent(item)
            version = int(item.version) if item else 0
            after = spend(before)
            if after == before:
                return
            unchanged = (QuotaItem.version == version) if item else QuotaItem.pk.does_not_exist()
            try:
                log = [list(entry) for entry in after.log]
                QuotaItem(pk, "Q", log=log, version=version + 1, writer=writer).save(unchanged)
            except PutError as error:
                if not is_failed_condition(error):
                    raise
            else:
                return
        raise errors.busy()


def _still_owned(write: RetryingTransaction, by: Member | None) -> None:
    if by:
        existing = member_item(by)
        write.condition_check(MemberItem, existing.pk, existing.sk, MemberItem.role == str(Role.OWNER))


def _spent(item: QuotaItem | None) -> RollingQuota:
    return RollingQuota(tuple((start, count) for start, count in item.log)) if item else RollingQuota()
