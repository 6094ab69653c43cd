"""Addresses that got no invitation, kept for the one who invited: the page that is shown next says which and why."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..domain.addresses import MAX_LENGTH
from ..domain.inviting import InviteOutcome, InviteResult
from ..domain.notifications import REFUSED_LIFE, NotificationKind, OneTimeToken
from ..domain.people import Account
from ..ports import Ports
from . import sessions

_MOST_BYTES = 300_000


@dataclass(frozen=True, slots=True)
class Kept:
    """How many people got an invitation, and a result for each address that got none."""

    seated: int
    results: tuple[InviteResult, ...]


def keep(ports: Ports, account: Account, chat_id: str, results: Sequence[InviteResult]) -> str:
    """A token by which this person finds them again for an hour; empty where there is nothing to tell."""
    told = _as_many_as_fit([asdict(result) for result in results if result.is_told])
    if not told:
        return ""
    token = ports.new_token()
    one_time_token = OneTimeToken(
        purpose=NotificationKind.REFUSED,
        email="",
        expires_at=ports.now() + REFUSED_LIFE,
        account_id=account.id,
        detail=json.dumps(
            {"chat": chat_id, "seated": sum(result.has_invitation for result in results), "results": told},
            ensure_ascii=False,
        ),
    )
    ports.one_time_tokens.put(sessions.digest(token), one_time_token)
    return token


def _as_many_as_fit(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An item of the table holds 400 kB: what is longer than an address may be is cut, and the first go before the last."""
    fitting, left = [], _MOST_BYTES
    for result in told:
        cut = {name: value[:MAX_LENGTH] if isinstance(value, str) else value for name, value in result.items()}
        cut["values"] = {name: str(value)[:MAX_LENGTH] for name, value in result["values"].items()}
        left -= len(json.dumps(cut, ensure_ascii=False).encode())
        if left < 0:
            break
        fitting.append(cut)
    return fitting


def find(ports: Ports, account: Account, chat_id: str, token: str) -> Kept | None:
    """For who invited, in that chat, and for nobody else."""
    one_time_token = ports.one_time_tokens.peek(sessions.digest(token)) if token else None
    if (
        one_time_token is None
        or one_time_token.purpose is not NotificationKind.REFUSED
        or ports.now() >= one_time_token.expires_at
    ):
        return None
    result = json.loads(one_time_token.detail)
    if one_time_token.account_id != account.id or result["chat"] != chat_id:
        return None
    results = [InviteResult(**{**item, "outcome": InviteOutcome(item["outcome"])}) for item in result["results"]]
    return Kept(result["seated"], tuple(results))
