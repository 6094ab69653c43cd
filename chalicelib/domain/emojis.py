"""One emoji: a pictograph with its joiners and modifiers, a flag or a keycap, in one normal form.

The form is Unicode's "fully qualified": U+FE0F after each pictograph that would be text without it, and nowhere else.
"""

import re

_LONGEST = 32
_PICTOGRAPH = (
    "[©®‼⁉™ℹ↔-↙↩↪⌚⌛⌨⏏⏩-⏳⏸-⏺Ⓜ▪▫▶◀◻-◾☀-➿⤴⤵⬅-⬇⬛⬜⭐⭕〰〽㊗㊙"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
    "[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
)
_FLAG, _KEYCAP = "[\U0001f1e6-\U0001f1ff]{2}", "[0-9#*]\u20e3"
_EMOJI = re.compile(f"{_PICTOGRAPH}(?:\u200d{_PICTOGRAPH})*|{_FLAG}|{_KEYCAP}")
_CUSTOM = re.compile(r":[\w+'’&.-]{1,100}:")
_SELECTOR = re.compile("[\ufe0e\ufe0f]")
_TEXT_BY_ITSELF = re.compile(
    "([©®‼⁉™ℹ↔-↙↩↪⌨⏏⏭-⏯⏱⏲⏸-⏺Ⓜ▪▫▶◀◻◼☀-☄☎☑☘☝☠☢☣☦☪☮☯☸-☺♀♂♟♠♣♥♦♨♻♾⚒⚔-⚗⚙⚛⚜⚠⚧⚰⚱⛈⛏⛑⛓⛩⛰⛱⛴⛷-⛹✂✈✉✌✍✏✒✔✖✝✡✳✴❄❇❣❤"
    "➡⤴⤵⬅-⬇〰〽㊗㊙🅰🅱🅾🅿🈂🈷🌡🌤-🌬🌶🍽🎖🎗🎙-🎛🎞🎟🏋-🏎🏔-🏟🏳🏵🏷🐿👁📽🕉🕊🕯🕰🕳-🕹🖇🖊-🖍🖐🖥🖨🖱🖲🖼🗂-🗄🗑-🗓🗜-🗞🗡🗣🗨🗯🗳🗺🛋🛍-🛏🛠-🛥🛩🛰🛳]"
    "|[0-9#*](?=\u20e3))(?![\U0001f3fb-\U0001f3ff])"
)


def normal(emoji: str) -> str:
    """The emoji as it is kept, however it was spelled; empty for what is none."""
    bare = _SELECTOR.sub("", emoji[: 2 * _LONGEST])
    if len(emoji) > _LONGEST or not _EMOJI.fullmatch(bare):
        return ""
    return _TEXT_BY_ITSELF.sub("\\1\ufe0f", bare)


def is_custom(emoji: str) -> bool:
    """Whether this is the `:name:` of an emoji that a Slack workspace made for itself."""
    return _CUSTOM.fullmatch(emoji) is not None
