"""Template and zips of one installation, made only when a source changed."""

import fcntl
import hashlib
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cloud import bundle, pictures, template

ROOT = Path(__file__).resolve().parent.parent

_SOURCES_OF_PICTURES = ("pictures", "requirements-pictures.txt", "cloud/bundle.py", "cloud/trim.py")
_SOURCES = ("app.py", "chalicelib", ".chalice/config.json", ".chalice/resources.json", "policies", "cloud")


@dataclass(frozen=True, slots=True)
class Package:
    """A finished package: its files, and what template and zip were made from."""

    template: Path
    zip: Path
    pictures: Path
    fingerprint: str


def make_for(out: Path, architecture: str) -> Package:
    """The package for one of Lambda's processors, in folder `out`."""
    decoding = zip_of_pictures(out, bundle.on_architecture(pictures.LAMBDA, architecture))
    target = bundle.on_architecture(bundle.LAMBDA, architecture)
    return make(out, target, decoding=decoding, architecture=architecture)


def make(
    out: Path,
    target: bundle.Target = bundle.LAMBDA,
    stage: str = "prod",
    decoding: Path | None = None,
    architecture: str = "x86_64",
) -> Package:
    """The package in folder `out`, made anew only if its sources changed since. `decoding`: the zip of pictures, if it is there."""
    fingerprint = _fingerprint(target.name, stage, *_SOURCES, "requirements.txt", "requirements-local.txt")
    decoding = decoding or zip_of_pictures(out, pictures.LAMBDA if target == bundle.LAMBDA else target)
    package = Package(out / "template.json", out / "deployment.zip", decoding, fingerprint)
    with _alone_in(out):
        if _is_stale(out / "fingerprint", fingerprint):
            template.write(ROOT, package.template, stage, architecture)
            bundle.write(ROOT, package.zip, target)
            (out / "fingerprint").write_text(fingerprint)
    return package


def zip_of_pictures(out: Path, target: bundle.Target) -> Path:
    """The zip of the function that decodes pictures, made anew only if its own sources changed."""
    stamp, made = out / "fingerprint-of-pictures", out / "pictures.zip"
    fingerprint = _fingerprint(target.name, *_SOURCES_OF_PICTURES)
    with _alone_in(out):
        if _is_stale(stamp, fingerprint):
            bundle.write(ROOT, made, target, bundle.PICTURES)
            stamp.write_text(fingerprint)
    return made


def _is_stale(stamp: Path, fingerprint: str) -> bool:
    """What is begun and not finished has no stamp."""
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    stamp.unlink(missing_ok=True)
    return True


@contextmanager
def _alone_in(out: Path) -> Iterator[None]:
    """Two systems that start at once would write over each other; the second finds the package finished."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint(*made_of: str) -> str:
    """Of words, and of the files and folders of the source among them."""
    digest = hashlib.sha256(f"{made_of} {sys.version_info[:2]}".encode())
    for path in sorted(_files(made_of)):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        path = ROOT / name
        yield from (inner for inner in (path.rglob("*") if path.is_dir() else (path,)) if _is_source(inner))


def _is_source(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts
