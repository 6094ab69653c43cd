"""Files: what is known of them, and the store of their bytes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from ..domain.files import File


class Files(Protocol):
    """What is known of each file; its bytes are in the `FileStore`."""

    def add(self, file: File) -> None:
        """Putting the same in again changes nothing: a request that is repeated declares one file."""

    def get(self, file_id: str) -> File | None: ...
    def get_many(self, file_ids: Iterable[str]) -> dict[str, File]: ...
    def claim(self, claimed: File) -> bool:
        """Its bytes are those of this tag; False if others came first, or it was forgotten."""

    def describe(self, file: File) -> None:
        """Its `alt`, before a message takes it."""

    def release(self, claimed: File) -> None:
        """Those bytes couldn't be had: the next that come may be the file's."""

    def check(self, claimed: File) -> None:
        """Its bytes are there; what they are is to be found out. Nothing where that is known already."""

    def decide(self, decided: File) -> bool:
        """Ready or blocked, once, and counted; False if that was decided before, or the file was forgotten."""

    def forget(self, file: File) -> None:
        """Its bytes are gone from the store already. One that is decided in this moment stays for the next try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How a client sends the bytes: as a multipart form with these fields, the file last."""

    method: str
    url: str
    fields: Mapping[str, str]


class FileStore(Protocol):
    """The private store of the bytes. Addresses that it gives out are signed, and die by themselves."""

    def upload(self, key: str, media: str, most: int, life: timedelta) -> Upload:
        """One upload to this key, of this type, of 1 to `most` bytes: the store holds to it, whatever the client says."""

    def put(self, key: str, content: bytes) -> None: ...
    def copy(self, source: str, target: str, tag: str) -> bool:
        """False where the source isn't there, or holds other bytes than those of the tag."""

    def first_bytes(self, key: str, count: int) -> bytes: ...
    def read(self, key: str) -> bytes: ...
    def read_up_to(self, key: str, most: int) -> bytes | None:
        """None where it is more than that, or isn't there."""

    def delete(self, keys: Sequence[str]) -> None: ...
    def address(self, key: str, media: str, disposition: str, life: timedelta) -> str: ...


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """A small picture to be made: its key in the store, its longest side in pixels, its format.

    `most` is in bytes, 0 for any number. `square`: what is beyond a square in the middle is cut off.
    """

    key: str
    box: int
    format: Literal["WEBP", "JPEG"] = "WEBP"
    most: int = 0
    square: bool = False


@dataclass(frozen=True, slots=True)
class MadePicture:
    """Width and height of the source as one sees it. `upright` is in bytes, 0 where the source is upright already."""

    width: int
    height: int
    upright: int


class PictureMaker(Protocol):
    """Decodes pictures, where nothing else is in reach. All keys are the store's."""

    def make(self, source: str, small: SmallPicture, upright: str = "") -> MadePicture | None:
        """The small one made; and where the source notes that it is turned, itself turned, at the key `upright`.

        None, and nothing made, where the source is no picture that can be decoded, or too large a one.
        """
