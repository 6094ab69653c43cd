"""Slack's events as what somebody did: posted, edited, deleted, reacted. What is ours, hidden or of no use to us is nothing."""

import re
from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

from ...domain.identities import Identity
from ...domain.providers import Provider
from ...domain.relaying import InboundEvent, InboundMentions, RemoteFile, RemoteMessage, RemoteMessageRef

_LONGEST_NAME = 100
_USER, _MOST_CALLED = re.compile("<@([UW][A-Z0-9]{1,30})[|>]"), 20
_TAKEN_OUT, _CANVAS = "tombstone", {"canvas", "quip"}
FILE_FIELDS = (
    *("id", "name", "title", "alt_txt", "mimetype", "filetype", "size", "mode", "is_external", "file_access"),
    *("url_private", "url_private_download"),
)
"""What is read of a file; the rest of what Slack tells are mostly addresses of thumbnails."""
SHARED_FIELDS, _MOST_SHARED = ("is_share", "author_name", "text", "fallback"), 5
"""What is read of a message that was forwarded."""
_WITHOUT_BYTES = (_TAKEN_OUT, "hidden_by_limit", "canvas", "quip", "post")
_NEW = (None, "file_share", "thread_broadcast", "me_message")


def inbound_events(envelope: Mapping[str, Any]) -> InboundEvent | None:
    event, team = envelope.get("event"), str(envelope.get("team_id", ""))
    if not isinstance(event, Mapping) or not team:
        return None
    if event.get("type") in ("reaction_added", "reaction_removed"):
        return _reaction(event, team, _bot(envelope))
    if event.get("type") == "app_home_opened":
        return _home_opened(event, team)
    if event.get("type") != "message" or not isinstance(event.get("channel"), str):
        return None
    subtype = event.get("subtype")
    if subtype in _NEW:
        return _posted(event, team, _bot(envelope))
    if subtype == "message_changed":
        return _edited(event, team)
    return _deleted(event, team) if subtype == "message_deleted" else None


def _home_opened(event: Mapping[str, Any], team: str) -> InboundEvent | None:
    """Slack tells each time that somebody opens the app: at its page, or at its messages."""
    user, channel = event.get("user"), event.get("channel")
    if not isinstance(user, str) or not isinstance(channel, str):
        return None
    action = "looked" if event.get("tab", "home") == "home" else "arrived"
    identity = Identity(Provider.SLACK, team, user)
    return InboundEvent(action=action, identity=identity, target=RemoteMessageRef(f"slack#{team}", channel, ""))


def _posted(event: Mapping[str, Any], team: str, bot: str) -> InboundEvent | None:
    user, ts = event.get("user"), event.get("ts")
    if _is_bots(event) or not isinstance(user, str) or not isinstance(ts, str) or user == bot:
        return None
    parent, channel_id = event.get("thread_ts"), str(event["channel"])
    is_in_thread = isinstance(parent, str) and parent != ts
    return InboundEvent(
        action="posted",
        identity=Identity(Provider.SLACK, team, user),
        target=RemoteMessageRef(f"slack#{team}", channel_id, ts),
        parent=RemoteMessageRef(f"slack#{team}", channel_id, str(parent)) if is_in_thread else None,
        is_in_thread=is_in_thread,
        text=_text(event),
        mentions=_mentions(event, team),
        files=files_of(event),
    )


