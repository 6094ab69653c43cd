"""What lies in the table about Slack and Teams: identities, installations, and the relay's ledger."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from .items import Item, Moment, Seconds, Text


class IdentityItem(Item, discriminator="identity"):
    """Whose account this identity is; what its provider last said; and, for Teams, where its bot conversation is."""

    account_id = Text()
    name = Text()
    organization = Text()
    email = Text()
    picture = Text()
    service_url = Text()
    conversation_id = Text()
    teams_user_id = Text()
    sealed_token = Text()


class InstallationItem(Item, discriminator="installation"):
    team_id = UnicodeAttribute()
    team_name = Text()
    sealed_token = UnicodeAttribute()
    bot_user_id = Text()
    app_id = Text()
    scopes = Text()
    enterprise_id = Text()
    revoked_at = Moment(null=True)


class SeenItem(Item, discriminator="seen"):
    """A request of a provider that was taken: its id, for as long as it could come again."""

    gone_at = Seconds()


class CopyItem(Item, discriminator="copy"):
    """The relay's ledger: one copy of one message at one destination."""

    chat_id = UnicodeAttribute()
    seq = NumberAttribute()
    destination = UnicodeAttribute()
    version = NumberAttribute(default=0)
    place = Text()
    far_id = Text()
    state = Text()
    detail = Text()
    reactions = JSONAttribute(null=True)
    claim = Moment(null=True)
    tried = BooleanAttribute(default=False)
    tried_at = Moment(null=True)
    cursor = Text()
    refusals = NumberAttribute(default=0)
    refused_emojis = JSONAttribute(null=True)
    heard = Text()


class PaceItem(Item, discriminator="pace"):
    """When something that may be done only so often may be done again."""

    free_at = Moment()
    gone_at = Seconds()


class FarItem(Item, discriminator="far"):
    """Which message of ours a provider's message is."""

    chat_id = UnicodeAttribute()
    seq = NumberAttribute()


class EarlyItem(Item, discriminator="early"):
    """A change of a provider's message that came before the message itself, for as long as that could still come."""

    what = UnicodeAttribute()
    text = Text()
    at = Text()
    gone_at = Seconds()
