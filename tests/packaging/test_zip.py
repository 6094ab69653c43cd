"""The zip: small, compiled, complete, and the same from the same source."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cloud import bundle, trim
from cloud.package import ROOT, Package, zip_of_pictures
from tests.pictures.test_making import SRGB, picture


@pytest.fixture(scope="session")
def names(package: Package) -> set[str]:
    with zipfile.ZipFile(package.zip) as archive:
        return set(archive.namelist())


def test_it_is_small(package: Package) -> None:
    assert package.zip.stat().st_size < 16_000_000


@pytest.mark.skipif(not bundle.compiles(bundle.LAMBDA), reason="there is no Python of Lambda's version here")
def test_every_module_is_compiled(names: set[str]) -> None:
    modules = [Path(name) for name in names if name.endswith(".py")]
    compiled = [str(path.parent / "__pycache__" / f"{path.stem}.cpython-311.pyc") for path in modules]
    assert set(compiled) <= names


def test_compiled_modules_are_never_checked_against_their_source(package: Package) -> None:
    with zipfile.ZipFile(package.zip) as archive:
        for name in archive.namelist():
            if name.endswith(".pyc"):
                assert archive.read(name)[4:8] == b"\x01\x00\x00\x00", name  # PEP 552: hash-based, unchecked


def test_nothing_of_this_machine_is_shipped(names: set[str]) -> None:
    assert not [name for name in names if name.split("/")[0] in ("local", "cloud", "tests", "bench", "policies")]


def test_of_the_translations_only_what_runs_is_shipped(names: set[str]) -> None:
    assert {Path(name).suffix for name in names if name.startswith("chalicelib/locale/")} == {".mo"}


def test_of_botocore_only_the_services_in_use_are_shipped(names: set[str]) -> None:
    services = {name.split("/")[2] for name in names if name.startswith("botocore/data/") and name.count("/") > 2}
    assert services == set(trim.AWS_SERVICES)


def test_the_same_source_gives_the_same_bytes(package: Package, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    (tmp_path / next(package.zip.parent.glob("dependencies-*")).name).symlink_to(
        next(package.zip.parent.glob("dependencies-*"))
    )
    bundle.write(ROOT, again, bundle.LAMBDA)
    assert again.read_bytes() == package.zip.read_bytes()


def test_what_decodes_pictures_is_in_a_zip_of_its_own(package: Package, names: set[str]) -> None:
    with zipfile.ZipFile(package.pictures) as archive:
        decoding = archive.namelist()
    assert {"PIL", "pictures"} <= {name.split("/")[0] for name in decoding}
    assert not [name for name in decoding if name.startswith(("chalice", "botocore", "app.py"))]
    assert not [name for name in names if name.split("/")[0] in ("PIL", "pictures", "pillow.libs")]
    assert package.pictures.stat().st_size < 4_000_000


def test_of_pillow_only_what_is_tried_is_shipped(package: Package) -> None:
    with zipfile.ZipFile(package.pictures) as archive:
        decoders = {Path(name).name for name in archive.namelist() if name.endswith("ImagePlugin.py")}
    assert {"PngImagePlugin.py", "JpegImagePlugin.py", "GifImagePlugin.py", "WebPImagePlugin.py"} <= decoders
    assert not {"EpsImagePlugin.py", "PsdImagePlugin.py", "AvifImagePlugin.py", "Jpeg2KImagePlugin.py"} & decoders


def test_pictures_are_made_from_their_zip_alone(tmp_path: Path) -> None:
    with zipfile.ZipFile(zip_of_pictures(ROOT / "build" / "local", bundle.this_python())) as archive:
        archive.extractall(tmp_path)
    content = [picture(kind, icc_profile=SRGB) for kind in ("PNG", "JPEG", "GIF", "WEBP")]
    program = "from pictures.making import Wanted, small; print([small(each, Wanted(300)).width for each in content])"
    start = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); content = eval(sys.stdin.read()); {program}"
    isolated = [sys.executable, "-I", "-S", "-c", start]
    done = subprocess.run(isolated, input=repr(content), capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("[300, 300, 300, 300]\n", "")


SELDOM = {
    "chalicelib.domain.mail_text",
    "chalicelib.templating.environment",
    "chalicelib.usecases.changes",
    "chalicelib.usecases.relay_in",
    "email_validator",
    "jinja2",
    "markdown_it",
    "msal",
    "nh3",
    "requests",
    "segno",
    "slack_sdk.web",
    "zxcvbn",
}
"""What a cold start of `api` doesn't import: what events alone need, or pages, or one route in a hundred."""

runs_here = pytest.mark.skipif(bundle.this_machine() != bundle.LAMBDA, reason="the wheels are for Lambda's platform")


@pytest.fixture(scope="session")
def unpacked(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(package.zip) as archive:
        archive.extractall(folder)
    return folder


def run_in(folder: Path, program: str) -> str:
    start = f"import sys; sys.path.insert(0, {str(folder)!r}); {program}"
    isolated = [sys.executable, "-I", "-S", "-c", start]
    done = subprocess.run(isolated, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@runs_here
def test_the_application_starts_from_the_zip_alone(unpacked: Path) -> None:
    program = "import argon2, app; print(len(app.app.routes), argon2.PasswordHasher(1, 8, 1).hash('x')[:9])"
    assert run_in(unpacked, program).split()[1] == "$argon2id"


@runs_here
def test_all_that_the_source_imports_anywhere_is_in_the_zip(unpacked: Path) -> None:
    wanted = sorted({name for path in (unpacked / "chalicelib").rglob("*.py") for name in imported(path)})
    assert {"email_validator", "slack_sdk", "msal", "jinja2", "babel.dates"} <= set(wanted)
    run_in(unpacked, f"from importlib import import_module as i; [i(name) for name in {wanted}]")


def imported(path: Path) -> set[str]:
    """The modules of others that a module imports, at its head or where it uses them."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {each.name for node in nodes if isinstance(node, ast.Import) for each in node.names}
    return names | {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }


@runs_here
def test_a_cold_start_doesnt_import_what_is_seldom_needed(unpacked: Path) -> None:
    known = run_in(unpacked, f"import app; print(*{SELDOM} & set(sys.modules))")
    assert known.split() == []
    run_in(unpacked, f"from importlib import import_module as i; [i(name) for name in {SELDOM}]")
