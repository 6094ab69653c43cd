"""What is cut from the installed dependencies: what no request, event or job of this application ever reads."""

import gzip
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

AWS_SERVICES = ("apigatewaymanagementapi", "dynamodb", "kms", "lambda", "s3", "sesv2", "sns", "sqs", "sts")
"""The AWS services that the application calls; botocore's descriptions of the others go."""

_CALLS = {
    "lambda": ("Invoke",),
    "s3": ("CopyObject", "DeleteObjects", "GetObject", "PutObject"),
}
"""Of services with hundreds of calls, those that are made; their clients are made sooner by it."""

_ADDRESSES = (*AWS_SERVICES, "email", "execute-api")
"""Their names in botocore's list of addresses, two of which differ."""

LANGUAGES = ("root", "de", "en", "es", "fr")
"""The languages of Babel's data that stay."""

_BOTOCORE_SHARED = ("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json")
_UNUSED_PARTS = (
    *("bin", "cffi", "pycparser"),  # needed to build others
    "dns",  # would ask DNS about an address
    "charset_normalizer/cli",
    "slack",  # slack_sdk under its name of earlier versions
    *(f"slack_sdk/{part}" for part in ("audit_logs", "oauth", "rtm", "rtm_v2", "scim", "socket_mode")),
    "babel/messages",  # writes catalogues
    "urllib3/contrib/emscripten",
)
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
    "*.cdx.json",
    "dateutil-zoneinfo.tar.gz",  # for machines without time zones
    *("slack_sdk/web/async_*.py", "slack_sdk/web/legacy_*.py", "slack_sdk/webhook/async_*.py"),
)
_DECODERS = ("Bmp", "Gif", "Jpeg", "Mpo", "Png", "Ppm", "Tiff", "WebP")
"""Pillow's modules of formats that stay: those that are tried, and those that Pillow itself imports on the way to them."""

_UNUSED_OF_PILLOW = (
    *("_avif.*", "_imagingft.*", "_imagingmath.*", "_imagingmorph.*", "_imagingtk.*"),
    *("libavif*", "libbrotli*", "libfreetype*", "libharfbuzz*"),
)
_SILENT_DOCSTRINGS = '''"""In place of botocore's writer of documentation, which nobody reads in a Lambda function."""


class _Silent(str):
    def __new__(cls, *args, **named):
        return super().__new__(cls)


ClientMethodDocstring = PaginatorDocstring = WaiterDocstring = _Silent
'''


def cut(tree: Path) -> None:
    """Remove from an installed tree what isn't used, and shrink what is."""
    for name in _UNUSED_PARTS:
        shutil.rmtree(tree / name, ignore_errors=True)
    _cut_files(tree, _UNUSED_FILES)
    _cut_botocore(tree / "botocore")
    _cut_babel(tree / "babel" / "locale-data")
    _cut_words(tree / "mnemonic" / "wordlist")


def cut_pictures(tree: Path) -> None:
    """Of Pillow only the decoders stay that are tried, and of its libraries those that are loaded for them."""
    _cut_files(tree, (*_UNUSED_FILES, *_UNUSED_OF_PILLOW))
    for path in tree.rglob("*ImagePlugin.py"):
        if path.stem.removesuffix("ImagePlugin") not in _DECODERS:
            path.unlink()


def _cut_files(tree: Path, patterns: Iterable[str]) -> None:
    for pattern in patterns:
        for path in tree.rglob(pattern):
            path.unlink(missing_ok=True)


def _cut_botocore(package: Path) -> None:
    for path in (package / "data").iterdir():
        if path.is_dir() and path.name not in AWS_SERVICES:
            shutil.rmtree(path)
        elif path.is_file() and path.name.removesuffix(".gz") not in _BOTOCORE_SHARED:
            path.unlink()
    for path in (package / "data").rglob("*.json*"):
        _without_documentation(path)
    for service, calls in _CALLS.items():
        _cut_calls(package / "data" / service, calls)
    _cut_endpoints(package / "data" / "endpoints.json")
    _cut_writer_of_documentation(package / "docs")


def _cut_calls(package: Path, calls: tuple[str, ...]) -> None:
    """Only these of a service's newest description, with the shapes that they are made of."""
    *older, newest = sorted(package.iterdir())
    for path in older:
        shutil.rmtree(path)
    for path in newest.glob("*.json"):
        if path.name.startswith(("paginators", "waiters")):
            path.unlink()
    path = newest / "service-2.json"
    description = json.loads(path.read_text())
    description["operations"] = {name: description["operations"][name] for name in calls}
    shapes, wanted = description["shapes"], _shapes_in(description["operations"])
    kept: set[str] = set()
    while wanted:
        kept |= wanted
        wanted = _shapes_in([shapes[name] for name in wanted]) - kept
    description["shapes"] = {name: shapes[name] for name in sorted(kept)}
    path.write_text(json.dumps(description, ensure_ascii=False, separators=(",", ":")))


def _shapes_in(node: Any) -> set[str]:
    """The names of shapes that a part of a description refers to."""
    if isinstance(node, dict):
        own = {node["shape"]} if isinstance(node.get("shape"), str) else set[str]()
        return own.union(*map(_shapes_in, node.values()))
    return set[str]().union(*map(_shapes_in, node)) if isinstance(node, list) else set()


def _without_documentation(path: Path) -> None:
    """Rewrite a description without its prose and packing: a cold start parses half as much."""
    raw = path.read_bytes()
    description = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    path.unlink()
    _drop_prose(description)
    for option in description.get("clientContextParams", {}).values():
        option["documentation"] = ""  # botocore asks these for it
    plain = path.with_name(path.name.removesuffix(".gz"))
    plain.write_text(json.dumps(description, ensure_ascii=False, separators=(",", ":")))


def _cut_endpoints(path: Path) -> None:
    """The addresses of all services, which botocore reads for the first client, are most of its start."""
    endpoints = json.loads(path.read_text())
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in sorted(services) if name in _ADDRESSES}
    path.write_text(json.dumps(endpoints, ensure_ascii=False, separators=(",", ":")))


def _cut_writer_of_documentation(package: Path) -> None:
    utils = (package / "utils.py").read_text()
    shutil.rmtree(package)
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "utils.py").write_text(utils)
    (package / "docstring.py").write_text(_SILENT_DOCSTRINGS)


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


def _cut_words(lists: Path) -> None:
    for path in lists.glob("*.txt"):
        if path.stem not in ("english", "spanish", "french"):
            path.unlink()
