"""Open sockets: one item a person, so that everybody in a chat is found with a few reads, and one a socket."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from ..domain import errors
from ..ports import Connection
from . import items, keys
from .errors import conditional_write, translate_errors
from .items import LiveItem, SocketItem

_MOST, _TRIES = 10, 8
_NOTED_EVERY = 20  # seconds: who says more often that it lives costs no further write
# API Gateway ends every WebSocket after two hours.
_LONGEST = timedelta(hours=2, minutes=10)


@translate_errors
class Connections:
    def open(self, connection: Connection, now: datetime) -> None:
        SocketItem(
            f"K#{connection.id}",
            "K",
            account_id=connection.account_id,
            session_hash=connection.session_hash,
            gone_at=now + _LONGEST,
        ).save()
        self._change(connection, now, add=True)

    def get(self, connection_id: str) -> Connection | None:
        item = items.get(SocketItem, f"K#{connection_id}", "K")
        return Connection(connection_id, item.account_id, item.session_hash) if item else None

    def note_activity(self, connection: Connection, at: datetime) -> bool:
        for _ in range(_TRIES):
            item = items.get(LiveItem, keys.account(connection.account_id), "L")
            ids = [identifier for identifier, *_ in item.sockets] if item else []
            if item is None or connection.id not in ids:
                return False
            before = item.last_active or {}
            if at.timestamp() - before.get(connection.id, 0) < _NOTED_EVERY:
                return True
            last_active = {name: before[name] for name in ids if name in before} | {connection.id: int(at.timestamp())}
            if _replace(item, connection, item.sockets, last_active, item.gone_at):
                return True
        raise errors.busy()

    def close(self, connection: Connection) -> None:
        self._change(connection, None, add=False)
        SocketItem(f"K#{connection.id}", "K").delete()

    def of_accounts(self, account_ids: Iterable[str]) -> list[Connection]:
        results = items.get_all((keys.account(account_id), "L") for account_id in account_ids)
        return [
            Connection(
                identifier, pk.removeprefix("A#"), session, opened_at, (item.last_active or {}).get(identifier, 0)
            )
            for (pk, _), item in results.items()
            for identifier, session, opened_at in item.sockets
        ]

    def _change(self, connection: Connection, now: datetime | None, add: bool) -> None:
        pk = keys.account(connection.account_id)
        for _ in range(_TRIES):
            item = items.get(LiveItem, pk, "L")
            before = [tuple(socket) for socket in item.sockets] if item else []
            after = [entry for entry in before if entry[0] != connection.id]
            if add:
                opened_at = int(now.timestamp()) if now else 0
                after = [*after, (connection.id, connection.session_hash, opened_at)][-_MOST:]
            if after == before:
                return
            gone_at = now + _LONGEST if now else item.gone_at if item else None
            if _replace(item, connection, after, item.last_active if item else None, gone_at):
                return
        raise errors.busy()


def _replace(
    item: LiveItem | None, connection: Connection, sockets: Sequence[Any], last_active: Any, gone_at: datetime | None
) -> bool:
    """False where somebody else changed the item since it was read."""
    version = int(item.version) if item else 0
    unchanged = (LiveItem.version == version) if item else LiveItem.pk.does_not_exist()
    following = LiveItem(
        keys.account(connection.account_id),
        "L",
        sockets=[list(entry) for entry in sockets],
        last_active=last_active,
        version=version + 1,
        gone_at=gone_at,
    )
    with conditional_write() as outcome:
        following.save(unchanged)
    return outcome.held
