"""Identities at providers, our app in their teams, and where a bot reaches somebody."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from ..domain.identities import Identity, Installation, Profile, of_key
from ..domain.people import Account
from ..domain.providers import Provider
from . import items, keys
from .codec import Codec
from .errors import conditional_write, translate_errors
from .items import AccountItem, Item
from .mapping import account_item
from .provider_items import IdentityItem, InstallationItem, OrganizationTeamItem, RemoteNameItem, SeenItem

_SEEN, _NAMED, _NO_TOKEN = timedelta(days=1), timedelta(days=7), "-"
_SECOND = timedelta(seconds=1)
"""Providers tell times in whole seconds, ours are exact."""


@translate_errors
class Identities:
    def __init__(self, encrypt: Callable[[str], str], decrypt: Callable[[str], str]) -> None:
        self._encrypt, self._decrypt = encrypt, decrypt

    def account_of(self, identity: Identity) -> str:
        """The account's id; empty for an identity that nobody has."""
        item = items.get(IdentityItem, f"I#{identity.key}", "I")
        return item.account_id if item else ""

    def add(self, profile: Profile, account: Account, is_new: bool) -> bool:
        with conditional_write() as outcome, items.transaction() as write:
            # An update, for the bot's conversation may be known already.
            write.update(
                IdentityItem(f"I#{profile.identity.key}", "I"),
                actions=[
                    IdentityItem.kind.set(IdentityItem),
                    IdentityItem.account_id.set(account.id),
                    *_values(profile),
                ],
                condition=IdentityItem.account_id.does_not_exist(),
            )
            pk, sk = keys.account(account.id), f"I#{profile.identity.key}"
            write.save(_PROFILES.item(profile, pk, sk, account_id=account.id))
            if is_new:
                write.save(account_item(account), condition=AccountItem.pk.does_not_exist())
        return outcome.held

    def refresh(self, profile: Profile, account_id: str) -> None:
        for pk, sk in ((f"I#{profile.identity.key}", "I"), (keys.account(account_id), f"I#{profile.identity.key}")):
            with conditional_write():
                IdentityItem(pk, sk).update(_values(profile), IdentityItem.account_id == account_id)

    def of_account(self, account_id: str) -> list[Profile]:
        items = IdentityItem.query(keys.account(account_id), IdentityItem.sk.startswith("I#"), consistent_read=True)
        return [profile for item in items if (profile := _profile(item))]

    def remove(self, identity: Identity, account_id: str) -> None:
        with conditional_write(), items.transaction() as write:
            write.delete(IdentityItem(f"I#{identity.key}", "I"), condition=IdentityItem.account_id == account_id)
            write.delete(IdentityItem(keys.account(account_id), f"I#{identity.key}"))

    def user_of(self, account_id: str, provider: Provider, tenant: str) -> str:
        """This account's user id in that team or tenant; empty where it has none."""
        identities = [profile.identity for profile in self.of_account(account_id)]
        return next(
            (identity.user for identity in identities if identity.provider is provider and identity.tenant == tenant),
            "",
        )

    def install(self, provider: Provider, new: Installation) -> None:
        pk, encrypted = f"I#{provider}#{new.team_id}", self._encrypt(new.bot_token)
        if new.is_of_organization:
            organization = f"I#{provider}#{new.enterprise_id}"
            OrganizationTeamItem(organization, f"O#{new.team_id}", team_id=new.team_id).save()
        _INSTALLATIONS.item(new, pk, "T", encrypted_token=encrypted).save()

    def teams_of(self, provider: Provider, organization_id: str) -> list[str]:
        pk, below = f"I#{provider}#{organization_id}", OrganizationTeamItem.sk.startswith("O#")
        return [item.team_id for item in OrganizationTeamItem.query(pk, below, consistent_read=True)]

    def installation(self, provider: Provider, team_id: str) -> Installation | None:
        item = items.get(InstallationItem, f"I#{provider}#{team_id}", "T")
        if item is None or item.encrypted_token == _NO_TOKEN:
            return None
        return _INSTALLATIONS.read(item, bot_token=self._decrypt(item.encrypted_token))

    def uninstall(self, provider: Provider, team_id: str, now: datetime, told_of: datetime | None = None) -> None:
        existing = InstallationItem.pk.exists()
        if told_of:
            newer = InstallationItem.installed_at >= told_of + _SECOND
            existing &= InstallationItem.installed_at.does_not_exist() | ~newer
        with conditional_write():
            InstallationItem(f"I#{provider}#{team_id}", "T").update(
                [InstallationItem.revoked_at.set(now), InstallationItem.encrypted_token.set(_NO_TOKEN)], existing
            )

    def was_reached(self, identity: Identity) -> bool:
        installed = items.get(InstallationItem, f"I#{identity.provider}#{identity.tenant}", "T")
        if installed is not None:
            return installed.encrypted_token == _NO_TOKEN
        known = items.get(IdentityItem, f"I#{identity.key}", "I")
        return known is not None and known.closed_at is not None and not known.conversation_id

    def open_conversation(self, identity: Identity, service_url: str, conversation_id: str, user_id: str) -> None:
        IdentityItem(f"I#{identity.key}", "I").update(
            [
                IdentityItem.kind.set(IdentityItem),
                IdentityItem.service_url.set(service_url),
                IdentityItem.conversation_id.set(conversation_id),
                IdentityItem.remote_user_id.set(user_id),
            ]
        )

    def close_conversation(self, identity: Identity, now: datetime) -> None:
        with conditional_write():
            IdentityItem(f"I#{identity.key}", "I").update(
                [
                    IdentityItem.service_url.remove(),
                    IdentityItem.conversation_id.remove(),
                    IdentityItem.greeted_at.remove(),
                    IdentityItem.closed_at.set(now),
                ],
                IdentityItem.conversation_id.exists(),
            )

    def was_greeted(self, identity: Identity) -> bool:
        item = items.get(IdentityItem, f"I#{identity.key}", "I")
        return item is not None and item.greeted_at is not None

    def mark_greeted(self, identity: Identity, now: datetime) -> None:
        IdentityItem(f"I#{identity.key}", "I").update(
            [IdentityItem.kind.set(IdentityItem), IdentityItem.greeted_at.set(now)]
        )

    def conversation(self, identity: Identity) -> tuple[str, str]:
        item = items.get(IdentityItem, f"I#{identity.key}", "I")
        return (item.service_url, item.conversation_id) if item else ("", "")

    def organization(self, identity: Identity) -> str:
        item = items.get(IdentityItem, f"I#{identity.key}", "I")
        return item.organization if item else ""

    def keep_user_token(self, identity: Identity, token: str, now: datetime) -> None:
        IdentityItem(f"I#{identity.key}", "I").update(
            [IdentityItem.encrypted_token.set(self._encrypt(token)), IdentityItem.token_at.set(now)],
            IdentityItem.pk.exists(),
        )

    def forget_user_token(self, identity: Identity, told_of: datetime | None = None) -> None:
        existing = IdentityItem.pk.exists()
        if told_of:
            existing &= IdentityItem.token_at.does_not_exist() | ~(IdentityItem.token_at >= told_of + _SECOND)
        with conditional_write():
            IdentityItem(f"I#{identity.key}", "I").update([IdentityItem.encrypted_token.remove()], existing)

    def user_token(self, identity: Identity) -> str:
        item = items.get(IdentityItem, f"I#{identity.key}", "I")
        return self._decrypt(item.encrypted_token) if item and item.encrypted_token else ""

    def forget_seen(self, what: str) -> None:
        SeenItem(f"Y#{keys.digest(what)}", "Y").delete()

    def was_seen(self, what: str) -> bool:
        return items.get(SeenItem, f"Y#{keys.digest(what)}", "Y") is not None

    def mark_seen(self, what: str, now: datetime) -> bool:
        with conditional_write() as outcome:
            SeenItem(f"Y#{keys.digest(what)}", "Y", gone_at=now + _SEEN).save(Item.pk.does_not_exist())
        return outcome.held

    def remembered_name(self, identity: Identity) -> str | None:
        item = items.get(RemoteNameItem, f"I#{identity.key}", "N")
        return item.name if item else None

    def remember_name(self, identity: Identity, name: str, now: datetime) -> None:
        RemoteNameItem(f"I#{identity.key}", "N", name=name, gone_at=now + _NAMED).save()


def _values(profile: Profile) -> list[Action]:
    """What the provider says of somebody, as it says it now."""
    texts = (
        (IdentityItem.name, profile.name),
        (IdentityItem.organization, profile.organization),
        (IdentityItem.email, profile.email),
        (IdentityItem.picture, profile.picture),
    )
    return [attribute.set(text) if text else attribute.remove() for attribute, text in texts]


_PROFILES = Codec(Profile, IdentityItem, apart=("identity", "email_proved"))
_INSTALLATIONS = Codec(Installation, InstallationItem, apart=("bot_token",))


def _profile(item: IdentityItem) -> Profile | None:
    identity = of_key(item.sk.removeprefix("I#"))
    return _PROFILES.read(item, identity=identity) if identity else None
