"""Styles, scripts and pictures. Their address carries a version made of their content, so that browsers keep them for good."""

import functools
import hashlib
import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "static"
WORKER = FOLDER.parent / "worker" / "service_worker.js"
_BLOCK_COMMENTS = re.compile(r"^[ \t]*/\*\*.*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}


def static(name: str) -> str:
    return f"/static/{version()}/{name}"


@functools.cache
def version() -> str:
    """One for all files, for modules import each other by relative address."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:10]


@functools.cache
def content(path: Path) -> str | bytes:
    """What is sent of a file: of a script all but its block comments, which are for who reads the code."""
    if path.suffix == ".png":
        return path.read_bytes()
    text = path.read_text()
    return _BLOCK_COMMENTS.sub("", text) if path.suffix == ".js" else text


@functools.cache
def files() -> dict[str, Path]:
    return {path.name: path for path in FOLDER.iterdir() if path.suffix in MEDIA}
