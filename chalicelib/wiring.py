"""Builds the real parts, once per container, when they are first needed."""

import functools
import gc
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from . import settings
from .domain.ids import Ids
from .domain.providers import Option, Provider
from .gateways.files import S3Files
from .gateways.passwords import Argon2
from .gateways.pictures import LambdaPictures
from .gateways.pushes import WebPush
from .gateways.receipt_signer import Ed25519Signer
from .gateways.relay_queue import FifoQueue
from .gateways.ses import MailQueue, Ses
from .gateways.sockets import ApiGatewaySockets
from .gateways.token_cipher import token_cipher
from .gateways.words import word_list
from .ports import Ports
from .providers.specification import ProviderSpecification, Tools
from .settings import Settings
from .storage import items
from .storage.accounts import Accounts
from .storage.acting import acting
from .storage.audit import Audit
from .storage.calls import Calls
from .storage.chats import Chats
from .storage.codes import Codes
from .storage.connections import Connections
from .storage.files import Files
from .storage.identities import Identities
from .storage.invitation_lookup import InvitationLookup
from .storage.invitations import Invitations
from .storage.messages import Messages
from .storage.notifications import Notifications, OneTimeTokens
from .storage.outside import Outside
from .storage.own_account import OwnAccounts
from .storage.paces import Paces
from .storage.pushes import PushSubscriptions
from .storage.rate_limits import IdempotencyStore, RateLimiter
from .storage.receipts import Receipts
from .storage.relayed_messages import RelayedMessages
from .storage.reports import Reports
from .storage.schedule import Schedule
from .storage.whole_mails import WholeMails
from .storage.workspaces import Workspaces
from .templating.mails import MailTexts
from .templating.pushes import PushTexts
from .templating.relay_texts import RelayTexts

__all__ = ["acting"]
_chosen: list[Ports] = []
Part = TypeVar("Part")


@functools.cache
def configured() -> Settings:
    return settings.read(os.environ)


def ports() -> Ports:
    return _chosen[0] if _chosen else use(build(configured()))


def warm() -> None:
    """In a Lambda container everything is built at init, where the CPU is whole; elsewhere when it is first needed."""
    if "AWS_LAMBDA_RUNTIME_API" in os.environ:
        ports()
        gc.freeze()
        gc.enable()


def use(chosen: Ports) -> Ports:
    """From now on, these: what the container built, or what a test has put together."""
    _chosen[:] = [chosen]
    return chosen


def build(chosen: Settings) -> Ports:
    items.connect(chosen.table_name, chosen.region)
    token_key = "" if chosen.is_local else chosen.token_key
    now = clock(chosen.clock_file)
    identities = Identities(*token_cipher(token_key, chosen.link_keys[0], chosen.region))
    return Ports(
        public_url=chosen.public_url,
        link_keys=chosen.link_keys,
        mail_in_domain=chosen.mail_in_domain,
        configured=_ways(chosen),
        now=now,
        machine_now=clock(""),
        new_id=Ids(secrets.token_bytes),
        new_token=lambda: secrets.token_urlsafe(32),
        accounts=Accounts(),
        own_accounts=OwnAccounts(),
        one_time_tokens=OneTimeTokens(),
        notifications=Notifications(),
        workspaces=Workspaces(now),
        audit=Audit(),
        chats=Chats(now),
        outside=Outside(now),
        receipts=Receipts(),
        reports=Reports(),
        receipt_signer=Ed25519Signer(chosen.receipt_keys),
        receipt_keys=chosen.receipt_keys,
        invitations=Invitations(now),
        calls=Calls(),
        files=Files(),
        file_store=S3Files(chosen.files_bucket, chosen.region),
        picture_maker=LambdaPictures(chosen.picture_function, chosen.files_bucket, chosen.region),
        invitation_lookup=InvitationLookup(),
        messages=Messages(),
        whole_mails=WholeMails(),
        schedule=Schedule(),
        due_queue=MailQueue(chosen.due_queue_url, chosen.region),
        codes=Codes(),
        new_code=lambda: f"{secrets.randbelow(1_000_000):06d}",
        words=word_list,
        identities=identities,
        sign_ins=_Each(chosen, lambda specification: specification.sign_in(chosen.public_url)),
        installers=_Each(chosen, lambda specification: specification.installer(chosen.public_url)),
        features=_Each(chosen, lambda specification: specification.feature(chosen.public_url)),
        relayed_messages=RelayedMessages(now),
        relay_adapters=_Each(
            chosen, lambda specification: specification.relay_adapter(_tools(specification.provider, identities, now))
        ),
        relay_queue=FifoQueue(chosen.relay_queue_url, chosen.region),
        rate_limiter=RateLimiter(),
        connections=Connections(),
        sockets=ApiGatewaySockets(chosen.socket_url, chosen.region),
        socket_url=chosen.socket_url,
        idempotency=IdempotencyStore(),
        passwords=Argon2(),
        mailer=Ses(chosen.mail_from, chosen.mail_configuration_set, chosen.region),
        mail_texts=MailTexts(_ways(chosen)),
        mail_queue=MailQueue(chosen.mail_queue_url, chosen.region),
        push_subscriptions=PushSubscriptions(),
        push_service=WebPush(chosen.push.key, chosen.push.hosts, chosen.mail_from, chosen.is_local),
        push_texts=PushTexts(),
        relay_texts=RelayTexts(),
        push_queue=MailQueue(chosen.push_queue_url, chosen.region),
        push_schedule=Schedule("push#"),
        mail_schedule=Schedule("mail#"),
        file_schedule=Schedule("file#"),
    )


class _Each(Mapping[Provider, Part]):
    """A part of every provider that has it, built when it is first asked for: most requests need none."""

    def __init__(self, chosen: Settings, build: Callable[[ProviderSpecification], Part | None]) -> None:
        self._specifications, self._build = chosen.providers, build
        self._built: dict[Provider, Part | None] = {}

    def __getitem__(self, provider: Provider) -> Part:
        if provider not in self._built:
            self._built[provider] = self._build(self._specifications[provider])
        part = self._built[provider]
        if part is None:
            raise KeyError(provider)
        return part

    def __iter__(self) -> Iterator[Provider]:
        return (provider for provider in self._specifications if provider in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _tools(provider: Provider, identities: Identities, now: Callable[[], datetime]) -> Tools:
    paces = Paces()
    return Tools(
        installation=functools.partial(identities.installation, provider),
        user_of=identities.user_of,
        conversation=identities.conversation,
        may_read=lambda name, every, behind: paces.take(name, every, now(), behind),
        now=now,
    )


def _ways(chosen: Settings) -> frozenset[Option]:
    """The providers that are configured; others aren't offered."""
    return frozenset(
        provider.option for provider, own in chosen.providers.items() if provider.option and own.is_configured
    )


def clock(ahead_file: str) -> Callable[[], datetime]:
    """The one clock, in whole milliseconds, as the table keeps them.

    On one machine a file may hold by how many seconds it is ahead; it is read at every look.
    """
    path = Path(ahead_file) if ahead_file else None

    def now() -> datetime:
        return datetime.fromtimestamp(time.time_ns() // 1_000_000 / 1000, UTC) + timedelta(seconds=_ahead(path))

    return now


def _ahead(path: Path | None) -> float:
    try:
        return float(path.read_text() or 0) if path else 0
    except FileNotFoundError:
        return 0
