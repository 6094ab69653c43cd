"""Programs from npm, pinned by a lock file, for what only they can judge."""

import shutil
import subprocess
from pathlib import Path

_BUILD = Path(__file__).resolve().parents[1] / "build"


def is_there() -> bool:
    return bool(shutil.which("node") and shutil.which("npm"))


def installed(pinned: Path) -> Path:
    """The folder with what `pinned` locks, under `build/`; installed where it isn't there yet."""
    folder = _BUILD / pinned.name
    lock, kept = pinned / "package-lock.json", folder / "package-lock.json"
    if not (folder / "node_modules").exists() or kept.read_text() != lock.read_text():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(pinned / name, folder / name)
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=300)
    return folder
