"""Teams' reactions as emoji, and back.

Their ids are words of Teams' own, or begin with the emoji's code points: `1f440_eyes`, `1f9d1200d1f4bb_technologist`,
`1f468_200d_1f9b2_manbald`. `-tone1` to `-tone5` follow where an emoji takes tones.
From Microsoft's "Teams reactions reference": smileys, hearts and hands.
"""

import re
from functools import cache

from ...domain.emojis import normal

_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_TONE = re.compile(f"[{_TONES}]")
_ID = re.compile(r"(?P<name>[a-z0-9_]{1,80})(?:-tone(?P<tone>[1-5]))?")
_CODE = re.compile(r"(?P<points>[0-9a-f]{4,60}(?:_[0-9a-f]{4,5}){0,9})_[a-z0-9_]+")
_POINT = re.compile("200d|fe0f|1f[0-9a-f]{3}|e00[0-9a-f]{2}|[0-9a-f]{4}")
_FIRST = "like 👍 heart ❤️ laugh 😆 surprised 😮 sad 😢 angry 😡"
"""Which an older client offers: their names are kept for what they always meant."""
_WORDS = """
happyface 😃 grinningfacewithsmilingeyes 😄 sweatgrinning 😅 rofl 🤣 cwl 😂 smile 🙂 upsidedownface 🙃 meltingface 🫠 wink 😉
smileeyes 😊 angel 😇 inlove 🥰 hearteyes 😍 stareyes 🤩 kiss 😗 mmm ☺️ smilingfacewithtear 🥲 tongueout 😋 winktongueout 😜
squintingfacewithtongue 😝 giggle 🤭 handovermouth 🫢 peekingeye 🫣 lipssealed 🤫 think 🤔 salute 🫡 wonder 🤨 speechless 😐
expressionless 😑 blankface 😶 dottedlineface 🫥 faceinclouds 😶‍🌫️ smirk 😏 unamused 😒 dull 🙄 faceexhaling 😮‍💨 shaking 🫨
headshakingvertically2 🙂‍↕️ headshakinghorizontally2 🙂‍↔️ relieved 😌 pensive 😔 sleepy 😪 sleepingface 😴 ill 🤒 puke 🤮
shivering 🥶 hungover 🥱 facewithspiraleyes 😵‍💫 party 🥳 disguisedface 🥸 cool 😎 nerdy 🤓 confused 😕 diagonalmouth 🫤 worry 😧
blush 😊 faceholdingbacktears 🥹 fearful 😨 cry 😢 loudlycrying 😭 screamingfear 😱 veryconfused 😖 doh 😫 disappointed 😞 sweat 😓
weary 😩 angryface 😡 swear 🤬 devil 😈 skull 💀 poop 💩 ghost 👻 smilerobot 🤖 smilecat 😺 laughcat 😸 hearteyescat 😻 sadcat 😿
hearnoevil 🙉 seenoevil 🙈 speaknoevil 🙊 lips 💋 loveletter 💌 sparklingheart 💖 growingheart 💗 twohearts 💕 brokenheart 💔
heartonfire ❤️‍🔥 mendingheart ❤️‍🩹 heartpink 🩷 heartorange 🧡 heartyellow 💛 heartgreen 💚 heartblue 💙 heartlightblue 🩵
heartpurple 💜 heartbrown 🤎 heartblack 🖤 heartgrey 🩶 heartwhite 🤍 bomb 💣 speechbubble 💬 eyeinspeechbubble 👁️‍🗨️ headphones 🎧
idea 💡 punch 🥊 call 🤙 highfive ✋ hi 👋 rock 🤘 selfie 🤳 facepalm 🤦 fingerscrossed 🤞 clap 👏 vulcansalute 🖖
rightwardshand 🫱 leftwardshand 🫲 palmdownhand 🫳 palmuphand 🫴 pushright 🫸 pushleft 🫷 ok 👌 pinchedfingers 🤌 victory ✌️
crossedfingers 🤞 fingerheart 🫰 pointleftindex 👈 pointrightindex 👉 pointdownindex 👇 pointupindex ☝️ poke 🫵 yes 👍 no 👎
raisedfist ✊ clappinghands 👏 handsinair 🙌 hearthands 🫶 handshake 🤝 praying 🙏 selfiehand 🤳 muscle 💪 anatomicalheart 🫀
lungs 🫁 bitinglip 🫦 dropthemic 🎤 launch 🚀
"""
_CODED = """
1f603_grinningfacewithbigeyes 1f601_beamingfacewithsmilingeyes 1f618_facethrowingakiss 1f61a_kissingfacewithclosedeyes
1f619_kissingfacewithsmilingeyes 1f61b_facewithtongue 1f92a_zanyface 1f911_moneymouthface 1f917_huggingface
1f910_zippermouthface 1f62c_grimacingface 1f925_lyingface 1f924_droolingface 1f637_facewithmedicalmask
1f915_facewithheadbandage 1f922_nauseatedface 1f927_sneezingface 1f975_hotface 1f635_dizzyface 1f92f_explodinghead
1f920_facewithcowboyhat 1f9d0_facewithmonocle 2639_frowningface 1f62f_hushedface 1f632_astonishedface 1f97a_pleadingface
1f626_frowningfacewithopenmouth 1f627_anguishedface 1f630_anxiousfacewithsweat 1f625_sadbutrelievedface 1f62b_tiredface
1f971_yawningface 1f624_facewithlookoftriumph 1f47f_angryfacewithhorns 2620_skullandcrossbones 1f921_clownface
1f479_japaneseogre 1f47a_japanesegoblin 1f47d_extraterrestrialalien 1f47e_alienmonster 1f639_catwithtearsofjoy
1f63c_catwithwrysmile 1f63d_kissingcat 1f640_wearycat 1f63e_poutingcat 1f498_heartwitharrow 1f49d_heartwithribbon
1f493_beatingheart 1f49e_revolvinghearts 1f49f_heartdecoration 2763_heartexclamation 1f4af_hundredpointssymbol
1f4a2_angersymbol 1f4a5_collisionsymbol 1f4ab_dizzysymbol 1f4a6_splashingsweatsymbol 1f4a8_dashsymbol 1f573_hole
1f5e8_leftspeechbubble 1f5ef_rightangerbubble 1f4ad_thoughtballoon 1f4a4_zzz 1f44b_wavinghand 1f91a_raisedbackofhand
1f590_handwithfingerssplayed 270b_raisedhand 1f90f_pinchinghand 1f91f_loveyougesture 1f918_signofthehorns 1f919_callmehand
1f446_backhandindexpointingup 1f450_openhands 1f932_palmsuptogether 270d_writinghand 1f485_nailpolish 1f9be_mechanicalarm
1f9bf_mechanicalleg 1f9b5_leg 1f9b6_foot 1f442_ear 1f9bb_earwithhearingaid 1f443_nose 1f9e0_brain 1f9b7_tooth 1f9b4_bone
1f441_eye 1f445_tongue 1f444_mouth 1f44a_oncomingfist 1f91b_leftfacingfist 1f91c_rightfacingfist 1f440_eyes
2705_whiteheavycheckmark 1f4cc_pushpin
"""


