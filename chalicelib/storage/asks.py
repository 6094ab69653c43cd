"""What an invitation's item holds as JSON: who asks, and who handed it over to whom."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from ..domain.invitations import Ask, AskKind, AskState, HandedOver
from ..domain.providers import Via
from .reading import UNREADABLE, one_of, passed_over


def asks(stored: Iterable[dict[str, Any]]) -> Iterator[Ask]:
    for item in stored:
        try:
            yield _ask(item)
        except UNREADABLE as reason:
            passed_over("ask", reason)


def _ask(stored: dict[str, Any]) -> Ask:
    return Ask(
        id=stored["id"],
        kind=AskKind(stored["kind"]),
        asked_at=datetime.fromtimestamp(stored["asked_at"] / 1000, UTC),
        state=AskState(stored["state"]),
        account_id=stored.get("account_id", ""),
        name=stored.get("name", ""),
        email=stored.get("email", ""),
        via=one_of(Via, stored.get("via", Via.WEBTOP), Via.WEBTOP),
        organization=stored.get("organization", ""),
        note=stored.get("note", ""),
        text=stored.get("text", ""),
    )


def asks_json(written: Iterable[Ask]) -> list[dict[str, Any]]:
    """Written the same way each time: a write holds the asks as they were read, those of older code too."""
    return [
        {
            "id": ask.id,
            "kind": str(ask.kind),
            "asked_at": round(ask.asked_at.timestamp() * 1000),
            "state": str(ask.state),
            "account_id": ask.account_id,
            "name": ask.name,
            "email": ask.email,
            "via": str(ask.via),
            "organization": ask.organization,
        }
        | ({"note": ask.note} if ask.note else {})
        | ({"text": ask.text} if ask.text else {})
        for ask in written
    ]


def handed_over(stored: Iterable[dict[str, Any]]) -> Iterator[HandedOver]:
    for item in stored:
        yield HandedOver(
            id=item["id"],
            from_email=item["from"],
            to_email=item["to"],
            at=datetime.fromtimestamp(item["at"] / 1000, UTC),
        )


def handed_over_json(moves: Iterable[HandedOver]) -> list[dict[str, Any]]:
    return [
        {"id": move.id, "from": move.from_email, "to": move.to_email, "at": round(move.at.timestamp() * 1000)}
        for move in moves
    ]
