"""Styles, scripts and pictures. Their address carries a version made of their content, so that browsers keep them for good."""

import functools
import hashlib
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "static"
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
def files() -> dict[str, Path]:
    return {path.name: path for path in FOLDER.iterdir() if path.suffix in MEDIA}
