"""Every template has its place in the gallery; the states that a running system seldom shows keep axe's rules there too."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from chalicelib.templating import pages
from tests.support.browsers import PHONE, chromium, sideways
from tests.web import gallery, gallery_data

LAYOUTS = {"base.html", "card.html", "shell.html"}
SELDOM = (
    "-wrong -states -unkind -refused -fix -asked -failed -long -many "
    "-off -sent -prepared -guest -connect -erased -over -429 -real "
    "-providers -left -removed -authorize -ask -nowhere -free -silent -unknown -checked -file -preview -nothing -slack connect"
)


def test_every_template_is_in_it() -> None:
    shown = {template for template, _ in gallery_data.cases().values()}
    assert {path.name for path in pages.TEMPLATES.glob("[a-z]*.html")} - shown == LAYOUTS


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The gallery, and each page with the icons that it shows."""
    gallery.render(tmp_path)
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Silent, directory=str(tmp_path))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.browser
@pytest.mark.slow
def test_states_that_are_seldom_seen(served: str) -> None:
    names = [name for name in gallery_data.cases() if name.endswith(tuple(SELDOM.split()))]
    assert len(names) > 20
    wrong = []
    with chromium() as browser:
        page = browser.new_page(
            viewport={"width": PHONE[0], "height": PHONE[1]}, color_scheme="dark", reduced_motion="reduce"
        )
        for name in names:
            page.goto(f"{served}/{name}.html")
            result = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
            wrong += [f"{name}: {item['id']}: {node['html']}" for item in result for node in item["nodes"]]
            wrong += [f"{name}: scrolls sideways"] if sideways(page) else []
    assert wrong == []


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""
