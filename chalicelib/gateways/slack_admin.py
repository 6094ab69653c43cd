"""What Slack lets an application see and do about a workspace's people, for "Invite people to …"."""

from typing import Any
from urllib.parse import urlencode

from ..domain.colleagues import Channel, Kind, Outcome, Result, SlackRole, SlackWorkspace, Wanted, of_error
from ..domain.identities import Identity, Installation
from ..ports import ProviderFailed
from ..settings import Slack
from . import nonsense, slack

_SCOPES = "admin.users:write"
_PAGES = 5


class SlackAdmin:
    def __init__(self, chosen: Slack, redirect_uri: str) -> None:
        self._slack, self._redirect_uri = chosen, redirect_uri

    def workspace(self, identity: Identity, installed: Installation) -> SlackWorkspace:
        """Role, plan and channels, read live. What Slack doesn't tell is left out, never guessed."""
        token = installed.bot_token
        user = _object(slack.call(self._slack, "users_info", token, user=identity.user), "user")
        channels = self._channels(token)
        return SlackWorkspace(
            team_id=identity.tenant,
            team_name=installed.team_name,
            plan=self._plan(token),
            role=_role(user),
            channels=tuple(Channel(str(one["id"]), str(one["name"])) for one in channels),
            default_channel=next((str(one["id"]) for one in channels if one.get("is_general")), ""),
        )

    def begin(self, state: str) -> str:
        """Asking an owner or admin of the organisation for the one right that this needs."""
        query = {
            "client_id": self._slack.client_id,
            "scope": "",
            "user_scope": _SCOPES,
            "state": state,
            "redirect_uri": self._redirect_uri,
        }
        return f"{self._slack.base_url}/oauth/v2/authorize?{urlencode(query)}"

    def finish(self, code: str) -> tuple[str, str, str]:
        """(team, user, user token)."""
        answer = slack.call(
            self._slack,
            "oauth_v2_access",
            client_id=self._slack.client_id,
            client_secret=self._slack.client_secret,
            code=code,
            redirect_uri=self._redirect_uri,
        )
        person, team = _object(answer, "authed_user"), answer.get("team") or answer.get("enterprise") or {}
        if not person.get("access_token"):
            raise ProviderFailed("no user token")
        return str(team.get("id", "")), str(person.get("id", "")), str(person["access_token"])

    def invite(self, token: str, team_id: str, email: str, wanted: Wanted) -> Result:
        """One address. Slack's answer is only yes or no; each no becomes a sentence."""
        from slack_sdk.errors import SlackApiError, SlackClientError

        arguments: dict[str, Any] = {"team_id": team_id, "email": email, "channel_ids": list(wanted.channel_ids)}
        if wanted.message:
            arguments["custom_message"] = wanted.message
        if wanted.kind is Kind.GUESTS:
            alone = len(wanted.channel_ids) == 1
            arguments["is_ultra_restricted" if alone else "is_restricted"] = True
            if wanted.expires_on:
                arguments["guest_expiration_ts"] = _midnight(wanted)
        try:
            slack.client(self._slack, token).admin_users_invite(**arguments)
        except SlackApiError as error:
            status = getattr(error.response, "status_code", 0)
            return of_error(email, "ratelimited" if status == 429 else str(error.response.get("error", "unknown")))
        except (SlackClientError, *nonsense.RAISED):
            return of_error(email, "failed_to_send_invite")
        return Result(email=email, outcome=Outcome.SENT)

    def _plan(self, token: str) -> str:
        try:
            plan = slack.call(self._slack, "team_billing_info", token).get("plan")
        except ProviderFailed:
            return ""
        return str(plan or "free")

    def _channels(self, token: str) -> list[dict[str, Any]]:
        found, cursor = [], ""
        for _ in range(_PAGES):
            try:
                page = slack.call(
                    self._slack, "conversations_list", token, exclude_archived=True, limit=200, cursor=cursor
                )
            except ProviderFailed:
                break
            found += [one for one in page.get("channels", []) if isinstance(one, dict) and one.get("name")]
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return found


def _role(user: dict[str, Any]) -> SlackRole:
    if user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("deleted") or user.get("is_bot"):
        return SlackRole.GUEST
    if user.get("is_owner") or user.get("is_primary_owner"):
        return SlackRole.OWNER
    return SlackRole.ADMIN if user.get("is_admin") else SlackRole.MEMBER


def _midnight(wanted: Wanted) -> int:
    from datetime import UTC, datetime, time

    day = wanted.expires_on
    return int(datetime.combine(day, time(), UTC).timestamp()) if day else 0


def _object(answer: dict[str, Any], name: str) -> dict[str, Any]:
    found = answer.get(name)
    return found if isinstance(found, dict) else {}
