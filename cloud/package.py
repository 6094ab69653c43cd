"""Template and zip of one installation, made only when a source changed."""

import fcntl
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cloud import bundle, template

ROOT = Path(__file__).resolve().parent.parent

_SOURCES = ("app.py", "chalicelib", ".chalice/config.json", ".chalice/resources.json", "policies", "cloud")


@dataclass(frozen=True, slots=True)
class Package:
    """A finished package: two files and what they were made from."""

    template: Path
    zip: Path
    fingerprint: str


def make(out: Path, target: bundle.Target = bundle.LAMBDA, stage: str = "prod") -> Package:
    """The package in folder `out`, made anew only if its sources changed since."""
    fingerprint = _fingerprint(target, stage)
    package = Package(out / "template.json", out / "deployment.zip", fingerprint)
    stamp = out / "fingerprint"
    with _alone_in(out):
        if not (stamp.exists() and stamp.read_text() == fingerprint):
            stamp.unlink(missing_ok=True)
            template.write(ROOT, package.template, stage)
            bundle.write(ROOT, package.zip, target)
            stamp.write_text(fingerprint)
    return package


@contextmanager
def _alone_in(out: Path) -> Iterator[None]:
    """Two systems that start at once would write over each other; the second finds the package finished."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint(target: bundle.Target, stage: str) -> str:
    digest = hashlib.sha256(f"{target.name} {stage} {sys.version_info[:2]}".encode())
    for path in sorted((*_files(), ROOT / "requirements.txt", ROOT / "requirements-local.txt")):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for name in _SOURCES:
        path = ROOT / name
        yield from (inner for inner in (path.rglob("*") if path.is_dir() else (path,)) if _is_source(inner))


def _is_source(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts
