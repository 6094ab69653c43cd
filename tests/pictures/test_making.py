"""Pictures made smaller and upright: by real encoders, with what cameras write into files."""

import io
from typing import Any

import pytest
from PIL import Image, ImageCms

from chalicelib.domain.pictures import MOST_PIXELS as MOST_PIXELS_OF_THE_APPLICATION
from pictures.making import MOST_PIXELS, NoPicture, Wanted, size, small, upright
from tests.support import picture_samples as samples

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(kind: str, width: int = 900, height: int = 600, mode: str = "RGB", **options: Any) -> bytes:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def noted(turn: int) -> Image.Exif:
    """What a camera notes: which way is up, its maker, and the place."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = turn, "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return bool(max(abs(given - wanted) for given, wanted in zip(pixel[:3], colour, strict=True)) < 40)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("wanted", ["WEBP", "JPEG"])
def test_a_picture_of_each_kind_fits_into_the_box(kind: str, wanted: Any) -> None:
    made = small(picture(kind), Wanted(300, wanted))
    image = opened(made.content)
    assert (image.format, image.size, (made.width, made.height)) == (wanted, (300, 200), (300, 200))
    assert near(image.convert("RGB").getpixel((20, 100)), RED)
    assert near(image.convert("RGB").getpixel((280, 100)), BLUE)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")] + [("JPEG", "L"), ("JPEG", "CMYK")],
)
def test_a_picture_in_any_colours(kind: str, mode: str) -> None:
    image = opened(small(picture(kind, mode=mode), Wanted(300)).content)
    assert image.mode in ("RGB", "RGBA")
    if mode in ("P", "RGB", "RGBA", "CMYK"):
        assert near(image.convert("RGB").getpixel((20, 20)), RED)


def test_of_sixteen_bits_the_upper_eight_are_seen() -> None:
    out = io.BytesIO()
    Image.new("I;16", (900, 600), 40_000).save(out, "PNG")
    assert near(opened(small(out.getvalue(), Wanted(300)).content).getpixel((5, 5)), (156, 156, 156))


def test_what_is_small_already_keeps_its_size() -> None:
    assert opened(small(picture("PNG", 40, 30), Wanted(720)).content).size == (40, 30)


def test_what_is_transparent_stays_so_or_stands_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(small(out.getvalue(), Wanted(20)).content).convert("RGBA").getchannel("A").getpixel((5, 5)) == 0
    assert near(opened(small(out.getvalue(), Wanted(20, "JPEG")).content).getpixel((5, 5)), (255, 255, 255))


def test_of_an_animation_the_first_frame_is_seen() -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, BLUE)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    made = opened(small(out.getvalue(), Wanted(720)).content)
    assert getattr(made, "n_frames", 1) == 1
    assert near(made.convert("RGB").getpixel((5, 5)), RED)


@pytest.mark.requirement("A42")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_nothing_that_a_camera_or_its_software_noted_is_left(kind: str) -> None:
    options: dict[str, Any] = {"exif": noted(6), "icc_profile": SRGB}
    if kind == "JPEG":
        options |= {"comment": b"in the kitchen", "xmp": b"<x:xmpmeta>kitchen</x:xmpmeta>"}
    content = picture(kind, **options)
    turned = upright(content)
    assert turned is not None
    for made in (small(content, Wanted(300)), small(content, Wanted(300, "JPEG")), turned):
        image = opened(made.content)
        assert dict(image.getexif()) == {}
        assert not {"exif", "comment", "xmp", "XML:com.adobe.xmp"} & set(image.info)
        assert not [word for word in (b"Maker", b"Exif", b"kitchen") if word in made.content]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_which_way_is_up_is_in_the_pixels(kind: str, turn: int) -> None:
    """The corner that is red on the left before any of the eight turns is where a viewer would show it."""
    content = picture(kind, 90, 60, exif=noted(turn))
    on_its_side = turn >= 5
    assert size(content) == ((60, 90) if on_its_side else (90, 60))
    shown = opened(small(content, Wanted(720)).content).convert("RGB")
    assert shown.size == size(content)
    red_at = {1: (5, 5), 2: (85, 5), 3: (85, 55), 4: (5, 55), 5: (5, 5), 6: (55, 5), 7: (55, 85), 8: (5, 85)}
    assert near(shown.getpixel(red_at[turn]), RED)
    turned = upright(content)
    if turn == 1:
        assert turned is None
    else:
        assert turned is not None
        image = opened(turned.content)
        assert (image.format, image.size) == (kind, size(content))
        assert near(image.convert("RGB").getpixel(red_at[turn]), RED)


def test_a_profile_that_is_none_changes_no_colour() -> None:
    made = opened(small(picture("PNG", icc_profile=b"no profile at all"), Wanted(300)).content)
    assert near(made.convert("RGB").getpixel((20, 20)), RED)


def test_a_square_is_the_middle() -> None:
    made = opened(small(picture("JPEG"), Wanted(256, square=True)).content).convert("RGB")
    assert made.size == (256, 256)
    assert near(made.getpixel((5, 128)), RED)
    assert near(made.getpixel((250, 128)), BLUE)
    assert opened(small(picture("JPEG", 90, 60), Wanted(256, square=True)).content).size == (60, 60)


def test_so_many_bytes_and_no_more() -> None:
    out = io.BytesIO()
    Image.effect_noise((1500, 1500), 90).save(out, "PNG")
    made = small(out.getvalue(), Wanted(1024, "JPEG", most=56_000))
    assert len(made.content) <= 56_000
    assert opened(made.content).size == (made.width, made.height)


def test_the_limit_is_that_of_the_application() -> None:
    assert MOST_PIXELS == MOST_PIXELS_OF_THE_APPLICATION


@pytest.mark.requirement("A42")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<svg onload='alert(1)'/>",
        b"BM" + b"\0" * 80,
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"II*\0\x08\0\0\0" + b"\0" * 80,
        b"qoif" + b"\0" * 80,
        b"8BPS\0\x01" + b"\0" * 80,
        samples.png(20_000, 20_000),
        samples.jpeg(20_000, 20_000),
        samples.gif(20_000, 20_000),
        samples.jpeg(40, 30),
        samples.webp(40, 30),
        *(picture(kind)[:-40] for kind in ("JPEG", "WEBP")),
        picture("PNG")[:200],
    ],
    ids=range(16),
)
def test_what_is_no_picture_or_too_large_is_refused(content: bytes) -> None:
    with pytest.raises(NoPicture):
        small(content, Wanted(720))
