"""Whatever comes in, in whatever order and however often: each mail that is taken is one message, and none causes more than one
mail to anybody."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.providers import Option
from tests.support.effort import giant
from tests.support.incoming_mails import DOMAIN, Mailroom, mail
from tests.support.sample_chat import GUEST, INVITED, MEMBER, Scene, played
from tests.usecases.test_chat_mails import joined_by_mail, minute

pytestmark = [pytest.mark.slow, pytest.mark.requirement("A43")]


@dataclass(frozen=True)
class Kind:
    """A mail as somebody sends it: `taken` if it becomes a message at once."""

    sender: str = GUEST
    headers: dict[str, str] = field(default_factory=dict)
    envelope: str = "somebody@mail.example"
    dmarc: str = "PASS"
    taken: bool = False
    to: str = GUEST


KINDS = {
    "Dana answers": Kind(taken=True),
    "Olaf answers, who takes part by mail": Kind(sender=INVITED, to=INVITED, taken=True),
    "Dana's server proves nothing": Kind(dmarc="GRAY"),
    "Dana from another address": Kind(sender="dana@private.example"),
    "somebody as Dana": Kind(sender=f'"{GUEST}" <eve@evil.example>'),
    "somebody as Dana, unproven": Kind(sender=GUEST, dmarc="FAIL"),
    "somebody else, unproven": Kind(sender="eve@evil.example", dmarc="FAIL"),
    "Dana with Olaf's token": Kind(to=INVITED),
    "two senders": Kind(sender=f"{GUEST}, {MEMBER}"),
    "Olaf's program is away": Kind(sender=INVITED, to=INVITED, headers={"Auto_Submitted": "auto-replied"}),
    "Olaf's mailbox is full": Kind(sender="MAILER-DAEMON@nord.example", to=INVITED, envelope=""),
    "a bounce as Olaf": Kind(sender=INVITED, to=INVITED, envelope="<>"),
    "a list": Kind(headers={"List_Id": "<talk.lists.example>"}),
    "our own mail": Kind(sender=f"invitations@{DOMAIN}"),
}


@dataclass
class Story:
    scene: Scene
    room: Mailroom
    addresses: dict[str, str]
    raws: list[tuple[bytes, Kind]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def comes(self, name: str) -> None:
        kind, number = KINDS[name], len(self.raws)
        text = f"words of mail number {number}"
        raw = mail(text, GUEST, self.addresses[kind.to], **{"From": kind.sender} | kind.headers)
        self.raws.append((raw, kind))
        if kind.taken:
            self.texts.append(text)
        self.brings(number)

    def brings(self, number: int) -> None:
        """And what it causes, at once and two minutes later."""
        raw, kind = self.raws[number]
        before = len(self.scene.world.mails())
        self.room.receives(raw, self.addresses[kind.to], kind.envelope, dmarc=kind.dmarc)
        minute(self.scene.world)
        caused = Counter(item.to for item in self.scene.world.mails()[before:])
        assert max(caused.values(), default=0) <= 1, (kind, caused)
        assert set(caused) <= {GUEST, INVITED}, "only who is in the chat by mail, or is asked"

    def again(self, which: int) -> None:
        if self.raws:
            self.brings(which % len(self.raws))


_steps = st.one_of(
    st.tuples(st.just("comes"), st.sampled_from(sorted(KINDS))),
    st.tuples(st.just("again"), st.integers(0, 9)),
)


@giant(150)
@given(st.lists(_steps, min_size=1, max_size=8))
def test_each_mail_that_is_taken_is_one_message_and_causes_one_mail_at_most(steps: list[tuple[str, str | int]]) -> None:
    with played() as scene:
        room = Mailroom(scene.world)
        scene.world.use(configured=frozenset(Option))
        joined_by_mail(scene, room)
        minute(scene.world)
        addresses = {GUEST: room.address(scene.chat, scene.joined), INVITED: room.address(scene.chat, scene.invitation)}
        before, story = scene.lines(scene.owner), Story(scene, room, addresses)
        for _, which in steps:
            story.again(which) if isinstance(which, int) else story.comes(which)
        assert scene.lines(scene.owner)[len(before) :] == story.texts
