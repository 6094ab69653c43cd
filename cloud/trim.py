"""What is cut from the installed dependencies: what no request, event or job of this application ever reads."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

AWS_SERVICES = ("apigatewaymanagementapi", "dynamodb", "sesv2", "sns", "sqs", "sts")
"""The AWS services that the application calls; botocore's descriptions of the others go."""

LANGUAGES = ("root", "de", "en", "es", "fr")
"""The languages of Babel's data that stay."""

_BOTOCORE_SHARED = ("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json")
_UNUSED_PACKAGES = ("bin", "cffi", "dns", "pycparser")  # needed to build argon2, and to ask DNS about an address
_UNUSED_FILES = (
    "*.pyi",
    "py.typed",
    "*.c",
    "*.h",
    "*.pyx",
    "RECORD",
    "INSTALLER",
    "REQUESTED",
    "WHEEL",
    "examples-1.json",
)


def cut(tree: Path) -> None:
    """Remove from an installed tree what isn't used, and shrink what is."""
    for name in _UNUSED_PACKAGES:
        shutil.rmtree(tree / name, ignore_errors=True)
    for pattern in _UNUSED_FILES:
        for path in tree.rglob(pattern):
            path.unlink()
    _cut_botocore(tree / "botocore")
    _cut_babel(tree / "babel" / "locale-data")


def _cut_botocore(package: Path) -> None:
    for path in (package / "data").iterdir():
        if path.is_dir() and path.name not in AWS_SERVICES:
            shutil.rmtree(path)
        elif path.is_file() and path.name.removesuffix(".gz") not in _BOTOCORE_SHARED:
            path.unlink()
    for path in (package / "data").rglob("*.json*"):
        _without_documentation(path)


def _without_documentation(path: Path) -> None:
    """Rewrite a description without its prose and packing: a cold start parses half as much."""
    raw = path.read_bytes()
    description = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    path.unlink()
    _drop_prose(description)
    plain = path.with_name(path.name.removesuffix(".gz"))
    plain.write_text(json.dumps(description, ensure_ascii=False, separators=(",", ":")))


def _drop_prose(node: Any) -> None:
    if isinstance(node, dict):
        if isinstance(node.get("documentation"), str):
            del node["documentation"]
        for value in node.values():
            _drop_prose(value)
    elif isinstance(node, list):
        for value in node:
            _drop_prose(value)


def _cut_babel(data: Path) -> None:
    for path in data.glob("*.dat"):
        if path.stem not in LANGUAGES:
            path.unlink()
