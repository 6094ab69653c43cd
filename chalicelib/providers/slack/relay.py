"""A chat as a thread in somebody's direct message with our app in their own Slack."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from ...domain.identities import Identity, Installation
from ...domain.providers import Provider
from ...domain.relaying import (
    Capabilities,
    ChatChoice,
    HistoryPage,
    HomePage,
    RemoteMessage,
    RemoteMessageRef,
    Search,
    SupportLevel,
)
from ...gateways import unexpected
from ...ports import Disconnected, NotTaken, OutgoingMessage, RelayLater, ReplyLost, WindowGone
from ..meanings import Means
from . import client, events, refusals
from .files import SlackFiles
from .refusals import ADD, DELETE, POST, PUBLISH, REMOVE, UPDATE
from .settings import Slack

if TYPE_CHECKING:
    from ...domain.translation.translated import Translated

Found = TypeVar("Found")
_MESSAGE, _CHAT = "webtop_message", "webtop_chat"
_BACK_OFF = 20.0
READ_EVERY, _READ_AT_ONCE = timedelta(seconds=62), 15
"""Outside the Marketplace, a minute for each method and workspace, 15 objects at a time; calls aren't equally long on their way."""
_FROM_THE_START = "from the start"
_NO_SUCH_THREAD = {"thread_not_found", "message_not_found", "not_in_channel"}
_YIELDS = timedelta(seconds=15)
"""For so long a read was free before a comparison takes it: a message whose reply was lost has had it by then."""
_CLOCKS_DIFFER = timedelta(seconds=5)
_NOTHING = "…"
"""Slack takes no message without text."""


