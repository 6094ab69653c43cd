"""The shapes of files."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ..domain.files import FileState

FileId = Annotated[str, Meta(max_length=100)]


class DescribedFile(Struct, forbid_unknown_fields=True):
    """A file with what is seen in it, for who can't see it."""

    id: FileId
    alt: Annotated[str, Meta(max_length=4_000)] = ""


ChosenFiles = Annotated[list[FileId | DescribedFile], Meta(max_length=100)]


class NewFile(Struct, forbid_unknown_fields=True):
    """A file to be uploaded: its size in bytes, its media type if it is known."""

    name: Annotated[str, Meta(max_length=4_000)]
    size: Annotated[int, Meta(ge=-(2**53), le=2**53)]
    type: Annotated[str, Meta(max_length=4_000)] = ""


class FileOut(Struct):
    """`url` is there once the file is given out; `checked` is false where nobody looks for malware. `alt` is what its sender says
    is seen in it.
    """

    id: str
    name: str
    size: int
    type: str
    state: FileState
    checked: bool | UnsetType = UNSET
    width: int | UnsetType = UNSET
    height: int | UnsetType = UNSET
    url: str | UnsetType = UNSET
    preview_url: str | UnsetType = UNSET
    alt: str | UnsetType = UNSET


class UploadOut(Struct):
    """Send the file as a multipart form to `url`: these fields, then the bytes as the field `file`."""

    method: str
    url: str
    headers: dict[str, str]
    fields: dict[str, str]


class FileDeclared(Struct):
    file: FileOut
    upload: UploadOut


class FileQuery(Struct):
    """`inline=1` shows a picture instead of downloading it; `preview=1` is a small one of it."""

    inline: Literal["0", "1"] = "0"
    preview: Literal["0", "1"] = "0"
