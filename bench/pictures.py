"""Memory of the picture function: the most that its process ever held, for the largest pictures that are allowed.

Each in a process of its own, by the code that Lambda runs: a small one made, and where the file says that it is turned, an upright
one as well.
"""

import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from bench.table import Row, Table
from cloud import pictures
from cloud.package import ROOT
from pictures.making import MOST_PIXELS, Wanted, small, upright

AT_MOST = 0.8
"""Of the memory that the function has."""

_WIDTH, _HEIGHT = 8_000, MOST_PIXELS // 8_000
_TURNED = Image.Exif()
_TURNED[0x0112] = 6


def run() -> Iterator[Table]:
    with tempfile.TemporaryDirectory() as name:
        rows = [_row(label, make, Path(name) / "picture") for label, make in _LARGEST.items()]
    yield Table(
        f"The picture function, {MOST_PIXELS // 1_000_000} megapixels", ("MB", "of its memory", "seconds"), rows
    )


def _row(label: str, make: Callable[[], bytes], path: Path) -> Row:
    path.write_bytes(make())
    command = [sys.executable, "-m", "bench.pictures", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    megabytes, seconds = json.loads(done.stdout)
    share = megabytes / pictures.MEGABYTES
    return Row(label, (f"{megabytes:.0f}", f"{share:.0%}", f"{seconds:.1f}"), share, AT_MOST)


def _encoded(mode: str, kind: str, **options: object) -> Callable[[], bytes]:
    def encode() -> bytes:
        out = io.BytesIO()
        Image.linear_gradient("L").resize((_WIDTH, _HEIGHT)).convert(mode).save(out, kind, **options)
        return out.getvalue()

    return encode


_LARGEST = {
    "PNG, RGBA, turned": _encoded("RGBA", "PNG", compress_level=1, exif=_TURNED),
    "PNG, palette": _encoded("P", "PNG", compress_level=1),
    "PNG, 16 bits": _encoded("I;16", "PNG", compress_level=1),
    "JPEG, RGB, turned": _encoded("RGB", "JPEG", exif=_TURNED),
    "JPEG, CMYK, progressive, turned": _encoded("CMYK", "JPEG", progressive=True, exif=_TURNED),
    "GIF": _encoded("P", "GIF"),
    "WebP, lossy, turned": _encoded("RGB", "WEBP", method=0, exif=_TURNED),
    "WebP, lossless, transparent": _encoded("RGBA", "WEBP", lossless=True, method=0, exact=True),
}


def main() -> None:
    """One picture, as the function treats it; the memory in MB and the seconds on standard output."""
    content, begin = Path(sys.argv[1]).read_bytes(), time.perf_counter()
    small(content, Wanted(720))
    upright(content)
    seconds = time.perf_counter() - begin
    print(json.dumps([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, seconds]))


if __name__ == "__main__":
    main()
