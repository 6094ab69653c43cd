"""Bot Framework activities as what somebody did in their Teams."""

import re
from collections.abc import Mapping
from typing import Any

from ..domain.identities import Identity
from ..domain.relaying import Far, Heard

_QUOTED = re.compile(r"<quoted\s[^<>]{0,200}/?>(?:</quoted>)?")
"""Where Teams puts the message that is answered."""


def heard(activity: Mapping[str, Any], identity: Identity) -> list[Heard]:
    conversation, identifier = activity.get("conversation"), activity.get("id")
    if not isinstance(conversation, Mapping) or not isinstance(identifier, str):
        return []
    place, system = str(conversation.get("id", "")), f"microsoft#{identity.tenant}"
    target, kind = Far(system, place, identifier), activity.get("type")
    if kind == "message":
        parent = activity.get("replyToId") or activity.get("quoted")
        far = Far(system, place, parent) if isinstance(parent, str) and parent else None
        return [Heard(what="posted", identity=identity, target=target, parent=far, text=_text(activity))]
    if kind == "messageUpdate":
        at = str(activity.get("timestamp") or "")
        return [Heard(what="edited", identity=identity, target=target, text=_text(activity), at=at)]
    if kind == "messageDelete":
        return [Heard(what="deleted", identity=identity, target=target)]
    return _reactions(activity, identity, system, place) if kind == "messageReaction" else []


def _reactions(activity: Mapping[str, Any], identity: Identity, system: str, place: str) -> list[Heard]:
    from ..domain.translation import reaction_from_teams

    target = Far(system, place, str(activity.get("replyToId", "")))
    found = []
    for what, field in (("reacted", "reactionsAdded"), ("unreacted", "reactionsRemoved")):
        listed = activity.get(field)
        for one in listed if isinstance(listed, list) else []:
            emoji = reaction_from_teams(str(one.get("type", ""))) if isinstance(one, Mapping) else None
            if emoji:
                found.append(Heard(what=what, identity=identity, target=target, emoji=emoji))
    return found


def _text(activity: Mapping[str, Any]) -> str:
    from ..domain.translation import from_teams

    said = _QUOTED.sub("", str(activity.get("text") or ""))
    text = from_teams(said, str(activity.get("textFormat") or "plain")).text
    files = activity.get("files")
    names = [str(one) for one in files] if isinstance(files, list) else []
    return "\n".join([text, *(f"(file: {name})" for name in names)]).strip()
