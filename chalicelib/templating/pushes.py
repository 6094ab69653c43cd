"""What a push says: JSON for the page's service worker, in the reader's language, and no longer than a push may be."""

import json
from typing import Any

from ..domain.pushes import PushNote
from . import languages

_LONGEST = 3993
"""Bytes, as push services take them: see `gateways/pushes.py`."""


class PushTexts:
    def payload(self, note: PushNote) -> str:
        """`account_id` is whose push it is; `count`: what is unread in the chat, where the text doesn't say so; `tag`: a newer one
        of the chat takes its place; `url`: what a click opens."""
        fields = _summary(note) if not note.author else _message(note) if note.shows_text else _hidden(note)
        rest = {
            "account_id": note.account_id,
            "chat_id": note.chat_id,
            "seq": note.seq,
            "count": note.count if note.author else 1,
            "tag": note.chat_id if note.chats == 1 else "summary",
            "url": f"/chats/{note.chat_id}" if note.chats == 1 else "/chats",
        }
        return _fitting({**rest, **fields})


def _message(note: PushNote) -> dict[str, Any]:
    return {"title": note.title, "author": note.author if note.is_group else "", "text": note.text}


def _hidden(note: PushNote) -> dict[str, Any]:
    """For a locked screen: neither who wrote, nor where, nor what."""
    return {"title": "Webtop", "author": "", "text": languages.text("New message", note.locale)}


def _summary(note: PushNote) -> dict[str, Any]:
    if note.count == 1:
        text = languages.text("One new message", note.locale)
    else:
        text = languages.text("{n} new messages", note.locale, n=note.count)
    return {"title": (note.title if note.shows_text else "") or "Webtop", "author": "", "text": text}


def _fitting(fields: dict[str, Any]) -> str:
    """Names are short by themselves; of the text as much as there is room for, in whole characters."""
    written = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    text = fields["text"]
    while text and len(written.encode()) > _LONGEST:
        over = len(written.encode()) - _LONGEST
        text = text[: max(0, len(text) - over // 4 - 1)]
        written = json.dumps({**fields, "text": f"{text}…"}, ensure_ascii=False, separators=(",", ":"))
    return written
