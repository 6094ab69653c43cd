"""Makes an `OutgoingMail` of the templates in a mail's folder, subject, text and HTML, in the reader's language."""

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING

from ..domain.people import locale_or
from ..ports import MailDraft, OutgoingMail
from .languages import text
from .sanitize import LONGEST, sanitize

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "mail"
SUBJECT = 78
_SHORTER = (LONGEST, 36, 28, 22, 16, 10)
_BY_A_PROGRAM = (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"))


def compose(draft: MailDraft) -> OutgoingMail:
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


def _subject(draft: MailDraft) -> str:
    """One line that fits; what people typed is cut further until it does."""
    for longest in _SHORTER:
        subject = " ".join(_rendered(draft, "subject.txt", longest).split())
        if len(subject) <= SUBJECT:
            break
    return subject


def _text(draft: MailDraft) -> str:
    return re.sub(r"\n{3,}", "\n\n", _rendered(draft, "body.txt")).strip() + "\n"


def _rendered(draft: MailDraft, part: str, longest: int = LONGEST) -> str:
    typed = {name: sanitize(text, longest) or _unnamed(name, draft.locale) for name, text in draft.typed.items()}
    template = environment().get_template(f"{draft.template}/{part}")
    answers = bool(draft.reply_to)
    return template.render(typed | dict(draft.facts), answers=answers, locale=locale_or(draft.locale, "en"))


def _unnamed(name: str, locale: str) -> str:
    """What stands where a name had nothing in it that may stand in a mail; a chat without a name stays without."""
    if name == "name":
        return text("Someone", locale)
    return text("a workspace without a name", locale) if name == "workspace" else ""


def _unsubscribe(url: str) -> tuple[tuple[str, str], ...]:
    """One-click, as RFC 8058 says."""
    return (("List-Unsubscribe", f"<{url}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")) if url else ()


@functools.cache
def environment() -> "Environment":
    from .environment import environment as read

    return read(TEMPLATES)
