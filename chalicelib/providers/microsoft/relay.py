"""A chat in somebody's conversation with our bot in their own Teams, through the Bot Connector's REST interface."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ...domain.identities import Identity
from ...domain.relaying import Capabilities, ChatChoice, HistoryPage, HomePage, RemoteMessageRef, Search, SupportLevel
from ...gateways import unexpected
from ...ports import Disconnected, NotTaken, OutgoingMessage, RelayLater, ReplyLost
from ..meanings import Means
from . import refusals, signatures
from .bot_token import bot_token
from .files import TeamsFiles
from .settings import Microsoft, Teams

_TIMEOUT, _BACK_OFF = 8, 20.0
_QUOTABLE = re.compile(r"[\w:.-]{1,100}")
_NO_ID = "no id"
"""Under which a message stands that Teams took without saying its id: it is there, once, and can't be changed."""


class TeamsRelay:
    capabilities = Capabilities(
        text=SupportLevel.FULLY,
        edits=SupportLevel.FULLY,
        deletions=SupportLevel.FULLY,
        replies=SupportLevel.FULLY,
        reactions=SupportLevel.EACH_ONCE,
        mentions=SupportLevel.AS_NAME,
        files=SupportLevel.AS_LINK,
    )
    reaction_queue = "microsoft reactions"

    def __init__(
        self, chosen: Teams, microsoft: Microsoft, conversation: Callable[[Identity], tuple[str, str]]
    ) -> None:
        self._teams, self._microsoft, self._conversation = chosen, microsoft, conversation
        self._connections: Any = None

    @property
    def files(self) -> TeamsFiles:
        return TeamsFiles(
            self._teams,
            self._token,
            lambda identity, activity: _id(self._call(identity, "POST", "", activity)),
            lambda identity, activity_id: self.delete(identity, RemoteMessageRef("", "", activity_id)),
        )

    def system(self, identity: Identity) -> str:
        return f"microsoft#{identity.tenant}"

    def is_reached(self, identity: Identity) -> bool:
        return bool(self._conversation(identity)[1])

    def open(self, identity: Identity) -> str:
        return self._conversation(identity)[1]

    def begin(self, identity: Identity, chat_id: str, line: str) -> RemoteMessageRef:
        from .writing import to_teams

        text = to_teams(line, (), "").text
        answer = self._call(identity, "POST", "", {"type": "message", "textFormat": "markdown", "text": text})
        return RemoteMessageRef(self.system(identity), self.open(identity), _id(answer))

    def find(
        self, identity: Identity, thread: RemoteMessageRef, message_id: str, since: datetime, cursor: str
    ) -> Search:
        """Teams can't be asked what is there: at most one double for each failure."""
        return Search()

    def count_parts(self, identity: Identity, message: OutgoingMessage) -> int:
        """What Teams takes is longer than the longest message of ours."""
        return 1

    def post(
        self, identity: Identity, thread: RemoteMessageRef, message: OutgoingMessage
    ) -> tuple[RemoteMessageRef, str]:
        answer, lost = self._say(identity, "POST", "", message)
        return RemoteMessageRef(self.system(identity), thread.channel_id, _id(answer)), lost

    def edit(self, identity: Identity, ref: RemoteMessageRef, message: OutgoingMessage) -> str:
        return self._say(identity, "PUT", ref.id, message)[1]

    def _say(
        self, identity: Identity, method: str, activity_id: str, message: OutgoingMessage
    ) -> tuple[dict[str, Any], str]:
        """Where Teams doesn't take its own quote, the quoted line stands in front."""
        body, lost = _activity(message)
        try:
            return self._call(identity, method, activity_id, body | ({"id": activity_id} if activity_id else {})), lost
        except NotTaken as refusal:
            if "entities" not in body or not refusal.code.startswith("400"):
                raise
            return self._say(identity, method, activity_id, replace(message, reply_id=""))

    def delete(self, identity: Identity, ref: RemoteMessageRef) -> None:
        self._call(identity, "DELETE", ref.id, None)

    def react(self, identity: Identity, ref: RemoteMessageRef, emoji: str, is_on: bool) -> None:
        """The bot can set each emoji once, for everybody together. Two a second, in all conversations together, as Teams says."""
        from .reactions import reaction_to_teams

        name = reaction_to_teams(emoji)
        if not name:
            raise NotTaken(refusals.words(0, "PUT"), "no id for it")
        try:
            self._call(identity, "PUT" if is_on else "DELETE", ref.id, None, f"/reactions/{quote(name, safe='')}")
        except Disconnected as refusal:
            raise NotTaken(refusals.words(0, "PUT"), refusal.reason) from refusal
        except NotTaken as refusal:
            raise NotTaken(refusal.words, refusal.code) from refusal

    def fetch_history(
        self, identity: Identity, thread: RemoteMessageRef, since: str, cursor: str
    ) -> HistoryPage | None:
        """A bot can't read what stands in a conversation."""
        return None

    def is_gone(self, identity: Identity, ref: RemoteMessageRef) -> bool:
        return False

    def answer(
        self,
        identity: Identity,
        ref: RemoteMessageRef,
        parent: RemoteMessageRef | None,
        text: str,
        choices: Sequence[ChatChoice],
    ) -> None:
        from .choices import card
        from .writing import to_teams

        said = {"type": "message", "textFormat": "markdown", "text": to_teams(text, (), "").text}
        self._call(identity, "POST", "", {**said, "attachments": card(choices)})

    def show_home(self, identity: Identity, page: HomePage) -> None:
        """A bot for single people has no page of its own; it greets."""

    def name_of(self, identity: Identity) -> str:
        """Teams' texts say names by themselves."""
        return ""

    def _call(
        self, identity: Identity, method: str, activity_id: str, body: dict[str, Any] | None, below: str = ""
    ) -> dict[str, Any]:
        if activity_id == _NO_ID:
            raise NotTaken(refusals.words(0, method), "no id")
        service, conversation = self._conversation(identity)
        if not conversation or not signatures.is_known(self._teams, service):
            raise Disconnected("the app isn't in their Teams")
        url = f"{service.rstrip('/')}/v3/conversations/{quote(conversation, safe='')}/activities"
        url += f"/{quote(activity_id, safe='')}{below}" if activity_id else ""
        token = self._token()
        try:
            answer = self._session().request(
                method,
                url,
                json=body,
                headers={"Authorization": f"Bearer {token}"},
                timeout=_TIMEOUT,
                allow_redirects=False,
            )
        except unexpected.UNEXPECTED_RESPONSE_ERRORS as error:
            raise RelayLater(_BACK_OFF, "Teams can't be reached", outage=True) from error
        return _refusal_of(answer, method, existing=bool(activity_id))

    def _token(self) -> str:
        try:
            return bot_token(self._microsoft, self._teams)
        except unexpected.UNEXPECTED_RESPONSE_ERRORS as error:
            raise RelayLater(_BACK_OFF, "Teams can't be reached", outage=True) from error

    def _session(self) -> Any:
        """One for a container, so that a message costs no connection of its own. It keeps no cookies: people share it."""
        from http.cookiejar import DefaultCookiePolicy

        import requests

        if self._connections is None:
            self._connections = requests.Session()
            self._connections.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        return self._connections


