"""From mail to Slack, Teams and the browser, and back: one place and one conversation, nothing lost, nothing twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.ends import EndReason
from chalicelib.domain.errors import Refusal
from chalicelib.domain.identities import Identity, Profile
from chalicelib.domain.messages import EventType, Message
from chalicelib.domain.outside import PersonRef
from chalicelib.domain.people import Account, Session, SignInMethod
from chalicelib.domain.providers import Provider, Via
from chalicelib.domain.schedule import compare
from chalicelib.ports import RelayLater
from chalicelib.usecases import ending, relay_compare, sessions, ways
from tests.support.effort import giant
from tests.support.relay_by_mail import EVA, MailSide, relaying_with_mail
from tests.support.relay_in_memory import DANA, NAMES, OLAF, Relay
from tests.support.sample_chat import OWNER

pytestmark = pytest.mark.requirement("A43")
IN_SLACK, IN_TEAMS = Identity(Provider.SLACK, "THOLM", "UEVA"), Identity(Provider.MICROSOFT, "holm", "eva")
NAMES |= {IN_SLACK: "Eva Holm", IN_TEAMS: "Eva Holm"}
BY_VIA = {Via.SLACK: IN_SLACK, Via.TEAMS: IN_TEAMS}


@dataclass
class Eva:
    """Takes part by mail, and has signed in with her own Slack and Teams, too."""

    mail: MailSide
    account: Account = field(init=False)
    session: Session = field(init=False)

    def __post_init__(self) -> None:
        ports = self.relay.world.ports
        account = ports.accounts.of(EVA)
        assert account
        self.account, self.session = account, sessions.begin(ports, account, SignInMethod.LINK).session

    def signs_in(self, *identities: Identity) -> None:
        for identity in identities:
            profile = Profile(identity=identity, name="Eva Holm", organization="Holm & Sons", email=EVA)
            assert self.relay.world.ports.identities.add(profile, self.account, is_new=False)

    @property
    def relay(self) -> Relay:
        return self.mail.relay

    def goes(self, via: str) -> None:
        self.relay.ticks()
        ways.choose(self.relay.world.ports, self.session, self.account, self.relay.chat, via)
        self.relay.settle()

    def offered(self) -> dict[str, bool]:
        """Each way, and whether one press is all that is missing."""
        _, _, options = ways.of_place(self.relay.world.ports, self.session, self.account, self.relay.chat)
        return {str(way.via): way.is_open for way in options}

    def writes(self, text: str) -> None:
        self.relay.writes(text)
        self.relay.settle()

    def shown(self, via: Via) -> list[str]:
        return self.relay.room(BY_VIA[via]).shown

    def told(self, text: str) -> int:
        """How often a mail told of it."""
        return "\n".join(self.mail.mailbox()).split("\n").count(text)

    def texts(self) -> list[str]:
        return [message.text for message in self.relay.messages() if not message.deleted_at]


@pytest.fixture
def eva() -> Iterator[Eva]:
    with relaying_with_mail(DANA, OLAF) as mail:
        eva = Eva(mail)
        eva.signs_in(IN_SLACK, IN_TEAMS)
        yield eva


@pytest.mark.parametrize("via", [Via.SLACK, Via.TEAMS])
class TestThereAndBack:
    def test_the_conversation_goes_on_there_in_order_and_no_mails_come(self, eva: Eva, via: Via) -> None:
        eva.writes("One")
        eva.mail.minute()
        eva.mail.says("Two, by mail")
        eva.relay.settle()
        eva.writes("Three, before the mail went")
        eva.goes(via)
        eva.writes("Four")
        eva.relay.says(BY_VIA[via], "Five, from there")
        eva.relay.settle()
        eva.mail.minute(15)
        whole = ["One", "Two, by mail", "Three, before the mail went", "Four", "Five, from there"]
        assert eva.texts() == whole
        assert eva.shown(via) == whole
        assert eva.relay.room(DANA).shown == whole
        assert [eva.told(text) for text in whole] == [1, 0, 0, 0, 0]

    def test_back_by_mail_only_what_is_unread_is_told_and_nothing_more_goes_there(self, eva: Eva, via: Via) -> None:
        eva.writes("One")
        eva.mail.minute()
        eva.goes(via)
        eva.writes("Two, there")
        eva.relay.says(BY_VIA[via], "Three, from there")
        eva.relay.settle()
        eva.writes("Four, unread there")
        eva.goes(Via.MAIL)
        eva.writes("Five, by mail")
        eva.mail.minute(15)
        eva.mail.says("Six, an answer")
        eva.relay.settle()
        whole = ["One", "Two, there", "Three, from there", "Four, unread there", "Five, by mail", "Six, an answer"]
        assert eva.texts() == whole
        assert [eva.told(text) for text in whole] == [1, 0, 0, 1, 1, 0]
        assert eva.shown(via) == whole[:4]
        assert eva.relay.told(EventType.JOINED).count("Eva Holm") == 1

    def test_there_a_second_time_the_thread_goes_on_where_it_was(self, eva: Eva, via: Via) -> None:
        for text, way in (("One", via), ("Two", Via.MAIL), ("Three", Via.WEBTOP), ("Four", via), ("Five", via)):
            eva.writes(text)
            eva.goes(way)
        eva.relay.replays()
        assert eva.shown(via) == ["One", "Two", "Three", "Four", "Five"]
        assert eva.relay.room(BY_VIA[via]).roots <= 1

    def test_what_waits_for_a_side_that_was_left_goes_there_no_more_and_nobody_calls_it_cut_off(
        self, eva: Eva, via: Via
    ) -> None:
        eva.goes(via)
        eva.writes("Arrives")
        eva.relay.room(BY_VIA[via]).faults.extend([RelayLater(600, "500"), None])
        eva.relay.writes("Waits")
        eva.relay.once()
        ways.choose(eva.relay.world.ports, eva.session, eva.account, eva.relay.chat, Via.MAIL)
        eva.relay.settle()
        eva.mail.minute(15)
        assert eva.shown(via) == ["Arrives"]
        assert eva.told("Waits") == 1
        assert eva.relay.told(EventType.DISCONNECTED) == []

    def test_what_is_said_in_the_old_thread_is_not_lost(self, eva: Eva, via: Via) -> None:
        eva.goes(via)
        eva.writes("One")
        mine = eva.relay.says(BY_VIA[via], "Two")
        eva.relay.settle()
        eva.goes(Via.MAIL)
        eva.relay.receives(BY_VIA[via], "edited", mine, "Two, corrected there")
        eva.relay.settle()
        assert eva.texts() == ["One", "Two, corrected there"]

    def test_its_own_application_is_seen_by_the_others(self, eva: Eva, via: Via) -> None:
        eva.goes(via)
        ports = eva.relay.world.ports
        invitation = ports.invitations.get(eva.relay.chat, eva.mail.invitation.id)
        assert invitation
        assert (invitation.via, invitation.identity, invitation.organization) == (
            via,
            BY_VIA[via].key,
            "Holm & Sons",
        )
        message = eva.relay.writes("Did it arrive?")
        eva.relay.settle()
        owner = eva.relay.world.signs_in(OWNER)
        items = owner.get(f"/chats/{eva.relay.chat}/messages/{message.id}/deliveries").json["items"]
        assert [(item["via"], item["state"]) for item in items if item["name"] == "Eva Holm"] == [
            (str(via), "delivered")
        ]


@pytest.mark.parametrize("now", [Via.MAIL, Via.WEBTOP, Via.TEAMS])
def test_what_is_taken_back_goes_from_where_they_read_before_too(eva: Eva, now: Via) -> None:
    message = eva.relay.writes("The code is 4711")
    eva.goes(Via.SLACK)
    eva.writes("Keep this")
    eva.goes(now)
    eva.relay.room(IN_SLACK).faults.append(RelayLater(20, "500"))
    eva.relay.deletes(message)
    eva.relay.settle()
    assert eva.shown(Via.SLACK) == ["Keep this"]
    assert eva.relay.told(EventType.DISCONNECTED) == []


def test_a_side_that_was_left_and_is_shut_troubles_nobody(eva: Eva) -> None:
    message = eva.relay.writes("The code is 4711")
    eva.goes(Via.SLACK)
    eva.goes(Via.MAIL)
    eva.relay.room(IN_SLACK).shut = "account_inactive"
    eva.relay.deletes(message)
    eva.relay.settle()
    assert eva.relay.told(EventType.DISCONNECTED) == []
    eva.relay.slack.away.add(IN_SLACK)
    eva.relay.deletes(eva.relay.writes("Another"))
    eva.relay.settle()
    assert eva.relay.told(EventType.DISCONNECTED) == []


def test_an_answer_by_mail_counts_wherever_its_author_reads(eva: Eva) -> None:
    eva.goes(Via.SLACK)
    eva.mail.says("From the mailbox after all")
    eva.relay.settle()
    assert eva.texts() == ["From the mailbox after all"]
    assert eva.shown(Via.SLACK) == ["From the mailbox after all"]


def test_from_one_application_to_the_other(eva: Eva) -> None:
    eva.goes(Via.SLACK)
    eva.writes("One")
    eva.goes(Via.TEAMS)
    eva.writes("Two")
    assert (eva.shown(Via.SLACK), eva.shown(Via.TEAMS)) == (["One"], ["One", "Two"])


def test_an_outage_that_was_noted_there_troubles_nobody_who_reads_by_mail_now(eva: Eva) -> None:
    eva.goes(Via.SLACK)
    task = compare(eva.relay.chat, eva.mail.invitation.id, eva.relay.world.now())
    eva.goes(Via.MAIL)
    assert not relay_compare.begin(eva.relay.world.ports, task)


def test_a_receipt_names_each_side_where_something_stays(eva: Eva) -> None:
    eva.writes("One")
    eva.goes(Via.SLACK)
    eva.writes("Two")
    eva.goes(Via.TEAMS)
    eva.writes("Three")
    eva.goes(Via.MAIL)
    _, place = eva.relay.world.ports.chats.with_membership(eva.relay.chat, eva.account.id)
    assert place
    (receipt,) = ending.end(eva.relay.world.ports, [place], PersonRef("", ""), EndReason.LEFT)
    assert [stays.text for stays in receipt.stays] == [
        "2 messages were carried to their Slack (Holm & Sons) and stay there. We can’t reach them any more.",
        "3 messages were carried to their Microsoft Teams (Holm & Sons) and stay there. We can’t reach them any more.",
        "E-mails about the chat stay in their mailbox.",
    ]


class TestWhoMayGoWhere:
    def test_without_an_identity_there_one_signs_in_first(self) -> None:
        with relaying_with_mail(DANA, OLAF) as mail:
            eva = Eva(mail)
            assert eva.offered() == {"webtop": True, "slack": False, "teams": False, "mail": True}
            with pytest.raises(Refusal) as refused:
                eva.goes(Via.SLACK)
            assert refused.value.code == "sign_in_there"
            eva.signs_in(IN_SLACK)
            assert eva.offered()["slack"]

    def test_the_plan_of_the_workspace_counts_now(self, eva: Eva) -> None:
        world = eva.relay.world
        world.ports.workspaces.set_plan(eva.mail.invitation.workspace_id, "free")
        assert eva.offered() == {"webtop": True, "mail": True}
        with pytest.raises(Refusal):
            eva.goes(Via.SLACK)
        world.ports.workspaces.set_plan(eva.mail.invitation.workspace_id, "pro")
        eva.goes(Via.SLACK)
        world.ports.workspaces.set_plan(eva.mail.invitation.workspace_id, "free")
        assert eva.offered() == {"webtop": True, "slack": True, "mail": True}, "people who joined stay"

    def test_what_was_unlinked_is_no_way(self, eva: Eva) -> None:
        eva.goes(Via.SLACK)
        eva.relay.world.ports.identities.remove(IN_SLACK, eva.account.id)
        assert not eva.offered()["slack"]
        eva.writes("Not for there any more")
        assert eva.shown(Via.SLACK) == []

    def test_members_and_strangers_have_no_ways(self, eva: Eva) -> None:
        ports = eva.relay.world.ports
        with pytest.raises(Refusal):
            ways.choose(ports, eva.session, eva.relay.mara, eva.relay.chat, Via.MAIL)
        with pytest.raises(Refusal):
            ways.choose(ports, eva.session, eva.account, "a" * 16, Via.MAIL)
        for nonsense in ("", "pigeon", "webtop "):
            with pytest.raises(Refusal):
                eva.goes(nonsense)


_steps = st.one_of(
    st.sampled_from(["writes", "answers", "says", "edits", "deletes", "minute", "replays"]),
    st.sampled_from([Via.MAIL, Via.SLACK, Via.TEAMS, Via.WEBTOP]),
)


@dataclass
class Story:
    eva: Eva
    own: list[Message] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    is_now: Via = Via.MAIL

    def play(self, number: int, step: str) -> None:
        if isinstance(step, Via):
            self.eva.goes(step)
            self.is_now = step
        else:
            getattr(self, f"_{step}")(number)
        self.eva.relay.settle()

    def _writes(self, number: int) -> None:
        self.own.append(self.eva.relay.writes(f"text {number}"))

    def _answers(self, number: int) -> None:
        self.said.append(f"answer {number}")
        self.eva.mail.says(self.said[-1])

    def _says(self, number: int) -> None:
        if self.is_now in BY_VIA:
            self.said.append(f"said {number}")
            self.eva.relay.says(BY_VIA[self.is_now], self.said[-1])

    def _edits(self, number: int) -> None:
        if self.own:
            self.eva.relay.edits(self.own[-1], f"changed {number}")

    def _deletes(self, number: int) -> None:
        if self.own:
            self.eva.relay.deletes(self.own.pop())

    def _minute(self, number: int) -> None:
        self.eva.mail.minute()

    def _replays(self, number: int) -> None:
        self.eva.relay.replays()

    def check(self) -> None:
        self.eva.mail.minute(15)
        texts = self.eva.texts()
        assert [text for text in texts if text in self.said] == self.said
        assert self.eva.relay.room(DANA).shown == texts
        assert max((self.eva.told(text) for text in texts), default=0) <= 1
        for via, identity in BY_VIA.items():
            ids = [post.of or post.id for post in self.eva.relay.room(identity).posts]
            assert len(set(ids)) == len(ids)
            if via is self.is_now:
                assert self.eva.shown(via) == texts


@pytest.mark.slow
@giant(100)
@given(st.lists(_steps, min_size=1, max_size=10))
def test_in_any_order_each_side_has_each_message_once_and_where_they_read_now_is_all_of_it(steps: list[str]) -> None:
    with relaying_with_mail(DANA, OLAF) as mail:
        eva = Eva(mail)
        eva.signs_in(IN_SLACK, IN_TEAMS)
        story = Story(eva)
        for number, step in enumerate(steps):
            story.play(number, step)
        story.check()
