"""Whatever is written, changed, replayed, held up or cut short, in any order: once on each side, in order, then silence.

Two Slack workspaces and Teams in one chat. The table in memory takes milliseconds for each call, so that a run plays a
tenth of the stories and `make test-long` all of them.
"""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.identities import Identity
from chalicelib.domain.messages import Message
from chalicelib.ports import RelayLater, ReplyLost
from tests.support.effort import giant
from tests.support.relay_in_memory import DANA, JONAS, OLAF, Crash, Fault, Post, Relay, relaying

pytestmark = [pytest.mark.slow, pytest.mark.requirement("A26", "A27", "A35", "A36")]
EXAMPLES = 250
PEOPLE = (DANA, OLAF, JONAS)
FAULTS = ("later", "done", "crash", "crash done")
_which = st.integers(0, 9)
_person = st.sampled_from(PEOPLE)
_steps = st.one_of(
    st.tuples(st.just("writes"), st.none(), _which),
    st.tuples(st.just("says"), _person, _which),
    st.tuples(st.sampled_from(("edits", "deletes", "reacts")), st.none(), _which),
    st.tuples(st.just("works"), _person, _which),
    st.tuples(st.sampled_from(("arrives", "replays", "settles")), st.none(), _which),
    st.tuples(st.just("fault"), _person, st.integers(0, len(FAULTS) - 1)),
)


@dataclass
class Story:
    relay: Relay
    own: dict[str, Message] = field(default_factory=dict)
    theirs: list[tuple[Identity, str]] = field(default_factory=list)
    cut_short: Counter[Identity] = field(default_factory=Counter)
    count: int = 0

    def play(self, what: str, who: Identity | None, which: int) -> None:
        self.count += 1
        if what in ("edits", "deletes", "reacts"):
            self._change(what, which)
        elif who:
            {"says": self._says, "works": self._works, "fault": self._fault}[what](who, which)
        else:
            {"writes": self._writes, "arrives": self._arrives, "replays": self._replays, "settles": self._settles}[
                what
            ](which)

    def _writes(self, which: int) -> None:
        message = self.relay.writes(f"text {self.count}")
        self.own[message.id] = message

    def _says(self, who: Identity, which: int) -> None:
        self.theirs.append((who, self.relay.says(who, f"said {self.count}")))

    def _change(self, what: str, which: int) -> None:
        """Of one of Mara's messages, or of one that somebody wrote in their own application."""
        choice: list[Message | tuple[Identity, str]] = [*self.own.values(), *self.theirs]
        if not choice:
            return
        item = choice[which % len(choice)]
        text = f"changed {self.count}"
        if isinstance(item, tuple):
            who, remote_id = item
            remote_post = next(post for post in self.relay.room(who).posts if post.id == remote_id)
            if not remote_post.deleted and what != "reacts":
                remote_post.deleted, remote_post.text = what == "deletes", text
                self.relay.receives(who, "deleted" if what == "deletes" else "edited", remote_id, text)
        elif what == "deletes":
            self.relay.deletes(self.own.pop(item.id))
        elif what == "edits":
            self.relay.edits(item, text)
        else:
            self.relay.reacts(item, on=which % 3 > 0)

    def _works(self, who: Identity, which: int) -> None:
        """One destination goes ahead of the others."""
        self.relay.world.settle_stream()
        for group in self.relay.free():
            if group.startswith((who.key, f"in {who.provider} {who.tenant}")):
                self.relay.step(group)

    def _arrives(self, which: int) -> None:
        self.relay.world.settle_stream()

    def _replays(self, which: int) -> None:
        ever = self.relay.queue.ever
        if ever:
            self.relay.queue.again(*ever[which % len(ever)])

    def _settles(self, which: int) -> None:
        self.relay.settle()

    def _fault(self, who: Identity, which: int) -> None:
        kind = FAULTS[which]
        later, crash = RelayLater(20, "500"), Crash()
        faults: dict[str, Fault | tuple[str, Fault]] = {
            "later": later,
            "done": ("done", ReplyLost(20, "500")),
            "crash": crash,
            "crash done": ("done", crash),
        }
        self.relay.room(who).faults.append(faults[kind])
        self.cut_short[who] += kind in ("done", "crash done")

    def check(self) -> None:
        self.relay.settle()
        for who in PEOPLE:
            self._check_room(who)
        calls = [self.relay.room(who).calls for who in PEOPLE]
        before = self.relay.messages()
        for who in PEOPLE:
            self.relay.room(who).faults.clear()
        self.relay.world.pass_time(minutes=10)
        self.relay.replays()
        assert self.relay.messages() == before
        assert [self.relay.room(who).calls for who in PEOPLE] == calls, "silence"

    def _check_room(self, who: Identity) -> None:
        posts = self.relay.room(who).posts
        copies = [item for item in posts if item.of]
        doubled = len(copies) - len({relayed.of for relayed in copies})
        assert doubled <= (self.cut_short[who] if who is JONAS else 0)
        expected = [item for item in self.relay.messages() if item.origin != who.key]
        by_id: dict[str, Post] = {relayed.of: relayed for relayed in copies}
        for message in expected:
            post = by_id.get(message.id)
            if message.deleted_at is None:
                assert post is not None, "lost"
                assert (post.text, post.deleted) == (message.text, False)
            elif post is not None and doubled == 0:
                assert post.deleted
        order = [item.id for item in expected]
        assert [order.index(relayed.of) for relayed in copies] == sorted(order.index(relayed.of) for relayed in copies)
        messages = [item for item in self.relay.messages() if item.origin == who.key]
        said = [item for item in posts if not item.of]
        assert [(item.text, False) if item.deleted_at is None else ("", True) for item in messages] == [
            ("" if item.deleted else item.text, item.deleted) for item in said
        ]


@giant(EXAMPLES)
@given(st.lists(_steps, min_size=1, max_size=9))
def test_any_story_ends_with_each_message_once_everywhere(steps: list[tuple[str, Identity | None, int]]) -> None:
    with relaying(*PEOPLE) as relay:
        story = Story(relay)
        for step in steps:
            story.play(*step)
        story.check()
