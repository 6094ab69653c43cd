"""A chat in somebody's conversation with our bot in their own Teams, through the Bot Connector's REST interface."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from ..domain.identities import Identity
from ..domain.relaying import Far
from ..ports import CutOff, Line, RelayLater
from ..settings import Microsoft, Teams
from . import teams
from .microsoft import bot_token

_TIMEOUT, _BACK_OFF = 8, 20.0
_LATER = (408, 412, 429, 500, 502, 503, 504)


class TeamsSide:
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
        return Far(self.system(identity), conversation, str(answer.get("id", "")))

    def find(self, identity: Identity, thread: Far, message_id: str) -> Far | None:
        """Teams can't be asked what is there: at most one double for each failure."""
        return None

    def post(self, identity: Identity, thread: Far, line: Line) -> tuple[Far, str]:
        body, lost = _activity(line)
        answer = self._call(identity, "POST", "", body)
        return Far(self.system(identity), thread.place, str(answer.get("id", ""))), lost

    def edit(self, identity: Identity, there: Far, line: Line) -> str:
        body, lost = _activity(line)
        self._call(identity, "PUT", there.id, {**body, "id": there.id})
        return lost

    def delete(self, identity: Identity, there: Far) -> None:
        self._call(identity, "DELETE", there.id, None)

    def react(self, identity: Identity, there: Far, before: set[str], after: set[str]) -> None:
        """A bot can't react in Teams; the capability table says so."""

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
        except (requests.RequestException, OSError, ValueError) as error:
            raise RelayLater(_BACK_OFF, "Teams can't be reached") from error
        return _judged(answer)


def _activity(line: Line) -> tuple[dict[str, Any], str]:
    from ..domain.translation import to_teams

    author = f"{line.author} (Webtop)"
    quoted = f"{line.reply_author}: {line.reply_text}\n\n" if line.reply_author else ""
    done = to_teams(quoted + line.text, (), author)
    return {"type": "message", "textFormat": "markdown", "text": done.text}, " ".join(done.lost)


def _judged(answer: Any) -> dict[str, Any]:
    if answer.status_code in _LATER:
        wait = answer.headers.get("Retry-After", "")
        raise RelayLater(float(wait) if wait.isdecimal() else _BACK_OFF, f"Teams: {answer.status_code}")
    if answer.status_code == 404:
        return {}
    if answer.status_code >= 400:
        raise CutOff(f"Teams: {answer.status_code}")
    try:
        found = answer.json() if answer.content else {}
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}
