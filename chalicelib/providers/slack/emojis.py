"""Emoji by Slack's names, and back.

Slack's names are mostly those of the `emoji` package; the table has those that aren't.
"""

import re
from functools import cache

from ...domain.emojis import is_custom, normal

_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_TONE = re.compile(f"[{_TONES}]")
_NAME = re.compile(r"([\w+'’&.-]{1,100})(?:::skin-tone-([2-6]))?")
_FLAG, _A = re.compile("flag-([a-z])([a-z])"), 0x1F1E6
_PEOPLE = {"man": "👨", "woman": "👩", "boy": "👦", "girl": "👧", "heart": "❤️", "kiss": "❤️\u200d💋"}
_PERSONS = {emoji.removeprefix("❤️\u200d"): name for name, emoji in _PEOPLE.items()}
_FAMILY = re.compile(r"(?:man|woman)(?:-(?:heart|kiss|man|woman|boy|girl)){1,3}")
_SEXED = re.compile("(wo)?man_(.+)")
_MALE = re.compile(
    "(?:farmer|cook|student|singer|artist|teacher|factory_worker|technologist|office_worker|mechanic|scientist|judge"
    "|astronaut|firefighter|pilot|police_officer|construction_worker|guard|detective)"
)
_MALE_ = re.compile("(?:superhero|supervillain|mage|fairy|vampire|elf|genie|zombie)")
_MAN_ = re.compile("(?:standing|kneeling|climbing|in_.+|with_.+|feeding_baby)")
_LARGE = re.compile("red_square|(?:orange|yellow|green|blue|purple|brown)_(?:circle|square)")
_SLACK = """
+1 👍 -1 👎 slightly_smiling_face 🙂 simple_smile 🙂 keycap_star *️⃣ mostly_sunny 🌤️ sun_small_cloud 🌤️
barely_sunny 🌥️ sun_behind_cloud 🌥️ partly_sunny_rain 🌦️ rain_cloud 🌧️ snow_cloud 🌨️ lightning 🌩️
lightning_cloud 🌩️ tornado_cloud 🌪️ tangerine 🍊 fried_egg 🍳 knife_fork_plate 🍽️ medal 🎖️ film_frames 🎞️
admission_tickets 🎟️ sports_medal 🏅 weight_lifter 🏋️ golfer 🏌️ snow_capped_mountain 🏔️ beach_with_umbrella 🏖️
rainbow-flag 🏳️\u200d🌈 flag-england 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f
flag-scotland 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f
flag-wales 🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f ladybug 🐞 black_bird 🐦\u200d⬛
camel 🐫 mouse 🐭 cow 🐮 tiger 🐯 rabbit 🐰 cat 🐱 horse 🐴 dog 🐶 pig 🐷 eye-in-speech-bubble 👁️\u200d🗨️
facepunch 👊 red_haired_man 👨\u200d🦰 curly_haired_man 👨\u200d🦱 bald_man 👨\u200d🦲
white_haired_man 👨\u200d🦳 male-doctor 👨\u200d⚕️ red_haired_woman 👩\u200d🦰 curly_haired_woman 👩\u200d🦱
bald_woman 👩\u200d🦲 white_haired_woman 👩\u200d🦳 female-doctor 👩\u200d⚕️ man_and_woman_holding_hands 👫
women-with-bunny-ears-partying 👯\u200d♀️ woman-with-bunny-ears-partying 👯\u200d♀️
men-with-bunny-ears-partying 👯\u200d♂️ man-with-bunny-ears-partying 👯\u200d♂️ bride_with_veil 👰
blond-haired-woman 👱\u200d♀️ blond-haired-man 👱\u200d♂️ person_with_blond_hair 👱
woman-wearing-turban 👳\u200d♀️ man-wearing-turban 👳\u200d♂️ man_with_turban 👳 information_desk_person 💁
guardsman 💂 kiss 💋 calendar 📆 e-mail 📧 camera_with_flash 📸 keycap_ten 🔟
man_in_business_suit_levitating 🕴️ linked_paperclips 🖇️ middle_finger 🖕 spock-hand 🖖
ballot_box_with_ballot 🗳️ japan 🗾 face_with_rolling_eyes 🙄 ok_woman 🙆 person_frowning 🙍
person_with_pouting_face 🙎 train 🚋 non-potable_water 🚱 sleeping_accommodation 🛌 shopping_bags 🛍️
octagonal_sign 🛑 shopping_trolley 🛒 airplane_departure 🛫 satellite 🛰️ scooter 🛴 thinking_face 🤔
the_horns 🤘 left-facing_fist 🤛 right-facing_fist 🤜 hand_with_index_and_middle_fingers_crossed 🤞
i_love_you_hand_sign 🤟 face_with_cowboy_hat 🤠 rolling_on_the_floor_laughing 🤣 face_palm 🤦
face_with_one_eyebrow_raised 🤨 grinning_face_with_star_eyes 🤩
grinning_face_with_one_large_and_one_small_eye 🤪 face_with_finger_covering_closed_lips 🤫
serious_face_with_symbols_covering_mouth 🤬 smiling_face_with_smiling_eyes_and_hand_covering_mouth 🤭
face_with_open_mouth_vomiting 🤮 shocked_face_with_exploding_head 🤯 breast-feeding 🤱 mother_christmas 🤶
person_doing_cartwheel 🤸 juggling 🤹 fencer 🤺 woman-wrestling 🤼\u200d♀️ man-wrestling 🤼\u200d♂️
wrestlers 🤼 handball 🤾 drum_with_drumsticks 🥁 first_place_medal 🥇 second_place_medal 🥈
third_place_medal 🥉 egg 🥚 glass_of_milk 🥛 kiwifruit 🥝 smiling_face_with_3_hearts 🥰 womans_flat_shoe 🥿
turkey 🦃 gorilla 🦍 giraffe_face 🦒 zebra_face 🦓 cheese_wedge 🧀 mate_drink 🧉 face_with_monocle 🧐
red_haired_person 🧑\u200d🦰 curly_haired_person 🧑\u200d🦱 bald_person 🧑\u200d🦲
white_haired_person 🧑\u200d🦳 woman_with_beard 🧔\u200d♀️ man_with_beard 🧔\u200d♂️ person_with_headscarf 🧕
person_in_steamy_room 🧖 person_climbing 🧗 person_in_lotus_position 🧘 one-piece_swimsuit 🩱 briefs 🩲
x-ray 🩻 yo-yo 🪀 eject ⏏️ black_left_pointing_double_triangle_with_vertical_bar ⏮️ umbrella ☂️ snowman ☃️
staff_of_aesculapius ⚕️ umbrella_on_ground ⛱️ person_with_ball ⛹️ email ✉️
heavy_heart_exclamation_mark_ornament ❣️
"""


