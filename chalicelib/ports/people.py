"""Accounts and their sessions, passwords, and what is sent to an address to prove it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from ..domain.erasing import TraceKind
from ..domain.notifications import NotificationMail, OneTimeToken, Use
from ..domain.people import Account, Address, Session, WayBack
from ..domain.quiet_hours import QuietHours
from ..domain.workspaces import Member, Workspace


class Accounts(Protocol):
    def get(self, account_id: str) -> Account | None: ...
    def with_session(self, account_id: str, session_hash: str) -> tuple[Account | None, Session | None]:
        """Both in one read."""

    def of(self, email: str) -> Account | None:
        """Two reads whether there is one or not, so that nobody learns it by the time it takes."""

    def addresses(self, emails: Iterable[str]) -> dict[str, Address]:
        """What is known of each address; one nobody has met is there too, empty."""

    def suppress(self, email: str, why: str) -> None:
        """No more invitation mail to this address, from anybody. That its mailbox bounced stays the reason."""

    def withdraw_complaint(self, email: str) -> None:
        """Its person said that our mail is no spam. Whatever else stops mail to it stays."""

    def unsuppress(self, email: str, keyed_hashes: Iterable[str]) -> None:
        """Whatever stopped mail to this address before: it may come again."""

    def block(self, email: str, whom: str, most: int) -> bool:
        """`inviter:…` or `workspace:…`. False where the mailbox turns away `most` already."""

    def unblock(self, email: str, whom: str) -> None: ...
    def set_locale(self, email: str, locale: str) -> None:
        """The language in which this mailbox wants its mails."""

    def erase(self, email: str, keyed_hash: str, now: datetime) -> None:
        """Nothing of the address stays but a hash that keeps its block; an account that owns it stays."""

    def erased(self, keyed_hashes: Iterable[str]) -> set[str]: ...
    def with_sessions(
        self, account_id: str, session_hashes: Iterable[str]
    ) -> tuple[Account | None, dict[str, Session]]:
        """The account and those of these sessions that are there, in one read."""

    def prove(self, session: Session, proved: Sequence[tuple[str, datetime]]) -> None:
        """Which invited addresses this session has proved, and until when that counts."""

    def save_notices(self, account_id: str, notices: bool, missed_mail: bool) -> None: ...
    def add(
        self,
        account: Account,
        workspace: Workspace | None = None,
        member_of: Member | None = None,
        by: tuple[Use, Session] | None = None,
    ) -> bool:
        """The account, its claim on its address, and its workspace, all or nothing; False if the address has an account.

        `by` a mailed link: it is used up and its session begins with the rest; False also if it was used meanwhile.
        """

    def save_meeting_url(self, account_id: str, url: str) -> None: ...
    def save_quiet_times(
        self, account_id: str, time_zone: str, quiet: QuietHours | None, dnd_until: datetime | None, push_text: bool
    ) -> None: ...
    def save_profile(self, account_id: str, name: str, locale: str) -> None: ...
    def save_picture(self, account_id: str, picture: str) -> bool:
        """Empty for none; False where the account is gone."""

    def set_password(self, account_id: str, password_hash: str, use: Use, session: Session) -> bool:
        """By a mailed link, which is used up; False if it was meanwhile. Ends every session that began before this one."""

    def add_session(self, session: Session) -> None: ...
    def add_session_by(self, use: Use, session: Session) -> bool:
        """By a mailed link, which is used up; False if it was meanwhile."""

    def touch_session(self, session: Session, seen_at: datetime) -> None: ...
    def sessions(self, account_id: str) -> list[Session]:
        """All that are stored, those that are over too."""

    def end_session(self, session: Session) -> None: ...


class OwnAccounts(Protocol):
    """What changes an account as a whole."""

    def want_address(self, account_id: str, request_id: str) -> None:
        """From now on only this request's link counts."""

    def change_address(
        self, old: Account, email: str, use: Use, ways_back: Sequence[WayBack], told: NotificationMail | None
    ) -> bool:
        """By the link that proved it, which is used up, and the old mailbox told, all or nothing.

        False where the link was used meanwhile, another request came, or somebody has the address.
        """

    def take_address_back(
        self, old: Account, email: str, use: Use, session: Session, ways_back: Sequence[WayBack]
    ) -> bool:
        """As `change_address`, by the link to the mailbox of before: every other session ends, and the password is gone."""

    def leave(self, account_id: str, at: datetime, empties: bool, now: datetime) -> None:
        """It is erased then; every session that began before ends."""

    def keep(self, account_id: str) -> None: ...
    def note_trace(self, account_id: str, what: TraceKind, of: str) -> None: ...
    def traces(self, account_id: str) -> list[tuple[str, str]]: ...
    def erase(self, account: Account) -> None:
        """All that is the account's own. The account itself goes last: as long as it is there, whoever was cut off begins anew."""


class OneTimeTokens(Protocol):
    def put(self, token_hash: str, one_time_token: OneTimeToken) -> None: ...
    def peek(self, token_hash: str, holder: str = "") -> OneTimeToken | None:
        """None for a link that is unknown, or was used by anybody but this holder."""

    def consume(self, token_hash: str) -> OneTimeToken | None:
        """The secret for exactly one caller; None for every other."""


class Codes(Protocol):
    def put(self, what: str, code_hash: str, expires_at: datetime) -> None:
        """The newest code for `what` is the only one."""

    def guess(self, what: str, code_hash: str, who: str, now: datetime) -> bool | None:
        """True for the right code, False for a wrong one, None where no code is alive. Each guess counts first.

        It is right for one: for `who` first sent it, and for them again for two minutes, in as many tries as before.
        """


class Passwords(Protocol):
    def hash(self, password: str) -> str: ...
    def matches(self, password_hash: str, password: str) -> bool: ...
    def is_easy(self, password: str, context: Sequence[str]) -> bool: ...