class SlackRelay:
    capabilities = Capabilities(
        text=SupportLevel.FULLY,
        edits=SupportLevel.FULLY,
        deletions=SupportLevel.FULLY,
        replies=SupportLevel.AS_QUOTE,
        reactions=SupportLevel.EACH_ONCE,
        mentions=SupportLevel.FULLY,
        files=SupportLevel.FULLY,
    )
    reaction_queue = ""

    def __init__(
        self,
        chosen: Slack,
        installation: Callable[[str], Installation | None],
        identity_of: Callable[[str, Provider, str], str],
        may_read: Callable[[str, timedelta], float],
    ) -> None:
        """`identity_of(account, provider, tenant)` is that person's user id there, or empty.

        `may_read(name, behind)` takes the next read of a history: 0, or the seconds until there is one that was free so long.
        """
        self._slack, self._installation, self._identity_of = chosen, installation, identity_of
        self._may_read = may_read

    @property
    def files(self) -> SlackFiles:
        return SlackFiles(self._call, self._token, self._slack.file_hosts)

    def system(self, identity: Identity) -> str:
        return f"slack#{identity.tenant}"

    def is_reached(self, identity: Identity) -> bool:
        return self._installation(identity.tenant) is not None

    def open(self, identity: Identity) -> str:
        try:
            opened = self._call(identity, "conversations.open", users=[identity.user])
        except WindowGone as gone:
            raise Disconnected(gone.reason) from gone
        except NotTaken as error:
            if error.is_known:
                raise Disconnected(error.code) from error
            raise
        return _message_of(_message_of(opened, "channel", dict), "id", str)

    def begin(self, identity: Identity, chat_id: str, line: str) -> RemoteMessageRef:
        channel = self.open(identity)
        about = _metadata(_CHAT, chat_id)
        try:
            posted = self._call(identity, POST, channel=channel, text=_plain(line), metadata=about, unfurl_links=False)
        except WindowGone as error:
            raise Disconnected(error.reason) from error
        return RemoteMessageRef(self.system(identity), channel, _posted(posted))

    def find(
        self, identity: Identity, thread: RemoteMessageRef, message_id: str, since: datetime, cursor: str
    ) -> Search:
        """A copy that an earlier try, whose reply was lost, may have left there."""
        method = "conversations.replies" if thread.id else "conversations.history"
        asked: dict[str, Any] = {
            "channel": thread.channel_id,
            "oldest": f"{(since - _CLOCKS_DIFFER).timestamp():.6f}",
            "include_all_metadata": True,
            "limit": _READ_AT_ONCE,
            **({"ts": thread.id} if thread.id else {}),
            **({"cursor": cursor} if cursor not in ("", _FROM_THE_START) else {}),
        }
        self._take_reads(identity, method)
        try:
            page = self._call(identity, method, **asked)
        except WindowGone:
            return Search()
        except NotTaken as error:
            return _not_searched(error)
        for item in _message_of(page, "messages", list):
            if _of(_of(_of(item, "metadata"), "event_payload"), "id") == message_id:
                return Search(RemoteMessageRef(thread.system, thread.channel_id, _message_of(item, "ts", str)))
        return Search(cursor=_next(page))

    def count_parts(self, identity: Identity, message: OutgoingMessage) -> int:
        return len(self._parts(identity, message)[1])

    def post(
        self, identity: Identity, thread: RemoteMessageRef, message: OutgoingMessage
    ) -> tuple[RemoteMessageRef, str]:
        text, lost = self._text(identity, message)
        posted = self._call(
            identity,
            POST,
            channel=thread.channel_id,
            thread_ts=thread.id,
            text=text,
            parse="none",
            link_names=False,
            username=_plain(message.signature),
            metadata=_metadata(_MESSAGE, message.part_id),
            unfurl_links=False,
            unfurl_media=False,
        )
        return RemoteMessageRef(self.system(identity), thread.channel_id, _posted(posted)), lost

    def edit(self, identity: Identity, ref: RemoteMessageRef, message: OutgoingMessage) -> str:
        text, lost = self._text(identity, message)
        # Unlike a new message, Slack would look for names in an edited one by itself.
        self._call(identity, UPDATE, channel=ref.channel_id, ts=ref.id, text=text, parse="none", link_names=False)
        return lost

    def delete(self, identity: Identity, ref: RemoteMessageRef) -> None:
        self._call(identity, DELETE, channel=ref.channel_id, ts=ref.id)

    def react(self, identity: Identity, ref: RemoteMessageRef, emoji: str, is_on: bool) -> None:
        """The app can set each emoji once, for everybody together."""
        from .emojis import reaction_to_slack

        method, name = ADD if is_on else REMOVE, reaction_to_slack(emoji)
        if not name:
            raise NotTaken(refusals.words(method, ""), "no name for it")
        self._call(identity, method, channel=ref.channel_id, timestamp=ref.id, name=name)

    def fetch_history(
        self, identity: Identity, thread: RemoteMessageRef, since: str, cursor: str
    ) -> HistoryPage | None:
        """The chat's thread, some at a time, and what stands outside of any: neither says what is deleted."""
        asked: dict[str, Any] = {"channel": thread.channel_id, "oldest": since, "limit": _READ_AT_ONCE}
        if cursor:
            self._take_reads(identity, "conversations.history", behind=_YIELDS)
            loose = self._call(identity, "conversations.history", cursor=cursor, **asked)
            return HistoryPage(_outside(loose, identity, thread), cursor=_next(loose))
        # Replies come last: live traffic needs them.
        self._take_reads(identity, "conversations.history", "conversations.replies", behind=_YIELDS)
        replies = self._call(identity, "conversations.replies", ts=thread.id, **asked)
        inside = _remote_message(replies, identity, thread)
        more = _of(replies, "has_more") is True and inside and inside[-1].ref.id > since
        upto = inside[-1].ref.id if more else ""
        loose = self._call(identity, "conversations.history", **asked, **({"latest": upto} if upto else {}))
        items = {
            remote_message.ref.id: remote_message
            for remote_message in (*_outside(loose, identity, thread), *inside)
            if remote_message.ref.id != thread.id
        }
        return HistoryPage(tuple(items[stamp] for stamp in sorted(items)), upto, _next(loose))

    def is_gone(self, identity: Identity, ref: RemoteMessageRef) -> bool:
        self._take_reads(identity, "conversations.replies", behind=_YIELDS)
        try:
            answer = self._call(identity, "conversations.replies", channel=ref.channel_id, ts=ref.id, limit=1)
        except WindowGone as gone:
            return gone.reason == "thread_not_found"
        messages = answer.get("messages")
        stones = [events.is_stone(message, ref.id) for message in messages] if isinstance(messages, list) else []
        return any(stones)

    def answer(
        self,
        identity: Identity,
        ref: RemoteMessageRef,
        parent: RemoteMessageRef | None,
        text: str,
        choices: Sequence[ChatChoice],
    ) -> None:
        from .choices import blocks

        below = {"thread_ts": parent.id} if parent else {}
        shown = blocks(text, choices)
        self._call(identity, POST, channel=ref.channel_id, text=_plain(text), blocks=shown, unfurl_links=False, **below)

    def show_home(self, identity: Identity, page: HomePage) -> None:
        from .choices import home

        self._call(identity, PUBLISH, user_id=identity.user, view=home(page))

    def name_of(self, identity: Identity) -> str:
        try:
            return events.name_shown(self._call(identity, "users.info", user=identity.user).get("user"))
        except (NotTaken, WindowGone, Disconnected):
            return ""

    def _text(self, identity: Identity, message: OutgoingMessage) -> tuple[str, str]:
        quote, written = self._parts(identity, message)
        part = written[min(message.part, len(written) - 1)]
        return ("" if message.part else quote) + part.text or _NOTHING, " ".join(part.lost)

    def _parts(self, identity: Identity, message: OutgoingMessage) -> "tuple[str, tuple[Translated, ...]]":
        from ...domain.translation.translated import Reached
        from .writing import LONGEST_UPDATE, slack_parts

        reached = tuple(
            Reached(account_id, name, self._identity_of(account_id, Provider.SLACK, identity.tenant))
            for account_id, name in message.mentions
        )
        quote = f"> {_plain(message.reply_author)}: {_plain(message.reply_text)}\n" if message.reply_author else ""
        quote = quote if len(quote) < LONGEST_UPDATE // 2 else ""
        return quote, slack_parts(message.text, reached, LONGEST_UPDATE - len(quote))

    def _take_reads(self, identity: Identity, *methods: str, behind: timedelta = timedelta()) -> None:
        for method in methods:
            if wait := self._may_read(f"{self.system(identity)} {method}", behind):
                raise RelayLater(wait, "Slack lets histories be read once a minute")

    def _token(self, identity: Identity) -> str:
        installed = self._installation(identity.tenant)
        if installed is None:
            raise Disconnected("the app isn't in their Slack")
        return installed.bot_token

    def _call(self, identity: Identity, method: str, **arguments: Any) -> dict[str, Any]:
        from slack_sdk.errors import SlackApiError, SlackClientError

        ask = getattr(client.client(self._slack, self._token(identity)), method.replace(".", "_"))
        try:
            with unexpected.odd_answers():
                answer = ask(**arguments).data
        except SlackApiError as error:
            return _refusal_of(method, error.response)
        except (SlackClientError, *unexpected.UNEXPECTED_RESPONSE_ERRORS) as error:
            raise _lost(method, "Slack can't be reached") from error
        return answer if isinstance(answer, dict) else {}


