"""What lies in the table about reports of abuse."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from .items import Item, Seconds, Text, TimestampAttribute


class ReportItem(Item, discriminator="report"):
    """A report of abuse. Goes by itself once it is dismissed and old."""

    id = UnicodeAttribute()
    at = TimestampAttribute()
    inviter_id = UnicodeAttribute()
    workspace_id = UnicodeAttribute()
    chat_id = UnicodeAttribute()
    invitation_id = UnicodeAttribute()
    reason = Text()
    state = UnicodeAttribute()
    email = Text()
    locale = UnicodeAttribute(default="en")
    tell = BooleanAttribute(default=False)
    decided_at = TimestampAttribute(null=True)
    gone_at = Seconds(null=True)


class ReportedInviterItem(Item, discriminator="reported_inviter"):
    """The reports about one person: [id, milliseconds, keyed hash of who reported, state] each, and what follows from them."""

    account_id = UnicodeAttribute()
    counted = JSONAttribute()
    version = NumberAttribute()
    is_paused = BooleanAttribute(default=False)
    is_stopped = BooleanAttribute(default=False)
    changed_at = TimestampAttribute(null=True)


class ReportLookupItem(Item, discriminator="report_pointer"):
    """A report, found by the address that made it, until it is decided."""

    report_id = UnicodeAttribute()
