"""A chat in somebody's conversation with our bot in their own Teams, through the Bot Connector's REST interface."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ..domain.identities import Identity
from ..domain.relaying import Far, Search, Shows, Stands, Way
from ..ports import CutOff, Line, NotTaken, RelayLater
from ..settings import Microsoft, Teams
from . import nonsense, teams, teams_refusals
from .microsoft import bot_token
from .teams_refusals import Means

_TIMEOUT, _BACK_OFF = 8, 20.0


class TeamsSide:
    shows = Shows(
        text=Way.FULLY,
        edits=Way.FULLY,
        deletions=Way.FULLY,
        replies=Way.AS_QUOTE,
        reactions=Way.NOT,
        mentions=Way.AS_NAME,
        files=Way.AS_NAME,
    )

    def __init__(
        self, chosen: Teams, microsoft: Microsoft, conversation: Callable[[Identity], tuple[str, str]]
    ) -> None:
        self._teams, self._microsoft, self._conversation = chosen, microsoft, conversation

    def system(self, identity: Identity) -> str:
        return f"microsoft#{identity.tenant}"

    def is_reached(self, identity: Identity) -> bool:
        return bool(self._conversation(identity)[1])

    def open(self, identity: Identity) -> str:
        return self._conversation(identity)[1]

    def begin(self, identity: Identity, chat_id: str, title: str) -> Far:
        from ..domain.translation import to_teams

        text = to_teams(f"Messages of “{title}” come here. Answer here.", (), "").text
        answer = self._call(identity, "POST", "", {"type": "message", "textFormat": "markdown", "text": text})
        return Far(self.system(identity), self.open(identity), _id(answer))

    def find(self, identity: Identity, thread: Far, message_id: str, since: datetime, cursor: str) -> Search:
        """Teams can't be asked what is there: at most one double for each failure."""
        return Search()

    def post(self, identity: Identity, thread: Far, line: Line) -> tuple[Far, str]:
        body, lost = _activity(line)
        answer = self._call(identity, "POST", "", body)
        return Far(self.system(identity), thread.place, _id(answer)), lost

    def edit(self, identity: Identity, there: Far, line: Line) -> str:
        body, lost = _activity(line)
        self._call(identity, "PUT", there.id, {**body, "id": there.id})
        return lost

    def delete(self, identity: Identity, there: Far) -> None:
        self._call(identity, "DELETE", there.id, None)

    def react(self, identity: Identity, there: Far, emoji: str, is_on: bool) -> None:
        """A bot can't; nobody calls it, as it isn't among what Teams shows."""

    def stands(self, identity: Identity, thread: Far, since: str, cursor: str) -> Stands | None:
        """A bot can't read what stands in a conversation."""
        return None

    def is_gone(self, identity: Identity, there: Far) -> bool:
        return False

    def _call(self, identity: Identity, method: str, activity_id: str, body: dict[str, Any] | None) -> dict[str, Any]:
        import requests

        service, conversation = self._conversation(identity)
        if not conversation or not teams.is_known(self._teams, service):
            raise CutOff("the app isn't in their Teams")
        url = f"{service.rstrip('/')}/v3/conversations/{quote(conversation, safe='')}/activities"
        url += f"/{quote(activity_id, safe='')}" if activity_id else ""
        try:
            token = bot_token(self._microsoft, self._teams)
            answer = requests.request(
                method,
                url,
                json=body,
                headers={"Authorization": f"Bearer {token}"},
                timeout=_TIMEOUT,
                allow_redirects=False,
            )
        except nonsense.RAISED as error:
            raise RelayLater(_BACK_OFF, "Teams can't be reached", outage=True) from error
        return _judged(answer, method, there=bool(activity_id))


def _activity(line: Line) -> tuple[dict[str, Any], str]:
    from ..domain.translation import to_teams

    quoted = f"{line.reply_author}: {line.reply_text}\n\n" if line.reply_author else ""
    done = to_teams(quoted + line.text, (), line.signature)
    return {"type": "message", "textFormat": "markdown", "text": done.text}, " ".join(done.lost)


def _id(answer: dict[str, Any]) -> str:
    """What an answer to a new message must hold; one without it is none."""
    found = answer.get("id")
    if not isinstance(found, str) or not found:
        raise RelayLater(_BACK_OFF, "Teams says no id")
    return found


def _judged(answer: Any, method: str, there: bool) -> dict[str, Any]:
    """What an answer means. `there`: the call was about a message."""
    found = _json(answer)
    if answer.status_code < 300:
        return found
    status, code = answer.status_code, _code(found)
    match teams_refusals.means(status, code, method, there):
        case Means.LATER:
            wait = answer.headers.get("Retry-After", "")
            raise RelayLater(float(wait) if wait.isdecimal() else _BACK_OFF, f"Teams: {status}", outage=status >= 500)
        case Means.DONE:
            return {}
        case Means.SIDE:
            raise CutOff(f"Teams: {status}")
        case Means.THIS:
            raise NotTaken(teams_refusals.words(status, method), f"{status} {code}")
        case _:
            raise NotTaken(teams_refusals.words(status, method), f"{status} {code}", is_known=False)


def _json(answer: Any) -> dict[str, Any]:
    try:
        found = answer.json() if answer.content else {}
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


def _code(found: dict[str, Any]) -> str:
    """The Bot Connector's word for what is wrong, in `error.code`; a finer one in its `subCode`."""
    error = found.get("error")
    codes = [error.get(name) for name in ("subCode", "code")] if isinstance(error, dict) else []
    return next((one for one in codes if isinstance(one, str) and one.isascii() and one.isalnum()), "")
