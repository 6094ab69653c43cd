"""What lies in the table: one model for each kind of item, told apart by `kind`, all on one connection."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from pynamodb.attributes import (
    Attribute,
    BinaryAttribute,
    BooleanAttribute,
    DiscriminatorAttribute,
    JSONAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.constants import NUMBER
from pynamodb.models import Model

from . import batches
from .reading import UNREADABLE, each, passed_over
from .transactions import RetryingTransaction

ItemType = TypeVar("ItemType", bound="Item")


class TimestampAttribute(Attribute[datetime]):
    """A point in time, as milliseconds since 1970."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        return str(round(value.timestamp() * 1000))

    def deserialize(self, value: str) -> datetime:
        return moment(int(value))


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


class Seconds(TimestampAttribute):
    """A point in time for DynamoDB's own deletion (TTL), which counts in seconds. Nothing correct rests on it."""

    def serialize(self, value: datetime) -> str:
        return str(int(value.timestamp()))

    def deserialize(self, value: str) -> datetime:
        return datetime.fromtimestamp(int(value), UTC)


class Text(UnicodeAttribute):
    """Text that is often empty: an empty one takes no room in the item and reads as ""."""

    def __init__(self, attr_name: str | None = None) -> None:
        super().__init__(null=True, attr_name=attr_name)

    def __get__(self, instance: Any, owner: Any) -> Any:
        value = super().__get__(instance, owner)
        return "" if value is None else value

    def serialize(self, value: str) -> Any:
        return super().serialize(value) if value else None


class Item(Model):
    class Meta:
        table_name = "not connected"
        region = "us-east-1"
        # Three tries of at most 1 + 3 s each stay well inside API Gateway's 29 s.
        connect_timeout_seconds = 1
        read_timeout_seconds = 3
        max_retry_attempts = 2

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()


class AccountItem(Item, discriminator="account"):
    id = UnicodeAttribute()
    name = UnicodeAttribute()
    email = Text()
    password_hash = Text()
    locale = UnicodeAttribute(default="en")
    created_at = TimestampAttribute()
    sessions_from = TimestampAttribute()
    notices = BooleanAttribute(default=True)
    missed_mail = BooleanAttribute(default=True)
    missed_at = TimestampAttribute(null=True)
    meeting_url = Text()
    time_zone = Text()
    quiet = JSONAttribute(null=True)
    dnd_until = TimestampAttribute(null=True)
    push_text = BooleanAttribute(default=True)
    picture = Text()
    sending_paused = BooleanAttribute(default=False)
    new_address = Text()
    ways_back = JSONAttribute(null=True)
    leaves_at = TimestampAttribute(null=True)
    empties = BooleanAttribute(default=False)


class SessionItem(Item, discriminator="session"):
    account_id = UnicodeAttribute()
    hash = UnicodeAttribute()
    created_at = TimestampAttribute()
    seen_at = TimestampAttribute()
    proved = JSONAttribute(null=True)
    identity = Text()
    organization = Text()
    email = Text()
    email_proved = BooleanAttribute(default=False)
    method = Text()
    gone_at = Seconds()


class TraceItem(Item, discriminator="trace"):
    """Where an account left its name, and is no more: a chat, a workspace, a receipt. Goes with the account."""

    what = UnicodeAttribute()
    of = UnicodeAttribute()


class MembershipItem(Item, discriminator="place"):
    account_id = UnicodeAttribute()
    chat_id = UnicodeAttribute()
    workspace_id = UnicodeAttribute()
    invitation_id = UnicodeAttribute(attr_name="seat_id")
    role = UnicodeAttribute()
    via = UnicodeAttribute()
    reads_from = NumberAttribute()
    read_to = NumberAttribute()
    read_text_count = NumberAttribute(attr_name="read_texts")
    mentioned_in = NumberSetAttribute(null=True)
    level = Text()
    notified_text_count = NumberAttribute(attr_name="told_texts", default=0)
    notified_seq = NumberAttribute(default=0)
    hidden_text_count = NumberAttribute(attr_name="hidden_texts", null=True)
    joined_at = TimestampAttribute()
    wrote_at = TimestampAttribute(null=True)
    ends_at = TimestampAttribute(null=True)


class BadgeItem(Item, discriminator="badge"):
    """The account's side of a membership in a workspace."""

    workspace_id = UnicodeAttribute()
    role = UnicodeAttribute()


class AddressItem(Item, discriminator="address"):
    email = UnicodeAttribute()
    account_id = Text()
    unreachable = Text()
    complained = BooleanAttribute(default=False)
    locale = Text()
    blocked = UnicodeSetAttribute(attr_name="turned_away", null=True)


