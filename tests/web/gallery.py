"""Renders every template with sample data to static HTML, to be looked at, photographed and tested with axe.

    python tests/web/gallery.py OUT           writes OUT/<case>.html and OUT/static/
    python tests/web/gallery.py OUT --serve   and serves them on 127.0.0.1:8099
"""

import functools
import gettext
import http.server
import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from babel.dates import format_date, format_time

sys.path.insert(0, str(Path(__file__).parent))
import gallery_data

WEB = Path(__file__).parents[2] / "chalicelib" / "web"


def environment() -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(WEB / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.policies["ext.i18n.trimmed"] = True
    nothing = gettext.NullTranslations()
    env.install_gettext_callables(nothing.gettext, nothing.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(day=day, clock=clock, moment=moment)
    env.globals["static"] = lambda name: f"/static/1/{name}"
    return env


def day(when: str) -> str:
    return format_date(_parsed(when), "EEEE d MMMM", locale="en_GB")


def clock(when: str) -> str:
    return format_time(_parsed(when), "HH:mm", locale="en_GB")


def moment(when: str) -> str:
    return f"{day(when)}, {clock(when)}"


def render(out: Path) -> None:
    env = environment()
    out.mkdir(parents=True, exist_ok=True)
    shutil.copytree(WEB / "static", out / "static" / "1", dirs_exist_ok=True)
    for name, (template, context) in gallery_data.cases().items():
        html = env.get_template(template).render(gallery_data.everywhere(template) | context)
        refuse_missing_icons(name, html)
        (out / f"{name}.html").write_text(html, encoding="utf-8")


def refuse_missing_icons(name: str, html: str) -> None:
    missing = set(re.findall(r'href="#i-([\w-]+)"', html)) - set(re.findall(r'id="i-([\w-]+)"', html))
    if missing:
        raise SystemExit(f"{name}: the page shows icons that it doesn't bring: {' '.join(sorted(missing))}")


def serve(out: Path, port: int = 8099) -> None:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(out))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.serve_forever()


def _parsed(when: str) -> datetime:
    return datetime.fromisoformat(when.replace("Z", "+00:00")).astimezone(UTC)


def main(arguments: list[str]) -> Any:
    out = Path(arguments[0])
    render(out)
    if "--serve" in arguments:
        serve(out)


if __name__ == "__main__":
    main(sys.argv[1:])
