"""The zip that Lambda runs: application and dependencies, cut to what is used and compiled beforehand.

Same input, same bytes. Lambda's disk is read-only, so what isn't compiled here would be compiled at every cold start.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cloud import trim

RUNTIME = "3.11"
"""The Python of the Lambda functions; `.pyc` files and wheels are made for it."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a bundle runs: a Python version and, unless it is this machine, the platform of the wheels."""

    python: str
    platforms: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return "-".join((self.python, *self.platforms))


LAMBDA = Target(RUNTIME, ("manylinux_2_26_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"))
"""Lambda's Python 3.11 runs on glibc 2.26."""


def this_machine() -> Target:
    """Lambda's own target where this machine can run it, so that both run the same zip."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    like_lambda = sysconfig.get_platform() == "linux-x86_64" and platform.libc_ver()[0] == "glibc"
    return LAMBDA if like_lambda and version == RUNTIME else Target(version)


def write(root: Path, out: Path, target: Target) -> None:
    """Write the zip of the application in `root` to `out`; dependencies are kept beside it until the lock changes."""
    dependencies = _dependencies(root, out.parent, target)
    application = _application(root, out.parent / "application", target)
    unfinished = out.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, name in sorted((*_files(dependencies), *_files(application)), key=lambda entry: entry[1]):
            archive.writestr(_entry(path, name), path.read_bytes())
    unfinished.replace(out)


def _dependencies(root: Path, work: Path, target: Target) -> Path:
    requirements = root / "requirements.txt"
    recipe = requirements.read_bytes() + Path(trim.__file__).read_bytes() + target.name.encode() + _chalice().encode()
    made = work / f"dependencies-{hashlib.sha256(recipe).hexdigest()[:16]}"
    if made.exists():
        return made
    for old in work.glob("dependencies-*"):
        shutil.rmtree(old)
    unfinished = work / "dependencies-unfinished"
    _install(requirements, unfinished, target)
    _add_chalice_runtime(unfinished)
    trim.cut(unfinished)
    _compile(unfinished, target)
    return unfinished.rename(made)


def _install(requirements: Path, into: Path, target: Target) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--no-deps", "--only-binary=:all:", "--require-hashes", "--target", str(into), "-r", str(requirements)]
    if target.platforms:
        command += ["--implementation", "cp", "--python-version", target.python]
        command += [part for name in target.platforms for part in ("--platform", name)]
    subprocess.run(command, check=True)


def _chalice() -> str:
    import chalice

    return chalice.__version__


def _add_chalice_runtime(into: Path) -> None:
    """Of Chalice, Lambda needs these two files; `chalice package` ships no more than them either."""
    import chalice.app

    (into / "chalice").mkdir(exist_ok=True)
    for module in (chalice, chalice.app):
        source = Path(str(module.__file__))
        shutil.copyfile(source, into / "chalice" / source.name)


def _application(root: Path, into: Path, target: Target) -> Path:
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    shutil.copyfile(root / "app.py", into / "app.py")
    # Of the translations, what runs is compiled.
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "*.po", "*.pot", "babel.cfg")
    shutil.copytree(root / "chalicelib", into / "chalicelib", ignore=ignored)
    _compile(into, target)
    return into


def _compile(tree: Path, target: Target) -> None:
    """Compile in a fresh process and in one order, without which the same source gives other bytes."""
    python = _interpreter(target)
    if python is None:
        print(f"No python{target.python} here: the zip has no .pyc files, and cold starts are slower.", file=sys.stderr)
        return
    command = [python, "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(tree), "-p", "/var/task", str(tree)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "0"})


def compiles(target: Target) -> bool:
    """Whether this machine can make `.pyc` files for the target."""
    return _interpreter(target) is not None


def _interpreter(target: Target) -> str | None:
    if f"{sys.version_info.major}.{sys.version_info.minor}" == target.python:
        return sys.executable
    return shutil.which(f"python{target.python}")


def _files(tree: Path) -> Iterator[tuple[Path, str]]:
    for path in tree.rglob("*"):
        if path.is_file():
            yield path, path.relative_to(tree).as_posix()


def _entry(path: Path, name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
    return entry
