"""Sentences for people, which the catalogue translates where they are shown."""


def sentence(text: str) -> str:
    """Marks what the catalogue needs and wouldn't take for a sentence, for want of a full stop."""
    return text
