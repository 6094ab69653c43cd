"""Makes an `OutgoingMail` of the templates in a mail's folder, subject, text and HTML, in the reader's language."""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..domain.people import locale_or
from ..ports import OutgoingMail
from .languages import text
from .sanitize import LONGEST, sanitize

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "mail"
SUBJECT = 78
_SHORTER = (LONGEST, 36, 28, 22, 16, 10)
_BY_A_PROGRAM = (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one mail says and to whom. `typed` is what people typed, and is cleaned here; `facts` are ours."""

    template: str
    to: str
    locale: str
    typed: Mapping[str, str]
    facts: Mapping[str, object]
    from_name: str = ""
    reply_to: str = ""
    unsubscribe_url: str = ""
    tags: Sequence[tuple[str, str]] = ()


def compose(draft: Draft) -> OutgoingMail:
    return OutgoingMail(
        to=draft.to,
        from_name=draft.from_name or "Webtop",
        subject=_subject(draft),
        text=_text(draft),
        html=_rendered(draft, "body.html"),
        reply_to=draft.reply_to,
        headers=_BY_A_PROGRAM + _unsubscribe(draft.unsubscribe_url),
        tags=tuple(draft.tags),
    )


def _subject(draft: Draft) -> str:
    """One line that fits; what people typed is cut further until it does."""
    for longest in _SHORTER:
        subject = " ".join(_rendered(draft, "subject.txt", longest).split())
        if len(subject) <= SUBJECT:
            break
    return subject


def _text(draft: Draft) -> str:
    return re.sub(r"\n{3,}", "\n\n", _rendered(draft, "body.txt")).strip() + "\n"


def _rendered(draft: Draft, part: str, longest: int = LONGEST) -> str:
    typed = {name: sanitize(text, longest) or _unnamed(name, draft.locale) for name, text in draft.typed.items()}
    template = environment().get_template(f"{draft.template}/{part}")
    answers = bool(draft.reply_to)
    return template.render(typed | dict(draft.facts), answers=answers, locale=locale_or(draft.locale, "en"))


def _unnamed(name: str, locale: str) -> str:
    """What stands where a name had nothing in it that may stand in a mail; a chat without a name stays without."""
    if name == "name":
        return text("Somebody", locale)
    return text("a workspace without a name", locale) if name == "workspace" else ""


def _unsubscribe(url: str) -> tuple[tuple[str, str], ...]:
    """One-click, as RFC 8058 says."""
    return (("List-Unsubscribe", f"<{url}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")) if url else ()


@functools.cache
def environment() -> "Environment":
    from .environment import environment as read

    return read(TEMPLATES)
