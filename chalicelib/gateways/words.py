"""The words that two people can compare: in each language 2,048 short ones, so that three of them are 33 bits everywhere.

English, Spanish and French are the lists of BIP-39. There is none in German; there, two nouns make one, and any of the first
kind goes with any of the second: 64 times 32.
"""

import functools
import unicodedata

FIRST_NOUNS = """
    Apfel Berg Birken Blumen Brot Donner Dorf Eis Erd Eulen Farben Feder Felsen Fisch Fluss Frost Garten Gold Hafen Herbst
    Himmel Holz Honig Igel Insel Kaffee Kamin Kirsch Kupfer Laub Linden Markt Meer Milch Mond Moos Morgen Nacht Nebel Nuss
    Obst Orgel Perlen Quell Regen Rosen Salz Sand Schnee Silber Sommer Sonnen Stern Stroh Tal Tulpen Ufer Vogel Wald Wein
    Winter Wolken Zimt Zucker
"""
SECOND_NOUNS = """
    baum blatt boot brief buch dach decke fenster feuer glas haus keller korb kranz lampe leiter mantel mauer pfad ring schale
    schuh spiegel stuhl tasche tisch treppe turm wagen weg wiese zaun
"""
_LISTS = {"es": "spanish", "fr": "french"}


@functools.cache
def word_list(language: str) -> tuple[str, ...]:
    """English for any language that has no list of its own. Letters with accents are one character each (NFC)."""
    if language == "de":
        return tuple(first + second for first in FIRST_NOUNS.split() for second in SECOND_NOUNS.split())
    from mnemonic import Mnemonic

    words = Mnemonic(_LISTS.get(language, "english")).wordlist
    return tuple(unicodedata.normalize("NFC", word) for word in words)
