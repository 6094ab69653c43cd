"""The catalogue is whole: nothing new in the source, nothing untranslated or stale, no placeholder or tag lost."""

import re

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from chalicelib.templating import catalogue
from chalicelib.templating.languages import CATALOGUES

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
