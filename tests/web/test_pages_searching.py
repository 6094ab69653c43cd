"""The page for searching, without a script: asking, narrowing, looking further back, and getting to the message."""

import re

from tests.support.app import PASSWORD
from tests.support.form_browser import Browser
from tests.support.sample_chat import GUEST, OWNER, Scene


def browser_of(scene: Scene, email: str) -> Browser:
    browser = Browser(scene.world)
    browser.signs_in(email, PASSWORD)
    return browser


def hits(html: str) -> list[str]:
    return re.findall(r'<a href="(/chats/[^"]*#m-[0-9]+)"', html)


def test_every_page_has_a_field_that_leads_to_the_messages(scene: Scene) -> None:
    browser = browser_of(scene, GUEST)
    form = browser.open("/chats").form("/search")
    assert (form.method, form.names()) == ("get", {"q"})
    page = browser.open("/search?q=glad")
    assert hits(page.html) == [f"/chats/{scene.chat}#m-{scene.reply['seq']}"]
    assert 'value="glad"' in page.html
    assert f'id="m-{scene.reply["seq"]}"' in browser.open(hits(page.html)[0].partition("#")[0]).html


def test_one_chat_is_searched_from_its_menu(scene: Scene) -> None:
    browser = browser_of(scene, OWNER)
    other = scene.owner.invites("ida@fjord.example")["chat"]["id"]
    scene.owner.post(f"/chats/{other}/messages", {"text": "Glad as well"})
    assert f'href="/search?chat={other}"' in browser.open(f"/chats/{other}").html
    assert len(hits(browser.open("/search?q=glad").html)) == 2
    assert hits(browser.open(f"/search?q=glad&chat={other}").html)[0].startswith(f"/chats/{other}#m-")
    assert browser.open("/search?q=glad&chat=aaaaaaaaaaaaaaaa").status == 404


def test_fields_that_were_left_empty_ask_for_nothing(scene: Scene) -> None:
    browser = browser_of(scene, OWNER)
    assert len(hits(browser.open("/search?q=glad&after=&before=&from=").html)) == 1
    assert "Nothing found" in browser.open("/search?q=glad&has=link").html


def test_more_than_a_page_is_looked_through_by_a_link(scene: Scene) -> None:
    for number in range(25):
        scene.owner.post(f"{scene.base}/messages", {"text": f"harbour {number}"})
    browser = browser_of(scene, OWNER)
    first = browser.open("/search?q=harbour&after=&has=")
    following = re.search(r'href="(/search\?[^"]*cursor=[^"]*)"', first.html)
    assert following
    second = browser.open(following[1].replace("&amp;", "&"))
    assert (len(hits(first.html)), len(hits(second.html))) == (20, 5)
    assert not set(hits(first.html)) & set(hits(second.html))


def test_an_old_message_is_shown_among_those_around_it(scene: Scene) -> None:
    old = scene.owner.post(f"{scene.base}/messages", {"text": "needle"}).json["seq"]
    for number in range(80):
        scene.owner.post(f"{scene.base}/messages", {"text": f"hay {number}"})
    browser = browser_of(scene, OWNER)
    (href,) = hits(browser.open("/search?q=needle").html)
    page = browser.open(href.partition("#")[0])
    assert f'id="m-{old}"' in page.html
    assert f'id="m-{old + 20}"' in page.html
    assert f'<a class="button dense" href="/chats/{scene.chat}">Newest messages</a>' in page.html
    assert "Newest messages" not in browser.open(f"/chats/{scene.chat}").html


def test_what_cant_be_asked_is_said_at_the_field(scene: Scene) -> None:
    browser = browser_of(scene, OWNER)
    page = browser.open("/search?q=a")
    assert page.status == 422
    assert "Type 2 to 100 characters." in page.html
    assert browser.open("/search").status == 200
    assert browser.open("/search?q=glad&before=soon").status == 422


def test_too_many_searches_are_a_page_that_says_when(scene: Scene) -> None:
    for _ in range(60):
        scene.owner.get("/search?q=glad")
    page = browser_of(scene, OWNER).open("/search?q=glad")
    assert page.status == 429
    assert "Go on in a minute." in page.html


def test_a_words_typed_are_shown_as_text(scene: Scene) -> None:
    page = browser_of(scene, OWNER).open("/search?q=%3Cscript%3Ealert(1)")
    assert page.status == 200
    assert "<script>alert" not in page.html
