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


def _carries(seen: Seen) -> bool:
    """Whether the bytes stand there, and not only a name."""
    carrier, file = seen.side.files, OutgoingFile(name="plan.png", size=3, signature="Mia (Webtop)")
    if carrier is None:
        return False
    begun = carrier.begin(seen.me, file)
    carrier.finish(seen.me, seen.chat.thread, begun, file, b"abc")
    return any(file["id"] == begun[0] for item in seen.chat.shown() for file in item.get("files", []))


def ways(seen: Seen) -> dict[str, SupportLevel]:
    existing = seen.posts()
    assert seen.side.edit(seen.me, existing, replace(LINE, text="Changed")) == ""
    edited = "Changed" in seen.shown()[0]["text"]
    with suppress(NotTaken):
        seen.side.react(seen.me, existing, "👀", True)
    reacted = bool(seen.shown()[0].get("reactions"))
    seen.side.delete(seen.me, existing)
    deleted = seen.shown() == []
    seen.posts(reply_author="Jo", reply_text="Before")
    quoted = "Jo: Before" in seen.shown()[0]["text"]
    seen.posts(text="Hello @Olivia", mentions=(("olivia", "Olivia"),))
    mentioned = seen.shown()[-1]["text"]
    seen.posts(text="Hello\n(file: plan.png)")
    # The name stands there, but not as an address.
    named = "(file: plan" in seen.shown()[-1]["text"]
    return {
        "text": SupportLevel.FULLY,
        "edits": SupportLevel.FULLY if edited else SupportLevel.NOT,
        "deletions": SupportLevel.FULLY if deleted else SupportLevel.NOT,
        "replies": SupportLevel.AS_QUOTE if quoted else SupportLevel.NOT,
        "reactions": SupportLevel.EACH_ONCE if reacted else SupportLevel.NOT,
        "mentions": SupportLevel.FULLY
        if "<@UACMEOLIVIA>" in mentioned
        else SupportLevel.AS_NAME
        if "Olivia" in mentioned
        else SupportLevel.NOT,
        "files": SupportLevel.FULLY if _carries(seen) else SupportLevel.AS_NAME if named else SupportLevel.NOT,
    }
