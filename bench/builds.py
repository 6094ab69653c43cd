"""The two builds of the same source that are held side by side: ours, and what stock `chalice package` makes of it."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from cloud import bundle
from cloud.package import ROOT, make

WORK = ROOT / "build" / "bench"

_RUNTIME = ("awslambdaric", "simplejson", "snapshot-restore-py")
_SOURCE = ("app.py", "chalicelib")


@dataclass(frozen=True, slots=True)
class Build:
    """A zip, and the folder it was unpacked to, which nobody may write to."""

    name: str
    zip: Path
    folder: Path


def ours() -> Build:
    """`make package`, for this machine."""
    target = bundle.this_machine()
    out = ROOT / "build" if target == bundle.LAMBDA else ROOT / "build" / "local"
    return unpacked("packaged", make(out, target).zip)


def stock() -> Build:
    """`chalice package`, with nothing of ours; made by Chalice anew for each change of the source."""
    project, out = WORK / "stock-project", WORK / "stock-package"
    mark, wanted = WORK / "stock-source", _source()
    if not mark.exists() or mark.read_text() != wanted:
        _lay_out(project)
        command = [sys.executable, "-W", "ignore", "-c", "import sys; from chalice.cli import main; sys.exit(main())"]
        command += ["--project-dir", str(project), "package", "--stage", "prod", "--template-format", "json", str(out)]
        subprocess.run(
            command,
            check=True,
            env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "PACKAGED_BY": "bench"},
            capture_output=True,
        )
        mark.write_text(wanted)
    return unpacked("stock", out / "deployment.zip")


def runtime() -> Path:
    """AWS's runtime client in a folder of its own, compiled, as Lambda has it."""
    folder = WORK / "runtime"
    shutil.rmtree(folder, ignore_errors=True)
    for name in _RUNTIME:
        for file in metadata.files(name) or ():
            if file.parts[0] != ".." and file.suffix in (".py", ".so"):
                copy = folder / file
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), copy)
    (folder / "bare.py").write_text("def handler(event, context):\n    return {'statusCode': 200}\n")
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder)], check=True)
    return folder


def _lay_out(project: Path) -> None:
    shutil.rmtree(project, ignore_errors=True)
    (project / ".chalice").mkdir(parents=True)
    for name in (*_SOURCE, "policies", "requirements.txt", ".chalice/config.json"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, project / name)


def _source() -> str:
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for name in _SOURCE:
        path = ROOT / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def unpacked(name: str, package: Path) -> Build:
    folder = WORK / name
    if folder.exists():
        _allow_writing(folder, True)
        shutil.rmtree(folder)
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    _allow_writing(folder, False)
    return Build(name, package, folder)


def _allow_writing(folder: Path, allowed: bool) -> None:
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | 0o200 if allowed else mode & ~0o222)
