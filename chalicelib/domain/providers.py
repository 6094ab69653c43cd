"""The registry of providers: where else people come from, by the names that lie in the table and stand in the API.

A provider has one entry in each list below, and a package of its own under `providers/`, called as its member of `Provider`.
What it can do, and how, is said there, in its specification.
"""

from dataclasses import dataclass
from enum import StrEnum

from .sentences import sentence


class Provider(StrEnum):
    """Whose accounts people have: the first part of an identity."""

    SLACK = "slack"
    MICROSOFT = "microsoft"
    MAIL = "mail"

    @property
    def names(self) -> "ProviderNames":
        return next(names for names in PROVIDERS if names.provider is self)

    @property
    def option(self) -> "Option | None":
        return self.names.option

    @property
    def signs_in(self) -> bool:
        return self.names.signs_in

    @property
    def via(self) -> "Via":
        return self.names.via

    @property
    def shown(self) -> str:
        return self.names.company


class Via(StrEnum):
    """From where a participant reads and writes."""

    WEBTOP = "webtop"
    SLACK = "slack"
    TEAMS = "teams"
    MAIL = "mail"


class Option(StrEnum):
    """The ways to join."""

    ACCOUNT = "account"
    NEW_ACCOUNT = "new_account"
    SLACK = "slack"
    TEAMS = "teams"
    MAIL = "mail"


OPTIONS_HERE = (Option.ACCOUNT, Option.NEW_ACCOUNT)
HERE = "Webtop"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderNames:
    """`company` is whose account it is, `application` where people read and write, `short` the same on a badge.

    `option` is None where people can't join by it; `joining` says what that way to join is. `signs_in`: they join by signing in
    there, and can sign in here with it later.
    """

    provider: Provider
    via: Via
    option: Option | None
    company: str
    application: str
    short: str
    joining: str
    signs_in: bool = True


PROVIDERS = (
    ProviderNames(
        provider=Provider.SLACK,
        via=Via.SLACK,
        option=Option.SLACK,
        company="Slack",
        application="Slack",
        short="Slack",
        joining=sentence("Read and write in your own Slack"),
    ),
    ProviderNames(
        provider=Provider.MICROSOFT,
        via=Via.TEAMS,
        option=Option.TEAMS,
        company="Microsoft",
        application="Microsoft Teams",
        short="Teams",
        joining=sentence("Read and write in your own Teams"),
    ),
    ProviderNames(
        provider=Provider.MAIL,
        via=Via.MAIL,
        option=Option.MAIL,
        company="E-mail",
        application="E-mail",
        short="E-mail",
        joining=sentence("Messages come as e-mails; just answer them"),
        signs_in=False,
    ),
)
SIGNED_IN_FROM = frozenset({Via.WEBTOP, *(names.via for names in PROVIDERS if names.signs_in)})
SIGN_INS = tuple(names.provider for names in PROVIDERS if names.signs_in)
OPTIONS_ELSEWHERE = tuple(names.option for names in PROVIDERS if names.option)
APPLICATIONS: dict[str, str] = {Via.WEBTOP: HERE, **{names.via: names.application for names in PROVIDERS}}
BADGES: dict[str, str] = {Via.WEBTOP: HERE, **{names.via: names.short for names in PROVIDERS}}


def of_option(option: str) -> ProviderNames | None:
    """None for the ways to join that need no provider."""
    return next((names for names in PROVIDERS if names.option == option), None)


def option_of(via: Via) -> Option:
    """By which way somebody joined who reads and writes there."""
    return next((names.option for names in PROVIDERS if names.via is via and names.option), Option.ACCOUNT)


def via_of(identity_key: str) -> Via:
    """From where the person chats who has this identity; here, if they have none."""
    provider = identity_key.partition("#")[0]
    return next((names.via for names in PROVIDERS if names.provider == provider), Via.WEBTOP)
