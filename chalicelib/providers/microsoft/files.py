"""Files in somebody's Teams: read from where Teams says they are; ours stand there as cards that lead to us.

learn.microsoft.com, "Send and receive files through a bot" (as of November 2026). A bot can put a file into Teams only with each
reader's consent, into their own OneDrive; so a card has its name and its address here, which asks who one is. What somebody sends
comes in one of two ways: a picture that was pasted is given out for the bot's token, at the connector that says so; any other file
at an address in SharePoint that lives for a short while, is good for anybody, and must never see that token.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from ...domain.identities import Identity
from ...domain.relaying import RemoteFile, RemoteMessageRef
from ...gateways import downloads
from ...ports import OutgoingFile
from . import signatures
from .settings import Teams

_REDIRECTS = 3
Post = Callable[[Identity, dict[str, Any]], str]


class TeamsFiles:
    def __init__(
        self, chosen: Teams, token: Callable[[], str], post: Post, delete: Callable[[Identity, str], None]
    ) -> None:
        """`token()` is the bot's; `post(identity, activity)` returns the activity's id there."""
        self._teams, self._token, self._post, self._delete = chosen, token, post, delete

    def begin(self, identity: Identity, file: OutgoingFile) -> tuple[str, str]:
        """A card is there at once or not at all."""
        return "", ""

    def finish(
        self,
        identity: Identity,
        thread: RemoteMessageRef,
        begun: tuple[str, str],
        file: OutgoingFile,
        content: Callable[[], bytes],
    ) -> str:
        return self._post(identity, {"type": "message", "attachments": [card(file)]})

    def is_shared(self, identity: Identity, thread: RemoteMessageRef, remote_id: str) -> bool:
        """Teams can't be asked what is there: at most one double for each failure."""
        return False

    def look(self, identity: Identity, file: RemoteFile) -> RemoteFile:
        return file

    def read(self, identity: Identity, file: RemoteFile, most: int) -> bytes:
        return downloads.read(self._for_token(file) if file.needs_token else self._for_anybody(file), most)

    def delete(self, identity: Identity, channel_id: str, remote_id: str) -> None:
        self._delete(identity, remote_id)

    def _for_token(self, file: RemoteFile) -> downloads.Source:
        is_ours = partial(signatures.is_known, self._teams)
        # The token is asked for only where it may go.
        headers = {"Authorization": f"Bearer {self._token()}"} if is_ours(file.url) else {}
        return downloads.Source(whose="Teams", address=file.url, is_allowed=is_ours, headers=headers)

    def _for_anybody(self, file: RemoteFile) -> downloads.Source:
        return downloads.Source(
            whose="Teams",
            address=file.url,
            is_allowed=partial(downloads.is_on, self._teams.file_hosts),
            redirects=_REDIRECTS,
            is_page=file.type == "text/html",
        )


def card(file: OutgoingFile) -> dict[str, Any]:
    """An adaptive card. Its texts are `TextRun`s, in which nothing is Markdown: a file's name is no link."""
    about = [
        _line(file.name, weight="Bolder"),
        *([_line(file.alt, italic=True)] if file.alt else []),
        _line(f"{_size(file.size)} · {file.signature}", size="Small", isSubtle=True),
    ]
    content = {
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": file.name,
        "body": about,
        "actions": [{"type": "Action.OpenUrl", "title": f"📎 {file.name}", "url": file.url}],
    }
    return {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}


def _line(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}


def _size(size: int) -> str:
    """Of up to three figures, without a sign that differs between languages."""
    unit, divisor = ("KB", 1024) if size < 1024 * 1024 else ("MB", 1024 * 1024)
    return f"{max(1, round(size / divisor))} {unit}"
