"""Help: for everybody, in four languages, with a topic for each link that leads to it, in the words that stand on the buttons."""

import re

import pytest

from chalicelib.templating import languages, pages
from tests.support.app import World
from tests.support.form_browser import Browser, visible

LOCALES = ["en", "de", "es", "fr"]
TOPICS = {"inviting", "after", "joining", "chat", "inbox", "notifications", "calls", "colleagues", "keys"}


def help_page(world: World, locale: str) -> str:
    page = Browser(world).open(f"/help?lang={locale}")
    assert page.status == 200
    return page.html


@pytest.mark.parametrize("locale", LOCALES)
def test_it_speaks_four_languages_and_each_topic_has_its_place(world: World, locale: str) -> None:
    html = help_page(world, locale)
    assert f'<html lang="{locale}">' in html
    assert set(re.findall(r'<h2 id="([a-z]+)"', html)) == TOPICS
    assert set(re.findall(r'href="#([a-z]+)"', html.partition("<article")[2])) == TOPICS


@pytest.mark.parametrize("locale", LOCALES)
def test_it_names_what_one_presses_as_it_is_named(world: World, locale: str) -> None:
    told = visible(help_page(world, locale))
    labels = ["Create a new chat", "Add a new chat", "Expand menu", "Invite", "Create", "What they will see"]
    labels += ["Check the list first", "People", "Join", "Try again"]
    assert [label for label in labels if languages.text(label, locale) not in told] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_it_says_how_notifications_come_to_a_browser_and_to_an_iphone(world: World, locale: str) -> None:
    told = visible(help_page(world, locale))
    assert told.count("iPhone") == 1
    for label in ("Settings", "Quiet hours"):
        assert languages.text(label, locale).casefold() in told.casefold(), label


def test_every_link_to_it_leads_to_a_topic() -> None:
    linked = set[str]()
    for path in pages.TEMPLATES.glob("*.html"):
        linked |= set(re.findall(r"/help\{\{ '#(\w+)'|/help#(\w+)", path.read_text()))
    topics = {name for pair in linked for name in pair if name}
    assert topics >= {"inviting", "inbox", "keys"}
    assert topics <= TOPICS


def test_its_other_links_are_pages_of_ours(world: World) -> None:
    links = set(re.findall(r'href="(/[a-z-]+)"', help_page(world, "en").partition("<article")[2]))
    assert links == {"/check", "/invitations"}
    assert all(Browser(world).open(link).status == 200 for link in links)