class WorkspaceItem(Item, discriminator="workspace"):
    id = UnicodeAttribute()
    name = UnicodeAttribute()
    plan = UnicodeAttribute()
    communicate = BooleanAttribute()
    created_at = TimestampAttribute()
    invitation_days = NumberAttribute()
    allowed_domains = JSONAttribute()
    denied_domains = JSONAttribute()
    who_may_invite = UnicodeAttribute()
    mismatch = UnicodeAttribute()
    locale = UnicodeAttribute()
    lines = JSONAttribute(null=True)
    hand_over = UnicodeAttribute(default="ask")
    calls = JSONAttribute(null=True)
    outside_days = NumberAttribute(default=0)
    actor_id = Text()
    acted_at = TimestampAttribute(null=True)
    files = UnicodeAttribute(default="all")


class MemberItem(Item, discriminator="member"):
    workspace_id = UnicodeAttribute()
    account_id = UnicodeAttribute()
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    role = UnicodeAttribute()
    picture = Text()
    actor_id = Text()
    acted_at = TimestampAttribute(null=True)


class NoteItem(Item, discriminator="note"):
    """A line of the workspace's audit log."""

    at = TimestampAttribute()
    text = UnicodeAttribute()


class OwnChatItem(Item, discriminator="own_chat"):
    """A chat of the workspace, for whoever looks after it."""

    chat_id = UnicodeAttribute()


class OutsideItem(Item, discriminator="outside"):
    """A place from outside in one of the workspace's chats: where to read it."""

    account_id = UnicodeAttribute()
    chat_id = UnicodeAttribute()
    invitation_id = UnicodeAttribute()


class AuditItem(Item, discriminator="audit"):
    """An entry of a workspace's audit log, added and never changed: ids, no names or addresses."""

    at = TimestampAttribute()
    what = UnicodeAttribute()
    actor_id = Text()
    subject_id = Text()
    chat_id = Text()
    invitation_id = Text()
    details = JSONAttribute(null=True)
    gone_at = Seconds()


class RemovedMemberItem(Item, discriminator="removed_member"):
    """That a member was removed, by whom and when: an item that is deleted can't say so itself."""

    workspace_id = UnicodeAttribute()
    account_id = UnicodeAttribute()
    actor_id = Text()
    acted_at = TimestampAttribute()
    gone_at = Seconds()


class ReceiptItem(Item, discriminator="receipt"):
    """What both sides got when places from outside ended; `places` are [chat, its name, since, until] each."""

    account_id = UnicodeAttribute()
    owner_id = Text()
    name = Text()
    invited_as = Text()
    organization = Text()
    via = UnicodeAttribute()
    workspace_id = UnicodeAttribute()
    workspace_name = Text()
    places = JSONAttribute()
    ended_by = Text()
    by_id = Text()
    reason = UnicodeAttribute()
    stays = JSONAttribute(null=True)
    issued_at = TimestampAttribute()
    signature = UnicodeAttribute()


class QuotaItem(Item, discriminator="quota"):
    log = JSONAttribute()
    version = NumberAttribute()
    writer = Text()


class ChatItem(Item, discriminator="chat"):
    id = UnicodeAttribute()
    workspace_id = UnicodeAttribute()
    chat_kind = UnicodeAttribute()
    name = Text()
    created_at = TimestampAttribute()
    founder_id = UnicodeAttribute()
    founder_name = UnicodeAttribute()
    founder_picture = Text()
    founder_left = BooleanAttribute(default=False)
    roster_version = NumberAttribute()
    last_seq = NumberAttribute(default=0)
    last_text_count = NumberAttribute(attr_name="last_texts", default=0)
    last_at = TimestampAttribute()
    last_event = JSONAttribute(attr_name="told", null=True)
    preview = JSONAttribute(attr_name="faces", null=True)
    waiting = JSONAttribute(null=True)
    deleted = NumberSetAttribute(null=True)
    memberless_since = TimestampAttribute(null=True)
    closed_at = TimestampAttribute(null=True)
    is_registered = BooleanAttribute(default=False)


