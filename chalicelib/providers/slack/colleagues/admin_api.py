"""What Slack lets an application see and do about a workspace's people, for "Invite people to …"."""

import re
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from ....domain.identities import Identity, Installation
from ....gateways import unexpected
from ....ports import ProviderFailed
from .. import client, installation
from ..settings import Slack
from .answers import NO_ANSWER, RATE_LIMITED, of_error
from .rules import (
    Channel,
    ColleagueOutcome,
    InviteColleagueResult,
    InviteKind,
    SlackRole,
    SlackWorkspace,
    Wanted,
)

_SCOPES = "admin.users:write"
_PAGES, _LONGEST_WAIT = 5, 3600
_CODE = re.compile(r"[a-z][a-z0-9_]{1,79}")
Json = dict[str, Any]


class SlackAdmin:
    def __init__(self, chosen: Slack, redirect_uri: str) -> None:
        self._slack, self._redirect_uri = chosen, redirect_uri

    def workspace(self, identity: Identity, installed: Installation) -> SlackWorkspace:
        """Role, plan, channels and scopes, read live. What Slack doesn't tell is left out, never guessed."""
        token = installed.bot_token
        user, scopes = self._person(token, identity.user)
        channels, plan = self._channels(token, "conversations_list"), self._plan(token)
        slack_workspace = SlackWorkspace(
            team_id=identity.tenant,
            team_name=installed.team_name,
            app_id=installed.app_id,
            plan=plan,
            role=_role(user),
            channels=tuple(_channel(channel) for channel in channels),
            default_channel=next((str(channel["id"]) for channel in channels if channel.get("is_general")), ""),
        )
        if not slack_workspace.connects:
            return slack_workspace
        return replace(
            slack_workspace,
            may_connect=installation.CONNECT_SCOPE in (installed.scopes.split(",") if scopes is None else scopes),
            shareable=self._shareable(token, identity.user, channels),
            domains=self._domains(token),
        )

    def address(self, workspace: SlackWorkspace) -> str:
        query = urlencode({"app": workspace.app_id, "team": workspace.team_id})
        return f"{self._slack.base_url}/app_redirect?{query}"

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
        answer = client.call(
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

    def invite(self, token: str, team_id: str, email: str, wanted: Wanted) -> InviteColleagueResult:
        """One address. Slack's answer is only yes or no; each no becomes a sentence."""
        arguments: Json = {"team_id": team_id, "email": email, "channel_ids": list(wanted.channel_ids)}
        if wanted.message:
            arguments["custom_message"] = wanted.message
        if wanted.kind is InviteKind.GUESTS:
            alone = len(wanted.channel_ids) == 1
            arguments["is_ultra_restricted" if alone else "is_restricted"] = True
            if wanted.expires_on:
                arguments["guest_expiration_ts"] = _midnight(wanted)
        return self._asked(token, "admin_users_invite", email, arguments)

    def share(self, installed: Installation, email: str, channel_id: str) -> InviteColleagueResult:
        """Slack Connect: one address, one channel, and whoever comes may only write there (Slack's own default)."""
        arguments = {"channel": channel_id, "emails": [email], "external_limited": True}
        return self._asked(installed.bot_token, "conversations_inviteShared", email, arguments)

    def _asked(self, token: str, method: str, email: str, arguments: Json) -> InviteColleagueResult:
        from slack_sdk.errors import SlackApiError, SlackClientError

        ask = getattr(client.client(self._slack, token), method)
        try:
            with unexpected.odd_answers():
                ask(**arguments)
        except SlackApiError as error:
            return of_error(email, *_retry_after(error.response))
        except (SlackClientError, *unexpected.UNEXPECTED_RESPONSE_ERRORS):
            return of_error(email, NO_ANSWER)
        return InviteColleagueResult(email=email, outcome=ColleagueOutcome.SENT)

    def _person(self, token: str, user_id: str) -> tuple[Json, list[str] | None]:
        """Who asks, and the scopes that our app has now, which Slack names with every answer."""
        from slack_sdk.errors import SlackClientError

        try:
            with unexpected.odd_answers():
                answer = client.client(self._slack, token).users_info(user=user_id)
                user, headers = answer.get("user"), {name.lower(): value for name, value in answer.headers.items()}
        except (SlackClientError, *unexpected.UNEXPECTED_RESPONSE_ERRORS) as error:
            raise ProviderFailed(f"users_info: {type(error).__name__}") from error
        told = headers.get("x-oauth-scopes")
        scopes = None if told is None else [part.strip() for part in _first(told).split(",")]
        return user if isinstance(user, dict) else {}, scopes

    def _shareable(self, token: str, user_id: str, channels: list[Json]) -> tuple[Channel, ...]:
        """The app must be in the channel, and so must the person: nobody shares through us what isn't theirs to share."""
        mine = {str(channel["id"]) for channel in self._channels(token, "users_conversations", user=user_id)}
        return tuple(
            _channel(channel)
            for channel in channels
            if channel.get("is_member") and not channel.get("is_general") and str(channel["id"]) in mine
        )

    def _domains(self, token: str) -> tuple[str, ...]:
        """Of the addresses that may join by themselves: the company's own."""
        try:
            team = _object(client.call(self._slack, "team_info", token), "team")
        except ProviderFailed:
            return ()
        return tuple(part.strip().lower() for part in str(team.get("email_domain") or "").split(",") if part.strip())

    def _plan(self, token: str) -> str:
        try:
            plan = client.call(self._slack, "team_billing_info", token).get("plan")
        except ProviderFailed:
            return ""
        return str(plan or "free")

    def _channels(self, token: str, method: str, **whose: str) -> list[Json]:
        """Public ones only: the name of a private channel is for its members."""
        results, cursor = [], ""
        for _ in range(_PAGES):
            try:
                page = client.call(self._slack, method, token, exclude_archived=True, limit=200, cursor=cursor, **whose)
            except ProviderFailed:
                break
            results += [
                channel for channel in page.get("channels", []) if isinstance(channel, dict) and channel.get("name")
            ]
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return results


def _retry_after(response: Any) -> tuple[str, int]:
    """Slack's code, and the seconds that it asks to wait. A fault without a code of Slack's own is no answer."""
    if getattr(response, "status_code", 0) == HTTPStatus.TOO_MANY_REQUESTS:
        headers = {str(name).lower(): value for name, value in response.headers.items()}
        wait = _first(headers.get("retry-after") or "")
        return RATE_LIMITED, min(_LONGEST_WAIT, int(wait)) if wait.isdecimal() and len(wait) < 9 else 0
    code = response.data.get("error") if isinstance(response.data, dict) else None
    return (code, 0) if isinstance(code, str) and _CODE.fullmatch(code) else (NO_ANSWER, 0)


def _first(header: Any) -> str:
    """A header's value; slack-sdk gives some as lists."""
    return str(header[0] if isinstance(header, list) and header else header)


def _channel(item: Json) -> Channel:
    return Channel(str(item["id"]), str(item["name"]))


def _role(user: Json) -> SlackRole:
    if user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("deleted") or user.get("is_bot"):
        return SlackRole.GUEST
    if user.get("is_owner") or user.get("is_primary_owner"):
        return SlackRole.OWNER
    return SlackRole.ADMIN if user.get("is_admin") else SlackRole.MEMBER


def _midnight(wanted: Wanted) -> int:
    from datetime import UTC, datetime, time

    day = wanted.expires_on
    return int(datetime.combine(day, time(), UTC).timestamp()) if day else 0


def _object(answer: Json, name: str) -> Json:
    result = answer.get(name)
    return result if isinstance(result, dict) else {}
