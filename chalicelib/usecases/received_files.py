"""Files that somebody sent in their own application: each becomes one here, or its name stands in the text, and why it didn't."""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..domain import errors
from ..domain import files as rules
from ..domain.chats import Chat, Membership
from ..domain.files import FIRST_BYTES, MOST_IN_A_MESSAGE, File, MessageFile
from ..domain.links import ID_BYTES, id_text
from ..domain.messages import Message
from ..domain.people import Account
from ..domain.providers import BADGES
from ..domain.relaying import InboundEvent, NotReceived, RemoteFile
from ..domain.workspaces import Workspace
from ..ports import TOO_LARGE, Disconnected, NotTaken, Ports, WindowGone

log = logging.getLogger(__name__)


class _Missing(Exception):
    def __init__(self, why: NotReceived) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Received:
    """What a message takes; and by the line that stands for a file in its text, what stands there instead: as often as it stands
    there, for several files may have one name.
    """

    files: tuple[MessageFile, ...] = ()
    lines: Mapping[str, list[str]] = field(default_factory=dict)


def received(ports: Ports, account: Account, chat: Chat, membership: Membership, event: InboundEvent) -> Received:
    """The same event again receives the same files: their ids come from where they stand there. Why one isn't here is said in
    the language of whoever sent it, as everything else in their message.
    """
    workspace = ports.workspaces.get(chat.workspace_id) if event.files else None
    if workspace is None:
        return Received()
    files, lines = list[MessageFile](), dict[str, list[str]]()
    for number, remote in enumerate(event.files):
        said = lines.setdefault(remote.line, [])
        try:
            if not rules.are_allowed(workspace, membership):
                raise _Missing(NotReceived.FILES_OFF)
            if number >= MOST_IN_A_MESSAGE:
                raise _Missing(NotReceived.TOO_MANY)
            files.append(_received(ports, account, chat, workspace, event, remote))
            said.append("")
        except _Missing as missing:
            log.info("a file isn't received: chat %s: %s", chat.id, missing.why)
            where = BADGES[event.identity.provider.via]
            said.append(ports.relay_texts.not_received(account.locale, _name(remote, b""), missing.why, where))
    return Received(tuple(files), lines)


def without(text: str, lines: Mapping[str, list[str]]) -> str:
    """The text with other lines for those of files; of several for the same line each once, and the last for all the rest."""
    kept = []
    for line in text.split("\n"):
        others = lines.get(line)
        other = line if not others else others.pop(0) if len(others) > 1 else others[0]
        kept += [other] if other or not line else []
    return "\n".join(kept).strip()


def lines_of(event: InboundEvent, messages: Iterable[Message]) -> dict[str, list[str]]:
    """Of an edit: those that stand there for what these messages have as files."""
    existing, lines = {file.id for message in messages for file in message.files}, dict[str, list[str]]()
    for remote in event.files:
        lines.setdefault(remote.line, []).append("" if _id(event, remote) in existing else remote.line)
    return lines


def _id(event: InboundEvent, remote: RemoteFile) -> str:
    return id_text(hashlib.sha256(f"{event.target.key} {remote.id}".encode()).digest()[:ID_BYTES])


def _received(  # whose, where, from where
    ports: Ports, account: Account, chat: Chat, workspace: Workspace, event: InboundEvent, remote: RemoteFile
) -> MessageFile:
    content, named = _bytes(ports, event, remote, workspace.allowance.file_bytes)
    file = File(
        id=_id(event, remote),
        chat_id=chat.id,
        workspace_id=workspace.id,
        author_id=account.id,
        name=_name(named, content[:FIRST_BYTES]),
        type=rules.checked_type(named.type),
        size=len(content),
        created_at=ports.now(),
        tag=hashlib.sha256(content).hexdigest(),
        alt=rules.checked_alt(named.alt[: rules.LONGEST_ALT]),
    )
    ports.files.add(file)
    ports.file_store.put(file.key, content)
    ports.files.check(file)
    return MessageFile(file.id, file.name)


def _bytes(ports: Ports, event: InboundEvent, remote: RemoteFile, most: int) -> tuple[bytes, RemoteFile]:
    carrier = ports.relay_adapters[event.identity.provider].files
    try:
        if carrier is None:
            raise _Missing(NotReceived.NOT_GIVEN)
        remote = carrier.look(event.identity, remote)
        if remote.is_elsewhere:
            raise _Missing(NotReceived.ELSEWHERE)
        if remote.size > most:
            raise _Missing(NotReceived.TOO_LARGE)
        content = carrier.read(event.identity, remote, most)
    except (Disconnected, WindowGone) as reason:
        raise _Missing(NotReceived.NOT_GIVEN) from reason
    except NotTaken as error:
        raise _Missing(NotReceived.TOO_LARGE if error.code == TOO_LARGE else NotReceived.NOT_GIVEN) from error
    if not content:
        raise _Missing(NotReceived.EMPTY)
    return content, remote


def _name(remote: RemoteFile, first: bytes) -> str:
    """What we allow of the name that it has there."""
    try:
        return rules.checked_name("".join(" " if sign in "/\\" else sign for sign in remote.name[: rules.LONGEST_NAME]))
    except errors.Refusal:
        return rules.name_by_bytes(first)
