"""Small pictures from large ones: upright, in sRGB, and without anything but the picture.

PNG, JPEG, GIF and WebP are decoded, and of an animation its first frame. No other decoder of Pillow's is ever tried.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image, ImageCms, ImageOps

MOST_PIXELS = 40_000_000
Format = Literal["WEBP", "JPEG"]

_READ = ("PNG", "JPEG", "GIF", "WEBP")
_JPEGS = ("JPEG", "MPO")
"""The second is one with another picture behind it, as telephones write them."""
_ORIENTATION, _UPRIGHT, _ON_ITS_SIDE = 0x0112, 1, 5
_QUALITIES = (80, 70, 60, 45, 30, 15)
_DIRECT = ("1", "L", "RGB", "RGBA", "CMYK")
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class NoPicture(Exception):
    """The bytes can't be decoded, or are a picture of more than `MOST_PIXELS`."""


@dataclass(frozen=True, slots=True)
class Made:
    """A picture's bytes, and its size in pixels."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """How small: `box` is the longest side in pixels, and a smaller picture keeps its size. `most` is in bytes, 0 for any number.

    `square`: what is beyond a square in the middle is cut off.
    """

    box: int
    format: Format = "WEBP"
    most: int = 0
    square: bool = False


def small(content: bytes, wanted: Wanted) -> Made:
    """The picture within the box; raises `NoPicture`. Where no quality fits into `most` bytes, the picture gets smaller yet."""
    with _opened(content) as image:
        image.draft(None, (2 * wanted.box, 2 * wanted.box))
        shrunk = _in_srgb(_shrunk(_shrinkable(image), wanted))
    if wanted.format == "JPEG":
        shrunk = _on_white(shrunk)
    while True:
        for quality in _QUALITIES:
            made = _saved(shrunk, wanted.format, quality)
            if not wanted.most or len(made.content) <= wanted.most or max(shrunk.size) <= 16:
                return made
        shrunk.thumbnail((max(shrunk.size) // 2, max(shrunk.size) // 2))


def upright(content: bytes) -> Made | None:
    """The picture as large as it is, turned as its camera noted, in its own format. None where it needn't or can't be turned."""
    with _opened(content) as image:
        if _turn(image) == _UPRIGHT:
            return None
        profile, kept = image.info.get("icc_profile"), "JPEG" if image.format in _JPEGS else str(image.format)
        turned = ImageOps.exif_transpose(image)
    return _saved(turned, kept, quality=92, profile=profile)


def size(content: bytes) -> tuple[int, int]:
    """Width and height of the picture as one sees it."""
    with _opened(content) as image:
        return (image.height, image.width) if _turn(image) >= _ON_ITS_SIDE else image.size


def _turn(image: Image.Image) -> int:
    """Exif's orientation, 1 to 8. An animation is never turned."""
    if image.format not in _JPEGS and getattr(image, "n_frames", 1) > 1:
        return _UPRIGHT
    turn = image.getexif().get(_ORIENTATION, _UPRIGHT)
    return turn if turn in range(1, 9) else _UPRIGHT


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """Whatever Pillow says about the bytes: that they are no picture. Its warning about too many pixels is a refusal."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=_READ) as image:
                yield image
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError, Image.DecompressionBombError) as reason:
        raise NoPicture(str(reason)) from reason
    except (Image.DecompressionBombWarning, TypeError, IndexError, KeyError) as reason:
        raise NoPicture(str(reason)) from reason


def _shrinkable(image: Image.Image) -> Image.Image:
    """In a mode whose pixels can be averaged: a palette's numbers can't, and 16 bits are more than one sees."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in _DIRECT and "transparency" not in image.info:
        return image.convert("L") if image.mode == "1" else image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _shrunk(image: Image.Image, wanted: Wanted) -> Image.Image:
    if wanted.square:
        side = min(wanted.box, *image.size)
        turned = ImageOps.exif_transpose(image)
        return ImageOps.fit(turned, (side, side), Image.Resampling.LANCZOS)
    image.thumbnail((wanted.box, wanted.box), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return ImageOps.exif_transpose(image)


def _in_srgb(image: Image.Image) -> Image.Image:
    """By its colour profile, where it has one that can be read. Everything else that a file notes is gone."""
    profile = image.info.get("icc_profile")
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile and image.mode in ("L", "RGB", "RGBA", "CMYK"):
        try:
            given, srgb = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
            image = ImageCms.profileToProfile(image, given, srgb, outputMode=mode) or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    converted = image.convert(mode)
    converted.info.clear()
    return converted


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _saved(image: Image.Image, kept: str, quality: int, profile: bytes | None = None) -> Made:
    """Nothing is written that isn't named here; what Pillow would take from the file that was read is taken away before."""
    transparency = image.info.get("transparency")
    image.info.clear()
    if transparency is not None:
        image.info["transparency"] = transparency
    out = BytesIO()
    image.save(out, kept, quality=quality, **({"icc_profile": profile} if profile else {}))
    return Made(out.getvalue(), *image.size)
