"""Open sockets: one item a person, so that everybody in a chat is found with a few reads, and one a socket."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..domain import errors
from ..ports import Connection
from . import items, keys
from .errors import conditional_write, translate_errors
from .items import LiveItem, SocketItem

_MOST, _TRIES = 10, 8
# API Gateway ends every WebSocket after two hours.
_LONGEST = timedelta(hours=2, minutes=10)


@translate_errors
class Connections:
    def open(self, connection: Connection, now: datetime) -> None:
        """From now on live. Of more than ten, the oldest is forgotten: it notices, and comes again."""
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

    def close(self, connection: Connection) -> None:
        self._change(connection, None, add=False)
        SocketItem(f"K#{connection.id}", "K").delete()

    def of_accounts(self, account_ids: Iterable[str]) -> list[Connection]:
        results = items.get_all((keys.account(account_id), "L") for account_id in account_ids)
        return [
            Connection(identifier, pk.removeprefix("A#"), session, opened_at)
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
            version = int(item.version) if item else 0
            unchanged = (LiveItem.version == version) if item else LiveItem.pk.does_not_exist()
            gone_at = now + _LONGEST if now else item.gone_at if item else None
            with conditional_write() as outcome:
                LiveItem(pk, "L", sockets=[list(entry) for entry in after], version=version + 1, gone_at=gone_at).save(
                    unchanged
                )
            if outcome.held:
                return
        raise errors.busy()
