"""Teams' calls to our bot: each activity's token is checked, then it is understood."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...domain.identities import Identity
from ...domain.provider_events import ConversationClosed, ConversationOpened, PeopleActed, ProviderEvent
from ...domain.providers import Provider
from ..queue_bodies import acted
from ..specification import Callback, CallbackAnswer, CallbackRequest
from .events import has_come
from .signatures import is_signed

if TYPE_CHECKING:
    from .specification import MicrosoftSpecification

_QUOTE = re.compile(r"""<blockquote\s[^<>]{0,200}schema\.skype\.com/Reply[^<>]{0,100}\sitemid=["']([0-9]{1,20})["']""")
_LONGEST_HTML, _QUOTED_WITHIN = 100_000, 10_000
_MOST_FILES, _LONGEST_NAME, _LONGEST_ADDRESS, _MOST_FORWARDED = 20, 200, 4_000, 5
_FORWARDED = "forwardedMessageReference"
_FILE = "application/vnd.microsoft.teams.file.download.info"
_TELL_WHERE = ("installationUpdate", "conversationUpdate", "message")
_ACTED = ("message", "messageUpdate", "messageDelete", "messageReaction")
_KEPT = (
    "type",
    "id",
    "from",
    "conversation",
    "channelData",
    "timestamp",
    "text",
    "textFormat",
    "replyToId",
    "value",
    "locale",
    "reactionsAdded",
    "reactionsRemoved",
    "action",
    "membersAdded",
    "recipient",
)


def read_activity(microsoft: "MicrosoftSpecification", request: CallbackRequest) -> CallbackAnswer | None:
    body = _parsed(request.body)
    if body is None or not is_signed(microsoft.teams, request.headers.get("authorization", ""), body):
        return None
    return CallbackAnswer(tuple(provider_events(body)))


CALLBACKS = (Callback("/teams/messages", "teams_messages", read_activity),)


def provider_events(activity: Mapping[str, Any]) -> Iterator[ProviderEvent]:
    """An activity: adding the app opens the way to a person, taking it away closes it."""
    person = _person(activity)
    if person is None or not _is_between_two(activity):
        return
    identity, user_id = person
    kind, conversation = activity.get("type"), _of(activity, "conversation").get("id")
    if kind == "installationUpdate" and str(activity.get("action", "")).startswith("remove"):
        yield ConversationClosed(identity)
        return
    if kind in _TELL_WHERE and isinstance(conversation, str):
        yield ConversationOpened(identity, str(activity["serviceUrl"]), conversation, user_id)
    if (kind in _ACTED or has_come(activity)) and _of(activity, "from").get("role") != "bot":
        yield _acted(activity)


def identity_of(activity: Mapping[str, Any]) -> Identity | None:
    """Whose activity it is; None for the bot itself and for what doesn't say."""
    person = _person(activity)
    return person[0] if person else None


def _acted(activity: Mapping[str, Any]) -> PeopleActed:
    kind, conversation = activity.get("type"), _of(activity, "conversation").get("id")
    kept = {name: activity.get(name) for name in _KEPT} | _attached(activity)
    once = f"teams {conversation} {activity.get('id')} {kind} {activity.get('timestamp')}"
    return acted(Provider.MICROSOFT, f"in teams {conversation}", once, kept)


def _attached(activity: Mapping[str, Any]) -> dict[str, Any]:
    """In a chat of two, what a message answers stands in an entity or in the HTML alone, and so do styles and addresses of
    links.
    """
    attached, quoted, html = _listed(activity, "attachments"), "", ""
    for item in _listed(activity, "entities"):
        quoted = quoted or str(_of(item, "quotedReply").get("messageId") or "")[:100]
    for item in attached:
        if not html and item.get("contentType") == "text/html" and isinstance(item.get("content"), str):
            html = item["content"][:_LONGEST_HTML]
            quote = _QUOTE.search(html[:_QUOTED_WITHIN])
            quoted = quoted or (quote[1] if quote else "")
    files = [file for item in attached if (file := _file(item))]
    forwarded = [about for item in attached if (about := _forwarded(item))]
    return {
        "quoted": quoted,
        "html": html,
        "files": files[:_MOST_FILES],
        **({"forwarded": forwarded[:_MOST_FORWARDED]} if forwarded else {}),
    }


def _forwarded(attachment: Mapping[str, Any]) -> dict[str, str] | None:
    """A message that was forwarded: JSON in a text, as Graph's `chatMessageAttachment` documents it for forwarded messages."""
    content = attachment.get("content")
    if attachment.get("contentType") != _FORWARDED or not isinstance(content, str):
        return None
    about = _parsed(content.encode()) or {}
    author = _of(_of(about, "originalMessageSender"), "user").get("displayName")
    html = about.get("originalMessageContent")
    return {
        "author": " ".join(author.split())[:_LONGEST_NAME] if isinstance(author, str) else "",
        "html": html[:_LONGEST_HTML] if isinstance(html, str) else "",
    }


def _file(attachment: Mapping[str, Any]) -> dict[str, Any] | None:
    """A picture that was pasted, which has no name; a file; or what has a name alone. None for what is none of these."""
    kind, name = str(attachment.get("contentType") or "").lower(), attachment.get("name")
    is_picture, name = kind.startswith("image/"), " ".join(name.split()) if isinstance(name, str) else ""
    address = attachment.get("contentUrl") if is_picture else None
    address = _of(attachment, "content").get("downloadUrl") if kind == _FILE else address
    url = address if isinstance(address, str) and len(address) <= _LONGEST_ADDRESS else ""
    if not url and not name:
        return None
    return {
        "name": name[:_LONGEST_NAME],
        "type": kind[:_LONGEST_NAME] if is_picture else "",
        "url": url,
        "picture": is_picture,
    }


def _listed(activity: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    result = activity.get(name)
    return [item for item in result if isinstance(item, Mapping)] if isinstance(result, list) else []


def _person(activity: Mapping[str, Any]) -> tuple[Identity, str] | None:
    """Who wrote: Entra's tenant and object id, and the bot's name for them."""
    sender, conversation = _of(activity, "from"), _of(activity, "conversation")
    tenant = conversation.get("tenantId") or _of(_of(activity, "channelData"), "tenant").get("id")
    user = sender.get("aadObjectId")
    if not isinstance(tenant, str) or not isinstance(user, str) or not tenant or not user or "#" in tenant + user:
        return None
    return Identity(Provider.MICROSOFT, tenant, user), str(sender.get("id", ""))


def _is_between_two(activity: Mapping[str, Any]) -> bool:
    """Not in a channel or a group, where others would read what is for one person."""
    conversation = _of(activity, "conversation")
    return conversation.get("conversationType", "personal") == "personal" and not conversation.get("isGroup")


def _of(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    result = body.get(name)
    return result if isinstance(result, Mapping) else {}


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        result = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return result if isinstance(result, dict) else None