def _activity(message: OutgoingMessage) -> tuple[dict[str, Any], str]:
    from .writing import to_teams

    if _QUOTABLE.fullmatch(message.reply_id):
        done = to_teams(message.text, (), message.signature)
        text = f'<quoted messageId="{message.reply_id}"/> {done.text}'
        more = {"entities": [{"type": "quotedReply", "quotedReply": {"messageId": message.reply_id}}]}
    else:
        quoted = f"{message.reply_author}: {message.reply_text}\n\n" if message.reply_author else ""
        done = to_teams(quoted + message.text, (), message.signature)
        text, more = done.text, {}
    return {"type": "message", "textFormat": "markdown", "text": text, **more}, " ".join(done.lost)


def _id(answer: dict[str, Any]) -> str:
    """Of a message that was taken. Sent again for want of an id, it would stand there twice."""
    result = answer.get("id")
    return result if isinstance(result, str) and result else _NO_ID


def _refusal_of(answer: Any, method: str, existing: bool) -> dict[str, Any]:
    """What an answer means. `existing`: the call was about a message that is there."""
    results = _json(answer)
    if answer.status_code < 300:
        if results is None:
            raise ReplyLost(_BACK_OFF, "Teams answers nonsense", outage=True)
        return results
    results = results or {}
    status, code = answer.status_code, _code(results)
    match refusals.means(status, code, method, existing):
        case Means.LATER:
            wait = answer.headers.get("Retry-After", "")
            raise RelayLater(float(wait) if wait.isdecimal() else _BACK_OFF, f"Teams: {status}", outage=status >= 500)
        case Means.DONE:
            return {}
        case Means.SIDE:
            raise Disconnected(f"Teams: {status}")
        case Means.THIS:
            raise NotTaken(refusals.words(status, method), f"{status} {code}")
        case _:
            raise NotTaken(refusals.words(status, method), f"{status} {code}", is_known=False)


def _json(answer: Any) -> dict[str, Any] | None:
    """None for what isn't JSON: then it isn't Teams that answers."""
    try:
        result = answer.json() if answer.content else {}
    except ValueError:
        return None
    return result if isinstance(result, dict) else {}


def _code(results: dict[str, Any]) -> str:
    """The Bot Connector's word for what is wrong, in `error.code`; a finer one in its `subCode`."""
    error = results.get("error")
    codes = [error.get(name) for name in ("subCode", "code")] if isinstance(error, dict) else []
    return next((code for code in codes if isinstance(code, str) and code.isascii() and code.isalnum()), "")
