"""Calls: one at a time in a chat, held where the workspace says, over by themselves after two hours."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from . import errors

LASTS = timedelta(hours=2)
_LONGEST_URL = 500
_PRIVATE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "onion")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class CallKind(StrEnum):
    """Where a workspace's calls are held: nowhere, on a Jitsi server, or at the own meeting link of whoever begins one."""

    NONE = "none"
    JITSI = "jitsi"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class CallSettings:
    """`url` is the Jitsi server; with `OWN`, the meeting link of those who have none of their own."""

    kind: CallKind = CallKind.NONE
    url: str = ""


NO_CALLS = CallSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`url` is the provider's; whoever gets to know it is in."""

    id: str
    chat_id: str
    begun_by: str
    name: str
    begun_at: datetime
    url: str
    ended_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        return self.begun_at + LASTS

    def is_open_at(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.ends_at

    def over_at(self, now: datetime) -> datetime:
        """When it was over, or is if it ends now."""
        return self.ended_at or min(now, self.ends_at)

    def minutes_until(self, end: datetime) -> int:
        """Each that was begun counts."""
        return max(1, -(-int((end - self.begun_at).total_seconds()) // 60))


def checked_settings(kind: CallKind, url: str) -> CallSettings:
    url = url.strip()
    if kind is CallKind.NONE:
        return NO_CALLS
    if kind is CallKind.JITSI and not url:
        raise errors.wrong_field("calls.url", "missing", "Give the address of your Jitsi server.")
    url = checked_url(url, "calls.url") if url else ""
    if kind is CallKind.JITSI and {"?", "#"} & set(url):
        raise errors.wrong_field("calls.url", "bad_url", "Give the server's address without anything behind it.")
    return CallSettings(kind, url)


def checked_url(url: str, field: str) -> str:
    """An https address that everybody can reach, and that names nobody."""
    url = url.strip()
    if len(url) > _LONGEST_URL or not url.isprintable() or {" ", "\\"} & set(url) or not _is_public(url):
        raise errors.wrong_field(
            field,
            "bad_url",
            "Give an address like https://meet.example.org that everyone can reach, without a name in it.",
        )
    return url


def room_url(server: str, room: str) -> str:
    return f"{server.rstrip('/')}/{room}"


def _is_public(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and "@" not in parts.netloc and _is_public_host(host)


def _is_public_host(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        pass
    try:
        labels = host.encode("idna").decode().lower().removesuffix(".").split(".")
    except UnicodeError:
        return False
    is_name = len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not _NUMBER.fullmatch(labels[-1])
    return is_name and labels[-1] not in _PRIVATE
