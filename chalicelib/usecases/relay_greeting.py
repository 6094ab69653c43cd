"""Our app says who it is: a greeting when it comes to somebody, and the page that it has in their application."""

from ..domain.people import Account
from ..domain.relaying import InboundEvent
from ..ports import Ports
from . import relay_answers

ACTIONS = frozenset(("arrived", "looked"))


def greet(ports: Ports, event: InboundEvent, account: Account | None) -> None:
    """Once for each person, however often the provider tells it; `looked` shows the page as it is now, each time."""
    if event.action == "looked":
        _show_home(ports, event, account)
    elif not ports.identities.was_greeted(event.identity):
        texts, locale = ports.relay_texts, relay_answers.locale_of(event, account)
        known = bool(relay_answers.chats_there(ports, account, event))
        text = texts.welcome(locale) if known else texts.no_chat(locale, ports.public_url)
        if relay_answers.say(ports, event, text, []):
            ports.identities.mark_greeted(event.identity, ports.now())


def _show_home(ports: Ports, event: InboundEvent, account: Account | None) -> None:
    chats = relay_answers.chats_there(ports, account, event)
    links = [(chat.title_for(place), f"{ports.public_url}/chats/{chat.id}") for chat, place in chats]
    page = ports.relay_texts.home(relay_answers.locale_of(event, account), ports.public_url, links)
    adapter = ports.relay_adapters[event.identity.provider]
    relay_answers.unless_refused(event, lambda: adapter.show_home(event.identity, page))
