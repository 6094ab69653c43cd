"""The settings: one frozen object, read in one place from the environment. No default for a secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


class SettingsWrong(Exception):
    """The environment can't be used; the message says which variable and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    stage: str
    public_url: str
    table_name: str
    mail_from: str
    mail_queue_url: str
    mail_configuration_set: str
    socket_url: str
    clock_file: str
    region: str
    link_keys: tuple[str, ...]

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
        socket_url=environ.get("SOCKET_URL", ""),
        clock_file=environ.get("CLOCK_FILE", ""),
        region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        link_keys=_keys(environ),
    )
    if settings.clock_file and not settings.is_local:
        raise SettingsWrong("CLOCK_FILE moves the clock and is for STAGE=local only. Remove it.")
    return settings


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
