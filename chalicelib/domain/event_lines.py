"""Events as lines in the chat: an English sentence and its values, so that a page can show it in another language."""

from .messages import Event, EventType
from .providers import BADGES, Via
from .sentences import sentence

NOT_KNOWN = sentence("Something happened here that can’t be shown right now.")
"""For what a newer version wrote, while an older one shows it."""


def line(event: Event, for_member: bool) -> tuple[str, dict[str, object]]:
    """The sentence for this reader. Addresses are for the workspace's members, until they are forgotten."""
    values: dict[str, object] = {
        "name": event.name,
        "by": event.by,
        "email": event.email,
        "count": event.count,
        "reason": event.reason,
    }
    match event.type:
        case EventType.INVITATION_SENT:
            return _sent(event, for_member, values)
        case EventType.JOINED:
            return _joined(event, for_member, values)
        case EventType.CALL_STARTED if event.ended_at:
            values["minutes"] = event.minutes
            if event.minutes == 1:
                return sentence("{by} started a call; it took a minute"), values
            return sentence("{by} started a call; it took {minutes} minutes"), values
        case EventType.INVITATION_DECLINED if event.reason and event.email and for_member:
            return sentence("{email} declined: {reason}"), values
        case EventType.DISCONNECTED | EventType.RESTORED if event.via == Via.MAIL:
            return _BY_MAIL[event.type], values
        case EventType.CLOSED:
            return (sentence("{by} closed this chat") if event.by else sentence("This chat was closed")), values
        case _:
            pair = _SENTENCES[event.type]
            return pair[0] if for_member and (event.email or event.type not in _WITH_ADDRESS) else pair[1], values


_SENTENCES = {
    EventType.INVITATION_DECLINED: (
        sentence("{email} declined the invitation"),
        sentence("An invitation was declined"),
    ),
    EventType.INVITATION_REVOKED: (
        sentence("{by} withdrew the invitation for {email}"),
        sentence("{by} withdrew an invitation"),
    ),
    EventType.INVITATION_EXPIRED: (
        sentence("The invitation for {email} expired without a reply"),
        sentence("An invitation expired without a reply"),
    ),
    EventType.INVITATION_BOUNCED: (
        sentence("The e-mail to {email} bounced: {reason}"),
        sentence("An invitation e-mail bounced"),
    ),
    EventType.LEFT: (sentence("{name} left"),) * 2,
    EventType.REMOVED: (sentence("{by} removed {name}"),) * 2,
    EventType.ENDED: (sentence("The end date of {name} came"),) * 2,
    EventType.TAKEN_OVER: (sentence("{by} took this chat over"),) * 2,
    EventType.RENAMED: (sentence("{by} named the chat “{name}”"),) * 2,
    EventType.DISCONNECTED: (sentence("{name} no longer gets messages in their app"),) * 2,
    EventType.CALL_STARTED: (sentence("{by} started a call"),) * 2,
    EventType.RESTORED: (sentence("{name} gets messages in their app again"),) * 2,
}


_BY_MAIL = {
    EventType.DISCONNECTED: sentence("{name} no longer gets this chat by e-mail"),
    EventType.RESTORED: sentence("{name} gets this chat by e-mail again"),
}
_WITH_ADDRESS = {kind for kind, (ours, _) in _SENTENCES.items() if "{email}" in ours}


def _sent(event: Event, for_member: bool, values: dict[str, object]) -> tuple[str, dict[str, object]]:
    first, second = [*event.emails, "", ""][:2]
    values |= {"first": first, "second": second, "more": event.count - 1}
    if not for_member or len(event.emails) < (2 if event.count == 2 else 1):
        item, many = sentence("{by} invited one person"), sentence("{by} invited {count} people")
        return (item if event.count == 1 else many), values
    if event.count == 1:
        return sentence("{by} invited {first}"), values
    if event.count == 2:
        return sentence("{by} invited {first} and {second}"), values
    return sentence("{by} invited {first} and {more} more people"), values


def _joined(event: Event, for_member: bool, values: dict[str, object]) -> tuple[str, dict[str, object]]:
    platform = "" if event.via == Via.WEBTOP else BADGES.get(event.via, "")
    values |= {
        "place": f"{platform} ({event.organization})" if event.organization else platform,
        "own": event.own_address,
    }
    if event.by:
        return sentence("{by} added {name}"), values
    here, existing = sentence("{name} joined"), sentence("{name} joined from {place}")
    if for_member and event.own_address:
        here = sentence("{name} joined, invited as {email}, with {own}")
        existing = sentence("{name} joined from {place}, invited as {email}, with {own}")
    return (existing if platform else here), values
