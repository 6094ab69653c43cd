"""A chat in somebody's conversation with our bot in their own Teams, through the Bot Connector's REST interface."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from ..domain.identities import Identity
from ..domain.relaying import Far, Shows, Stands, Way
from ..ports import CutOff, Line, RelayLater
from ..settings import Microsoft, Teams
from . import nonsense, teams
from .microsoft import bot_token

_TIMEOUT, _BACK_OFF = 8, 20.0
_LATER = (401, 408, 412, 429)


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

    def begin(self, identity: Identity, title: str) -> Far:
        from ..domain.translation import to_teams

        text = to_teams(f"Messages of “{title}” come here. Answer here.", (), "").text
        _, conversation = self._conversation(identity)
        answer = self._call(identity, "POST", "", {"type": "message", "textFormat": "markdown", "text": text})
        return Far(self.system(identity), conversation, _id(answer))

    def find(self, identity: Identity, thread: Far, message_id: str) -> Far | None:
        """Teams can't be asked what is there: at most one double for each failure."""
        return None

    def post(self, identity: Identity, thread: Far, line: Line) -> tuple[Far, str]:
        body, lost = _activity(line)
        answer = self._call(identity, "POST", "", body)
        if answer.get("refused"):
            return Far(self.system(identity), thread.place, ""), "Teams doesn't take this message"
        return Far(self.system(identity), thread.place, _id(answer)), lost

    def edit(self, identity: Identity, there: Far, line: Line) -> str:
        body, lost = _activity(line)
        answer = self._call(identity, "PUT", there.id, {**body, "id": there.id})
        return "Teams doesn't take this change" if answer.get("refused") else lost

    def delete(self, identity: Identity, there: Far) -> None:
        self._call(identity, "DELETE", there.id, None)

    def react(self, identity: Identity, there: Far, before: set[str], after: set[str]) -> None:
        """A bot can't; nobody calls it, as it isn't among what Teams shows."""

    def stands(self, identity: Identity, thread: Far, since: str) -> Stands | None:
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
            raise RelayLater(
                _BACK_OFF, "Teams can't be reached", outage=True
            ) from error  # msal's token trips over odd answers
        return _judged(answer, there=bool(activity_id))


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


def _judged(answer: Any, there: bool) -> dict[str, Any]:
    """What heals by waiting, what doesn't, and what will never be taken. `there`: the call was about a message."""
    if answer.status_code in _LATER or answer.status_code >= 500:
        wait = answer.headers.get("Retry-After", "")
        seconds, outage = float(wait) if wait.isdecimal() else _BACK_OFF, answer.status_code >= 500
        raise RelayLater(seconds, f"Teams: {answer.status_code}", outage)
    if answer.status_code in (400, 413):
        return {"refused": True}
    if answer.status_code == 404 and there:
        return {}
    if answer.status_code >= 300:
        raise CutOff(f"Teams: {answer.status_code}")
    try:
        found = answer.json() if answer.content else {}
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}
