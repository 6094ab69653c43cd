"""To which services a push may go, with which keys, and of what a person is told."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.domain.chats import Chat, ChatKind, ChatRole, Level, Membership
from chalicelib.domain.errors import Refusal
from chalicelib.domain.messages import Author, Mention, Message, MessageKind
from chalicelib.domain.providers import Via
from chalicelib.domain.pushes import is_wanted, refuse_unknown_service, refuse_wrong_keys
from chalicelib.settings import PUSH_HOSTS
from tests.support.pushes import browser

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOSTS = PUSH_HOSTS.split(",")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://web.push.apple.com/QGuQ",
        "https://am3p.notify.windows.com/w/?token=BQ%3d",
        "https://FCM.googleapis.com/fcm/send/abc",
    ],
)
@pytest.mark.requirement("A44")
def test_the_services_of_known_browsers_are_taken(endpoint: str) -> None:
    refuse_unknown_service(endpoint, HOSTS, plain_http=False)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/fcm/send/abc",
        "https://fcm.googleapis.com@169.254.169.254/latest/meta-data",
        "https://fcm.googleapis.com.evil.example/",
        "https://evil.example/fcm.googleapis.com",
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://localhost/",
        "https://push.apple.com/",  # a host below it is meant
        "https://evilpush.apple.com/",
        "https://.push.apple.com/",
        "https://fcm.googleapis.com\t/",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/#x",
        "https://fcm.googleapis.com:0/",
        "https://fcm.googleapis.com:x/",
        "file:///etc/passwd",
        "//fcm.googleapis.com/",
        "",
        f"https://fcm.googleapis.com/{'a' * 2048}",
    ],
)
@pytest.mark.requirement("A44")
def test_any_other_address_is_refused(endpoint: str) -> None:
    with pytest.raises(Refusal) as refused:
        refuse_unknown_service(endpoint, HOSTS, plain_http=True)
    assert refused.value.code == "unknown_push_service"


@pytest.mark.requirement("A44")
def test_plain_http_is_for_one_machine_and_a_port_that_is_named() -> None:
    refuse_unknown_service("http://127.0.0.1:8002/push/s/a", ["127.0.0.1:8002"], plain_http=True)
    for endpoint, hosts, plain_http in (
        ("http://127.0.0.1:8002/", ["127.0.0.1:8002"], False),
        ("http://127.0.0.1:8003/", ["127.0.0.1:8002"], True),
        ("http://127.0.0.1/", ["127.0.0.1"], True),
        ("https://127.0.0.1:8002/", ["127.0.0.1"], True),
    ):
        with pytest.raises(Refusal):
            refuse_unknown_service(endpoint, hosts, plain_http)


def test_a_browsers_keys_are_a_point_of_the_curve_and_sixteen_bytes() -> None:
    keys = browser("mara")["keys"]
    refuse_wrong_keys(keys["p256dh"], keys["auth"])
    refuse_wrong_keys(keys["p256dh"].rstrip("="), keys["auth"].rstrip("="))


@pytest.mark.parametrize(
    "change",
    [
        {"p256dh": "B" + "A" * 86},  # 65 bytes, not on the curve
        {"p256dh": "A" * 87},
        {"p256dh": "BNcC"},
        {"p256dh": ""},
        {"p256dh": "é" * 87},
        {"auth": "AAAA"},
        {"auth": ""},
        {"auth": "A" * 44},
    ],
)
def test_other_keys_are_refused(change: dict[str, str]) -> None:
    keys = browser("mara")["keys"] | change
    with pytest.raises(Refusal):
        refuse_wrong_keys(keys["p256dh"], keys["auth"])


READER, OTHER = "r" * 16, "o" * 16
CHAT = Chat(
    id="c" * 16,
    workspace_id="w" * 16,
    kind=ChatKind.GROUP,
    name="Harbour",
    created_at=NOW,
    founder_id=OTHER,
    founder_name="Tom",
    last_at=NOW,
)
MEMBERSHIP = Membership(
    account_id=READER,
    chat_id=CHAT.id,
    workspace_id=CHAT.workspace_id,
    invitation_id="founder",
    role=ChatRole.MEMBER,
    via=Via.WEBTOP,
    reads_from=1,
    read_to=0,
    read_text_count=0,
    joined_at=NOW,
)
MESSAGE = Message(
    chat_id=CHAT.id,
    seq=5,
    text_count=3,
    author=Author(account_id=OTHER, name="Tom", role=ChatRole.MEMBER, via=Via.WEBTOP),
    kind=MessageKind.TEXT,
    text="Hello",
    nonce="n",
    created_at=NOW,
)
MINE = replace(MESSAGE, seq=4, author=Author(account_id=READER, name="Mara", role=ChatRole.MEMBER, via=Via.WEBTOP))
MENTIONED = replace(MESSAGE, mentions=(Mention(READER, "Mara"),))


@pytest.mark.parametrize(
    ("level", "message", "kind", "replied", "wanted"),
    [
        (Level.ALL, MESSAGE, ChatKind.GROUP, None, True),
        (Level.NONE, MENTIONED, ChatKind.DIRECT, MINE, False),
        (Level.MENTIONS, MESSAGE, ChatKind.GROUP, None, False),
        (Level.MENTIONS, MENTIONED, ChatKind.GROUP, None, True),
        (Level.MENTIONS, MESSAGE, ChatKind.DIRECT, None, True),
        (Level.MENTIONS, MESSAGE, ChatKind.GROUP, MINE, True),
        (Level.MENTIONS, MESSAGE, ChatKind.GROUP, replace(MESSAGE, seq=2), False),
    ],
)
def test_levels(level: Level, message: Message, kind: ChatKind, replied: Message | None, wanted: bool) -> None:
    """`mentions` means direct chats, mentions, and answers to oneself."""
    assert is_wanted(message, replace(CHAT, kind=kind), replace(MEMBERSHIP, level=level), replied) is wanted


@pytest.mark.parametrize(
    ("message", "membership"),
    [
        (MINE, MEMBERSHIP),
        (replace(MESSAGE, deleted_at=NOW), MEMBERSHIP),
        (replace(MESSAGE, kind=MessageKind.EVENT), MEMBERSHIP),
        (MESSAGE, replace(MEMBERSHIP, read_to=5)),
        (MESSAGE, replace(MEMBERSHIP, reads_from=6)),
        (MESSAGE, replace(MEMBERSHIP, via=Via.SLACK)),
    ],
    ids=["one's own", "deleted", "an event", "read", "before one's history", "read in Slack"],
)
@pytest.mark.requirement("A48")
def test_nobody_is_told_of_what_is_not_for_them(message: Message, membership: Membership) -> None:
    assert not is_wanted(message, CHAT, membership, None)


@pytest.mark.parametrize(
    ("mentioned", "notified", "kind", "misses"),
    [
        ({4}, 0, ChatKind.GROUP, True),
        ({4}, 4, ChatKind.GROUP, False),
        ({4, 6}, 4, ChatKind.GROUP, True),
        (set(), 0, ChatKind.GROUP, False),
        (set(), 0, ChatKind.DIRECT, True),
    ],
)
def test_a_mention_that_a_push_has_shown_is_not_mailed(
    mentioned: set[int], notified: int, kind: ChatKind, misses: bool
) -> None:
    """More messages came behind it, of which this level tells nothing."""
    chat = replace(CHAT, kind=kind, last_seq=9, last_text_count=9)
    reader = replace(
        MEMBERSHIP,
        level=Level.MENTIONS,
        mentioned_in=frozenset(mentioned),
        notified_seq=notified,
        notified_text_count=notified,
    )
    assert reader.misses(chat) is misses
