"""Every template has its place in the gallery; the states that a running system seldom shows keep axe's rules there too."""

import functools
import http.server
import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from chalicelib.domain.people import LOCALES
from chalicelib.templating import pages
from tests.support.browsers import PHONE, chromium, sideways
from tests.web import gallery, gallery_data

LAYOUTS = {"base.html", "card.html", "shell.html"}
SELDOM = (
    "-wrong -states -unkind -refused -fix -asked -failed -long -many "
    "-off -sent -prepared -guest -connect -erased -over -429 -real "
    "-providers -left -removed -authorize -ask -nowhere -free -silent -unknown -checked -file -preview -nothing -slack connect"
)

_LINES = """node => {
    const lines = [], range = document.createRange(), walk = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    let top = null;
    while (walk.nextNode()) {
        for (let at = 0; at < walk.currentNode.length; at += 1) {
            range.setStart(walk.currentNode, at);
            range.setEnd(walk.currentNode, at + 1);
            const box = range.getClientRects()[0];
            if (!box) continue;
            if (top === null || box.top > top + 4) lines.push('');
            top = box.top;
            lines[lines.length - 1] += range.toString();
        }
    }
    return lines;
}"""
"""The text of an element, line by line as it is shown."""


def test_every_template_is_in_it() -> None:
    shown = {template for template, _ in gallery_data.cases().values()}
    assert {path.name for path in pages.TEMPLATES.glob("[a-z]*.html")} - shown == LAYOUTS


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The gallery, and each page with the icons that it shows."""
    out = tmp_path_factory.mktemp("gallery")
    gallery.render(out)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Silent, directory=str(out))) as server:
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


@pytest.mark.browser
@pytest.mark.slow
def test_the_thread_is_read_and_answered_in_a_window_that_is_hardly_high(served: str) -> None:
    """S11: at 400 % zoom nothing of the thread was left (WCAG 1.4.10); a phone on its side, and one with a keyboard open."""
    with chromium() as browser:
        for width, height, least in ((360, 225, 90), (740, 360, 220), (360, 400, 250)):
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(f"{served}/chat.html")
            assert page.locator("#thread").evaluate("node => node.clientHeight") >= least, (width, height)
            page.get_by_role("textbox", name="Message Spring launch").fill("one\ntwo\nthree\nfour")
            assert page.locator("#thread").evaluate("node => node.clientHeight") >= height / 4, (width, height)
            expect(page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)
            expect(page.locator(".head .title")).to_be_visible()
            assert not sideways(page)
            page.close()


@pytest.mark.browser
@pytest.mark.slow
def test_letters_of_twice_the_size_stay_in_their_places(served: str) -> None:
    """M28: with the text alone at 200 %, avatars and icons kept their pixels, and letters ran over them."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{served}/chat.html")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        avatar = page.locator("#messages .avatar").first
        assert avatar.evaluate("node => node.clientWidth >= 60 && node.scrollWidth <= node.clientWidth")
        assert page.locator("#people-button .icon").evaluate("node => node.getBoundingClientRect().width >= 36")
        assert not sideways(page)


@pytest.mark.browser
@pytest.mark.slow
def test_a_name_from_right_to_left_stays_where_names_are(served: str) -> None:
    """S15: on its own line it went to the far end of it, away from its label and its avatar."""
    places = {"join-confirm": "dd[dir]", "place": "h1[dir]", "receipt": ".receipt-chats .bold", "chat": ".head .title"}
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        for name, place in places.items():
            page.goto(f"{served}/{name}.html")
            box, text = page.locator(place).first.evaluate(
                """node => {
                    node.textContent = 'דנה כהן';
                    const range = document.createRange();
                    range.selectNodeContents(node);
                    return [node, range].map(one => one.getBoundingClientRect().left);
                }"""
            )
            assert abs(box - text) < 2, name


@pytest.mark.browser
@pytest.mark.slow
def test_on_a_phone_the_words_of_a_list_have_more_room_than_its_times(served: str) -> None:
    """Beside the reference: "Thursday 19 November" left half a line for what somebody wrote."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 360, "height": 780})
        for name in ("chats", "inbox"):
            page.goto(f"{served}/{name}.html")
            widths = page.locator(".rows .when").evaluate_all("all => all.map(one => one.clientWidth)")
            assert widths
            assert max(widths) < 90, name


@pytest.mark.browser
@pytest.mark.slow
def test_the_second_thing_that_tab_reaches_in_a_chat_leads_to_the_message_field(served: str) -> None:
    """M17: 222 stops lay between, and no key led there."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900}, java_script_enabled=False)
        page.goto(f"{served}/chat-people.html")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the message field")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport(ratio=1)
        page.keyboard.press("Enter")
        expect(page.get_by_role("textbox", name="Message Spring launch")).to_be_focused()


