"""What is cut from the installed dependencies: what no request, event or job of this application ever reads."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

AWS_SERVICES = ("apigatewaymanagementapi", "dynamodb", "kms", "s3", "sesv2", "sns", "sqs", "sts")
"""The AWS services that the application calls; botocore's descriptions of the others go."""

_ADDRESSES = (*AWS_SERVICES, "email", "execute-api")
"""Their names in botocore's list of addresses, two of which differ."""

LANGUAGES = ("root", "de", "en", "es", "fr")
"""The languages of Babel's data that stay."""

_BOTOCORE_SHARED = ("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json")
_UNUSED_PARTS = (
    *("bin", "cffi", "pycparser"),  # needed to build others
    "dns",  # would ask DNS about an address
    "charset_normalizer/cli",
    *(f"slack_sdk/{part}" for part in ("audit_logs", "rtm", "rtm_v2", "scim", "socket_mode")),
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
    for pattern in _UNUSED_FILES:
        for path in tree.rglob(pattern):
            path.unlink()
    _cut_botocore(tree / "botocore")
    _cut_babel(tree / "babel" / "locale-data")
    _cut_words(tree / "mnemonic" / "wordlist")


def _cut_botocore(package: Path) -> None:
    for path in (package / "data").iterdir():
        if path.is_dir() and path.name not in AWS_SERVICES:
            shutil.rmtree(path)
        elif path.is_file() and path.name.removesuffix(".gz") not in _BOTOCORE_SHARED:
            path.unlink()
    for path in (package / "data").rglob("*.json*"):
        _without_documentation(path)
    _cut_endpoints(package / "data" / "endpoints.json")
    _cut_writer_of_documentation(package / "docs")


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
        if path.stem != "english":
            path.unlink()
