"""Bytes of a file that lies with a provider: from the hosts of an allow-list and nowhere else, no more of them than wanted."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from ..ports import TOO_LARGE, NotTaken, RelayLater
from . import unexpected

_PATIENCE, _BACK_OFF, _CHUNK = 25, 20.0, 256 * 1024
_NETLOC = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a file lies, and what is asked of whoever gives it out. `whose` is the provider's name.

    `redirects` is how many are followed, each only to where `is_allowed`. `is_page`: an HTML page is the file itself, and not
    one to sign in at.
    """

    whose: str
    address: str
    is_allowed: Callable[[str], bool]
    headers: Mapping[str, str] = field(default_factory=dict)
    redirects: int = 0
    is_page: bool = False


def is_on(hosts: Iterable[str], address: str) -> bool:
    """An entry is `host`, `host:port` or `*.host`. Plain http only to one with its port, which settings allow on one machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    netloc = parts.netloc.lower()
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and ":" in netloc)
    return bool(is_safe and _NETLOC.fullmatch(netloc)) and any(
        netloc.endswith(entry[1:]) if entry.startswith("*.") else netloc == entry for entry in hosts
    )


def read(source: Source, most: int) -> bytes:
    """Raises NotTaken for what isn't given out, and RelayLater for what isn't now."""
    import requests

    address = source.address
    try:
        for _ in range(source.redirects + 1):
            if not source.is_allowed(address):
                raise _not_given(source, "host_not_allowed")
            # As it is: what was packed small could be any size.
            headers = {"Accept-Encoding": "identity", **source.headers}
            with requests.get(
                address, headers=headers, timeout=_PATIENCE, allow_redirects=False, stream=True
            ) as answer:
                if not (source.redirects and answer.is_redirect):
                    _refuse_unless_given(source, answer)
                    return _content(answer, most)
                address = urljoin(address, answer.headers["Location"])
    except unexpected.UNEXPECTED_RESPONSE_ERRORS as error:
        raise RelayLater(_BACK_OFF, f"{source.whose}'s files can't be reached", outage=True) from error
    raise _not_given(source, "redirects")


def _refuse_unless_given(source: Source, answer: Any) -> None:
    status, kind = answer.status_code, answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status == 429 or status >= 500:
        raise RelayLater(_BACK_OFF, f"{source.whose}'s files: {status}", outage=status >= 500)
    packed = answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity"
    if status != 200 or packed or (kind == "text/html" and not source.is_page):
        raise _not_given(source, f"download {status}")


def _content(answer: Any, most: int) -> bytes:
    content = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        content += chunk
        if len(content) > most:
            raise NotTaken("It is too large.", TOO_LARGE)
    return bytes(content)


def _not_given(source: Source, code: str) -> NotTaken:
    return NotTaken(f"{source.whose} doesn’t give it out", code)
