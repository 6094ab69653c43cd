"""What somebody wrote in their own application, as messages of the chat: people by the names they have here, and a text that is
longer than a message may be in several.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..domain.chats import Participant
from ..domain.identities import Identity
from ..domain.mentions import mentions_in
from ..domain.messages import Mention
from ..domain.relaying import InboundEvent, InboundMentions
from ..domain.translation.splitting import parts
from ..ports import Ports
from . import chats


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    mentions: tuple[Mention, ...]


def parts_of(ports: Ports, chat_id: str, event: InboundEvent, before: Sequence[Mention] = ()) -> list[Part]:
    """At least one. `before` are the mentions of the text that is edited: they say which of two people of one name is meant."""
    people = chats.participants(ports, chat_id) if "@" in event.text else ()
    text, waiting = event.text, [mention.account_id for mention in before]
    if event.mentions:
        text, waiting = _named(ports, event.mentions, people)
    results = []
    for part in parts(text.strip()):
        mentions = mentions_in(part, people, waiting)
        waiting = [
            account_id for account_id in waiting if account_id not in {mention.account_id for mention in mentions}
        ]
        results.append(Part(part, mentions))
    return results


def named(ports: Ports, event: InboundEvent) -> str:
    """The text with people's names as they are there, where it isn't known which chat it belongs to."""
    return _named(ports, event.mentions, ())[0] if event.mentions else event.text


def _named(ports: Ports, called: InboundMentions, people: Sequence[Participant]) -> tuple[str, list[str]]:
    """And who of the chat is mentioned, in that order: by whose identity it is, whatever they are called."""
    here = {person.account_id: person.name for person in people}
    names, others, mentioned = dict[str, str](), dict[str, str](), list[str]()
    for identity in called.identities:
        account_id = ports.identities.account_of(identity)
        if account_id in here:
            names[identity.user] = here[account_id]
            mentioned.append(account_id)
        elif name := _name_there(ports, identity):
            others[identity.user] = _unmistakable(name, here.values())
    return called.text_with(names, others), mentioned


def _name_there(ports: Ports, identity: Identity) -> str:
    known = ports.identities.remembered_name(identity)
    if known is None:
        known = ports.relay_adapters[identity.provider].name_of(identity)
        ports.identities.remember_name(identity, known, ports.now())
    return known


def _unmistakable(name: str, names_here: Iterable[str]) -> str:
    """Behind an @ only where nobody of the chat would be taken for them."""
    is_like = any(name.casefold().startswith(other.casefold()) for other in names_here if other)
    return name if is_like else f"@{name}"
