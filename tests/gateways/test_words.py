"""The lists of check words: as many in each language, and none that is taken for another."""

import itertools

import pytest

from chalicelib.domain.people import LOCALES
from chalicelib.gateways import words


@pytest.mark.parametrize("language", LOCALES)
def test_three_words_are_as_hard_to_guess_in_every_language(language: str) -> None:
    listed = words.word_list(language)
    assert len(listed) == len(set(listed)) == 2048
    assert all(word.isalpha() and len(word) <= 14 for word in listed)


def test_each_language_has_its_own() -> None:
    lists = {language: set(words.word_list(language)) for language in LOCALES}
    for word, other in itertools.combinations(lists, 2):
        assert len(lists[word] & lists[other]) < 120, (word, other)
    assert "Honiglampe" in lists["de"]
    assert "ábaco" in lists["es"]
    assert "abaisser" in lists["fr"]


@pytest.mark.parametrize("parts", [words.FIRST_NOUNS, words.SECOND_NOUNS])
def test_german_words_differ_in_more_than_a_letter(parts: str) -> None:
    close = [pair for pair in itertools.combinations(parts.split(), 2) if _is_close(*(word.lower() for word in pair))]
    assert close == []


def test_a_language_without_a_list_has_english_words() -> None:
    assert words.word_list("") == words.word_list("pl") == words.word_list("en")


def _is_close(word: str, other: str) -> bool:
    """Whether one letter more, less or another makes the other of it."""
    if abs(len(word) - len(other)) > 1:
        return False
    if len(word) == len(other):
        return sum(a != b for a, b in zip(word, other, strict=True)) < 2
    longer, shorter = sorted((word, other), key=len, reverse=True)
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
