"""The settings: one frozen object, read in one place from the environment. No default for a secret."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from .environment import SettingsWrong, address, needed
from .providers import registry
from .providers.registry import Providers

PUSH_HOSTS = "fcm.googleapis.com,updates.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com"
"""The push services of the browsers that people have: Google's, Mozilla's, Apple's, Microsoft's."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points P-256 counts: a private key is less."""

__all__ = ["Settings", "SettingsWrong", "read"]


@dataclass(frozen=True, slots=True)
class Push:
    """`key` is the private scalar of P-256, in base64url; empty: push isn't offered. `hosts` is the allow-list of services."""

    key: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """`providers` have read their own settings. `mail_in_domain` is where mail comes in; empty: mails are answered elsewhere."""

    stage: str
    public_url: str
    table_name: str
    mail_from: str
    mail_in_domain: str
    mail_queue_url: str
    mail_configuration_set: str
    relay_queue_url: str
    relay_dead_letter_url: str
    push_queue_url: str
    due_queue_url: str
    due_dead_letter_url: str
    socket_url: str
    clock_file: str
    region: str
    link_keys: tuple[str, ...]
    receipt_keys: tuple[str, ...]
    push: Push
    token_key: str
    providers: Providers
    files_bucket: str
    files_url: str
    picture_function: str
    malware_scan: str

    @property
    def scans_files(self) -> bool:
        """Whether a file waits for the result of a scan; whatever isn't "none" means so."""
        return self.malware_scan != "none"

    @property
    def is_local(self) -> bool:
        return self.stage == "local"


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables; raises `SettingsWrong` on the first that can't be used."""
    stage = needed(environ, "STAGE")
    settings = Settings(
        stage=stage,
        public_url=address(environ, "PUBLIC_URL", stage),
        table_name=needed(environ, "TABLE_NAME"),
        mail_from=needed(environ, "MAIL_FROM"),
        mail_in_domain=_domain(environ, "MAIL_IN_DOMAIN"),
        mail_queue_url=environ.get("MAIL_QUEUE_URL", ""),
        mail_configuration_set=environ.get("MAIL_CONFIGURATION_SET", ""),
        relay_queue_url=environ.get("RELAY_QUEUE_URL", ""),
        relay_dead_letter_url=environ.get("RELAY_SET_ASIDE_URL", ""),
        push_queue_url=environ.get("PUSH_QUEUE_URL", ""),
        due_queue_url=environ.get("DUE_QUEUE_URL", ""),
        due_dead_letter_url=environ.get("DUE_SET_ASIDE_URL", ""),
        socket_url=environ.get("SOCKET_URL", ""),
        clock_file=environ.get("CLOCK_FILE", ""),
        region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        link_keys=_keys(environ, "LINK_KEYS"),
        receipt_keys=_receipt_keys(environ, stage),
        push=_push(environ),
        token_key=environ.get("TOKEN_KEY", ""),
        providers=registry.set_up(environ, stage),
        files_bucket=environ.get("FILES_BUCKET", ""),
        files_url=environ.get("FILES_URL", ""),
        picture_function=environ.get("PICTURE_FUNCTION", ""),
        malware_scan=environ.get("MALWARE_SCAN", ""),
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


def _domain(environ: Mapping[str, str], name: str) -> str:
    """Empty where it isn't set."""
    domain = environ.get(name, "").strip().lower()
    labels = domain.split(".")
    if domain and (len(labels) < 2 or not all(re.fullmatch("[a-z0-9-]{1,63}", label) for label in labels)):
        raise SettingsWrong(f"{name} must be a domain like r.example.com, without @ and in ASCII.")
    return domain


def _push(environ: Mapping[str, str]) -> Push:
    hosts = environ.get("PUSH_HOSTS") or PUSH_HOSTS
    return Push(
        key=_scalar(environ.get("VAPID_KEY", "")),
        hosts=tuple(host for host in hosts.replace(",", " ").split() if host),
    )


def _scalar(key: str) -> str:
    try:
        number = int.from_bytes(urlsafe_b64decode(key + "=" * (-len(key) % 4)))
    except ValueError:
        number = 0
    if key and (len(key) != 43 or not 0 < number < _ORDER):
        raise SettingsWrong("VAPID_KEY is a private key of P-256: its 32 bytes in base64url, without padding.")
    return key


def _receipt_keys(environ: Mapping[str, str], stage: str) -> tuple[str, ...]:
    """On one machine they may be left out: then others are derived from the link keys."""
    if stage == "local" and not environ.get("RECEIPT_KEYS"):
        return tuple(f"receipts of one machine {key}" for key in _keys(environ, "LINK_KEYS"))
    return _keys(environ, "RECEIPT_KEYS")


def _keys(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    keys = tuple(key for key in needed(environ, name).replace(",", " ").split() if key)
    if any(len(key) < 32 for key in keys) or not keys:
        raise SettingsWrong(f"{name} holds keys of 32 characters or more, the newest first, divided by commas.")
    return keys
