"""The words that two people can compare: the English list of BIP-39, 2,048 short words that don't sound alike."""

import functools


@functools.cache
def word_list() -> tuple[str, ...]:
    from mnemonic import Mnemonic

    return tuple(Mnemonic("english").wordlist)
