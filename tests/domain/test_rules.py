"""Caps, links, cursors of time, event lines, mentions: what can be said without a table."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain import links
from chalicelib.domain.chats import ChatRole, Participant
from chalicelib.domain.event_lines import line
from chalicelib.domain.ids import Ids
from chalicelib.domain.links import Purpose
from chalicelib.domain.mentions import mentions_in
from chalicelib.domain.messages import Event, EventType, seq_of
from chalicelib.domain.plans import ALLOWANCES, Plan, offered
from chalicelib.domain.providers import Option, Via
from chalicelib.domain.quotas import DAY, RollingQuota

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KEY, OTHER = "k" * 40, "o" * 40
CHAT, INVITATION = "a" * 16, "b" * 16


@given(st.lists(st.tuples(st.integers(0, 200_000), st.integers(1, 30)), max_size=60), st.integers(1, 60))
@settings(max_examples=200)
@pytest.mark.requirement("A11")
def test_no_24_hours_hold_more_than_the_cap(tries: list[tuple[int, int]], cap: int) -> None:
    """Whatever is tried whenever: what was let through in any window of a day stays within the cap."""
    quota, passed, now = RollingQuota(), [], NOW
    for pause, count in tries:
        now += timedelta(seconds=pause / 10)
        if quota.within(now) + count <= cap:
            quota = quota.consume(count, now)
            passed.append((now, count))
    for start, _ in passed:
        assert sum(count for at, count in passed if start <= at < start + DAY) <= cap
    assert len(quota.log) <= 98


@given(st.lists(st.tuples(st.integers(0, 90_000), st.integers(1, 20)), min_size=1, max_size=30), st.integers(1, 20))
def test_room_is_there_again_when_it_was_said(tries: list[tuple[int, int]], count: int) -> None:
    quota, now = RollingQuota(), NOW
    for pause, used in tries:
        now += timedelta(seconds=pause)
        quota = quota.consume(used, now)
    again = quota.room_again(count, 20, now)
    assert quota.within(again) + count <= 20


@given(st.binary(max_size=80), st.text(max_size=80))
@pytest.mark.requirement("A01")
def test_no_guess_is_a_link(raw: bytes, text: str) -> None:
    for guess in (text, raw.hex(), raw.decode("latin-1")):
        link = links.parse(guess)
        assert link is None or links.purpose_of(link, [KEY], 1, *Purpose) is None


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.requirement("A01", "A04")
def test_a_link_opens_one_invitation_for_one_purpose_in_one_generation(purpose: Purpose) -> None:
    token = links.make(KEY, purpose, CHAT, INVITATION, 3)
    link = links.parse(token)
    assert link is not None
    assert (link.chat_id, link.invitation_id) == (CHAT, INVITATION)
    assert links.purpose_of(link, [OTHER, KEY], 3, *Purpose) is purpose
    assert links.purpose_of(link, [KEY], 3, *(item for item in Purpose if item is not purpose)) is None
    assert links.purpose_of(link, [KEY], 2, *Purpose) is links.purpose_of(link, [KEY], 4, *Purpose) is None
    assert links.purpose_of(link, [OTHER], 3, *Purpose) is None
    assert len(link.proof) * 8 >= 128


@given(st.integers(0, 66), st.sampled_from("ABCabc012-_=+/ "))
@pytest.mark.requirement("A01")
def test_a_link_changed_in_one_letter_is_no_link(at: int, letter: str) -> None:
    token = links.make(KEY, Purpose.MAILED, CHAT, INVITATION, 1)
    changed = token[:at] + letter + token[at + 1 :]
    link = links.parse(changed)
    assert changed == token or link is None or links.purpose_of(link, [KEY], 1, Purpose.MAILED) is None


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@pytest.mark.requirement("A04")
def test_a_sealed_text_opens_for_its_purpose_and_key_alone(text: str) -> None:
    token = links.sign_text(KEY, Purpose.UNSUBSCRIBE, text)
    assert links.verify_text(token, [OTHER, KEY], Purpose.UNSUBSCRIBE) == text
    assert links.verify_text(token, [KEY], Purpose.MAILED) == ""
    assert links.verify_text(token, [OTHER], Purpose.UNSUBSCRIBE) == ""


def test_ids_with_a_seed_come_again_and_without_one_never() -> None:
    def random_bytes(count: int) -> bytes:
        numbers.append(len(numbers))
        return bytes([len(numbers)]) * count

    numbers: list[int] = []
    with_seed = [Ids(random_bytes, "seed")() for _ in range(2)]
    without = Ids(random_bytes)
    assert with_seed[0] == with_seed[1]
    assert without() != without()
    assert Ids(random_bytes, "other")() != with_seed[0]


@pytest.mark.parametrize("kind", list(EventType))
@pytest.mark.requirement("A30")
def test_no_line_shows_an_address_to_people_from_outside(kind: EventType) -> None:
    hostile = "{name} {0} %s <b>"
    event = Event(type=kind, name=hostile, by=hostile, email="dana@acme.example", emails=("dana@acme.example", "x@y.example"),
                  count=2, reason=hostile, own_address="other@acme.example", via="slack", organization=hostile)  # fmt: skip
    for for_member in (True, False):
        sentence, values = line(event, for_member)
        text = sentence.format(**values)
        assert text.strip()
        assert for_member or "@" not in text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Ann Lee and @Bo", {"Ann Lee", "Bo"}),
        ("@ann lee", {"Ann Lee"}),
        ("@Ann Leeson", {"Ann"}),
        ("@Ann", {"Ann"}),
        ("@Ann Lee", {"Ann Lee"}),
        ("mail@Bo.example", set()),
        ("x@Ann Lee", set()),
        ("(@Ann Lee)", {"Ann Lee"}),
        ("你好@Ann Lee。", {"Ann Lee"}),
        ("no one", set()),
        ("@(.*)+$", {"(.*)+$"}),
        ("`@Ann Lee` and @Bo", {"Bo"}),
        ("```\n@Bo\n```", set()),
        ("[@Bo](https://a.example) https://a.example/@Bo", set()),
        ("**@Ann Lee**, - @Bo", {"Ann Lee", "Bo"}),
        ("- @Bo\n- `x`", {"Bo"}),
        ("\\`@Bo\\`", {"Bo"}),
        ("@ı", set()),
    ],
)
def test_the_longest_name_behind_an_at_sign_is_meant(text: str, named: set[str]) -> None:
    people = tuple(_person(name) for name in ("Ann", "Ann Lee", "Bo", "(.*)+$", "i"))
    results = {mention.name for mention in mentions_in(text, people)}
    assert results == named


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "-",
        "-1",
        f"{CHAT}-0",
        f"{CHAT}-01",
        f"{CHAT}-x",
        f"{CHAT}-1\n",
        f"{INVITATION}-1",
        f"{CHAT}-9999999999",
        f"{CHAT}-²",
    ],
)
def test_a_message_s_id_is_of_this_chat_or_unknown(identifier: str) -> None:
    with pytest.raises(Exception, match="find this page"):
        seq_of(identifier, CHAT)


@pytest.mark.requirement("A29")
def test_what_each_plan_offers() -> None:
    everything = frozenset(Option)
    assert offered(Plan.FREE, everything) == (Option.ACCOUNT, Option.NEW_ACCOUNT, Option.MAIL)
    assert offered(Plan.PRO, everything) == offered(Plan.ENTERPRISE, everything) == tuple(Option)
    assert offered(Plan.PRO, frozenset()) == (Option.ACCOUNT, Option.NEW_ACCOUNT)
    assert [(allowance.mails_in_24_h, allowance.people_in_a_chat) for allowance in ALLOWANCES.values()] == [
        (20, 10),
        (500, 250),
        (5000, 1000),
    ]


def _person(name: str) -> Participant:
    return Participant(
        account_id=name, name=name, role=ChatRole.EXTERNAL, via=Via.WEBTOP, joined_at=NOW, invitation_id=name
    )
