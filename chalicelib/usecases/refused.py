"""Addresses that got no invitation, kept for the one who invited: the page that is shown next says which and why."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ..domain.inviting import Outcome, Result
from ..domain.letters import REFUSED_LIFE, LetterKind, Secret
from ..domain.people import Account
from ..ports import Ports
from . import sessions


@dataclass(frozen=True, slots=True)
class Kept:
    """How many people got a seat, and a result for each address that got none."""

    seated: int
    results: tuple[Result, ...]


def keep(ports: Ports, account: Account, chat_id: str, results: Sequence[Result]) -> str:
    """A token by which this person finds them again for an hour; empty where there is nothing to tell."""
    told = [asdict(one) for one in results if one.is_told]
    if not told:
        return ""
    token = ports.new_token()
    secret = Secret(
        purpose=LetterKind.REFUSED,
        email="",
        expires_at=ports.now() + REFUSED_LIFE,
        account_id=account.id,
        detail=json.dumps({"chat": chat_id, "seated": sum(one.is_seated for one in results), "results": told}),
    )
    ports.secrets.put(sessions.digest(token), secret)
    return token


def find(ports: Ports, account: Account, chat_id: str, token: str) -> Kept | None:
    """For who invited, in that chat, and for nobody else."""
    secret = ports.secrets.peek(sessions.digest(token)) if token else None
    if secret is None or secret.purpose is not LetterKind.REFUSED or ports.now() >= secret.expires_at:
        return None
    found = json.loads(secret.detail)
    if secret.account_id != account.id or found["chat"] != chat_id:
        return None
    results = [Result(**{**one, "outcome": Outcome(one["outcome"])}) for one in found["results"]]
    return Kept(found["seated"], tuple(results))
