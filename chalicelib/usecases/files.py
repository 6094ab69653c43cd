"""Files: declared, uploaded past us, checked, sent with a message, given out for a minute, forgotten.

The table knows a file's state; the store holds its bytes. Bytes are looked at only once they lie where no upload reaches.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from itertools import islice

from ..domain import errors, schedule
from ..domain import files as rules
from ..domain.changes import FileChanged, MessageChanged
from ..domain.chats import Chat, Membership
from ..domain.files import ADDRESS_LIFE, DECLARED, DECLARED_WITHIN, UPLOAD_LIFE, File, FileState, MessageFile, Verdict
from ..domain.ids import Ids
from ..domain.people import Account
from ..domain.workspaces import Workspace
from ..ports import Limit, Ports, SmallPicture, Upload
from . import chats

log = logging.getLogger(__name__)
_MOST_IN_ONE_RUN = 200


class ShownAs(Enum):
    """What somebody does with a file: keeps it, looks at it in a page, or at a small one of it."""

    SAVED = "saved"
    INLINE = "inline"
    PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class Declared:
    """A file as a client tells it."""

    name: str
    size: int
    type: str


def declare(ports: Ports, account: Account, chat_id: str, declared: Declared, ids: Ids) -> tuple[File, Upload]:
    """A file that will come, and how its bytes are sent."""
    file, most = _declared(ports, account, chat_id, declared, ids)
    return file, ports.file_store.upload(file.upload_key, file.type, most, UPLOAD_LIFE)


def take(ports: Ports, account: Account, chat_id: str, declared: Declared, content: bytes, ids: Ids) -> File:
    """A file that came with a form, through us instead of past us: it can be sent with a message at once."""
    tag = hashlib.sha256(content).hexdigest()
    file, _ = _declared(ports, account, chat_id, declared, ids, tag)
    ports.file_store.put(file.key, content)
    ports.files.check(file)
    return file


def attached(  # whose, where
    ports: Ports,
    account: Account,
    chat: Chat,
    membership: Membership,
    file_ids: Sequence[str],
    alts: Mapping[str, str],
) -> tuple[MessageFile, ...]:
    """The author's own files of this chat, free to be sent; each has its `alt` before anybody sees it."""
    if not file_ids:
        return ()
    rules.refuse_unless_allowed(_workspace(ports, chat), membership)
    existing = ports.files.get_many(file_ids)
    for file_id in file_ids:
        file = existing.get(file_id)
        if file is None or file.author_id != account.id or file.chat_id != chat.id:
            raise errors.unknown()
        rules.refuse_unless_sendable(file, ports.now())
    described = [replace(existing[file_id], alt=rules.checked_alt(alts.get(file_id, ""))) for file_id in file_ids]
    for file in described:
        if file.alt != existing[file.id].alt:
            ports.files.describe(file)
    return tuple(MessageFile(file_id, existing[file_id].name) for file_id in file_ids)


def address(ports: Ports, account: Account, file_id: str, shown: ShownAs) -> str:
    """Where the bytes are for a minute, for whoever may read the message now. Only a picture ever opens in a page."""
    file = seen(ports, account, file_id)
    rules.refuse_unless_ready(file)
    key, media = file.given_key, file.served_as
    if shown is ShownAs.PREVIEW and file.has_preview:
        key, media = file.preview_key, rules.PREVIEW_TYPE
    disposition = rules.disposition(file.name, shown is not ShownAs.SAVED and file.is_picture)
    return ports.file_store.address(key, media, disposition, ADDRESS_LIFE)


def seen(ports: Ports, account: Account, file_id: str) -> File:
    """A file in a message within the reader's history; any other is not there."""
    file = ports.files.get(file_id)
    if file is None:
        raise errors.unknown()
    _, membership = chats.as_participant(ports, account, file.chat_id)
    message = ports.messages.get(file.chat_id, file.seq) if file.seq and membership.may_see(file.seq) else None
    if message is None or message.deleted_at or file_id not in {taken.id for taken in message.files}:
        raise errors.unknown()
    return file


def arrive(ports: Ports, file_id: str, tag: str, size: int) -> None:
    """Bytes came. The first are the file's: they are put where no upload reaches, and looked at there.

    What comes later is thrown away. While the first are being moved, that has to wait.
    """
    file = ports.files.get(file_id)
    if file is None or file.state is not FileState.WAITING or file.is_forgotten_at(ports.now()):
        ports.file_store.delete([f"in/{file_id}"])
        return
    claimed = replace(file, tag=tag, size=size)
    if not ports.files.claim(claimed):
        raise errors.busy()
    if not ports.file_store.copy(claimed.upload_key, claimed.key, tag):
        ports.files.release(claimed)
        return
    ports.files.check(claimed)
    ports.file_store.delete([claimed.upload_key])


