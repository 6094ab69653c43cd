"""`make reset`: empties what `make run` keeps between runs."""

import fcntl
import os
import shutil
import sys

from local.config import CannotStart, of


def main() -> None:
    try:
        data = of(os.environ).data
    except CannotStart as reason:
        sys.exit(str(reason))
    if not data.exists():
        return
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(f"{data} is in use. Stop `make run` first.")
        for path in data.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    print(f"{data} is empty.")


if __name__ == "__main__":
    main()
