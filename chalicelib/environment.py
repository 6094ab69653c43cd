"""Reading environment variables: what is needed, and addresses that can be used."""

from collections.abc import Mapping
from urllib.parse import urlsplit


class SettingsWrong(Exception):
    """The environment can't be used; the message says which variable and what to do."""


def needed(environ: Mapping[str, str], name: str) -> str:
    if not environ.get(name):
        raise SettingsWrong(f"{name} is not set. README.md, Configuration, says what it holds.")
    return environ[name]


def address(environ: Mapping[str, str], name: str, stage: str, default: str = "") -> str:
    """The variable's address without a slash at its end; `default` where it isn't set. Plain http is for one machine."""
    value = environ.get(name) or default or needed(environ, name)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise SettingsWrong(f"{name} must be an address like https://chat.example.com.")
    if parts.scheme == "http" and stage != "local":
        raise SettingsWrong(f"{name} must start with https:// unless STAGE is local.")
    return value.rstrip("/")


def hosts(environ: Mapping[str, str], name: str, stage: str, default: str) -> tuple[str, ...]:
    """An allow-list of `host` or `host:port`; one with a port may be reached by plain http, and is for one machine."""
    named = tuple((environ.get(name) or default).replace(",", " ").split())
    if stage != "local" and any(":" in host for host in named):
        raise SettingsWrong(f"{name} may name a port only where STAGE is local.")
    return named