def _edited(event: Mapping[str, Any], team: str) -> InboundEvent | None:
    """An unfurled link raises the same event with the same text: nothing was edited then. A file that is taken out, too: then
    something was. What was answered leaves a stone.
    """
    new, old = event.get("message"), event.get("previous_message")
    if not isinstance(new, Mapping) or _is_bots(new) or not isinstance(new.get("user"), str):
        return None
    if isinstance(old, Mapping) and new.get("subtype") == "tombstone":
        return _deleted({**event, "deleted_ts": old.get("ts", "")}, team)
    if isinstance(old, Mapping) and (_is_bots(old) or _text(old) == _text(new)):
        return None
    ts = new.get("ts") or (old.get("ts") if isinstance(old, Mapping) else "")
    target = RemoteMessageRef(f"slack#{team}", str(event["channel"]), str(ts or ""))
    return InboundEvent(
        action="edited",
        identity=Identity(Provider.SLACK, team, str(new["user"])),
        target=target,
        text=_text(new),
        mentions=_mentions(new, team),
        files=files_of(new),
        at=str(event.get("event_ts") or event.get("ts") or ""),
    )


def remote_message(message: Any, identity: Identity, channel_id: str) -> RemoteMessage | None:
    """A message of a conversation's history: the reader's own, or one that they may have reacted to."""
    if not isinstance(message, Mapping) or not isinstance(message.get("ts"), str) or _is_stone(message):
        return None
    answer = {**message, "channel": channel_id}
    posted = _posted(answer, identity.tenant, "") if message.get("subtype") in _NEW else None
    edited, stamp = message.get("edited"), str(message["ts"])
    return RemoteMessage(
        ref=RemoteMessageRef(f"slack#{identity.tenant}", channel_id, stamp),
        is_theirs=posted is not None and posted.identity == identity,
        text=posted.text if posted else "",
        mentions=posted.mentions if posted else None,
        changed_at=str(edited.get("ts") or "") if isinstance(edited, Mapping) else "",
        parent=posted.parent if posted else None,
        is_in_thread=posted is not None and posted.is_in_thread,
        emojis=_emojis_of(message.get("reactions"), identity.user),
        files=posted.files if posted else (),
    )


def is_stone(message: Any, stamp: str) -> bool:
    """Whether this is what is left of the message with that stamp."""
    return isinstance(message, Mapping) and message.get("ts") == stamp and _is_stone(message)


def _is_stone(message: Mapping[str, Any]) -> bool:
    return bool(message.get("subtype") == "tombstone")


def _emojis_of(reactions: Any, user: str) -> frozenset[str]:
    from .emojis import slack_reaction

    results = set()
    for item in reactions if isinstance(reactions, list) else []:
        users = item.get("users") if isinstance(item, Mapping) else None
        emoji = slack_reaction(str(item.get("name", ""))) if isinstance(users, list) and user in users else None
        results |= {emoji} if emoji else set()
    return frozenset(results)


def _deleted(event: Mapping[str, Any], team: str) -> InboundEvent | None:
    old = event.get("previous_message")
    if not isinstance(old, Mapping) or _is_bots(old) or not isinstance(old.get("user"), str):
        return None
    target = RemoteMessageRef(f"slack#{team}", str(event["channel"]), str(event.get("deleted_ts", "")))
    return InboundEvent(action="deleted", identity=Identity(Provider.SLACK, team, str(old["user"])), target=target)


def _reaction(event: Mapping[str, Any], team: str, bot: str) -> InboundEvent | None:
    from .emojis import slack_reaction

    item, user = event.get("item"), event.get("user")
    if not isinstance(item, Mapping) or item.get("type") != "message" or not isinstance(user, str) or user == bot:
        return None
    emoji = slack_reaction(str(event.get("reaction", "")))
    if not emoji:
        return None
    target = RemoteMessageRef(f"slack#{team}", str(item.get("channel", "")), str(item.get("ts", "")))
    what = "reacted" if event["type"] == "reaction_added" else "unreacted"
    return InboundEvent(action=what, identity=Identity(Provider.SLACK, team, user), target=target, emoji=emoji)


def _is_bots(message: Mapping[str, Any]) -> bool:
    return bool(message.get("bot_id") or message.get("bot_profile") or message.get("subtype") == "bot_message")


def _bot(envelope: Mapping[str, Any]) -> str:
    authorizations = envelope.get("authorizations")
    first = authorizations[0] if isinstance(authorizations, list) and authorizations else {}
    return str(first.get("user_id", "")) if isinstance(first, Mapping) else ""


