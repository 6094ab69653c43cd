"""The files of one copy: brought once each, said where they can't be, and taken away with their message.

In Slack a file has an id before its bytes go there, and the ledger knows it then. So a try whose outcome is unknown is looked
up by that id, and nothing is brought twice. Teams can't be asked: a reply that is lost may cost a second card there.
"""

from dataclasses import replace
from functools import partial

from ..domain.files import File, FileState
from ..domain.messages import Message, MessagePage
from ..domain.relaying import FileCopy, FileCopyState, RelayedMessage
from ..domain.sentences import sentence
from ..ports import FileCarrier, NotTaken, OutgoingFile, Ports, WindowGone
from .relay_texts import line, refused
from .relay_threads import At, Thread, words

BLOCKED = sentence("It may be harmful.")
GONE = sentence("There is no place for it any more.")


def is_complete(relayed: RelayedMessage, page: MessagePage, carries: bool) -> bool:
    """Whether nothing of the message's files is to be brought, said or taken away."""
    message = page.messages[0]
    if not carries or message.origin == relayed.destination:
        return True
    if message.deleted_at:
        return not relayed.files
    done = {copy.file_id for copy in relayed.files if copy.state is not FileCopyState.TRIED}
    return done >= {file.id for file in _decided(message, page)}


def brought(ports: Ports, at: At, thread: Thread, relayed: RelayedMessage, page: MessagePage) -> RelayedMessage:
    """As many as are ready; one that is being checked comes with a job of its own."""
    message, carrier = page.messages[0], at.side.files
    if carrier is None or message.origin == at.identity.key:
        return relayed
    if message.deleted_at:
        return _taken_away(at, carrier, relayed)
    copies = {copy.file_id: copy for copy in relayed.files}
    for file in _decided(message, page):
        copy = copies.get(file.id)
        if copy is None or copy.state is FileCopyState.TRIED:
            outgoing = OutgoingFile(
                name=file.name,
                size=file.size,
                signature=line(ports, at, relayed, page).signature,
                url=f"{ports.public_url}/files/{file.id}",
                alt=file.alt if file.is_picture else "",
            )
            relayed = _one_brought(ports, at, thread, relayed, (file, outgoing))
            ports.relayed_messages.note_files(relayed, ports.now())
    return relayed


def _decided(message: Message, page: MessagePage) -> list[File]:
    existing = [page.files[taken.id] for taken in message.files if taken.id in page.files]
    return [file for file in existing if file.state in (FileState.READY, FileState.BLOCKED)]


def _one_brought(
    ports: Ports, at: At, thread: Thread, relayed: RelayedMessage, wanted: tuple[File, OutgoingFile]
) -> RelayedMessage:
    file, outgoing = wanted
    if file.state is FileState.BLOCKED:
        return relayed.with_file(_refused(file, BLOCKED))
    copy = next((copy for copy in relayed.files if copy.file_id == file.id), None)
    try:
        return relayed.with_file(_sent(ports, at, thread, relayed, (file, outgoing, copy)))
    except WindowGone:
        return relayed.with_file(_refused(file, GONE))
    except NotTaken as error:
        return relayed.with_file(_refused(file, words(relayed, error)))


def _sent(  # what goes where, and what is known of it there
    ports: Ports,
    at: At,
    thread: Thread,
    relayed: RelayedMessage,
    wanted: tuple[File, OutgoingFile, FileCopy | None],
) -> FileCopy:
    (file, outgoing, copy), carrier = wanted, at.side.files
    if carrier is None:
        raise LookupError(at.identity.key)
    if copy and carrier.is_shared(at.identity, thread.remote, copy.remote_id):
        return replace(copy, state=FileCopyState.SENT)
    begun = carrier.begin(at.identity, outgoing)
    copy = FileCopy(file.id, file.name, begun[0])
    ports.relayed_messages.note_files(relayed.with_file(copy), ports.now())
    content = partial(ports.file_store.read, file.given_key)
    remote_id = carrier.finish(at.identity, thread.remote, begun, outgoing, content)
    return replace(copy, remote_id=remote_id, state=FileCopyState.SENT)


def _refused(file: File, detail: str) -> FileCopy:
    return FileCopy(file.id, file.name, state=FileCopyState.REFUSED, detail=detail)


def _taken_away(at: At, carrier: FileCarrier, relayed: RelayedMessage) -> RelayedMessage:
    for copy in relayed.files:
        if copy.remote_id:
            refused(at, relayed, partial(carrier.delete, at.identity, relayed.channel_id, copy.remote_id))
    return replace(relayed, files=())
