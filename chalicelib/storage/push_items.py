"""What lies in the table about pushes."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from .items import Item, Seconds, TimestampAttribute


class PushSubscriptionsItem(Item, discriminator="push_subscriptions"):
    """A person's browsers that get pushes, the oldest first, so that everybody in a chat is found with a few reads."""

    subscriptions = JSONAttribute()
    version = NumberAttribute()
    gone_at = Seconds()


class PushEndpointItem(Item, discriminator="push_endpoint"):
    """Whose pushes go to this browser: of one account, whoever else used it before."""

    account_id = UnicodeAttribute()
    gone_at = Seconds()


class LookingItem(Item, discriminator="looking"):
    """When a page of this person last said that it is looked at."""

    at = TimestampAttribute()
    gone_at = Seconds()
