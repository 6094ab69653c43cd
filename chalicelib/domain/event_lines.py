"""Events as lines in the chat: an English sentence and its values, so that a page can show it in another language."""

from .messages import Event, EventType


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
        case EventType.INVITATION_DECLINED if event.reason and event.email and for_member:
            return "{email} declined: {reason}", values
        case _:
            pair = _SENTENCES[event.type]
            return pair[0] if for_member and (event.email or event.type not in _WITH_ADDRESS) else pair[1], values


_SENTENCES = {
    EventType.INVITATION_DECLINED: ("{email} declined the invitation", "An invitation was declined"),
    EventType.INVITATION_REVOKED: ("{by} took back the invitation for {email}", "{by} took back an invitation"),
    EventType.INVITATION_EXPIRED: ("The invitation for {email} ended unanswered", "An invitation ended unanswered"),
    EventType.INVITATION_BOUNCED: ("The mail to {email} bounced: {reason}", "The mail of an invitation bounced"),
    EventType.LEFT: ("{name} left", "{name} left"),
    EventType.REMOVED: ("{by} removed {name}", "{by} removed {name}"),
    EventType.RENAMED: ("{by} named the chat “{name}”", "{by} named the chat “{name}”"),
    EventType.CUT_OFF: ("{name} is cut off from their application", "{name} is cut off from their application"),
    EventType.RESTORED: (
        "{name} is reached in their application again",
        "{name} is reached in their application again",
    ),
}


_WITH_ADDRESS = {kind for kind, (ours, _) in _SENTENCES.items() if "{email}" in ours}


def _sent(event: Event, for_member: bool, values: dict[str, object]) -> tuple[str, dict[str, object]]:
    first, second = [*event.emails, "", ""][:2]
    values |= {"first": first, "second": second, "more": event.count - 1}
    if not for_member or len(event.emails) < (2 if event.count == 2 else 1):
        return ("{by} invited one person" if event.count == 1 else "{by} invited {count} people"), values
    if event.count == 1:
        return "{by} invited {first}", values
    return (
        "{by} invited {first} and {second}" if event.count == 2 else "{by} invited {first} and {more} more people"
    ), values


def _joined(event: Event, for_member: bool, values: dict[str, object]) -> tuple[str, dict[str, object]]:
    place = {"slack": "Slack", "teams": "Teams"}.get(event.via, "")
    values |= {"place": f"{place} ({event.organization})" if event.organization else place, "own": event.own_address}
    if event.by:
        return "{by} added {name}", values
    sentence = "{name} joined from {place}" if place else "{name} joined"
    if for_member and event.own_address:
        return sentence + ", invited as {email}, with {own}", values
    return sentence, values
