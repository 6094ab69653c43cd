"""What is seen of each thing at a played side, found out by doing it."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from chalicelib.domain.identities import Identity
from chalicelib.domain.people import Via
from chalicelib.domain.relaying import Way
from chalicelib.ports import Line, NotTaken, RelaySide

LINE = Line(id="m-1", author="Mia", via=Via.WEBTOP, text="Hello")


class Seen:
    """One side with one chat in it, and the texts that stand there."""

    def __init__(self, chat: Any, me: Identity) -> None:
        self.chat, self.me = chat, me
        self.side: RelaySide = chat.side

    def posts(self, **changes: Any) -> Any:
        return self.side.post(self.me, self.chat.thread, replace(LINE, **changes))[0]

    def shown(self) -> list[Any]:
        return [one for one in self.chat.shown() if "Hello" in one["text"] or "Changed" in one["text"]]


def ways(seen: Seen) -> dict[str, Way]:
    there = seen.posts()
    assert seen.side.edit(seen.me, there, replace(LINE, text="Changed")) == ""
    edited = "Changed" in seen.shown()[0]["text"]
    with suppress(NotTaken):
        seen.side.react(seen.me, there, "👀", True)
    reacted = bool(seen.shown()[0].get("reactions"))
    seen.side.delete(seen.me, there)
    deleted = seen.shown() == []
    seen.posts(reply_author="Jo", reply_text="Before")
    quoted = "Jo: Before" in seen.shown()[0]["text"]
    seen.posts(text="Hello @Olivia", mentions=(("olivia", "Olivia"),))
    mentioned = seen.shown()[-1]["text"]
    seen.posts(text="Hello\n(file: plan.png)")
    # The name stands there, but not as an address.
    named = "(file: plan" in seen.shown()[-1]["text"]
    return {
        "text": Way.FULLY,
        "edits": Way.FULLY if edited else Way.NOT,
        "deletions": Way.FULLY if deleted else Way.NOT,
        "replies": Way.AS_QUOTE if quoted else Way.NOT,
        "reactions": Way.EACH_ONCE if reacted else Way.NOT,
        "mentions": Way.FULLY if "<@UACMEOLIVIA>" in mentioned else Way.AS_NAME if "Olivia" in mentioned else Way.NOT,
        "files": Way.AS_NAME if named else Way.NOT,
    }
