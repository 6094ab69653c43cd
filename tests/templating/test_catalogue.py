"""The catalogue is whole: nothing new in the source, nothing untranslated or stale, no placeholder or tag lost."""

import re
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from jinja2 import Environment

from chalicelib.templating import catalogue
from chalicelib.templating.languages import CATALOGUES
from chalicelib.templating.pages import TEMPLATES

RUN = "run `python -m chalicelib.templating.catalogue` and translate what is new"
IN_TRANSLATION = re.compile(r"%\(\w+\)s|\{\w*\}|</?\w+>")


@pytest.fixture(params=catalogue.TRANSLATED)
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def ids(messages: Catalog) -> set[str]:
    return {str(message.id) for message in messages if message.id}


def test_the_template_is_what_the_source_says() -> None:
    with (CATALOGUES / "messages.pot").open("rb") as file:
        stored = ids(read_po(file))
    assert ids(catalogue.extracted()) == stored, RUN


def test_everything_is_translated(locale: str) -> None:
    messages = catalogue.read(locale)
    assert ids(messages) == ids(catalogue.extracted()), RUN
    assert catalogue.untranslated(messages) == []
    assert not [message.id for message in messages if message.fuzzy]


def test_what_is_compiled_is_what_was_translated(locale: str) -> None:
    with (catalogue.folder(locale) / "messages.mo").open("rb") as file:
        compiled = {originals(message): catalogue.strings(message) for message in read_mo(file) if message.id}
    translated = {originals(message): catalogue.strings(message) for message in translations(locale)}
    assert compiled == translated, RUN


def test_placeholders_and_tags_are_kept(locale: str) -> None:
    for message in translations(locale):
        allowed = [marks(original) for original in originals(message)]
        for text in catalogue.strings(message):
            assert marks(text) in allowed, message.id


def test_there_are_as_many_forms_as_the_language_has(locale: str) -> None:
    messages = catalogue.read(locale)
    for message in messages:
        if message.pluralizable:
            assert len(catalogue.strings(message)) == messages.num_plurals
    assert messages.locale == Locale(locale)


def test_no_two_languages_say_the_same() -> None:
    """A translation of more than two words that two languages share was copied and not translated."""
    told: dict[tuple[str, ...], set[str]] = {}
    for locale in catalogue.TRANSLATED:
        for message in translations(locale):
            for text in catalogue.strings(message):
                if len(words(text)) > 2:
                    told.setdefault((*originals(message), text), set()).add(locale)
    assert {sentences[-1]: locales for sentences, locales in told.items() if len(locales) > 1} == {}


def translations(locale: str) -> list[Message]:
    return [message for message in catalogue.read(locale) if message.id and all(catalogue.strings(message))]


def originals(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, (tuple, list)) else (message.id,)


def marks(text: str) -> list[str]:
    return sorted(set(IN_TRANSLATION.findall(text)))


def words(text: str) -> list[str]:
    """Without placeholders, tags and signs."""
    return re.findall(r"[^\W\d_]+", IN_TRANSLATION.sub(" ", text))


def test_no_page_says_in_english_alone_what_people_read() -> None:
    """The pages that invite into Slack and the overview were in English for everybody. The API's own page still is."""
    said = {
        path.name: words
        for path in TEMPLATES.glob("*.html")
        if "docs" not in path.name and (words := [text for text in outside_of_the_catalogue(path) if text not in NAMES])
    }
    assert said == {}


NAMES = {"Webtop", "CSV", "Communicate", "name@company.example", "'Slack Connect'"}
LEXER = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def outside_of_the_catalogue(path: Path) -> list[str]:
    """Words between tags, of attributes that are read out, and sentences given to macros, which no `trans` or `_()` holds."""
    text, strings, words, skips = "", list[str](), list[str](), False
    for _, kind, value in LEXER.lex(path.read_text()):
        if kind == "block_begin":
            words = []
        elif kind == "block_end":
            skips = begins_or_ends(words, skips)
        elif kind == "name":
            words.append(value)
        elif kind == "string" and words[-1:] not in (["_"], ["ngettext"]) and SENTENCE.search(value):
            strings.append(value)
        elif kind == "data":
            text += "" if skips else f"\0{value}"
    text = re.sub(r"<(script|style|svg|code)\b.*?</\1>", "", text, flags=re.DOTALL)
    shown = re.split(r"[\n\0]", re.sub(r"<[^<>]*>", "\n", text))
    return [each.strip(" ·") for each in (*shown, *READ_OUT.findall(text), *strings) if re.search(r"[A-Za-z]{2}", each)]


def begins_or_ends(words: list[str], skips: bool) -> bool:
    """Whether what follows this block tag is translated, or names of icons and classes."""
    if words[:1] == ["block"]:
        return words[1].endswith(("icons", "_class"))
    return words[:1] == ["trans"] or (skips and words[:1] not in (["endtrans"], ["endblock"]))


SENTENCE = re.compile(r"^.[A-Z][\w’]* \w")
READ_OUT = re.compile(r'(?:aria-label|placeholder|title|alt|data-done)="([^"{}]*)"')
