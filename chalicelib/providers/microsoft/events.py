"""Bot Framework activities as what somebody did in their Teams."""

import re
from collections.abc import Mapping
from dataclasses import replace
from mimetypes import MimeTypes
from typing import Any

from ...domain.characters import is_blank
from ...domain.identities import Identity
from ...domain.relaying import InboundEvent, RemoteFile, RemoteMessageRef
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
        return [replace(event, locale=_locale(activity), files=tuple(files_of(activity)))]
    if kind == "messageUpdate":
        at, about = str(activity.get("timestamp") or ""), activity.get("channelData")
        is_restored = isinstance(about, Mapping) and about.get("eventType") == "undeleteMessage"
        what = "restored" if is_restored else "edited"
        files = tuple(files_of(activity))
        return [InboundEvent(action=what, identity=identity, target=target, text=_text(activity), at=at, files=files)]
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
    return "\n".join([text, *_forwarded(activity), *(file.line for file in files_of(activity))]).strip()


def _forwarded(activity: Mapping[str, Any]) -> list[str]:
    """What was forwarded, quoted: by whom, and in which words."""
    from .reading import from_teams

    quotes, listed = [], activity.get("forwarded")
    for about in listed if isinstance(listed, list) else []:
        author, words = (str(about.get(name) or "") for name in ("author", "html"))
        named = [f"**{from_teams(author, 'plain').text}:**"] if author else []
        lines = [*named, *from_teams(words, "html").text.split("\n")]
        quotes.append("\n".join(f"> {line}" for line in lines if line.strip()))
    return quotes


def files_of(activity: Mapping[str, Any]) -> list[RemoteFile]:
    """By what `callbacks` keeps of each. One without an address lies elsewhere, as what is linked from somebody's OneDrive.

    Their ids are where they stand: Teams has none for a picture.
    """
    listed = activity.get("files")
    known = [file for file in listed if isinstance(file, Mapping)] if isinstance(listed, list) else []
    return [_file(str(number), file) for number, file in enumerate(known)]


def _file(number: str, file: Mapping[str, Any]) -> RemoteFile:
    name, url = str(file.get("name") or ""), str(file.get("url") or "")
    is_picture = file.get("picture") is True
    return RemoteFile(
        id=number,
        line=f"(file: {name})" if name else "(picture)" if is_picture else "(file)",
        name=name,
        type=str(file.get("type") or "") or MimeTypes().guess_type(name)[0] or "",
        url=url,
        is_elsewhere=not url,
        needs_token=is_picture,
    )