def reaction_from_slack(name: str) -> str | None:
    """The emoji of a name such as `+1::skin-tone-3`, in its normal form; None for custom ones."""
    match = _NAME.fullmatch(name.strip(":"))
    base = _named(match[1].lower()) if match else None
    if not match or not base:
        return None
    toned = base[0] + _TONES[int(match[2]) - 2] + base[1:].removeprefix("\ufe0f") if match[2] else base
    emoji = toned if toned in _known() else base
    return normal(emoji) or emoji


def slack_reaction(name: str) -> str:
    """What a reaction in Slack is here: an emoji, or `:name:` for a workspace's own; empty for what is no name."""
    custom = f":{name.strip(':')}:"
    return reaction_from_slack(name) or (custom if is_custom(custom) else "")


def reaction_to_slack(emoji: str) -> str | None:
    """The name by which Slack knows an emoji."""
    tone = _TONE.search(emoji)
    if not tone:
        return _names().get(_bare(emoji))
    base = _names().get(_bare(_TONE.sub("", emoji)))
    name = f"{base}::skin-tone-{_TONES.index(tone[0]) + 2}"
    return name if base and _bare(reaction_from_slack(name) or "") == _bare(emoji) else base


def _named(name: str) -> str | None:
    table, slug = _table(), name.replace("-", "_")
    if name in table:
        return table[name]
    if flag := _FLAG.fullmatch(name):
        notifications = "".join(chr(_A + ord(notification) - ord("a")) for notification in flag.groups())
        return notifications if notifications in _known() else None
    if _FAMILY.fullmatch(name):
        people = "\u200d".join(_PEOPLE[part] for part in name.split("-"))
        return people if people in _known() else None
    sexed = re.sub(r"^(fe)?male_", lambda match: "woman_" if match[1] else "man_", slug)
    return _aliases().get(slug) or _aliases().get(sexed) or _aliases().get(slug.removeprefix("large_"))


def _bare(emoji: str) -> str:
    return emoji.replace("\ufe0f", "")


@cache
def _table() -> dict[str, str]:
    words = _SLACK.split()
    return dict(zip(words[::2], words[1::2], strict=True))


@cache
def _known() -> dict[str, dict[str, object]]:
    from emoji import EMOJI_DATA

    return EMOJI_DATA


@cache
def _aliases() -> dict[str, str]:
    """All names of the package, but those of toned emoji."""
    results: dict[str, str] = {}
    for emoji in _known():
        if not _TONE.search(emoji):
            for name in _listed(emoji):
                results.setdefault(name.lower().replace("-", "_"), emoji)
    return results


def _listed(emoji: str) -> list[str]:
    data = _known()[emoji]
    aliases = data.get("alias", [])
    names = [*aliases, data["en"]] if isinstance(aliases, list) else [data["en"]]
    return [str(name).strip(":").replace("’", "'") for name in names]


@cache
def _names() -> dict[str, str]:
    """Slack's name of each emoji."""
    results: dict[str, str] = {}
    for emoji in set(_aliases().values()):
        names = [name for name in _candidates(emoji) if _bare(_named(name) or "") == _bare(emoji)]
        results |= {_bare(emoji): names[0]} if names else {}
    return {**results, **{_bare(emoji): name for name, emoji in reversed(_table().items())}}


def _candidates(emoji: str) -> list[str]:
    notifications = "".join(
        chr(ord(notification) - _A + ord("a")) for notification in emoji if 0 <= ord(notification) - _A < 26
    )
    family = [_PERSONS.get(person, "?") for person in emoji.replace("❤️\u200d💋", "💋").split("\u200d")]
    names = [name.lower() for name in _listed(emoji)]
    sexed = [_slack_like(name) for name in names if "\u200d" in emoji and _SEXED.fullmatch(name)]
    return [f"flag-{notifications}", "-".join(family), *sexed, *map(_large, names), *names]


def _slack_like(name: str) -> str:
    """The package's name of a man or woman as Slack would spell it."""
    sexed = _SEXED.fullmatch(name)
    if not sexed or _MAN_.fullmatch(sexed[2]):
        return name
    if _MALE_.fullmatch(sexed[2]):
        return f"{'fe' if sexed[1] else ''}male_{sexed[2]}"
    is_male = _MALE.fullmatch(sexed[2])
    return f"{'fe' if sexed[1] else ''}male-{sexed[2]}".replace("_", "-") if is_male else name.replace("_", "-")


def _large(name: str) -> str:
    return f"large_{name}" if _LARGE.fullmatch(name) else name