class InvitationItem(Item, discriminator="seat"):
    chat_id = UnicodeAttribute()
    id = UnicodeAttribute()
    workspace_id = UnicodeAttribute()
    status = UnicodeAttribute()
    role = UnicodeAttribute()
    email = Text()
    invited_name = Text()
    locale = Text()
    history = UnicodeAttribute(default="from_join")
    inviter_id = Text()
    inviter_name = Text()
    generation = NumberAttribute(default=1)
    created_at = TimestampAttribute()
    expires_at = TimestampAttribute(null=True)
    resent_at = TimestampAttribute(null=True)
    resends = NumberAttribute(default=0)
    mail_state = UnicodeAttribute(null=True)
    mail_at = TimestampAttribute(null=True)
    mail_detail = Text()
    mail_wanted = NumberAttribute(default=0)
    mail_done = NumberAttribute(default=0)
    mail_claim = TimestampAttribute(null=True)
    account_id = Text()
    name = Text()
    account_email = Text()
    picture = Text()
    via = UnicodeAttribute(default="webtop")
    organization = Text()
    identity = Text()
    joined_at = TimestampAttribute(null=True)
    reads_from = NumberAttribute(default=1)
    ended_at = TimestampAttribute(null=True)
    ended_by = Text()
    reason = Text()
    asks = JSONAttribute(null=True)
    reminder = NumberAttribute(default=0)
    since = NumberAttribute(default=1)
    renewal = Text()
    line = Text()
    handed_over = JSONAttribute(null=True)
    position = NumberAttribute(default=0)
    actor_id = Text()
    acted_at = TimestampAttribute(null=True)
    end_reason = Text()
    receipt_id = Text()
    ends_at = TimestampAttribute(null=True)
    owner_id = Text()
    gone_at = Seconds(null=True)


class LiveItem(Item, discriminator="live"):
    """A person's open sockets: [connection, hash of the session, when it opened] each, the oldest first; and when each of them
    last said something."""

    sockets = JSONAttribute()
    last_active = JSONAttribute(null=True)
    version = NumberAttribute()
    gone_at = Seconds()


class SocketItem(Item, discriminator="socket"):
    account_id = UnicodeAttribute()
    session_hash = UnicodeAttribute()
    gone_at = Seconds()


class MessageItem(Item, discriminator="message"):
    chat_id = UnicodeAttribute()
    seq = NumberAttribute()
    text_count = NumberAttribute(attr_name="texts")
    author = JSONAttribute(null=True)
    message_kind = UnicodeAttribute()
    text = Text()
    folded = Text()
    nonce = UnicodeAttribute()
    created_at = TimestampAttribute()
    event = JSONAttribute(null=True)
    reply_to = NumberAttribute(default=0)
    mentions = JSONAttribute(null=True)
    origin = Text()
    edited_at = TimestampAttribute(null=True)
    deleted_at = TimestampAttribute(null=True)
    files = JSONAttribute(null=True)
    mail_id = Text()


class FileItem(Item, discriminator="file"):
    """Goes by itself where no message took it."""

    id = UnicodeAttribute()
    chat_id = UnicodeAttribute()
    workspace_id = UnicodeAttribute()
    author_id = UnicodeAttribute()
    name = UnicodeAttribute()
    type = UnicodeAttribute()
    size = NumberAttribute()
    created_at = TimestampAttribute()
    state = UnicodeAttribute()
    verdict = Text()
    served_as = UnicodeAttribute()
    seq = NumberAttribute(default=0)
    tag = Text()
    width = NumberAttribute(default=0)
    height = NumberAttribute(default=0)
    has_preview = BooleanAttribute(default=False)
    alt = Text()
    gone_at = Seconds(null=True)


class StoredBytesItem(Item, discriminator="stored_bytes"):
    """How much the workspace's files take."""

    total = NumberAttribute(default=0)


class ReactionItem(Item, discriminator="reaction"):
    seq = NumberAttribute()
    emoji = UnicodeAttribute()
    account_id = UnicodeAttribute()


class EventOnceItem(Item, discriminator="told"):
    seq = NumberAttribute()


class CallItem(Item, discriminator="call"):
    id = UnicodeAttribute()
    chat_id = UnicodeAttribute()
    begun_by = UnicodeAttribute()
    name = UnicodeAttribute()
    begun_at = TimestampAttribute()
    url = UnicodeAttribute()
    ended_at = TimestampAttribute(null=True)
    gone_at = Seconds()


class OpenCallItem(Item, discriminator="open_call"):
    """Which call is open in the chat."""

    call_id = UnicodeAttribute()
    ends_at = TimestampAttribute()
    gone_at = Seconds()


class OneTimeTokenItem(Item, discriminator="secret"):
    purpose = UnicodeAttribute()
    email = UnicodeAttribute()
    expires_at = TimestampAttribute()
    locale = UnicodeAttribute(default="en")
    account_id = Text()
    name = Text()
    password_hash = Text()
    workspace = Text()
    workspace_id = Text()
    role = Text()
    next = Text()
    detail = Text()
    holder = Text()
    gone_at = Seconds()