def name_shown(user: Any) -> str:
    """What Slack shows for somebody of `users.info`: the name that they chose for it, else their own."""
    profile = user.get("profile") if isinstance(user, Mapping) else None
    named = [*((profile, name) for name in ("display_name", "real_name")), (user, "real_name"), (user, "name")]
    names = [str(about.get(name) or "").strip() for about, name in named if isinstance(about, Mapping)]
    return next(filter(None, names), "")[:_LONGEST_NAME]


def _mentions(message: Mapping[str, Any], team: str) -> InboundMentions | None:
    users = dict.fromkeys(_USER.findall(str(message.get("text") or "")))
    called = tuple(Identity(Provider.SLACK, team, user) for user in users)
    return InboundMentions(called[:_MOST_CALLED], partial(_text, message)) if called else None


def _text(
    message: Mapping[str, Any], people: Mapping[str, str] | None = None, others: Mapping[str, str] | None = None
) -> str:
    """What was forwarded is quoted. Files stand there by their names, until they are received."""
    from .reading import from_slack

    files = message.get("files")
    listed = [file for file in files if isinstance(file, Mapping)] if isinstance(files, list) else []
    written = [str(message.get("text") or ""), *map(_quote, shared_messages(message))]
    text = from_slack("\n".join(filter(None, written)), people or {}, others).text
    names = [_file(file) for file in listed if file.get("mode") != _TAKEN_OUT]
    return "\n".join([text, *names]).strip() or ("(file: taken out)" if listed else "")


def shared_messages(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The messages that were forwarded with it; what Slack shows of a link is none."""
    listed = message.get("attachments")
    items = listed if isinstance(listed, list) else []
    return [item for item in items if isinstance(item, Mapping) and item.get("is_share") is True][:_MOST_SHARED]


def _quote(shared: Mapping[str, Any]) -> str:
    """In Slack's own marks: by whom, and in which words."""
    words = shared.get("text") or shared.get("fallback")
    author = escape(" ".join(str(shared.get("author_name") or "").split())[:_LONGEST_NAME], quote=False)
    lines = [*([f"*{author.replace('*', '')}:*"] if author else []), *str(words or "").split("\n")]
    return "\n".join(f"&gt; {line}" for line in lines if line.strip())


def _file(file: Mapping[str, Any]) -> str:
    """Canvases, and what was dropped or pasted, have a title only; what a plan's limit hides has nothing."""
    kind = "canvas" if _CANVAS & {file.get("mode"), file.get("filetype")} else "file"
    name = next((value for key in ("name", "title") if isinstance(value := file.get(key), str) and value.strip()), "")
    return f"({kind}: {' '.join(name.split())})" if name else f"({kind})"


def files_of(message: Mapping[str, Any]) -> tuple[RemoteFile, ...]:
    """Those that have bytes."""
    listed = message.get("files")
    known = [file for file in listed if isinstance(file, Mapping)] if isinstance(listed, list) else []
    return tuple(file_of(file) for file in known if not {file.get("mode"), file.get("filetype")} & {*_WITHOUT_BYTES})


def file_of(file: Mapping[str, Any]) -> RemoteFile:
    """By the names of `FILE_FIELDS`."""
    size = file.get("size")
    return RemoteFile(
        id=str(file.get("id") or ""),
        line=_file(file),
        name=next(
            (value for key in ("name", "title") if isinstance(value := file.get(key), str) and value.strip()), ""
        ),
        type=str(file.get("mimetype") or ""),
        size=size if type(size) is int and size > 0 else 0,
        url=str(file.get("url_private_download") or file.get("url_private") or ""),
        is_elsewhere=file.get("is_external") is True or file.get("mode") == "external",
        is_hidden=file.get("file_access") == "check_file_info",
        alt=str(file.get("alt_txt") or ""),
    )
