"""A line from the inviter: up to 300 characters on one line, and nothing that anybody's reader would turn into a link."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from . import names
from .errors import wrong_field
from .workspaces import Workspace

LONGEST, MOST_SAVED = 300, 3
IN_MAIL_FROM = timedelta(days=7)
"""A new workspace's lines stand on the page alone: in mails they would be a spammer's present."""

_HIDDEN = {"Cf", "Cc", "Zl", "Zp"}
_SCHEME = re.compile(
    r"\b(?:https?|ftps?|file|mailto|javascript|vbscript|data|tel|sms|callto|skype|slack|msteams|whatsapp|tg):"
    r"|[\w+.-]:\s?//|(?:^|[^\w:/])//\w|\bwww\.",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[/!?]?[a-z]|\]\s*\(|\]\s*:|&#?\w{2,8};", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@]@[^\s@]")
_APART = re.compile(r"[^\w.-]+")
_STOPS = re.compile(r"[。．｡․﹒](?=[A-Za-z])")  # full stops of other scripts, before an ASCII ending
_KNOWN = (
    "com net org info biz edu gov mil int name pro mobi app dev page web site online shop store tech cloud click link "
    "live xyz top club vip work world today news blog email icu win bid loan men date stream download review trade "
    "party space fun host press website life rocks agency digital media studio design zone social chat group team zip "
    "mov ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca "
    "cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr "
    "ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm "
    "jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq "
    "mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa "
    "re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to "
    "tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw example рф рус укр бел 中国 公司 网络 香港 台湾 "
    "한국 भारत السعودية امارات "
)
_ENDINGS = frozenset(_KNOWN.split())
"""IANA's country codes, and the other endings that are most seen."""


def clean(text: str, field: str = "line", longest: int = LONGEST) -> str:
    """The line as it is kept, empty for none. 422 `too_long` and `link_in_line`."""
    text = names.tidy(text)
    if len(text) > longest:
        raise wrong_field(field, "too_long", "Use at most {most} characters.", most=longest)
    if has_link(text):
        raise wrong_field(field, "link_in_line", "Leave out links, addresses and markup: this line is plain words.")
    return text


def has_link(text: str) -> bool:
    """Whether some reader would show a link, an address or markup here; judged without letters that hide or turn text."""
    plain = unicodedata.normalize("NFKC", "".join(item for item in text if unicodedata.category(item) not in _HIDDEN))
    plain = _STOPS.sub(".", plain)
    if _SCHEME.search(plain) or _MARKUP.search(plain) or _ADDRESS.search(plain):
        return True
    return any(_is_host(word) for word in _APART.split(plain) if "." in word)


def saved(lines: Sequence[str]) -> tuple[str, ...]:
    """What a workspace keeps to choose from: at most three, each of 1 to 300 characters."""
    if len(lines) > MOST_SAVED:
        raise wrong_field("items", "too_many", "Keep at most {most} lines.", most=MOST_SAVED)
    kept = tuple(clean(line, f"items[{at}]") for at, line in enumerate(lines))
    for at, line in enumerate(kept):
        if not line:
            raise wrong_field(f"items[{at}]", "empty", "Write a line, or leave it out.")
    return kept


def is_mailed(workspace: Workspace, owner_confirmed: bool, now: datetime) -> bool:
    """Whether a mail carries the line: the workspace is seven days old, and its owner's address confirmed."""
    return owner_confirmed and now >= workspace.created_at + IN_MAIL_FROM


def _is_host(word: str) -> bool:
    """`evil-site.com`, `www.evil.co.uk`; not `e.g`, `1.2.2026` or `v2.0`."""
    labels = word.lower().strip(".-_").split(".")
    last = labels[-1]
    known = last in _ENDINGS or last.startswith("xn--")
    return known and len(labels) > 1 and labels[-2] != "" and not all(label.isdigit() for label in labels[:-1])
