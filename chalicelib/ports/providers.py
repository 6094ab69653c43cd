"""Applications of others: who signs in with them, and our app there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from ..domain.identities import Identity, Installation, Profile
from ..domain.people import Account
from ..domain.providers import Provider


class ProviderFailed(Exception):
    """Slack or Microsoft was slow, broken, refused, or answered nonsense; the message is for the log."""


class SignIn(Protocol):
    """Signing in with one provider: out, and who came back. Both raise ProviderFailed."""

    def begin(self, state: str, nonce: str) -> tuple[str, str]:
        """Where to send the browser, and the `flow` to keep until it is back."""

    def identify(self, query: dict[str, str], nonce: str, flow: str) -> Profile:
        """Who came back, by the query that they came with. Nothing in it is trusted that the provider hasn't signed."""


INSTALL = "install"
"""The purpose that every installer has: messages are to reach people there."""


class Installer(Protocol):
    """Our app in a company's own application. Both may raise ProviderFailed."""

    purposes: Mapping[str, str]
    """What people may install it for, and the page that each leads back to; empty for the chat that they joined last."""

    def begin(self, state: str, team_id: str, purpose: str) -> str:
        """Where to send the browser."""

    def finish(self, code: str, team_id: str) -> Installation:
        """What was installed, in whichever team the browser chose there; the caller judges whether it is the right one.
        Where it was installed for a whole organization, in this team of it.
        """


class Identities(Protocol):
    """Whose identities are whose, our app at providers, and what they asked of us before."""

    def account_of(self, identity: Identity) -> str:
        """The account's id; empty for an identity that nobody has."""

    def add(self, profile: Profile, account: Account, is_new: bool) -> bool:
        """The identity is this account's, and the account is made with it if it is new; False if somebody has it."""

    def refresh(self, profile: Profile, account_id: str) -> None:
        """What the provider says now: names change."""

    def of_account(self, account_id: str) -> list[Profile]: ...
    def remove(self, identity: Identity, account_id: str) -> None: ...
    def install(self, provider: Provider, new: Installation) -> None: ...
    def installation(self, provider: Provider, team_id: str) -> Installation | None: ...
    def uninstall(self, provider: Provider, team_id: str, now: datetime, told_of: datetime | None = None) -> None:
        """The token goes at once; what is known of the team stays for a later installation. An installation that is newer than
        what was told of stays."""

    def teams_of(self, provider: Provider, organization_id: str) -> list[str]:
        """The teams that an installation for a whole organization serves here; none for what is a team itself."""

    def open_conversation(self, identity: Identity, service_url: str, conversation_id: str, user_id: str) -> None:
        """Where the bot reaches this person; known before they sign in, if they add the app first."""

    def close_conversation(self, identity: Identity, now: datetime) -> None: ...
    def was_reached(self, identity: Identity) -> bool:
        """Whether our app was there for this person, and isn't any more."""

    def conversation(self, identity: Identity) -> tuple[str, str]:
        """Service address and conversation; both empty where the app isn't added."""

    def was_greeted(self, identity: Identity) -> bool:
        """Whether our app has said hello to this person, since it came to them last."""

    def mark_greeted(self, identity: Identity, now: datetime) -> None: ...
    def mark_seen(self, what: str, now: datetime) -> bool:
        """True once for each request of a provider, remembered for a day."""

    def was_seen(self, what: str) -> bool:
        """Whether `mark_seen` was asked for this before."""

    def forget_seen(self, what: str) -> None: ...
    def remembered_name(self, identity: Identity) -> str | None:
        """What somebody was called there when it was asked last, lately; None where it wasn't."""

    def remember_name(self, identity: Identity, name: str, now: datetime) -> None: ...
    def organization(self, identity: Identity) -> str: ...
    def forget_user_token(self, identity: Identity, told_of: datetime | None = None) -> None:
        """One that is newer than what was told of stays."""

    def user_token(self, identity: Identity) -> str:
        """The token by which this person lets us invite people; empty where they haven't."""

    def keep_user_token(self, identity: Identity, token: str, now: datetime) -> None: ...
