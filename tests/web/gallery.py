"""Renders every template with sample data to static HTML, to be looked at, photographed and tested with axe.

python -m tests.web.gallery OUT           writes OUT/<case>.html and OUT/static/
python -m tests.web.gallery OUT --serve   and serves them on 127.0.0.1:8099
"""

import functools
import http.server
import re
import shutil
import sys
from pathlib import Path

from chalicelib.templating import pages

from . import gallery_data

STATIC = pages.TEMPLATES.parent / "static"
NOW = "2026-11-19T11:00:00Z"


def render(out: Path, locale: str = "en") -> list[str]:
    """Writes the pages, and answers their names."""
    out.mkdir(parents=True, exist_ok=True)
    shutil.copytree(STATIC, out / "static" / "1", dirs_exist_ok=True)
    cases = gallery_data.cases()
    for name, (template, context) in cases.items():
        html = pages.render(template, locale, **gallery_data.everywhere() | {"static": static, "now": NOW} | context)
        refuse_missing_icons(name, html)
        (out / f"{name}.html").write_text(html, encoding="utf-8")
    return list(cases)


def static(name: str) -> str:
    if not (STATIC / name).is_file():
        raise FileNotFoundError(name)
    return f"/static/1/{name}"


def refuse_missing_icons(name: str, html: str) -> None:
    """A page brings only the icons that it names; one that it forgot would be an empty square."""
    missing = set(re.findall(r'href="#i-([\w-]+)"', html)) - set(re.findall(r'id="i-([\w-]+)"', html))
    if missing:
        raise ValueError(f"{name}: the page shows icons that it doesn't bring: {' '.join(sorted(missing))}")


def serve(out: Path, port: int = 8099) -> None:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(out))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.serve_forever()


def main(arguments: list[str]) -> None:
    out = Path(arguments[0])
    render(out)
    if "--serve" in arguments:
        serve(out)


if __name__ == "__main__":
    main(sys.argv[1:])
