"""What providers tell us of their side: the app was added or taken away, somebody did something. The rest is left."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ..domain import schedule
from ..domain.identities import Identity
from ..domain.provider_events import (
    AppRemoved,
    AuthorizationRevoked,
    ConversationClosed,
    ConversationOpened,
    EventsMissed,
    PeopleActed,
    ProviderEvent,
)
from ..domain.providers import Provider
from ..ports import Ports
from . import relay_out


def receive(ports: Ports, events: Iterable[ProviderEvent]) -> None:
    """Each may come again, and does no harm then."""
    for event in events:
        match event:
            case EventsMissed(identity):
                _compare_later(ports, identity)
            case AuthorizationRevoked(identity, at):
                _revoked(ports, identity, at)
            case AppRemoved(provider, tenant, at):
                _removed(ports, provider, tenant, at)
            case ConversationClosed(identity):
                ports.identities.close_conversation(identity, ports.now())
            case ConversationOpened():
                _opened(ports, event)
            case PeopleActed(_, group, once, body):
                ports.relay_queue.put(body, group, once)


def _revoked(ports: Ports, identity: Identity, at: datetime | None) -> None:
    for team in _teams(ports, identity.provider, identity.tenant):
        ports.identities.forget_user_token(replace(identity, tenant=team), at)


def _removed(ports: Ports, provider: Provider, tenant: str, at: datetime | None) -> None:
    for team in _teams(ports, provider, tenant):
        ports.identities.uninstall(provider, team, ports.now(), at)


def _teams(ports: Ports, provider: Provider, tenant: str) -> list[str]:
    """The team itself; or, of an organization, each that our app serves by it."""
    return [tenant, *ports.identities.teams_of(provider, tenant)]


def _opened(ports: Ports, event: ConversationOpened) -> None:
    """What wasn't reached so far gets what was written meanwhile."""
    was_open = bool(ports.identities.conversation(event.identity)[1])
    ports.identities.open_conversation(event.identity, event.service_url, event.conversation_id, event.user_id)
    if not was_open:
        relay_out.catch_up(ports, event.identity)


def _compare_later(ports: Ports, identity: Identity) -> None:
    account_id = ports.identities.account_of(identity)
    for membership in ports.chats.memberships(account_id) if account_id else ():
        if membership.via is identity.provider.via:
            ports.schedule.add_once(schedule.compare(membership.chat_id, membership.invitation_id, ports.now()))