def reaction_from_teams(name: str) -> str | None:
    """None for those that an organization made for itself, and for pictures that no emoji is."""
    match = _ID.fullmatch(name)
    base = match and (_words().get(match["name"]) or _coded(match["name"]))
    if not match or not base:
        return None
    tone = _TONES[int(match["tone"]) - 1] if match["tone"] else ""
    return normal(base[0] + tone + base[1:].removeprefix("\ufe0f") if tone else base) or None


def reaction_to_teams(emoji: str) -> str | None:
    """Teams' id of an emoji, in any skin tone; None where the reference's smileys, hearts and hands don't have it."""
    return _ids().get(_bare(_TONE.sub("", emoji)))


def _coded(name: str) -> str:
    """What the code points in front say; empty where they say no emoji."""
    match = _CODE.fullmatch(name)
    run = match["points"].replace("_", "") if match else ""
    points = _POINT.findall(run)
    if not run or "".join(points) != run:
        return ""
    return normal("".join(chr(int(point, 16)) for point in points))


def _bare(emoji: str) -> str:
    return emoji.replace("\ufe0f", "")


@cache
def _words() -> dict[str, str]:
    words = f"{_FIRST} {_WORDS}".split()
    return dict(zip(words[::2], words[1::2], strict=True))


@cache
def _ids() -> dict[str, str]:
    """The first that means an emoji is its own."""
    results: dict[str, str] = {}
    for name in [*_FIRST.split()[::2], *_CODED.split(), *_WORDS.split()[::2]]:
        results.setdefault(_bare(reaction_from_teams(name) or ""), name)
    return results
