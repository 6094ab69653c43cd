"""What is written where it belongs to no chat is answered there: with help, and with the chats to choose from. Nothing vanishes.

The words wait for a day under their id there; whoever chooses a chat carries them over, once.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from ..domain.characters import is_blank
from ..domain.chats import Chat, Membership
from ..domain.people import Account
from ..domain.relaying import ChatChoice, InboundEvent
from ..ports import Disconnected, NotTaken, Ports, RelayTexts, WindowGone
from .relay_in_texts import named

log = logging.getLogger(__name__)
_MOST_CHATS = 20
_GREETINGS = frozenset(
    ("help", "hi", "hello", "hey", "hallo", "hilfe", "hola", "ayuda", "bonjour", "salut", "aide", "?")
)


def is_greeting(event: InboundEvent) -> bool:
    """Said to the app itself: outside of any thread, an answer to nothing, and for no chat."""
    is_alone = event.parent is None and not event.chat_id
    return is_alone and event.text.strip().strip("!.").casefold() in _GREETINGS


def answer_stranger(ports: Ports, event: InboundEvent) -> None:
    """Whoever isn't known here reads how one comes in."""
    if event.action == "posted" and not is_blank(event.text):
        answer(ports, event, None)


def answer(ports: Ports, event: InboundEvent, account: Account | None) -> None:
    """Says once where this belongs, or how it goes. The words are kept before anything is said."""
    once = f"answered {event.target.key}"
    if event.chat_id or ports.identities.was_seen(once):
        return
    chats = chats_there(ports, account, event)
    if chats:
        ports.relayed_messages.keep_unplaced(replace(event, text=named(ports, event)), ports.now())
    text = _text(ports.relay_texts, event, locale_of(event, account), len(chats), ports.public_url)
    choices = [ChatChoice(chat.title_for(place), chat.id, event.target.id) for chat, place in chats]
    say(ports, event, text, choices)
    ports.identities.mark_seen(once, ports.now())


def carried(ports: Ports, event: InboundEvent) -> InboundEvent:
    """The words that wait under this id, as if they were said in the chosen chat; blank where none wait any more."""
    return replace(event, action="posted", text=ports.relayed_messages.unplaced(event.target))


def say_where(ports: Ports, event: InboundEvent, account: Account) -> None:
    """Where the words are now; or that they can't be sent any more."""
    existing = ports.relayed_messages.of_remote(event.target)
    chat, place = ports.chats.with_membership(existing[0], account.id) if existing else (None, None)
    if chat and place:
        say(ports, event, ports.relay_texts.sent(account.locale, chat.title_for(place)), [])
    else:
        say(ports, event, ports.relay_texts.too_late(account.locale), [])


def _text(texts: RelayTexts, event: InboundEvent, locale: str, count: int, url: str) -> str:
    if not count:
        return texts.no_chat(locale, url)
    return texts.help(locale) if is_greeting(event) else texts.choose(locale)


def locale_of(event: InboundEvent, account: Account | None) -> str:
    return account.locale if account else event.locale or "en"


def chats_there(ports: Ports, account: Account | None, event: InboundEvent) -> list[tuple[Chat, Membership]]:
    """Those that come there, the newest first."""
    mine = ports.chats.memberships(account.id) if account else []
    through = [place for place in mine if place.via is event.identity.provider.via]
    newest = sorted(through, key=lambda place: place.joined_at, reverse=True)[:_MOST_CHATS]
    chats = ports.chats.get_many(place.chat_id for place in newest)
    return [(chats[place.chat_id], place) for place in newest if place.chat_id in chats]


def say(ports: Ports, event: InboundEvent, text: str, choices: list[ChatChoice]) -> bool:
    """Whether it stands there."""
    adapter = ports.relay_adapters[event.identity.provider]
    return unless_refused(event, lambda: adapter.answer(event.identity, event.target, event.parent, text, choices))


def unless_refused(event: InboundEvent, do: Callable[[], None]) -> bool:
    try:
        do()
    except (Disconnected, NotTaken, WindowGone) as reason:
        log.info("nothing can be said there: %s: %s", event.identity.provider, reason)
        return False
    return True
