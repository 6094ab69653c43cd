"""What lies in the table of mails that became messages."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from .items import Item, Seconds, TimestampAttribute


class WholeMailItem(Item, discriminator="whole_mail"):
    """A mail as it stood before quotes and signature were cut."""

    id = UnicodeAttribute()
    chat_id = UnicodeAttribute()
    author_id = UnicodeAttribute()
    text = UnicodeAttribute()
    created_at = TimestampAttribute()
    reads_from = NumberAttribute(default=1)
    is_cut = BooleanAttribute(default=False)
    gone_at = Seconds()
