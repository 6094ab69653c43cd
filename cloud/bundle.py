"""The zips that Lambda runs: source and dependencies, cut to what is used and compiled beforehand.

One holds the application, and is every function's but one: the function that decodes pictures has a zip of its own.

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
from dataclasses import dataclass, replace
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
ARCHITECTURES = {"x86_64": "x86_64", "arm64": "aarch64"}
"""Lambda's processors, and what wheels call them."""


def on_architecture(target: Target, architecture: str) -> Target:
    """The same for another of Lambda's processors."""
    wheels = ARCHITECTURES[architecture]
    return replace(target, platforms=tuple(name.replace("x86_64", wheels) for name in target.platforms))


def this_machine() -> Target:
    """Lambda's own target where this machine can run it, so that both run the same zip."""
    here = this_python()
    like_lambda = sysconfig.get_platform() == "linux-x86_64" and platform.libc_ver()[0] == "glibc"
    return LAMBDA if like_lambda and here.python == RUNTIME else here


def this_python() -> Target:
    return Target(f"{sys.version_info.major}.{sys.version_info.minor}")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a zip is made of: a lock of dependencies, and modules and packages of the source."""

    name: str
    lock: str
    source: tuple[str, ...]
    has_chalice: bool


APPLICATION = Contents("dependencies", "requirements.txt", ("app.py", "chalicelib"), has_chalice=True)
PICTURES = Contents("pictures", "requirements-pictures.txt", ("pictures",), has_chalice=False)


def write(root: Path, out: Path, target: Target, contents: Contents = APPLICATION) -> None:
    """Write the zip of what is in `root` to `out`; dependencies are kept beside it until the lock changes."""
    dependencies = _dependencies(root, out.parent, target, contents)
    application = _source(root, out.parent / f"source-of-{out.stem}", target, contents)
    unfinished = out.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, name in sorted((*_files(dependencies), *_files(application)), key=lambda entry: entry[1]):
            archive.writestr(_entry(path, name), path.read_bytes())
    unfinished.replace(out)


def _dependencies(root: Path, work: Path, target: Target, contents: Contents) -> Path:
    lock = root / contents.lock
    recipe = lock.read_bytes() + Path(trim.__file__).read_bytes() + target.name.encode() + _chalice().encode()
    made = work / f"{contents.name}-{hashlib.sha256(recipe).hexdigest()[:16]}"
    if made.exists():
        return made
    for old in work.glob(f"{contents.name}-*"):
        shutil.rmtree(old)
    unfinished = work / f"{contents.name}-unfinished"
    _install(lock, unfinished, target)
    if contents.has_chalice:
        _add_chalice_runtime(unfinished)
        trim.cut(unfinished)
    else:
        trim.cut_pictures(unfinished)
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


def _source(root: Path, into: Path, target: Target, contents: Contents) -> Path:
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    # Of the translations, what runs is compiled.
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "*.po", "*.pot", "babel.cfg", "catalogue.py")
    for name in contents.source:
        if (root / name).is_dir():
            shutil.copytree(root / name, into / name, ignore=ignored)
        else:
            shutil.copyfile(root / name, into / name)
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
    if this_python().python == target.python:
        return sys.executable
    other = shutil.which(f"python{target.python}")
    works = other and subprocess.run([other, "-c", ""], capture_output=True, check=False).returncode == 0
    return other if works else None


def _files(tree: Path) -> Iterator[tuple[Path, str]]:
    for path in tree.rglob("*"):
        if path.is_file():
            yield path, path.relative_to(tree).as_posix()


def _entry(path: Path, name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
    return entry
