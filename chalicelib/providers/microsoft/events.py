"""Bot Framework activities as what somebody did in their Teams."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...domain.characters import is_blank
from ...domain.identities import Identity
from ...domain.relaying import InboundEvent, RemoteMessageRef
from .choices import chosen

_QUOTED = re.compile(r"<quoted\s[^<>]{0,200}/?>(?:</quoted>)?")
"""Where Teams puts the message that is answered."""


def inbound_events(activity: Mapping[str, Any], identity: Identity) -> list[InboundEvent]:
    conversation, identifier = activity.get("conversation"), activity.get("id")
    if not isinstance(conversation, Mapping) or not isinstance(identifier, str):
        return []
    channel_id, system = str(conversation.get("id", "")), f"microsoft#{identity.tenant}"
    target, kind = RemoteMessageRef(system, channel_id, identifier), activity.get("type")
    if has_come(activity):
        return [InboundEvent(action="arrived", identity=identity, target=target, locale=_locale(activity))]
    if kind == "message" and (choice := chosen(activity, identity, system, channel_id)):
        return [choice]
    if kind == "message":
        parent = activity.get("replyToId") or activity.get("quoted")
        ref = RemoteMessageRef(system, channel_id, parent) if isinstance(parent, str) and parent else None
        event = InboundEvent(action="posted", identity=identity, target=target, parent=ref, text=_text(activity))
        return [replace(event, locale=_locale(activity))]
    if kind == "messageUpdate":
        at, about = str(activity.get("timestamp") or ""), activity.get("channelData")
        is_restored = isinstance(about, Mapping) and about.get("eventType") == "undeleteMessage"
        what = "restored" if is_restored else "edited"
        return [InboundEvent(action=what, identity=identity, target=target, text=_text(activity), at=at)]
    if kind == "messageDelete":
        return [InboundEvent(action="deleted", identity=identity, target=target)]
    return _reactions(activity, identity, system, channel_id) if kind == "messageReaction" else []


def _locale(activity: Mapping[str, Any]) -> str:
    locale = activity.get("locale")
    return locale[:2].lower() if isinstance(locale, str) else ""


def has_come(activity: Mapping[str, Any]) -> bool:
    """Our app was added: Teams tells it by two activities, of which either may be missing. Other members are nobody's arrival."""
    if activity.get("type") == "installationUpdate":
        return str(activity.get("action", "")).startswith("add")
    bot, added = activity.get("recipient"), activity.get("membersAdded")
    if activity.get("type") != "conversationUpdate" or not isinstance(bot, Mapping) or not isinstance(added, list):
        return False
    return any(isinstance(item, Mapping) and item.get("id") == bot.get("id") for item in added)


def _reactions(activity: Mapping[str, Any], identity: Identity, system: str, channel_id: str) -> list[InboundEvent]:
    from .reactions import reaction_from_teams

    target = RemoteMessageRef(system, channel_id, str(activity.get("replyToId", "")))
    events = []
    for what, field in (("reacted", "reactionsAdded"), ("unreacted", "reactionsRemoved")):
        listed = activity.get(field)
        for item in listed if isinstance(listed, list) else []:
            emoji = reaction_from_teams(str(item.get("type", ""))) if isinstance(item, Mapping) else None
            if emoji:
                events.append(InboundEvent(action=what, identity=identity, target=target, emoji=emoji))
    return events


def _text(activity: Mapping[str, Any]) -> str:
    """Styles and addresses of links stand in the attached HTML; where there is none, or nothing in it, the text is all."""
    from .reading import from_teams

    html = activity.get("html")
    text = from_teams(html, "html").text if isinstance(html, str) else ""
    if is_blank(text):
        notice = _QUOTED.sub("", str(activity.get("text") or ""))
        text = from_teams(notice, str(activity.get("textFormat") or "plain")).text
    files = activity.get("files")
    names = [str(file) for file in files] if isinstance(files, list) else []
    return "\n".join([text, *(f"(file: {name})" for name in names)]).strip()
