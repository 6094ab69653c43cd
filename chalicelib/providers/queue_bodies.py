"""How a provider's events stand in the relay's queue until they are worked off."""

import json
from typing import Any

from ..domain.provider_events import PeopleActed
from ..domain.providers import Provider


def acted(provider: Provider, group: str, once: str, kept: dict[str, Any]) -> PeopleActed:
    """`kept` under the name from where people write: what the provider's `inbound_events` reads back."""
    return PeopleActed(provider, group, once, _written({"once": once, str(provider.via): kept}))


def _written(body: dict[str, Any]) -> str:
    """As it is, not as escapes, which are longer; but half of a pair can't be written so."""
    text = json.dumps(body, ensure_ascii=False)
    return text if text.isascii() or _is_whole(text) else json.dumps(body)


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
