"""Files that somebody sent in their own application: each becomes one here, or its name stands in the text, and why it didn't."""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..domain import errors
from ..domain import files as rules
from ..domain.chats import Chat, Membership
from ..domain.files import MOST_IN_A_MESSAGE, File, MessageFile
from ..domain.links import ID_BYTES, id_text
from ..domain.messages import Message
from ..domain.people import Account
from ..domain.relaying import InboundEvent, RemoteFile
from ..domain.workspaces import Workspace
from ..ports import Disconnected, NotTaken, Ports, WindowGone

log = logging.getLogger(__name__)


class _NotReceived(Exception):
    """Why, in words for the text."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a message takes; and by the line that stands for a file in its text, what stands there instead."""

    files: tuple[MessageFile, ...] = ()
    lines: Mapping[str, str] = field(default_factory=dict)


def received(ports: Ports, account: Account, chat: Chat, membership: Membership, event: InboundEvent) -> Received:
    """The same event again receives the same files: their ids come from where they stand there."""
    workspace = ports.workspaces.get(chat.workspace_id) if event.files else None
    if workspace is None:
        return Received()
    files, lines = list[MessageFile](), dict[str, str]()
    for number, remote in enumerate(event.files):
        try:
            if not rules.are_allowed(workspace, membership):
                raise _NotReceived("files are off here")
            if number >= MOST_IN_A_MESSAGE:
                raise _NotReceived(f"more than {MOST_IN_A_MESSAGE}")
            files.append(_received(ports, account, chat, workspace, event, remote))
            lines[remote.line] = ""
        except _NotReceived as why:
            log.info("a file isn't received: chat %s: %s", chat.id, why)
            lines[remote.line] = f"{remote.line.rstrip(')')}, {why})"
    return Received(tuple(files), lines)


def without(text: str, lines: Mapping[str, str]) -> str:
    """The text with other lines for those of files."""
    kept = [lines.get(line, line) for line in text.split("\n")]
    return "\n".join(line for line, was in zip(kept, text.split("\n"), strict=True) if line or not was).strip()


def lines_of(messages: Iterable[Message]) -> dict[str, str]:
    """Those that stand at the provider for what these messages have as files."""
    return {f"(file: {file.name})": "" for message in messages for file in message.files}


def _received(  # whose, where, from where
    ports: Ports, account: Account, chat: Chat, workspace: Workspace, event: InboundEvent, remote: RemoteFile
) -> MessageFile:
    content, named = _bytes(ports, event, remote, workspace.allowance.file_bytes)
    seed = hashlib.sha256(f"{event.target.key} {remote.id}".encode()).digest()
    file = File(
        id=id_text(seed[:ID_BYTES]),
        chat_id=chat.id,
        workspace_id=workspace.id,
        author_id=account.id,
        name=_name(named),
        type=rules.checked_type(named.type),
        size=len(content),
        created_at=ports.now(),
        tag=hashlib.sha256(content).hexdigest(),
    )
    ports.files.add(file)
    ports.file_store.put(file.key, content)
    ports.files.check(file)
    return MessageFile(file.id, file.name)


def _bytes(ports: Ports, event: InboundEvent, remote: RemoteFile, most: int) -> tuple[bytes, RemoteFile]:
    carrier = ports.relay_adapters[event.identity.provider].files
    if carrier is None:
        raise _NotReceived("it stays there")
    try:
        remote = carrier.look(event.identity, remote)
        if remote.is_elsewhere:
            raise _NotReceived("it lies with somebody else")
        if remote.size > most:
            raise _NotReceived("too large")
        content = carrier.read(event.identity, remote, most)
    except (Disconnected, WindowGone) as reason:
        raise _NotReceived("it can’t be read there") from reason
    except NotTaken as error:
        raise _NotReceived(error.words) from error
    if not content:
        raise _NotReceived("empty")
    return content, remote


def _name(remote: RemoteFile) -> str:
    """What we allow of the name that it has there."""
    try:
        return rules.checked_name("".join(" " if sign in "/\\" else sign for sign in remote.name[: rules.LONGEST_NAME]))
    except errors.Refusal:
        return "file"
