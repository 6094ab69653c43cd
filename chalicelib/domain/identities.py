"""Who somebody is at Slack or Microsoft: team and user, tenant and object id. Never an e-mail address."""

from dataclasses import dataclass
from datetime import datetime

from .providers import Provider


@dataclass(frozen=True, slots=True)
class Identity:
    """`tenant` is Slack's team or Microsoft's tenant, `user` the immutable id within it."""

    provider: Provider
    tenant: str
    user: str

    @property
    def key(self) -> str:
        return f"{self.provider}#{self.tenant}#{self.user}"


def of_key(key: str) -> Identity | None:
    parts = key.split("#")
    return Identity(Provider(parts[0]), parts[1], parts[2]) if len(parts) == 3 and parts[0] in list(Provider) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a provider says of somebody. `email` is for display; it proves the address only where `email_proved`."""

    identity: Identity
    name: str
    organization: str
    email: str = ""
    email_proved: bool = False
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthState:
    """A sign-in under way: bound to one browser, one provider, one invitation. `flow` is what the provider's library keeps,
    `next` the local path where somebody wanted to go who has an account already."""

    provider: Provider
    browser: str
    nonce: str
    token: str = ""
    account_id: str = ""
    purpose: str = "sign_in"
    flow: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Our app in one Slack team; one serves everybody of that team. `bot_token` is readable only on its way to Slack.

    `is_of_organization`: it was installed for all teams of `enterprise_id` at once, and is taken out of all at once.
    """

    team_id: str
    team_name: str
    bot_token: str
    bot_user_id: str
    app_id: str
    scopes: str
    enterprise_id: str = ""
    is_of_organization: bool = False
    installed_at: datetime | None = None
