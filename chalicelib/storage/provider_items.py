"""What lies in the table about providers: identities, installations, and the relay's ledger."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from .items import Item, Seconds, Text, TimestampAttribute


class IdentityItem(Item, discriminator="identity"):
    """Whose account this identity is; what its provider last said; and where our bot reaches it, if it does."""

    account_id = Text()
    name = Text()
    organization = Text()
    email = Text()
    picture = Text()
    service_url = Text()
    conversation_id = Text()
    remote_user_id = Text(attr_name="teams_user_id")
    encrypted_token = Text(attr_name="sealed_token")
    token_at = TimestampAttribute(null=True)
    closed_at = TimestampAttribute(null=True)
    greeted_at = TimestampAttribute(null=True)


class InstallationItem(Item, discriminator="installation"):
    team_id = UnicodeAttribute()
    team_name = Text()
    encrypted_token = UnicodeAttribute(attr_name="sealed_token")
    bot_user_id = Text()
    app_id = Text()
    scopes = Text()
    enterprise_id = Text()
    is_of_organization = BooleanAttribute(default=False)
    installed_at = TimestampAttribute(null=True)
    revoked_at = TimestampAttribute(null=True)


class OrganizationTeamItem(Item, discriminator="organization_team"):
    """A team that our app serves because it was installed for the team's whole organization."""

    team_id = UnicodeAttribute()


class SeenItem(Item, discriminator="seen"):
    """A request of a provider that was taken: its id, for as long as it could come again."""

    gone_at = Seconds()


class RemoteNameItem(Item, discriminator="remote_name"):
    """What somebody whom a message mentions is called there; they needn't know us, so it isn't kept for long."""

    name = Text()
    gone_at = Seconds()


class RelayedMessageItem(Item, discriminator="copy"):
    """The relay's ledger: one copy of one message at one destination."""

    chat_id = UnicodeAttribute()
    seq = NumberAttribute()
    destination = UnicodeAttribute()
    version = NumberAttribute(default=0)
    channel_id = Text(attr_name="place")
    remote_id = Text(attr_name="far_id")
    parts = JSONAttribute(null=True)
    brought = NumberAttribute(default=0)
    brought_version = NumberAttribute(default=0)
    state = Text()
    detail = Text()
    reactions = JSONAttribute(null=True)
    begun_at = TimestampAttribute(null=True)
    claim = TimestampAttribute(null=True)
    tried = BooleanAttribute(default=False)
    tried_at = TimestampAttribute(null=True)
    cursor = Text()
    refusals = NumberAttribute(default=0)
    refused_emojis = JSONAttribute(null=True)
    files = JSONAttribute(null=True)
    last_change = Text(attr_name="heard")


class PaceItem(Item, discriminator="pace"):
    """When something that may be done only so often may be done again."""

    free_at = TimestampAttribute()
    gone_at = Seconds()


class RemoteMessageItem(Item, discriminator="far"):
    """Which message of ours a provider's message is."""

    chat_id = UnicodeAttribute()
    seq = NumberAttribute()


class UnplacedItem(Item, discriminator="unplaced"):
    """Words that somebody wrote where they belong to no chat, until they choose one, or forget it."""

    text = Text()
    gone_at = Seconds()


class EarlyChangeItem(Item, discriminator="early"):
    """A change of a provider's message that came before the message itself, for as long as that could still come."""

    what = UnicodeAttribute()
    text = Text()
    at = Text()
    gone_at = Seconds()