def decide(ports: Ports, file_id: str, tag: str, verdict: Verdict) -> None:
    """What looking for malware came to. Whatever isn't known to be clean is blocked, and its bytes are gone."""
    file = ports.files.get(file_id)
    if file is None or file.tag != tag:
        ports.file_store.delete([f"f/{file_id}/{tag}"])
        return
    if file.verdict:
        return
    if verdict in (Verdict.CLEAN, Verdict.UNCHECKED):
        decided = replace(_recognised(ports, file), state=FileState.READY, verdict=verdict)
    else:
        log.warning("file blocked, %s: file %s, chat %s", verdict, file.id, file.chat_id)
        decided = replace(file, state=FileState.BLOCKED, verdict=verdict)
    ports.files.decide(decided)
    if decided.state is FileState.BLOCKED or decided.is_picture:
        ports.file_store.delete([file.key])  # a picture is given out as it was cleaned, and in no other way


def _recognised(ports: Ports, file: File) -> File:
    """By its bytes. What begins as a picture and isn't a whole one, or is too large, is a download like any other."""
    recognised = rules.recognised(ports.file_store.first_bytes(file.key, rules.FIRST_BYTES))
    if recognised in rules.PICTURES:
        return _picture(ports, replace(file, served_as=recognised, type=recognised)) or replace(
            file, type=rules.OTHER_TYPE
        )
    shown = rules.shown_type(file.type, recognised)
    return replace(file, served_as=recognised or rules.OTHER_TYPE, type=shown)


def follow(ports: Ports, change: FileChanged) -> None:
    """It is looked after a day later."""
    if change.before is None:
        ports.file_schedule.add([schedule.look_after_file(change.after)], ports.now())


def _picture(ports: Ports, file: File) -> File | None:
    """Without what a camera wrote into it, and upright; and a small one of it, where it can be decoded."""
    from ..domain.pictures import cleaned

    whole = file.size <= rules.MOST_BYTES_OF_PICTURE
    picture = cleaned(file.type, ports.file_store.read(file.key)) if whole else None
    if picture is None:
        return None
    ports.file_store.put(file.cleaned_key, picture.content)
    small = SmallPicture(file.preview_key, rules.PREVIEW)
    made = ports.picture_maker.make(file.key, small, file.cleaned_key)
    if made is None:
        return replace(file, size=len(picture.content), width=picture.width, height=picture.height)
    size = made.upright or len(picture.content)
    return replace(file, size=size, width=made.width, height=made.height, has_preview=True)


def look_after_due(ports: Ports) -> dict[str, int]:
    """From the job of each minute. What can't be done now stays due; what is too much for one run is left for the next."""
    now, count, left = ports.now(), 0, list[datetime]()
    due = list(islice(ports.file_schedule.due(now), _MOST_IN_ONE_RUN))
    for task in due:
        try:
            count += look_after(ports, task.invitation_id)
            ports.file_schedule.done(task)
        except errors.Refusal as refusal:
            log.info("a file waits: %s, file %s", refusal.code, task.invitation_id)
            left.append(task.stored_at or task.at)
    if len(due) == _MOST_IN_ONE_RUN:
        left.append(due[-1].stored_at or due[-1].at)
    ports.file_schedule.all_done_until(min([now, *left]))
    return {"files": count}


def look_after(ports: Ports, file_id: str) -> bool:
    """A day later: what nobody sent is forgotten, and what nobody could check is blocked."""
    file = ports.files.get(file_id)
    if file is None:
        return False
    if file.is_forgotten_at(ports.now()):
        forget(ports, file)
    elif not file.verdict:
        decide(ports, file.id, file.tag, Verdict.FAILED)
    else:
        return False
    return True


def forget_with(ports: Ports, change: MessageChanged) -> None:
    """What was taken back takes its files along."""
    if change.after.deleted_at and change.before:
        for file in ports.files.get_many(each.id for each in change.before.files).values():
            forget(ports, file)


def forget(ports: Ports, file: File) -> None:
    """The bytes first: addresses that were given out are dead with them."""
    ports.file_store.delete(file.keys)
    ports.files.forget(file)


def _declared(  # what is declared by whom, and what is known of its bytes
    ports: Ports, account: Account, chat_id: str, declared: Declared, ids: Ids, tag: str = ""
) -> tuple[File, int]:
    """The file, and how large it may be."""
    chat, membership = chats.as_writer(ports, account, chat_id)
    workspace = _workspace(ports, chat)
    rules.refuse_unless_allowed(workspace, membership)
    file = File(
        id=ids(),
        chat_id=chat.id,
        workspace_id=workspace.id,
        author_id=account.id,
        name=rules.checked_name(declared.name),
        type=rules.checked_type(declared.type),
        size=rules.checked_size(declared.size, workspace),
        created_at=ports.now(),
        tag=tag,
    )
    if ports.rate_limiter.reserve([Limit(f"files of {account.id}", DECLARED, DECLARED_WITHIN)], ports.now()):
        raise errors.too_many("too_many_files", "These were many files at once. Go on in a while.", DECLARED_WITHIN)
    ports.files.add(file)
    return file, workspace.allowance.file_bytes


def _workspace(ports: Ports, chat: Chat) -> Workspace:
    workspace = ports.workspaces.get(chat.workspace_id)
    if workspace is None:
        raise errors.unknown()
    return workspace
