"""What each answer of the Bot Connector means for the relay: for how much, and whether it heals.

From learn.microsoft.com, "Send proactive messages" and "Rate limiting" (as of November 2026): 412, 429 and 502 to 504
are tried again; who blocked or removed the app is told by 403, a conversation that isn't there by 404. Nothing else speaks
of the whole side: a status or code that isn't in the documents costs the one message, after a few tries.
"""

from ..meanings import Means

_LATER = (412, 429, 502, 503, 504)
_THIS = (400, 413)
_OF_THE_CONVERSATION = ("", "ConversationNotFound", "NotFound")
_OF_THIS_MESSAGE = {"ActivityNotFoundInConversation", "MessageSizeTooBig", "BadArgument", "BadSyntax"}


def means(status: int, code: str, method: str, is_about_message: bool) -> Means:
    """`code`: the answer's own, empty where it has none. `is_about_message`: the call names a message that was sent."""
    if status in _LATER:
        return Means.LATER
    if status in _THIS or code in _OF_THIS_MESSAGE:
        return Means.DONE if method == "DELETE" and code == "ActivityNotFoundInConversation" else Means.THIS
    if status == 404 and is_about_message and code != "ConversationNotFound":
        return Means.DONE if method == "DELETE" else Means.THIS
    if status == 403 or (status == 404 and code in _OF_THE_CONVERSATION):
        return Means.SIDE
    return Means.FEW_TRIES


def words(status: int, method: str) -> str:
    """What people are told where this one thing is refused for good."""
    if method == "DELETE":
        return "They can still see it."
    if method == "PUT":
        return "It was deleted there." if status == 404 else "They still see the original."
    return "This message is too long for Teams." if status == 413 else "Teams doesn't accept this message."
