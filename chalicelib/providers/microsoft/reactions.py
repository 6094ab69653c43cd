"""The six reactions of Teams as emoji, and back."""

import re

from ...domain.emojis import normal

_TONE = re.compile("[\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff]")
_REACTIONS = {"like": "👍", "heart": "❤️", "laugh": "😆", "surprised": "😮", "sad": "😢", "angry": "😡"}


def reaction_from_teams(name: str) -> str | None:
    emoji = _REACTIONS.get(name)
    return normal(emoji) if emoji else None


def reaction_to_teams(emoji: str) -> str | None:
    """One of Teams' six reactions, in any skin tone; it has no others that a bot may name."""
    bare = _bare(_TONE.sub("", emoji))
    return next((name for name, item in _REACTIONS.items() if _bare(item) == bare), None)


def _bare(emoji: str) -> str:
    return emoji.replace("\ufe0f", "")
