"""Thirty files that want something: each is refused, or a download of another origin, and never opens in a page."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.app import object_in_memory
from tests.support.files import EICAR, declared, sent
from tests.support.picture_samples import GPS, exif, gif, jpeg, png, webp
from tests.support.sample_chat import Scene

SCRIPT = b"<script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
ZIP_BOMB = b"PK\x03\x04" + b"\0" * 26 + b"42.zip" + b"\0" * 1000
REFUSED = {
    "a slash": "../../etc/passwd",
    "a backslash": "..\\windows\\system.ini",
    "a line": "a\r\nSet-Cookie: session=x",
    "nothing to be seen": "\u200b\u2060",
    "a null": "a\0.png",
    "two dots": "..",
    "256 characters": "x" * 252 + ".png",
}
DOWNLOADED: dict[str, tuple[str, str, bytes]] = {
    "an SVG": ("a.svg", "image/svg+xml", SVG),
    "an SVG that is called a PNG": ("a.png", "image/png", SVG),
    "a page": ("a.html", "text/html", SCRIPT),
    "a page that is called a JPEG": ("a.jpg", "image/jpeg", SCRIPT),
    "XHTML": ("a.xhtml", "application/xhtml+xml", b'<html xmlns="http://www.w3.org/1999/xhtml">' + SCRIPT),
    "XML with a style": ("a.xml", "text/xml", b'<?xml-stylesheet href="x"?><a/>'),
    "a script": ("a.js", "text/javascript", b"alert(1)"),
    "a GIF that is a script": ("a.gif", "image/gif", b"GIF89a=alert(1);//"),
    "a GIF that is a page": ("b.gif", "image/gif", b"GIF89a" + SCRIPT),
    "a PNG that is a page": ("b.png", "image/png", b"\x89PNG\r\n\x1a\n" + SCRIPT),
    "a JPEG that is a page": ("b.jpg", "image/jpeg", b"\xff\xd8\xff/*" + SCRIPT),
    "a WebP that is none": ("a.webp", "image/webp", b"RIFF\xff\xff\xff\xffWEBP" + SCRIPT),
    "20,000 by 20,000": ("huge.png", "image/png", png(20_000, 20_000)),
    "65,535 by 65,535": ("huge.jpg", "image/jpeg", jpeg(65_535, 65_535)),
    "a huge GIF": ("huge.gif", "image/gif", gif(65_535, 65_535)),
    "a huge WebP": ("huge.webp", "image/webp", webp(16_000, 16_000)),
    "a zip bomb": ("42.zip", "application/zip", ZIP_BOMB),
    "a zip bomb that is called a picture": ("42.png", "image/png", ZIP_BOMB),
    "a name that turns": ("photo\u202egnp.exe", "application/x-msdownload", b"MZ" + b"\0" * 64),
    "a type that breaks lines": ("a.txt", "text/plain\r\nContent-Disposition: inline", b"plain"),
    "a quote in its name": ('a";filename="b.html', "text/html", SCRIPT),
}
CLEANED: dict[str, tuple[str, str, bytes]] = {
    "a PNG with a page behind it": ("c.png", "image/png", png(4, 3) + SCRIPT),
    "a JPEG with a page in its comment": ("c.jpg", "image/jpeg", jpeg(4, 3, (0xFE, SCRIPT), (0xE1, exif(1)))),
    "a GIF with a script in a comment": ("c.gif", "image/gif", gif(4, 3, b"\x21\xfe\x27" + SCRIPT + b"\0")),
    "a WebP with a place": ("c.webp", "image/webp", webp(4, 3, (b"EXIF", GPS), (b"XMP ", SCRIPT))),
}


@pytest.mark.requirement("A42")
@pytest.mark.parametrize("what", REFUSED)
def test_refused(scene: Scene, what: str) -> None:
    assert declared(scene.owner, scene.chat, REFUSED[what]).code == "bad_name"


@pytest.mark.requirement("A42")
@pytest.mark.parametrize("what", DOWNLOADED)
def test_a_download(scene: Scene, what: str) -> None:
    name, media, content = DOWNLOADED[what]
    asked, _, given = had(scene, name, media, content)
    assert asked["response-content-type"] == "application/octet-stream"
    disposition = asked["response-content-disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''")
    assert not {'"', ";", "\r", "\n", "\u202e", "%E2%80%AE"} & set(disposition.removeprefix("attachment;"))
    assert given == content, "it is what it was"


@pytest.mark.requirement("A42")
@pytest.mark.parametrize("what", CLEANED)
def test_a_picture_and_no_more(scene: Scene, what: str) -> None:
    name, media, content = CLEANED[what]
    asked, shown, given = had(scene, name, media, content)
    assert asked["response-content-type"] == media
    assert asked["response-content-disposition"].startswith("inline")
    assert (shown["width"], shown["height"], shown["size"]) == (4, 3, len(given))
    assert SCRIPT not in given
    assert GPS not in given


@pytest.mark.requirement("A42")
@pytest.mark.parametrize("around", [b"", png(4, 3), b"PK\x03\x04"])
def test_malware_is_given_to_nobody(scene: Scene, around: bytes) -> None:
    file_id = sent(scene.owner, scene.chat, around + EICAR, "a.png", "image/png")
    assert scene.owner.post(f"{scene.base}/messages", {"files": [file_id]}).code == "file_blocked"


def had(scene: Scene, name: str, media: str, content: bytes) -> tuple[dict[str, str], dict[str, int], bytes]:
    """With what it is asked for inline, how the message shows it, and the bytes."""
    file_id = sent(scene.owner, scene.chat, content, name, media)
    message = scene.owner.post(f"{scene.base}/messages", {"files": [file_id]}).json
    location = urlsplit(scene.guest.get(f"/files/{file_id}?inline=1").headers["location"])
    assert location.netloc != urlsplit(scene.world.ports.public_url).netloc
    asked = {key: value for key, (value,) in parse_qs(location.query).items()}
    return asked, message["files"][0], object_in_memory(location.path.lstrip("/"))[0]
