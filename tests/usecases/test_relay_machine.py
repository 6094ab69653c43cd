"""Whatever is written, changed, replayed, held up or cut short, in any order: once on each side, in order, then silence.

Two Slack workspaces, Teams, mail and the browser in one chat. The table in memory takes milliseconds for each call, so that a
run plays a tenth of the stories and `make test-long` all of them. As many as one likes, ever new ones:

    TEST_LONG=1 RELAY_EXAMPLES=2000 .venv/bin/pytest tests/usecases/test_relay_machine.py
"""

import os
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.identities import Identity
from chalicelib.domain.messages import Message
from chalicelib.ports import RelayLater, ReplyLost
from tests.support.effort import giant
from tests.support.relay_by_mail import MailSide, relaying_with_mail
from tests.support.relay_in_memory import DANA, JONAS, OLAF, Crash, Fault, Post, Relay

pytestmark = [pytest.mark.slow, pytest.mark.requirement("A26", "A27", "A35", "A36")]
EXAMPLES = int(os.environ.get("RELAY_EXAMPLES", "250"))
PEOPLE = (DANA, OLAF, JONAS)
FAULTS = ("later", "done", "crash", "crash done")
MAIL_FAULTS = ("not taken", "lost")
_which = st.integers(0, 9)
_person = st.sampled_from(PEOPLE)
_steps = st.one_of(
    st.tuples(st.just("writes"), st.none(), _which),
    st.tuples(st.just("says"), _person, _which),
    st.tuples(st.sampled_from(("edits", "deletes", "reacts")), st.none(), _which),
    st.tuples(st.just("works"), _person, _which),
    st.tuples(st.sampled_from(("arrives", "replays", "settles")), st.none(), _which),
    st.tuples(st.sampled_from(("mails", "mails again", "minute", "mail fault")), st.none(), _which),
    st.tuples(st.just("fault"), _person, st.integers(0, len(FAULTS) - 1)),
)


@dataclass
class Story:
    relay: Relay
    mail: MailSide
    mailed: list[str] = field(default_factory=list)
    lost: int = 0
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
            {
                "writes": self._writes,
                "arrives": self._arrives,
                "replays": self._replays,
                "settles": self._settles,
                "mails": self._mails,
                "mails again": self._mails_again,
                "minute": self._minute,
                "mail fault": self._mail_fault,
            }[what](which)

    def _writes(self, which: int) -> None:
        message = self.relay.writes(f"text {self.count}")
        self.own[message.id] = message

    def _mails(self, which: int) -> None:
        self.mailed.append(f"mailed {self.count}")
        self.mail.says(self.mailed[-1])

    def _mails_again(self, which: int) -> None:
        if self.mail.sent:
            self.mail.brings(which % len(self.mail.sent))

    def _minute(self, which: int) -> None:
        self.mail.minute()

    def _mail_fault(self, which: int) -> None:
        fault = MAIL_FAULTS[which % len(MAIL_FAULTS)]
        self.lost += fault == "lost"
        self.mail.mailer.faults.append(fault)

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
        self._check_mailbox()
        calls = [self.relay.room(who).calls for who in PEOPLE]
        before = self.relay.messages()
        for who in PEOPLE:
            self.relay.room(who).faults.clear()
        self.relay.world.pass_time(minutes=10)
        mails = self.mail.mailbox()
        self.relay.replays()
        for number in range(len(self.mail.sent)):
            self.mail.brings(number)
        self.relay.settle()
        self.mail.minute(15)
        assert self.relay.messages() == before
        assert self.mail.mailbox() == mails, "silence"
        assert [self.relay.room(who).calls for who in PEOPLE] == calls, "silence"

    def _check_mailbox(self) -> None:
        """What Eva answered stands there once, in order; and what stands there now she was told once, in order."""
        self.mail.minute(11)
        self.mail.mailer.faults.clear()
        self.mail.minute(11)
        messages, told = self.relay.messages(), "\n".join(self.mail.mailbox())
        assert [item.text for item in messages if item.origin == self.mail.origin] == self.mailed
        expected = [item.text for item in messages if item.origin != self.mail.origin and not item.deleted_at]
        counts = {text: told.split("\n").count(text) for text in expected}
        assert all(count >= 1 for count in counts.values()), f"lost: {counts}"
        # A mail whose reply was lost goes once more, with all that stands in it: SES can't be asked whether it took one.
        assert all(count <= 1 + self.lost for count in counts.values()), f"doubled: {counts}"
        assert not any(text in told.split("\n") for text in self.mailed), "came back"
        if not self.lost:
            new = [text for text in expected if text.startswith(("text", "said"))]
            assert sorted(new, key=told.index) == new, "out of order"

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
    with relaying_with_mail(*PEOPLE) as mail:
        story = Story(mail.relay, mail)
        for step in steps:
            story.play(*step)
        story.check()
