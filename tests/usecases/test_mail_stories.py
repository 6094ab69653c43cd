"""Any story of mails: doubles, reordering, forged senders, machines and bounces. Each accepted mail is exactly one message, and no
mail causes more than one."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.providers import Option
from chalicelib.events import schedule
from tests.support import rights
from tests.support.effort import giant
from tests.support.incoming_mails import Mailroom, mail
from tests.support.sample_chat import GUEST, INVITED, Scene, played

EXAMPLES = 100
EVE = "eve@evil.example"
SENDERS = (GUEST, INVITED, EVE)
_steps = st.one_of(
    st.tuples(st.just("mail"), st.sampled_from(SENDERS), st.booleans(), st.booleans(), st.booleans()),
    st.tuples(st.just("again"), st.integers(0, 9)),
    st.tuples(st.just("writes")),
    st.tuples(st.just("minutes"), st.integers(1, 4)),
    st.tuples(st.just("bounces")),
)


@dataclass
class Story:
    """Dana is in the chat, Olaf takes part by mail; Eve knows both of their addresses to answer to."""

    scene: Scene
    room: Mailroom
    to: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[bytes, str, str, bool]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.to = {
            GUEST: self.room.address(self.scene.chat, self.scene.joined),
            INVITED: self.room.address(self.scene.chat, self.scene.invitation),
        }

    def play(self, step: tuple[object, ...]) -> None:
        match step:
            case ("mail", str(sender), bool(proven), bool(automatic), bool(to_guest)):
                self._mail(sender, proven, automatic, GUEST if to_guest else INVITED)
            case ("again", int(which)) if self.sent:
                self._receives(*self.sent[which % len(self.sent)])
            case ("writes",):
                self.written.append(f"written {len(self.written):03}")
                self.scene.owner.post(f"{self.scene.base}/messages", {"text": self.written[-1]})
                self.scene.world.settle()
            case ("minutes", int(minutes)):
                self.minute(minutes)
            case ("bounces",):
                self._receives(
                    mail("Undelivered", "mailer-daemon@mail.example", self.to[GUEST]), "", self.to[GUEST], True
                )

    def _mail(self, sender: str, proven: bool, automatic: bool, whose: str) -> None:
        text = f"answer {len(self.sent):03}"
        headers = {"Auto_Submitted": "auto-replied"} if automatic else {}
        self.sent.append((mail(text, sender, self.to[whose], **headers), sender, self.to[whose], proven))
        if proven and not automatic and sender == whose:
            self.accepted.append(text)
        self._receives(*self.sent[-1])

    def _receives(self, raw: bytes, envelope: str, to: str, proven: bool) -> None:
        before = Counter(item.to for item in self.scene.world.mails())
        self.room.receives(raw, to, envelope, dmarc="PASS" if proven else "FAIL")
        caused = Counter(item.to for item in self.scene.world.mails()) - before
        assert sum(caused.values()) <= 1
        assert set(caused) <= {GUEST, INVITED}

    def minute(self, minutes: float) -> None:
        self.scene.world.pass_time(minutes=minutes)
        with rights.acting_as("minutely"):
            schedule.minutely()
        self.scene.world.settle()

    def check(self) -> None:
        for _ in range(3):
            self.minute(5)
        lines = self.scene.lines(self.scene.owner)
        said = [line for line in lines if line.startswith("answer ")]
        assert sorted(said) == sorted(self.accepted)
        told = "".join(item.text for item in self.scene.world.mails(INVITED))
        assert [told.count(text) for text in self.written] == [1] * len(self.written)
        own = [text for text in self.accepted if told.count(text)]
        assert all(told.count(text) == 1 for text in own)


@pytest.mark.requirement("A43")
@giant(EXAMPLES)
@given(st.lists(_steps, min_size=1, max_size=8))
def test_any_story_of_mails_has_each_accepted_one_once_and_causes_no_more_than_one(
    steps: list[tuple[object, ...]],
) -> None:
    with played() as scene:
        room = Mailroom(scene.world)
        scene.world.use(configured=frozenset(Option))
        assert scene.world.call("POST", f"/join/{scene.link}/mail", {"name": "Olaf"}).status == 201
        scene.world.settle()
        story = Story(scene, room)
        for step in steps:
            story.play(step)
        story.check()
