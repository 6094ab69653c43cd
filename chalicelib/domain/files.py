"""Files of a message: what they may be called, how large they may be, what their bytes say they are.

    waiting ──the bytes came──> checking ──nothing was found──> ready
                                    └──malware, or no answer──> blocked

A file that no message took within a day is forgotten. Bytes that come again after the first change nothing: each upload has
a tag, and the first tag is the file's.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from . import errors
from .characters import is_blank, visible
from .chats import ChatRole, Membership
from .workspaces import FilePolicy, Workspace

MOST_IN_A_MESSAGE, LONGEST_NAME = 10, 255
LONGEST_ALT = 1_000
"""As long as Slack takes it."""
FORGOTTEN_AFTER = timedelta(days=1)
UPLOAD_LIFE, ADDRESS_LIFE = timedelta(minutes=5), timedelta(seconds=60)
DECLARED, DECLARED_WITHIN = 300, 600
"""How many files a person may declare in how many seconds."""
FIRST_BYTES = 32
"""How much of a file says what it is."""
MOST_BYTES_OF_PICTURE = 40 * 1024 * 1024
"""A larger one is a download."""
OTHER_TYPE = "application/octet-stream"
NEVER_KEPT = "no-store"

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")
_AS_DECLARED = re.compile(
    r"text/(plain|csv|calendar|markdown)|application/(gzip|json|msword|zip|vnd\..+(?<!\+xml))|(audio|video)/.+"
)
_BEGINNINGS = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (0, b"%PDF-", "application/pdf"),
)
PREVIEW, PREVIEW_TYPE = 720, "image/webp"
"""Of a picture's preview: its longest side in pixels, and what it is given out as."""
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class FileState(StrEnum):
    WAITING = "waiting"
    CHECKING = "checking"
    READY = "ready"
    BLOCKED = "blocked"


class Verdict(StrEnum):
    """What looking for malware came to. `UNCHECKED`: nobody looks, as the operator chose."""

    CLEAN = "clean"
    MALWARE = "malware"
    FAILED = "failed"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class MessageFile:
    """What a message keeps of a file for good; all else is looked up in the file itself."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`type` is what its bytes say once they came, before that what was declared; `served_as` the type it is given out with.

    `alt` is what its sender says is seen in it, for who can't see it; often nothing.
    `seq` is of the message that took it, 0 before. `tag` is the store's, of the bytes that count. `width` and `height` are those
    of an upright picture.
    """

    id: str
    chat_id: str
    workspace_id: str
    author_id: str
    name: str
    type: str
    size: int
    created_at: datetime
    state: FileState = FileState.WAITING
    verdict: Verdict | None = None
    served_as: str = OTHER_TYPE
    seq: int = 0
    tag: str = ""
    width: int = 0
    height: int = 0
    has_preview: bool = False
    alt: str = ""

    @property
    def is_picture(self) -> bool:
        return self.served_as in PICTURES

    @property
    def upload_key(self) -> str:
        return f"in/{self.id}"

    @property
    def key(self) -> str:
        """Where the bytes lie that count. Nobody from outside writes there."""
        return f"f/{self.id}/{self.tag}"

    @property
    def cleaned_key(self) -> str:
        """Where a picture lies without what a camera and its software wrote into it."""
        return f"c/{self.id}/{self.tag}"

    @property
    def preview_key(self) -> str:
        """Where a small one of a picture lies."""
        return f"p/{self.id}/{self.tag}"

    @property
    def given_key(self) -> str:
        return self.cleaned_key if self.is_picture else self.key

    @property
    def keys(self) -> tuple[str, ...]:
        """All that the store may hold of it."""
        return (self.upload_key, self.key, self.cleaned_key, self.preview_key) if self.tag else (self.upload_key,)

    def is_forgotten_at(self, now: datetime) -> bool:
        return not self.seq and now >= self.created_at + FORGOTTEN_AFTER


def id_of_upload(key: str) -> str:
    """Whose upload lies at this key of the store; empty for any other key."""
    match = re.fullmatch(r"in/([a-z2-7]{16})", key)
    return match[1] if match else ""