@pytest.mark.browser
@pytest.mark.slow
def test_printed_is_the_whole_thread_and_nothing_beside_it(served: str) -> None:
    """M29: it was one window's height, with the menu beside it."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 300})
        page.goto(f"{served}/chat.html")
        page.emulate_media(media="print")
        expect(page.locator(".side")).to_be_hidden()
        expect(page.locator(".composer")).to_be_hidden()
        assert page.locator("#thread").evaluate(
            "node => node.scrollHeight <= node.clientHeight && node.clientHeight > 300"
        )


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", LOCALES)
def test_on_a_phone_all_ways_to_join_are_seen_at_once(served: str, language: str) -> None:
    """M33: at 360 by 740 the fourth way was below the fold, in English; this machine's letters are wide ones."""
    template, context = gallery_data.cases()["join-options"]
    options = [*context["invitation"]["options"], "mail"]
    context = context | {"invitation": context["invitation"] | {"options": options}}
    html = pages.render(
        template, language, **gallery_data.everywhere() | {"static": gallery.static, "now": gallery.NOW} | context
    )
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.goto(f"{served}/join-options.html")
        page.set_content(html)
        ways = page.locator(".option")
        assert ways.count() >= 5
        for at in range(5):
            expect(ways.nth(at)).to_be_in_viewport(ratio=1)


@pytest.mark.browser
@pytest.mark.slow
def test_a_password_is_shown_to_whoever_asks_until_it_is_sent(served: str) -> None:
    """M33: what was typed could be seen nowhere. Without a script there is no button that does nothing."""
    with chromium() as browser:
        for name in ("sign-in", "sign-up", "join-account", "join-new-account"):
            page = browser.new_page(viewport={"width": 360, "height": 740})
            page.goto(f"{served}/{name}.html")
            field = page.locator("[type=password]").first
            name_of = field.evaluate("node => node.id")
            field.fill("wharf lantern 19 moss")
            page.get_by_role("button", name="Show password").first.click()
            expect(page.locator(f"#{name_of}")).to_have_attribute("type", "text")
            expect(page.locator(f"#{name_of}")).to_have_value("wharf lantern 19 moss")
            page.get_by_role("button", name="Hide password").first.click()
            expect(page.locator(f"#{name_of}")).to_have_attribute("type", "password")
            page.get_by_role("button", name="Show password").first.click()
            page.locator(f"#{name_of}").evaluate(
                "node => node.form.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))"
            )
            expect(page.locator(f"#{name_of}")).to_have_attribute("type", "password")
            assert not sideways(page)
            page.close()
        page = browser.new_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)
        page.goto(f"{served}/sign-in.html")
        expect(page.get_by_role("button", name="Show password")).to_be_hidden()


@pytest.mark.browser
@pytest.mark.slow
def test_addresses_of_people_break_behind_their_signs_and_dots_stand_in_one_column(served: str) -> None:
    """M9, M10: an address went on anywhere, five lines of it beside an avatar in the middle; and there were two columns."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{served}/chat-people.html")
        page.add_style_tag(content=".people .person .detail { width: 9rem; }")
        people = page.locator(".people .person").filter(has=page.locator("wbr"))
        assert people.count() > 0
        lines = people.locator(".detail").filter(has=page.locator("wbr")).first.evaluate(_LINES)
        assert len(lines) > 1
        assert all(line[-1] in "@. " or line.endswith("as") for line in lines[:-1]), lines
        tops = people.first.evaluate(
            "node => ['.avatar', '.content'].map(one => node.querySelector(one).getBoundingClientRect().top)"
        )
        assert abs(tops[0] - tops[1]) < 8
        places = page.locator(".people li > .menu > summary").evaluate_all(
            "all => all.map(one => Math.round(one.getBoundingClientRect().left))"
        )
        assert len(places) > 3
        assert len(set(places)) == 1


@pytest.mark.browser
@pytest.mark.slow
def test_the_contents_of_the_docs_are_closed_on_a_phone_and_stand_beside_the_text_elsewhere(served: str) -> None:
    """S17, seen beside the reference: on a phone half of the first screen was the list of what there is."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.goto(f"{served}/docs.html")
        contents = page.get_by_role("navigation", name="API")
        expect(contents.get_by_role("link", name="Paging")).to_be_hidden()
        expect(page.get_by_role("heading", name="Begin", exact=True)).to_be_in_viewport()
        contents.get_by_text("Contents").click()
        expect(contents.get_by_role("link", name="Paging")).to_be_visible()
        page.set_viewport_size({"width": 1440, "height": 900})
        page.reload()
        expect(contents.get_by_role("link", name="Paging")).to_be_in_viewport(ratio=1)
        expect(contents.get_by_text("Contents")).to_be_hidden()
