"""How one's own messages fare with those who read elsewhere: from the ledger, in one query for a page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..domain import errors
from ..domain.chats import Membership, Participant
from ..domain.invitations import Invitation
from ..domain.messages import Message, MessageKind, MessagePage
from ..domain.people import Account
from ..domain.providers import Via
from ..domain.relaying import NOT_SHOWN_THERE, ROOT, Capabilities, DeliveryState, RelayedMessage, RelayState, version_of
from ..ports import Ports
from . import chats, messages

_MOST = 1000
"""Copies that are read for a page: what is older than these is asked for by message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message with one person who reads elsewhere; `detail` says why, where it isn't simply there.

    `sentences` are what it is made of, each with the emojis that belong into it.
    """

    account_id: str
    name: str
    via: Via
    state: DeliveryState
    sentences: tuple[tuple[str, str], ...] = ()

    @property
    def detail(self) -> str:
        return " ".join(sentence.format(emojis=emojis) if emojis else sentence for sentence, emojis in self.sentences)


def disconnected(ports: Ports, participants: Iterable[Participant], records: Sequence[Invitation]) -> set[str]:
    """To whose own application nothing goes any more, until they do something there; they learn of no message here, either."""
    elsewhere = {person.account_id for person in participants if person.via is not Via.WEBTOP}
    if not elsewhere:
        return set()
    roots = ports.relayed_messages.of_chat(records[0].chat_id, ROOT, ROOT)
    broken = {root.destination for root in roots if root.state is RelayState.DISCONNECTED}
    return {item.account_id for item in records if item.account_id in elsewhere and item.identity in broken}


def of_page(
    ports: Ports, page: MessagePage, reader: Membership, invitations: Iterable[Invitation] | None = None
) -> dict[int, tuple[Delivery, ...]]:
    """By `seq`. A page without own messages asks nothing; the roster, where it isn't known, only if there are copies."""
    mine = {item.seq: item for item in page.messages if _is_own(item, reader)}
    if not mine or (invitations is not None and not _elsewhere(invitations)):
        return {}
    relayed_messages = ports.relayed_messages.latest(reader.chat_id, min(mine), max(mine), _MOST)
    if len(relayed_messages) == _MOST:
        # Of the oldest of them some are perhaps left out.
        relayed_messages = [item for item in relayed_messages if item.seq != relayed_messages[-1].seq]
    if invitations is None:
        invitations = chats.roster(ports, reader.chat_id)[1] if relayed_messages else ()
    elsewhere, results = _elsewhere(invitations), dict[int, tuple[Delivery, ...]]()
    for relayed in relayed_messages:
        message, invitation = mine.get(relayed.seq), elsewhere.get(relayed.destination)
        if message and invitation and message.origin != relayed.destination:
            results[relayed.seq] = (*results.get(relayed.seq, ()), _delivery(relayed, message, invitation))
    return results


def of_one(ports: Ports, message: Message, invitations: Iterable[Invitation]) -> tuple[Delivery, ...]:
    """What the ledger knows of one message, with those of these invitations who read elsewhere."""
    relayed_messages = ports.relayed_messages.of_chat(message.chat_id, message.seq, message.seq)
    elsewhere = _elsewhere(invitations)
    existing = [
        (relayed, elsewhere[relayed.destination]) for relayed in relayed_messages if relayed.destination in elsewhere
    ]
    return tuple(
        _delivery(relayed, message, invitation)
        for relayed, invitation in existing
        if message.origin != relayed.destination
    )


def of_message(ports: Ports, account: Account, chat_id: str, message_id: str) -> list[Delivery]:
    """Everybody who reads elsewhere and may see it, for its author, in the order of the roster."""
    message, membership = messages.seen(ports, account, chat_id, message_id)
    if (
        message.kind is not MessageKind.TEXT
        or message.author is None
        or message.author.account_id != membership.account_id
    ):
        raise errors.Refusal(errors.RefusalKind.FORBIDDEN, "not_author", "Only the author can see delivery details.")
    existing = {item.destination: item for item in ports.relayed_messages.of_chat(chat_id, message.seq, message.seq)}
    deliveries = []
    for identity, invitation in _elsewhere(chats.roster(ports, chat_id)[1]).items():
        if identity != message.origin and invitation.reads_from <= message.seq:
            relayed = existing.get(identity) or RelayedMessage(chat_id=chat_id, seq=message.seq, destination=identity)
            deliveries.append(_delivery(relayed, message, invitation))
    return deliveries


def capabilities_of(ports: Ports, people: Iterable[Participant]) -> dict[Via, Capabilities]:
    """What each application can show from which somebody here chats."""
    vias = {participant.via for participant in people}
    return {
        provider.via: adapter.capabilities for provider, adapter in ports.relay_adapters.items() if provider.via in vias
    }


def _elsewhere(invitations: Iterable[Invitation]) -> dict[str, Invitation]:
    return {
        invitation.identity: invitation
        for invitation in invitations
        if invitation.is_taken and invitation.via is not Via.WEBTOP and invitation.identity
    }


def _is_own(message: Message, reader: Membership) -> bool:
    return message.author is not None and message.author.account_id == reader.account_id and not message.deleted_at


def _delivery(relayed: RelayedMessage, message: Message, invitation: Invitation) -> Delivery:
    state = _state(relayed, message)
    told = () if state in (DeliveryState.SENT, DeliveryState.DELIVERED) else tuple(_sentences(relayed))
    return Delivery(
        account_id=invitation.account_id, name=invitation.name, via=invitation.via, state=state, sentences=told
    )


def _sentences(relayed: RelayedMessage) -> Iterator[tuple[str, str]]:
    if relayed.detail:
        yield relayed.detail, ""
    for copy in relayed.files:
        if copy.detail:
            yield f"{copy.name}:", ""
            yield copy.detail, ""
    if relayed.refused_emojis:
        yield NOT_SHOWN_THERE, " ".join(relayed.refused_emojis)


def _state(relayed: RelayedMessage, message: Message) -> DeliveryState:
    if relayed.state is RelayState.DISCONNECTED:
        return DeliveryState.DISCONNECTED
    if relayed.state is RelayState.NOT_REACHED:
        return DeliveryState.NOT_REACHED
    if relayed.state is RelayState.BOUNCED:
        return DeliveryState.BOUNCED
    if relayed.state is RelayState.HANDED_OVER:
        return DeliveryState.SENT
    if relayed.version < version_of(message):
        return DeliveryState.RETRYING if relayed.state is RelayState.RETRYING and relayed.detail else DeliveryState.SENT
    is_whole = relayed.state is not RelayState.NOT_SHOWN and not relayed.refused_emojis
    return DeliveryState.DELIVERED if is_whole else DeliveryState.NOT_SHOWN
