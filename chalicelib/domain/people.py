"""People: an account is one person; a session is one browser or program that speaks for them."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .errors import wrong_field
from .identities import of_key
from .providers import Via, via_of
from .quiet_hours import QuietHours, zone_of

PASSWORD_SHORTEST, PASSWORD_LONGEST = 8, 256
CHANGE_OF_MIND = timedelta(days=7)
"""So long an account that is to be deleted can be kept."""
SESSION_IDLE, SESSION_LONGEST = timedelta(days=14), timedelta(days=60)
SESSION_TOUCHED_EVERY = timedelta(hours=1)
LOCALES = ("en", "de", "es", "fr")


class Role(StrEnum):
    """A person's part in a workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"

    @property
    def may_manage(self) -> bool:
        return self in (Role.OWNER, Role.ADMIN)


class Unreachable(StrEnum):
    """Why an address gets no invitations. Its mailbox bounced; or its person complained, or wants none."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    BLOCKED = "blocked"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class WayBack:
    """A change of an account's address that its mailbox of before can undo, until then. `id` is the change's."""

    id: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person. `email` is proved; `sessions_from` ends every session that began before it.

    `sending_paused`: reports of abuse, or an operator, stopped what they send to people whom they invite.
    `time_zone` is an IANA name, empty for UTC. `push_text`: pushes may show on a locked screen what was written, and by whom.
    `picture` is the id of their picture, empty for none.
    `leaves_at`: when it is erased, with what its messages say where it `empties` them.
    `new_address` names the newest request to change the address; `ways_back` are changes that can be undone, the oldest first.
    """

    id: str
    name: str
    email: str
    password_hash: str
    locale: str
    created_at: datetime
    sessions_from: datetime
    notices: bool = True
    missed_mail: bool = True
    meeting_url: str = ""
    time_zone: str = ""
    quiet: QuietHours | None = None
    dnd_until: datetime | None = None
    push_text: bool = True
    picture: str = ""
    sending_paused: bool = False
    new_address: str = ""
    ways_back: tuple[WayBack, ...] = ()
    leaves_at: datetime | None = None
    empties: bool = False

    def ways_back_at(self, now: datetime) -> tuple[WayBack, ...]:
        return tuple(way for way in self.ways_back if now < way.until)

    def ways_back_before(self, change: str, now: datetime) -> tuple[WayBack, ...] | None:
        """What is left once this change is undone, with every later one; None where it can't be undone any more.

        An earlier change stays undoable: whoever took an account over can't shake off the mailbox that it was taken from.
        """
        ways = self.ways_back_at(now)
        ids = [way.id for way in ways]
        return ways[: ids.index(change)] if change in ids else None

    def silent_until(self, now: datetime) -> datetime | None:
        """Until when this person wants no push; None where they want it now."""
        quiet = self.quiet.ends_at(now, zone_of(self.time_zone)) if self.quiet else None
        ends = [end for end in (quiet, self.dnd_until) if end is not None and end > now]
        return max(ends, default=None)


class SignInMethod(StrEnum):
    """How a session began, where no provider vouched for the person."""

    PASSWORD = "password"  # noqa: S105  # no password
    LINK = "link"
    JOIN = "join"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`hash` is of the token's secret half; the token itself is known to its holder only.

    `identity`, `organization`, `email` are what Slack or Microsoft said, where the person came in through them.
    `proved` holds (what, until) for each invited address that was proved by a code in this session.
    """

    account_id: str
    hash: str
    created_at: datetime
    seen_at: datetime
    proved: tuple[tuple[str, datetime], ...] = ()
    identity: str = ""
    organization: str = ""
    email: str = ""
    email_proved: bool = False
    method: SignInMethod = SignInMethod.PASSWORD

    @property
    def id(self) -> str:
        """By which its owner names it; it opens nothing."""
        digest = hashlib.sha256(f"session {self.hash}".encode()).digest()
        return base64.b32encode(digest[:10]).decode().lower()

    @property
    def via(self) -> Via:
        """From where this person came in, and so from where they chat."""
        return via_of(self.identity)

    @property
    def signed_in_by(self) -> str:
        """The provider, or else the method."""
        identity = of_key(self.identity)
        return str(identity.provider if identity else self.method)

    def has_proved(self, what: str, now: datetime) -> bool:
        """Whether this session proved that invited address by a code, not long ago."""
        return any(proved == what and now < until for proved, until in self.proved)

    def holds_at(self, now: datetime, account: Account) -> bool:
        return (
            self.created_at >= account.sessions_from
            and now < self.seen_at + SESSION_IDLE
            and now < self.created_at + SESSION_LONGEST
        )

    @property
    def expires_at(self) -> datetime:
        return min(self.seen_at + SESSION_IDLE, self.created_at + SESSION_LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What is known of one mailbox, whoever asks: whose it is, and whether it may be written to.

    `unreachable` is an `Unreachable` other than a complaint, or empty; `complained` stands beside it, for it may be withdrawn.
    """

    email: str
    account_id: str = ""
    unreachable: str = ""
    complained: bool = False
    locale: str = ""
    blocks: tuple[str, ...] = ()

    @property
    def bounces(self) -> bool:
        """Mail to it comes back. Only the code that opens the mailbox's own page still goes there, where mail is let in again."""
        return self.unreachable == Unreachable.BOUNCED

    @property
    def takes_account_mail(self) -> bool:
        """Links to sign in, reset or sign up: whoever turned invitations away still gets into their own account."""
        return not self.bounces and (bool(self.account_id) or not self.complained)

    @property
    def takes_code(self) -> bool:
        """A code that proves the address at an invitation."""
        return not self.bounces and (bool(self.account_id) or not self._is_left_in_peace)

    @property
    def takes_notices(self) -> bool:
        """What happened while its person was away: about invitations they sent, and what they missed."""
        return not self.bounces and not self._is_left_in_peace

    @property
    def stops_invitations(self) -> bool:
        return bool(self.unreachable) or self.complained

    @property
    def _is_left_in_peace(self) -> bool:
        return self.complained or self.unreachable == Unreachable.ERASED

    def blocks_mail_from(self, inviter_id: str, workspace_id: str) -> bool:
        """Whether this mailbox wants nothing, or nothing from them."""
        return (
            self.stops_invitations
            or f"inviter:{inviter_id}" in self.blocks
            or f"workspace:{workspace_id}" in self.blocks
        )


def refuse_unless_password_fits(password: str) -> None:
    """Length only; how easily it is guessed is judged where the word lists are. Any character is welcome."""
    if len(password) < PASSWORD_SHORTEST:
        raise wrong_field(
            "password", "too_short", "Use {least} characters or more; 15 are better.", least=PASSWORD_SHORTEST
        )
    if len(password) > PASSWORD_LONGEST:
        raise wrong_field("password", "too_long", "Use at most {most} characters.", most=PASSWORD_LONGEST)


def locale_or(locale: str | None, otherwise: str) -> str:
    return locale if locale in LOCALES else otherwise
