"""Who is to hear of what one batch of the stream tells: each roster is read once, and each person's sockets are asked for once.

Made when the batch is to be told, after all of its changes are in the table: who was removed by then hears no more of it.
"""

from collections.abc import Iterable

from ..domain.chats import Chat
from ..domain.invitations import Invitation
from ..domain.messages import MessagePage
from ..ports import Connection, Ports
from . import chats

Roster = tuple[Chat, tuple[Invitation, ...]]


class Onlookers:
    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._rosters: dict[str, Roster | None] = {}
        self._connected: dict[str, list[Connection]] = {}
        self._pages: dict[tuple[str, int], MessagePage] = {}
        self._shown: set[str] = set()

    def roster(self, chat_id: str) -> Roster | None:
        """The chat and its invitations; None where there is no such chat."""
        if chat_id not in self._rosters:
            self._rosters[chat_id] = self._ports.chats.roster(chat_id)
        return self._rosters[chat_id]

    def invitations(self, chat_id: str) -> tuple[Invitation, ...]:
        result = self.roster(chat_id)
        return result[1] if result else ()

    def page(self, chat_id: str, seq: int) -> MessagePage:
        """The message as it is now, with its reactions: its copies and reactions change many at a time."""
        if (chat_id, seq) not in self._pages:
            self._pages[chat_id, seq] = self._ports.messages.page(chat_id, seq, seq)
        return self._pages[chat_id, seq]

    def connected(self, account_ids: Iterable[str]) -> list[Connection]:
        """The open sockets of these people."""
        wanted = list(account_ids)
        new = [item for item in wanted if item not in self._connected]
        self._connected |= {item: [] for item in new}
        for connection in self._ports.connections.of_accounts(new) if new else ():
            self._connected[connection.account_id].append(connection)
        return [connection for item in wanted for connection in self._connected[item]]

    def gone(self, connection: Connection) -> None:
        self._connected[connection.account_id].remove(connection)
        self._ports.connections.close(connection)

    def show(self, chat_id: str) -> None:
        """Lists show who is in the chat and who is invited now: once, however many of its invitations changed."""
        result = self.roster(chat_id) if chat_id not in self._shown else None
        if result:
            chats.update_preview(self._ports, *result)
        self._shown.add(chat_id)
