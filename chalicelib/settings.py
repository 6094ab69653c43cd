"""The settings: one frozen object, read in one place from the environment. No default for a secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


class SettingsWrong(Exception):
    """The environment can't be used; the message says which variable and what to do."""


@dataclass(frozen=True, slots=True)
class Slack:
    client_id: str
    client_secret: str
    signing_secret: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Microsoft:
    client_id: str
    client_secret: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Teams:
    """`service_hosts` is the allow-list for what a bot's activities may name as their service."""

    app_id: str
    bot_id: str
    bot_secret: str
    bot_tenant: str
    metadata_url: str
    service_hosts: tuple[str, ...]
    link_base: str


@dataclass(frozen=True, slots=True)
class Settings:
    stage: str
    public_url: str
    table_name: str
    mail_from: str
    mail_queue_url: str
    mail_configuration_set: str
    relay_queue_url: str
    relay_dead_letter_url: str
    socket_url: str
    clock_file: str
    region: str
    link_keys: tuple[str, ...]
    slack: Slack
    microsoft: Microsoft
    teams: Teams
    token_key: str

    @property
    def is_local(self) -> bool:
        return self.stage == "local"


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables; raises `SettingsWrong` on the first that can't be used."""
    stage = _needed(environ, "STAGE")
    settings = Settings(
        stage=stage,
        public_url=_url(environ, "PUBLIC_URL", stage).rstrip("/"),
        table_name=_needed(environ, "TABLE_NAME"),
        mail_from=_needed(environ, "MAIL_FROM"),
        mail_queue_url=environ.get("MAIL_QUEUE_URL", ""),
        mail_configuration_set=environ.get("MAIL_CONFIGURATION_SET", ""),
        relay_queue_url=environ.get("RELAY_QUEUE_URL", ""),
        relay_dead_letter_url=environ.get("RELAY_SET_ASIDE_URL", ""),
        socket_url=environ.get("SOCKET_URL", ""),
        clock_file=environ.get("CLOCK_FILE", ""),
        region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        link_keys=_keys(environ),
        slack=_slack(environ, stage),
        microsoft=_microsoft(environ, stage),
        teams=_teams(environ, stage),
        token_key=environ.get("TOKEN_KEY", ""),
    )
    if settings.is_local and "AWS_ENDPOINT_URL" not in environ:
        raise SettingsWrong(
            "AWS_ENDPOINT_URL is not set, and STAGE=local must not reach a real AWS. `make run` sets it."
        )
    elsewhere = sorted(name for name in environ if name.startswith("AWS_ENDPOINT_URL") and environ[name])
    if elsewhere and not settings.is_local:
        raise SettingsWrong(f"{elsewhere[0]} leads to another AWS and is for STAGE=local only. Remove it.")
    if settings.clock_file and not settings.is_local:
        raise SettingsWrong("CLOCK_FILE moves the clock and is for STAGE=local only. Remove it.")
    return settings


def _slack(environ: Mapping[str, str], stage: str) -> Slack:
    return Slack(
        client_id=environ.get("SLACK_CLIENT_ID", ""),
        client_secret=environ.get("SLACK_CLIENT_SECRET", ""),
        signing_secret=environ.get("SLACK_SIGNING_SECRET", ""),
        base_url=_provider(environ, "SLACK_BASE_URL", "https://slack.com", stage),
    )


def _microsoft(environ: Mapping[str, str], stage: str) -> Microsoft:
    return Microsoft(
        client_id=environ.get("MICROSOFT_CLIENT_ID", ""),
        client_secret=environ.get("MICROSOFT_CLIENT_SECRET", ""),
        base_url=_provider(environ, "MICROSOFT_BASE_URL", "https://login.microsoftonline.com", stage),
    )


def _teams(environ: Mapping[str, str], stage: str) -> Teams:
    metadata = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    return Teams(
        app_id=environ.get("TEAMS_APP_ID", ""),
        bot_id=environ.get("TEAMS_BOT_ID", ""),
        bot_secret=environ.get("TEAMS_BOT_SECRET", ""),
        bot_tenant=environ.get("TEAMS_BOT_TENANT", ""),
        metadata_url=_provider(environ, "BOT_METADATA_URL", metadata, stage),
        service_hosts=tuple(host.strip() for host in environ.get("BOT_SERVICE_HOSTS", "").split(",") if host.strip()),
        link_base=_provider(environ, "TEAMS_LINK_BASE", "https://teams.microsoft.com", stage),
    )


def _provider(environ: Mapping[str, str], name: str, default: str, stage: str) -> str:
    return _url({name: environ.get(name) or default}, name, stage).rstrip("/")


def _needed(environ: Mapping[str, str], name: str) -> str:
    if not environ.get(name):
        raise SettingsWrong(f"{name} is not set. README.md, Configuration, says what it holds.")
    return environ[name]


def _url(environ: Mapping[str, str], name: str, stage: str) -> str:
    value = _needed(environ, name)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise SettingsWrong(f"{name} must be an address like https://chat.example.com.")
    if parts.scheme == "http" and stage != "local":
        raise SettingsWrong(f"{name} must start with https:// unless STAGE is local.")
    return value


def _keys(environ: Mapping[str, str]) -> tuple[str, ...]:
    keys = tuple(key for key in _needed(environ, "LINK_KEYS").replace(",", " ").split() if key)
    if any(len(key) < 32 for key in keys) or not keys:
        raise SettingsWrong("LINK_KEYS holds keys of 32 characters or more, the newest first, divided by commas.")
    return keys
