"""What lies in the table about what is due."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from .items import Item, Seconds, Text, TimestampAttribute


class ScheduledTaskItem(Item, discriminator="due"):
    """Something to be done at a time; lies with everything of that day."""

    at = TimestampAttribute()
    stored_at = TimestampAttribute(attr_name="noted", null=True)
    what = UnicodeAttribute()
    chat_id = Text()
    invitation_id = Text(attr_name="seat_id")
    account_id = Text()
    seq = NumberAttribute(default=0)
    gone_at = Seconds()


class ScheduleCursorItem(Item, discriminator="due_cursor"):
    day = UnicodeAttribute()


class HandedOverItem(Item, discriminator="due_handed_over"):
    """Up to which key the tasks of a partition were handed over to the queue."""

    place = UnicodeAttribute()