class NotificationItem(Item, discriminator="letter"):
    id = UnicodeAttribute()
    notification_kind = UnicodeAttribute(attr_name="letter_kind")
    email = Text()
    created_at = TimestampAttribute()
    locale = UnicodeAttribute(default="en")
    name = Text()
    password_hash = Text()
    workspace = Text()
    workspace_id = Text()
    role = Text()
    next = Text()
    account_id = Text()
    chat_id = Text()
    invitation_id = Text(attr_name="seat_id")
    detail = Text()
    state = UnicodeAttribute()
    claim = TimestampAttribute(null=True)
    gone_at = Seconds()


class CodeItem(Item, discriminator="code"):
    """A six-digit code that was mailed: its keyed hash, how often it was tried, and the digest of whoever used it."""

    code_hash = UnicodeAttribute()
    used_by = Text()
    tries = NumberAttribute(default=0)
    expires_at = TimestampAttribute()
    gone_at = Seconds()


class InvitationLookupItem(Item, discriminator="pointer"):
    """An invitation, found by its address, by one that its hand-overs name, or by its short code."""

    chat_id = UnicodeAttribute()
    invitation_id = UnicodeAttribute(attr_name="seat_id")
    gone_at = Seconds(null=True)


class ErasedItem(Item, discriminator="erased"):
    """An address that was erased and wants nothing more: known by a keyed hash only."""

    at = TimestampAttribute()


class IdempotencyItem(Item, discriminator="once"):
    fingerprint = UnicodeAttribute()
    holder = UnicodeAttribute()
    status = NumberAttribute(default=0)
    answer = BinaryAttribute(legacy_encoding=False, null=True)
    begun_at = TimestampAttribute()
    gone_at = Seconds()


class CounterItem(Item, discriminator="counter"):
    tries = NumberAttribute()
    gone_at = Seconds()


class SentItem(Item, discriminator="sent"):
    """Which invitation's mail, and which of its mails, SES knows by this id."""

    chat_id = UnicodeAttribute()
    invitation_id = UnicodeAttribute(attr_name="seat_id")
    number = NumberAttribute()
    gone_at = Seconds()


def kinds() -> list[type[Item]]:
    """Every kind of item that this code knows, those of `outside_items` too once they are imported."""
    return [subclass for subclass in _discriminator().get_registered_subclasses(Item) if subclass is not Item]


def name_of(kind: type[Item]) -> str:
    """What stands in an item's `kind`."""
    return str(_discriminator().get_discriminator(kind))


def _discriminator() -> Any:
    return Item.get_attributes()["kind"]


def connect(table_name: str, region: str) -> None:
    """Names the table and builds the one DynamoDB client, so that no request pays for it."""
    Item.Meta.table_name = table_name
    Item.Meta.region = region
    Item._connection = None  # noqa: SLF001
    connection = Item._get_connection()  # noqa: SLF001
    connection.connection.client  # noqa: B018 (made on first access)


def get(model: type[ItemType], pk: str, sk: str) -> ItemType | None:
    """A strongly consistent read; None where there is no such item, or none that this code understands."""
    try:
        item = model.get(pk, sk, consistent_read=True)
    except model.DoesNotExist:
        return None
    except UNREADABLE as reason:
        passed_over(model.__name__, reason)
        return None
    return item


def get_all(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """Strongly consistent reads of different kinds of items in one call (each hundred); what isn't there, or isn't
    understood, is left out."""
    wanted = [{"pk": pk, "sk": sk} for pk, sk in dict.fromkeys(keys)]
    items = each(Item.from_raw_data, batches.read(Item._get_connection(), wanted))  # noqa: SLF001
    return {(item.pk, item.sk): item for item in items}


def put_all(items: Iterable["Item"]) -> None:
    """In batches; not all or nothing, and again changes nothing."""
    batches.put(Item._get_connection(), [item.serialize() for item in items])  # noqa: SLF001


def delete_all(items: Iterable["Item"]) -> None:
    """In batches; not all or nothing, and again changes nothing."""
    batches.delete(Item._get_connection(), [{"pk": item.pk, "sk": item.sk} for item in items])  # noqa: SLF001


def transaction() -> RetryingTransaction:
    """All or nothing. botocore gives each a token of its own, so that one whose reply was lost isn't done twice."""
    return RetryingTransaction(connection=Item._get_connection().connection)  # noqa: SLF001