def _metadata(kind: str, of: str) -> dict[str, Any]:
    """By which a message of ours is found again."""
    return {"event_type": kind, "event_payload": {"id": of}}


def _posted(answer: dict[str, Any]) -> str:
    """The id of what was posted. Without one, it may be there all the same."""
    try:
        return _message_of(answer, "ts", str)
    except RelayLater as error:
        raise ReplyLost(error.seconds, error.reason, outage=True) from error


def _not_searched(error: NotTaken) -> Search:
    """There is no such thread; or the search begins anew, for its cursor is too old. Any other refusal says nothing of it."""
    if error.code in _NO_SUCH_THREAD:
        return Search()
    if error.code == "invalid_cursor":
        return Search(cursor=_FROM_THE_START)
    raise RelayLater(60, f"Slack: {error.code}") from error


def _next(answer: dict[str, Any]) -> str:
    cursor = _of(_of(answer, "response_metadata"), "next_cursor")
    return cursor if isinstance(cursor, str) else ""


def _message_of(answer: dict[str, Any], name: str, kind: type[Found]) -> Found:
    """What an answer must hold; one without it is none."""
    result = answer.get(name)
    if not isinstance(result, kind):
        raise RelayLater(_BACK_OFF, f"Slack says no {name}", outage=True)
    return result


def _remote_message(answer: dict[str, Any], identity: Identity, thread: RemoteMessageRef) -> list[RemoteMessage]:
    remote_messages = [
        events.remote_message(item, identity, thread.channel_id) for item in _message_of(answer, "messages", list)
    ]
    return [remote_message for remote_message in remote_messages if remote_message is not None]


def _outside(answer: dict[str, Any], identity: Identity, thread: RemoteMessageRef) -> tuple[RemoteMessage, ...]:
    return tuple(
        remote_message for remote_message in _remote_message(answer, identity, thread) if remote_message.parent is None
    )


def _of(result: Any, name: str) -> Any:
    return result.get(name) if isinstance(result, dict) else None


def _refusal_of(method: str, answer: Any) -> dict[str, Any]:
    """What a refusal means. Without JSON, slack-sdk gives a plain dict."""
    plain = isinstance(answer, dict)
    status = answer.get("status") if plain else getattr(answer, "status_code", 0)
    headers = answer.get("headers") if plain else getattr(answer, "headers", None)
    code = answer.get("error") if isinstance(getattr(answer, "data", None), dict) else ""
    # Where there is no code of Slack's, slack-sdk puts the whole answer there, which is for nobody's eyes.
    code = code if isinstance(code, str) and code.isascii() and code.replace("_", "").isalnum() else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        wait = {name.lower(): str(value) for name, value in (headers or {}).items()}.get("retry-after", "")
        raise RelayLater(float(wait) if wait.isdecimal() else _BACK_OFF, "Slack asks to wait")
    if not code:
        raise _lost(method, f"Slack: {status}")
    return _refused(method, code)


def _lost(method: str, reason: str) -> RelayLater:
    """Everything but a new message can simply be done again."""
    return (ReplyLost if method == POST else RelayLater)(_BACK_OFF, reason, outage=True)


def _refused(method: str, code: str) -> dict[str, Any]:
    match refusals.means(method, code):
        case Means.DONE:
            return {"error": code}
        case Means.SIDE:
            raise Disconnected(code)
        case Means.WINDOW:
            raise WindowGone(code)
        case Means.THIS:
            raise NotTaken(refusals.words(method, code), code)
        case Means.LATER:
            raise RelayLater(_BACK_OFF, f"Slack: {code}", outage=True)
        case Means.PERHAPS:
            raise _lost(method, f"Slack: {code}")
        case _:
            raise NotTaken(refusals.words(method, code), code, is_known=False)


def _plain(text: str) -> str:
    """On one line, and nothing of it a mark, a link or a ping."""
    from .writing import to_slack

    return " ".join(to_slack(text, ()).text.replace("*", " ").replace("_", " ").replace("`", " ").split())
