"""Workspaces, and what they must be able to say of people from outside."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from ..domain.audit import AuditEntry
from ..domain.chats import Chat, Membership
from ..domain.ends import EndReason
from ..domain.invitations import Invitation
from ..domain.outside import PersonRef, PlaceKey, StoredPlace
from ..domain.people import Account, Role
from ..domain.quotas import RollingQuota
from ..domain.receipts import Receipt
from ..domain.reports import AbuseReport, ReportedInviter
from ..domain.workspaces import Member, Workspace


class Workspaces(Protocol):
    def get(self, workspace_id: str) -> Workspace | None: ...
    def save_settings(self, workspace: Workspace) -> None:
        """All but the plan, which only an operator sets."""

    def save_lines(self, workspace_id: str, lines: Sequence[str]) -> None:
        """The lines that members choose from when they invite."""

    def stored_bytes(self, workspace_id: str) -> int:
        """How much its files take in the store."""

    def set_plan(self, workspace_id: str, plan: str) -> bool:
        """False if there is no such workspace."""

    def member(self, workspace_id: str, account_id: str) -> tuple[Workspace | None, Member | None]:
        """The workspace and this account's part in it, in one read."""

    def members_among(self, workspace_id: str, account_ids: Iterable[str]) -> dict[str, Member]: ...
    def members(self, workspace_id: str, limit: int, after: str) -> tuple[list[Member], str]:
        """A page in order of account id, and where the next one starts; empty at the end."""

    def of_account(self, account_id: str) -> list[tuple[Workspace, Role]]: ...
    def add_member(self, member: Member) -> bool:
        """False if they are a member already."""

    def change_role(self, member: Member, role: Role, other_owner: Member | None = None) -> bool:
        """False if the member is gone or has another role by now, or `other_owner` is none any more."""

    def call_member(self, workspace_id: str, account: Account) -> None:
        """Their account has this name and address now."""

    def remove_member(self, member: Member, other_owner: Member | None = None) -> bool: ...
    def note(self, workspace_id: str, entry_id: str, text: str, at: datetime) -> None:
        """A line for the audit log."""

    def notes(self, workspace_id: str, most: int) -> list[tuple[datetime, str]]:
        """The newest lines of the audit log, the newest first."""

    def rewrite_notes(self, workspace_id: str, rewritten: Callable[[str], str]) -> None:
        """What names somebody who was erased says less from now on."""

    def note_chat(self, workspace_id: str, chat_id: str) -> None: ...
    def chats(self, workspace_id: str, most: int) -> list[str]: ...
    def mail_quota(self, workspace_id: str) -> RollingQuota: ...
    def consume_mail_quota(self, workspace_id: str, spend: Callable[[RollingQuota], RollingQuota]) -> None:
        """`spend` gives the new log or refuses; exact under parallel calls, for each write holds the version it read.

        Each write is signed: one whose reply was lost is known again, and not spent twice.
        """


class Outside(Protocol):
    """The index of a workspace's register: a pointer for each place from outside."""

    def add(self, workspace_id: str, place: PlaceKey) -> None:
        """Again changes nothing."""

    def remove(self, workspace_id: str, place: PlaceKey) -> None:
        """Unless the person has come back into the chat by another invitation."""

    def people(self, workspace_id: str, after: str, most: int) -> tuple[list[list[PlaceKey]], bool]:
        """The places of the next people behind this account, person by person, and whether there are more people.

        One query of `most` places, and more only where one person alone has as many.
        """

    def of_account(self, workspace_id: str, account_id: str) -> list[PlaceKey]: ...
    def read(self, places: Iterable[PlaceKey]) -> list[StoredPlace]:
        """Those that are taken now, in the order of the keys; two reads for each hundred of what belongs to them."""


class Audit(Protocol):
    def add(self, entry: AuditEntry) -> None:
        """Once: told again, it stands there already."""

    def has(self, workspace_id: str, identifier: str) -> bool: ...
    def page(
        self, workspace_id: str, kind: str, newer_than: str, before: str, now: datetime, most: int
    ) -> tuple[list[AuditEntry], str]:
        """The newest first: older than `before` and newer than `newer_than`, where they are given. With where the next page
        goes on, empty at the end. So many are read, whether or not they are of the kind."""

    def look_up(
        self, account_ids: Iterable[str], chat_ids: Iterable[str], invitations: Iterable[tuple[str, str]]
    ) -> tuple[dict[str, Account], dict[str, Chat], dict[tuple[str, str], Invitation]]:
        """Whom and what the ids of entries stand for now, by id; in one read for each hundred."""


class Receipts(Protocol):
    """How places end, and when; and what is kept of it."""

    def get(self, receipt_id: str) -> Receipt | None: ...
    def replace(self, receipt: Receipt) -> None:
        """The same receipt with less in it, signed anew."""

    def overdue(self, chat_id: str, account_id: str) -> Membership | None:
        """This person's place as it is stored, whatever the clock says of it."""

    def change(self, place: Membership, ends_at: datetime | None, owner_id: str, by_id: str, now: datetime) -> bool:
        """When the place ends and who answers for it, in the place and in its record; False if it is gone."""

    def end(
        self, places: Sequence[Membership], by: PersonRef, now: datetime, reason: EndReason, issued: Receipt | None
    ) -> bool:
        """All of these places, with the receipt about them, or none; False if one of them is gone already."""


class Reports(Protocol):
    """Reports of abuse, what they come to for each inviter, and what an operator decided."""

    def get(self, report_id: str) -> AbuseReport | None: ...
    def everything(self) -> list[AbuseReport]:
        """What isn't decided, what stops somebody, and what was dismissed lately."""

    def of_inviter(self, account_id: str) -> ReportedInviter: ...
    def add(self, new: AbuseReport, before: ReportedInviter, after: ReportedInviter, changes_account: bool) -> bool:
        """The report and its count, all or nothing; False where another one came in between."""

    def decide(
        self, decided: AbuseReport, before: ReportedInviter, after: ReportedInviter, changes_account: bool
    ) -> bool:
        """The decision and what follows from it; False where something else came in between."""

    def forget_address(self, report: AbuseReport) -> None: ...
    def erase(self, email: str) -> None:
        """What nobody has decided yet loses the address, and the words that came with it."""


class ReceiptSigner(Protocol):
    def sign(self, content: bytes) -> str: ...
    def is_signed(self, content: bytes, signature: str) -> bool: ...
