"""People: an account is one person; a session is one browser or program that speaks for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .errors import wrong_field

PASSWORD_SHORTEST, PASSWORD_LONGEST = 8, 256
SESSION_IDLE, SESSION_LONGEST = timedelta(days=14), timedelta(days=60)
SESSION_TOUCHED_EVERY = timedelta(hours=12)
SUPPRESSED = ("bounced", "complained")
LOCALES = ("en", "de", "es", "fr")


class Role(StrEnum):
    """A person's part in a workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"

    @property
    def may_manage(self) -> bool:
        return self in (Role.OWNER, Role.ADMIN)


class Via(StrEnum):
    """From where a participant reads and writes."""

    WEBTOP = "webtop"
    SLACK = "slack"
    TEAMS = "teams"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person. `email` is proved; `sessions_from` ends every session that began before it."""

    id: str
    name: str
    email: str
    password_hash: str
    locale: str
    created_at: datetime
    sessions_from: datetime
    notices: bool = True
    missed_mail: bool = True


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

    @property
    def via(self) -> Via:
        """From where this person came in, and so from where they chat."""
        provider = self.identity.partition("#")[0]
        return {"slack": Via.SLACK, "microsoft": Via.TEAMS}.get(provider, Via.WEBTOP)

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
    """What is known of one mailbox, whoever asks: whose it is, and whether it may be written to."""

    email: str
    account_id: str = ""
    unreachable: str = ""
    locale: str = ""
    blocks: tuple[str, ...] = ()

    @property
    def is_dead(self) -> bool:
        """Mail to it comes back, or is unwanted: not even what somebody asks for on a page goes there."""
        return self.unreachable in (*SUPPRESSED, "erased")

    @property
    def wants_no_letters(self) -> bool:
        """Only the code that opens the mailbox's own page still goes there: on it, mail is let in again."""
        return self.unreachable in SUPPRESSED

    def turns_away(self, inviter_id: str, workspace_id: str) -> bool:
        """Whether this mailbox wants nothing, or nothing from them."""
        return (
            bool(self.unreachable)
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
