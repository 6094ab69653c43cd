"""One call of the Web API, as its method sees it."""

import base64
from dataclasses import dataclass
from typing import Any

from local.fake_provider.state import Json
from local.slack.fake_slack import Slack, SlackError


@dataclass(frozen=True, slots=True)
class Call:
    """The token, what it stands for, and the arguments, already held against the reference."""

    slack: Slack
    token: str
    about: Json
    args: Json

    @property
    def team_id(self) -> str:
        """The workspace that the call is about: the token's, or for an organisation's token the named one."""
        if self.about["team_id"]:
            return str(self.about["team_id"])
        named = self.text("team_id")
        teams = self.slack.data["teams"]
        inside = [team["id"] for team in teams.values() if team["enterprise_id"] == self.about["enterprise_id"]]
        if named and named not in inside:
            raise SlackError("team_not_found")
        return str(named or inside[0])

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name)
        return default if value is None else str(value).lower() in ("1", "true", "on")

    def items(self, name: str) -> list[str]:
        """A list: JSON's own, or words with commas between."""
        value = self.args.get(name)
        several = value if isinstance(value, list) else str(value or "").split(",")
        return [str(item).strip() for item in several if str(item).strip()]

    def need(self, scope: str) -> None:
        if scope not in self.about["scopes"]:
            raise SlackError("missing_scope", needed=scope, provided=",".join(self.about["scopes"]))

    def paged(self, items: list[Any], default: int = 100, most: int = 1_000) -> tuple[list[Any], Json]:
        """One page of the items, never more than `most`, and what the answer says about the next."""
        limit = self.text("limit") or str(default)
        if not limit.isdecimal() or not 0 <= int(limit) <= 1_000:
            raise SlackError("invalid_limit")
        start, size = _start(self.text("cursor")), min(int(limit) or default, most)
        after = base64.b64encode(f"next:{start + size}".encode()).decode() if start + size < len(items) else ""
        return items[start : start + size], {"response_metadata": {"next_cursor": after}}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "next":
            return int(number)
    except ValueError:
        pass
    raise SlackError("invalid_cursor")
