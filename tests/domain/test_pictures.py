"""Pictures lose what isn't seen in them, and nothing else; what isn't a whole picture is none."""

import pytest

from chalicelib.domain.pictures import MOST_PIXELS, Picture, cleaned
from tests.support.picture_samples import GPS, exif, gif, jpeg, png, webp

ICC, LOOP = b"ICC_PROFILE\0\x01\x01colours", b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
COMMENT = b"\x21\xfe" + bytes((len(GPS),)) + GPS + b"\0"
WITH_PLACE = {
    "image/png": png(40, 30, (b"eXIf", GPS), (b"tEXt", b"Place\0" + GPS), (b"tIME", GPS[:7]), (b"iTXt", GPS)),
    "image/jpeg": jpeg(
        40, 30, (0xE1, exif(1)), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + GPS), (0xED, GPS), (0xFE, GPS)
    ),
    "image/gif": gif(40, 30, COMMENT, b"\x21\xff\x0bXMP DataXMP" + bytes((len(GPS),)) + GPS + b"\0"),
    "image/webp": webp(40, 30, (b"EXIF", GPS), (b"XMP ", GPS)),
}
PLAIN = {"image/png": png(40, 30), "image/jpeg": jpeg(40, 30), "image/gif": gif(40, 30)}


@pytest.mark.requirement("A42")
@pytest.mark.parametrize("media", WITH_PLACE)
def test_a_picture_loses_its_place_and_nothing_that_is_seen(media: str) -> None:
    content = WITH_PLACE[media]
    picture = cleaned(media, content)
    assert GPS in content
    assert picture is not None
    assert GPS not in picture.content
    assert (picture.width, picture.height) == (40, 30)
    assert cleaned(media, picture.content) == picture
    if media in PLAIN:
        assert picture.content == PLAIN[media]


def test_a_webp_says_no_more_that_it_has_metadata() -> None:
    picture = cleaned("image/webp", WITH_PLACE["image/webp"])
    assert picture is not None
    assert picture.content[20] == 0
    assert int.from_bytes(picture.content[4:8], "little") == len(picture.content) - 8


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("turn", range(1, 9))
def test_which_way_is_up_stays_and_the_size_is_that_of_the_upright_picture(turn: int, order: str) -> None:
    picture = cleaned("image/jpeg", jpeg(40, 30, (0xE1, exif(turn, order))))
    assert picture is not None
    assert GPS not in picture.content
    assert (picture.width, picture.height) == ((30, 40) if turn > 4 else (40, 30))
    assert cleaned("image/jpeg", picture.content) == picture, "and it is found there again"


@pytest.mark.parametrize(
    ("media", "content"),
    [
        ("image/jpeg", jpeg(40, 30, (0xE2, ICC), (0xEE, b"Adobe\0d\0\0\0\0\1"))),
        ("image/png", png(40, 30, (b"iCCP", ICC), (b"gAMA", b"\0\0\0\1"), (b"acTL", b"\0" * 8))),
        ("image/gif", gif(40, 30, LOOP, b"\x21\xf9\x04\0\0\0\0\0")),
    ],
)
def test_colours_and_movement_stay(media: str, content: bytes) -> None:
    assert cleaned(media, content) == Picture(content, 40, 30)


@pytest.mark.parametrize("media", ["image/png", "image/jpeg", "image/gif"])
def test_what_stands_behind_the_end_is_cut_off(media: str) -> None:
    picture = cleaned(media, PLAIN[media] + b"<script>alert(1)</script>PK\3\4")
    assert picture == Picture(PLAIN[media], 40, 30)


@pytest.mark.parametrize("media", WITH_PLACE)
def test_what_ends_too_early_or_is_another_is_no_picture(media: str) -> None:
    content = WITH_PLACE[media]
    for end in range(12 if media == "image/webp" else 3, len(content) - 1):
        picture = cleaned(media, content[:end])
        assert picture is None or GPS not in picture.content
    for filler in (b"\0", b"\xff", b"\x2c", b"\x01", b"<svg onload=alert(1)>"):
        assert cleaned(media, content[:12] + filler * 5_000) is None


@pytest.mark.parametrize(
    ("media", "make"), [("image/png", png), ("image/jpeg", jpeg), ("image/gif", gif), ("image/webp", webp)]
)
def test_a_picture_beyond_the_limit_is_none(media: str, make: object) -> None:
    assert callable(make)
    side = 10_000
    assert cleaned(media, make(side, MOST_PIXELS // side)) is not None
    assert cleaned(media, make(side, MOST_PIXELS // side + 1)) is None
    assert cleaned(media, make(1, 0) if media != "image/webp" else b"RIFF\x04\0\0\0WEBP") is None