def id_and_tag(key: str) -> tuple[str, str]:
    """Which file's bytes lie at this key of the store; empty for any other key."""
    match = re.fullmatch(r"f/([a-z2-7]{16})/([0-9a-f-]{1,80})", key)
    return (match[1], match[2]) if match else ("", "")


def checked_name(name: str) -> str:
    """The name without what turns or hides it. What could be a path, or breaks a line, is refused."""
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in "/\\" for character in name):
        raise _bad_name()
    name = visible(name).strip()
    if is_blank(name) or name in (".", "..") or len(name) > LONGEST_NAME:
        raise _bad_name()
    return name


def checked_alt(alt: str) -> str:
    """In one line, without what turns or hides it."""
    alt = " ".join(visible(alt).split())
    if len(alt) > LONGEST_ALT:
        raise errors.wrong_field(
            "files", "alt_too_long", "Describe a picture in at most {most} characters.", most=LONGEST_ALT
        )
    return alt


def _bad_name() -> errors.Refusal:
    return errors.unfit(
        "name",
        "bad_name",
        "Give the file a name of 1 to {most} characters, without slashes and line breaks.",
        most=LONGEST_NAME,
    )


def checked_type(declared: str) -> str:
    """A media type without parameters; what isn't one is any bytes."""
    essence = declared.partition(";")[0].strip().lower()
    return essence if _TYPE.fullmatch(essence) else OTHER_TYPE


def checked_size(size: int, workspace: Workspace) -> int:
    most = workspace.allowance.file_bytes
    if size < 1:
        raise errors.unfit("size", "too_small", "This file is empty. Choose one with something in it.")
    if size > most:
        raise errors.unfit("size", "too_large", "Choose a file of at most {most} MB.", most=most // (1024 * 1024))
    return size


def recognised(first: bytes) -> str:
    """The media type that the first bytes give away; empty for what isn't in the table."""
    for at, beginning, kind in _BEGINNINGS:
        if first[at : at + len(beginning)] == beginning and (kind != "image/webp" or first[:4] == b"RIFF"):
            return kind
    return ""


def name_by_bytes(first: bytes) -> str:
    """What a file is called that came without a name: `picture.png`, or `file`."""
    kind = recognised(first)
    return f"picture.{kind.removeprefix('image/')}" if kind in PICTURES else "file"


def shown_type(declared: str, recognised: str) -> str:
    """By its bytes; what the table doesn't know keeps what was declared, where that claims nothing the table would know, and
    nothing that a browser runs."""
    return recognised or (declared if _AS_DECLARED.fullmatch(declared) else OTHER_TYPE)


def disposition(name: str, inline: bool) -> str:
    """RFC 6266: what a browser does with the file, and what it calls it."""
    return f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"


def are_allowed(workspace: Workspace, membership: Membership) -> bool:
    """Whether this person may send files here."""
    return workspace.files is FilePolicy.ALL or (
        workspace.files is FilePolicy.MEMBERS and membership.role is ChatRole.MEMBER
    )


def refuse_unless_allowed(workspace: Workspace, membership: Membership) -> None:
    if not are_allowed(workspace, membership):
        raise errors.files_off(workspace.name)


def refuse_unless_sendable(file: File, now: datetime) -> None:
    """By its author, for this chat; both were looked up before."""
    if file.is_forgotten_at(now):
        raise errors.unknown()
    if file.seq:
        raise errors.file_used()
    if file.state is FileState.WAITING:
        raise errors.conflict(
            "file_waiting", "“{name}” isn’t here yet. Send the message once it is uploaded.", name=file.name
        )
    if file.state is FileState.BLOCKED:
        raise errors.file_blocked(file.name)


def refuse_unless_ready(file: File) -> None:
    """What is unchecked or malicious isn't given out."""
    if file.state in (FileState.WAITING, FileState.CHECKING):
        raise errors.conflict("file_checking", "“{name}” is being checked. Try again in a moment.", name=file.name)
    if file.state is FileState.BLOCKED:
        raise errors.file_blocked(file.name)
