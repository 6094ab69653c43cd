"""What is seen of each thing at a played side, found out by doing it."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from chalicelib.domain.identities import Identity
from chalicelib.domain.providers import Via
from chalicelib.domain.relaying import SupportLevel
from chalicelib.ports import NotTaken, OutgoingFile, OutgoingMessage, RelayAdapter

LINE = OutgoingMessage(id="m-1", author="Mia", via=Via.WEBTOP, text="Hello")


class Seen:
    """One side with one chat in it, and the texts that stand there."""

    def __init__(self, chat: Any, me: Identity) -> None:
        self.chat, self.me = chat, me
        self.side: RelayAdapter = chat.side

    def posts(self, **changes: Any) -> Any:
        return self.side.post(self.me, self.chat.thread, replace(LINE, **changes))[0]

    def shown(self) -> list[Any]:
        return [item for item in self.chat.shown() if "Hello" in item["text"] or "Changed" in item["text"]]


def _file(seen: Seen) -> SupportLevel:
    """Whether the bytes stand there, or an address of ours, or a name alone."""
    carrier = seen.side.files
    file = OutgoingFile(name="plan.png", size=3, signature="Mia (Webtop)", url="https://chat.example/files/f1")
    if carrier is None:
        return SupportLevel.AS_NAME
    remote_id = carrier.finish(seen.me, seen.chat.thread, carrier.begin(seen.me, file), file, lambda: b"abc")
    if any(file["id"] == remote_id for item in seen.chat.shown() for file in item.get("files", [])):
        return SupportLevel.FULLY
    return SupportLevel.AS_LINK if file.url in str(seen.chat.shown()[-1].get("attachments")) else SupportLevel.NOT


def _reply(seen: Seen) -> SupportLevel:
    """Whether that side quotes by itself, or the quoted line stands in front."""
    answered = seen.posts()
    seen.posts(reply_author="Jo", reply_text="Before", reply_id=answered.id)
    shown = seen.shown()[-1]
    if shown.get("quoted"):
        return SupportLevel.FULLY
    return SupportLevel.AS_QUOTE if "Jo: Before" in shown["text"] else SupportLevel.NOT


def ways(seen: Seen) -> dict[str, SupportLevel]:
    existing = seen.posts()
    assert seen.side.edit(seen.me, existing, replace(LINE, text="Changed")) == ""
    edited = "Changed" in seen.shown()[0]["text"]
    with suppress(NotTaken):
        seen.side.react(seen.me, existing, "👀", True)
    reacted = any(seen.shown()[0].get(name) for name in ("reactions", "bot_reactions"))
    seen.side.delete(seen.me, existing)
    deleted = seen.shown() == []
    replied = _reply(seen)
    seen.posts(text="Hello @Olivia", mentions=(("olivia", "Olivia"),))
    mentioned = seen.shown()[-1]["text"]
    return {
        "text": SupportLevel.FULLY,
        "edits": SupportLevel.FULLY if edited else SupportLevel.NOT,
        "deletions": SupportLevel.FULLY if deleted else SupportLevel.NOT,
        "replies": replied,
        "reactions": SupportLevel.EACH_ONCE if reacted else SupportLevel.NOT,
        "mentions": SupportLevel.FULLY
        if "<@UACMEOLIVIA>" in mentioned
        else SupportLevel.AS_NAME
        if "Olivia" in mentioned
        else SupportLevel.NOT,
        "files": _file(seen),
    }
