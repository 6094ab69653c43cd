"""A chat as a thread in somebody's direct message with our app in their own Slack."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ..domain.identities import Identity, Installation, Provider
from ..domain.relaying import Far, Shows, Standing, Stands, Way
from ..ports import CutOff, Line, RelayLater
from ..settings import Slack
from . import nonsense, slack, slack_events

Found = TypeVar("Found")
_EVENT = "webtop_message"
_BACK_OFF = 20.0
_NOTHING = "…"
"""Slack takes no message without text."""
_CUT_OFF = {
    "account_inactive",
    "app_missing_action_url",
    "channel_not_found",
    "invalid_auth",
    "is_archived",
    "messages_tab_disabled",
    "missing_scope",
    "not_authed",
    "not_in_channel",
    "org_login_required",
    "restricted_action",
    "team_access_not_granted",
    "token_expired",
    "token_revoked",
    "user_disabled",
    "user_not_found",
    "cannot_dm_bot",
}
_HARMLESS = {
    "message_not_found",
    "already_reacted",
    "no_reaction",
    "cant_update_message",
    "cant_delete_message",
    "thread_not_found",
}


class SlackSide:
    shows = Shows(
        text=Way.FULLY,
        edits=Way.FULLY,
        deletions=Way.FULLY,
        replies=Way.AS_QUOTE,
        reactions=Way.EACH_ONCE,
        mentions=Way.FULLY,
        files=Way.AS_NAME,
    )

    def __init__(
        self,
        chosen: Slack,
        installation: Callable[[str], Installation | None],
        identity_of: Callable[[str, Provider, str], str],
    ) -> None:
        """`identity_of(account, provider, tenant)` is that person's user id there, or empty."""
        self._slack, self._installation, self._identity_of = chosen, installation, identity_of

    def system(self, identity: Identity) -> str:
        return f"slack#{identity.tenant}"

    def is_reached(self, identity: Identity) -> bool:
        return self._installation(identity.tenant) is not None

    def begin(self, identity: Identity, title: str) -> Far:
        opened = self._call(identity, "conversations_open", users=[identity.user])
        channel = _said(_said(opened, "channel", dict), "id", str)
        text = f"*{_plain(title)}*: messages of this chat come into this thread. Answer here."
        posted = self._call(identity, "chat_postMessage", channel=channel, text=text, unfurl_links=False)
        return Far(self.system(identity), channel, _said(posted, "ts", str))

    def find(self, identity: Identity, thread: Far, message_id: str) -> Far | None:
        """A copy that an earlier, cut-off try may have left there."""
        cursor: Any = ""
        for _ in range(20):
            page = self._call(
                identity,
                "conversations_replies",
                channel=thread.place,
                ts=thread.id,
                include_all_metadata=True,
                limit=200,
                cursor=cursor,
            )
            for one in _said(page, "messages", list):
                if _of(_of(_of(one, "metadata"), "event_payload"), "id") == message_id:
                    return Far(thread.system, thread.place, _said(one, "ts", str))
            cursor = _of(_of(page, "response_metadata"), "next_cursor")
            if not cursor:
                return None
        return None

    def post(self, identity: Identity, thread: Far, line: Line) -> tuple[Far, str]:
        text, lost = self._text(identity, line)
        posted = self._call(
            identity,
            "chat_postMessage",
            channel=thread.place,
            thread_ts=thread.id,
            text=text,
            parse="none",
            link_names=False,
            username=_plain(line.signature),
            metadata={"event_type": _EVENT, "event_payload": {"id": line.id}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return Far(self.system(identity), thread.place, _said(posted, "ts", str)), lost

    def edit(self, identity: Identity, there: Far, line: Line) -> str:
        text, lost = self._text(identity, line)
        # Unlike a new message, Slack would look for names in an edited one by itself.
        self._call(
            identity,
            "chat_update",
            channel=there.place,
            ts=there.id,
            text=text,
            parse="none",
            link_names=False,
        )
        return lost

    def delete(self, identity: Identity, there: Far) -> None:
        self._call(identity, "chat_delete", channel=there.place, ts=there.id)

    def react(self, identity: Identity, there: Far, before: set[str], after: set[str]) -> None:
        """The app can set each emoji once, for everybody together."""
        for name in _names(after - before):
            self._call(identity, "reactions_add", channel=there.place, timestamp=there.id, name=name)
        for name in _names(before - after):
            self._call(identity, "reactions_remove", channel=there.place, timestamp=there.id, name=name)

    def stands(self, identity: Identity, thread: Far, since: str) -> Stands | None:
        """The chat's thread, some at a time, and what stands outside of any: neither says what is deleted."""
        asked = {"channel": thread.place, "oldest": since, "limit": 200}
        replies = self._call(identity, "conversations_replies", ts=thread.id, **asked)
        loose = self._call(identity, "conversations_history", **asked)
        inside = _standing(replies, identity, thread)
        outside = [one for one in _standing(loose, identity, thread) if one.parent is None]
        items = {one.far.id: one for one in (*outside, *inside) if one.far.id != thread.id}
        more = _of(replies, "has_more") is True and inside and inside[-1].far.id > since
        upto = inside[-1].far.id if more else ""
        there = [items[stamp] for stamp in sorted(items) if not upto or stamp <= upto]
        return Stands(tuple(there), upto)

    def is_gone(self, identity: Identity, there: Far) -> bool:
        answer = self._call(identity, "conversations_replies", channel=there.place, ts=there.id, limit=1)
        messages = answer.get("messages")
        stones = [slack_events.is_stone(one, there.id) for one in messages] if isinstance(messages, list) else []
        return answer.get("error") == "thread_not_found" or any(stones)

    def _text(self, identity: Identity, line: Line) -> tuple[str, str]:
        from ..domain.translation import Reached, to_slack

        reached = [
            Reached(account_id, name, self._identity_of(account_id, Provider.SLACK, identity.tenant))
            for account_id, name in line.mentions
        ]
        done = to_slack(line.text, reached)
        quote = f"> {_plain(line.reply_author)}: {_plain(line.reply_text)}\n" if line.reply_author else ""
        return quote + done.text or _NOTHING, " ".join(done.lost)

    def _call(self, identity: Identity, method: str, **arguments: Any) -> dict[str, Any]:
        from slack_sdk.errors import SlackApiError, SlackClientError

        installed = self._installation(identity.tenant)
        if installed is None:
            raise CutOff("the app isn't in their Slack")
        try:
            answer = getattr(slack.client(self._slack, installed.bot_token), method)(**arguments).data
        except SlackApiError as error:
            return _judged(error.response)
        except (SlackClientError, *nonsense.RAISED) as error:
            raise RelayLater(_BACK_OFF, "Slack can't be reached", outage=True) from error
        return answer if isinstance(answer, dict) else {}


def _said(answer: dict[str, Any], name: str, kind: type[Found]) -> Found:
    """What an answer must hold; one without it is none."""
    found = answer.get(name)
    if not isinstance(found, kind):
        raise RelayLater(_BACK_OFF, f"Slack says no {name}", outage=True)
    return found


def _standing(answer: dict[str, Any], identity: Identity, thread: Far) -> list[Standing]:
    found = [slack_events.standing(one, identity, thread.place) for one in _said(answer, "messages", list)]
    return [one for one in found if one is not None]


def _of(found: Any, name: str) -> Any:
    return found.get(name) if isinstance(found, dict) else None


def _judged(answer: Any) -> dict[str, Any]:
    """What heals by waiting, what doesn't, and what is as good as done. Without JSON, slack-sdk gives a plain dict."""
    plain = isinstance(answer, dict)
    status = answer.get("status") if plain else getattr(answer, "status_code", 0)
    headers = answer.get("headers") if plain else getattr(answer, "headers", None)
    code = str(answer.get("error", "")) if isinstance(getattr(answer, "data", None), dict) else ""
    # Where there is no code of Slack's, slack-sdk puts the whole answer there, which is for nobody's eyes.
    code = code if code.isascii() and code.replace("_", "").isalnum() else ""
    if status == 429 or code == "ratelimited":
        wait = {name.lower(): str(value) for name, value in (headers or {}).items()}.get("retry-after", "")
        raise RelayLater(float(wait) if wait.isdecimal() else _BACK_OFF, "Slack asks to wait")
    if code in _HARMLESS:
        return {"error": code}
    if code in _CUT_OFF:
        raise CutOff(str(code))
    raise RelayLater(_BACK_OFF, f"Slack: {code or status}", outage=True)


def _names(emojis: Iterable[str]) -> list[str]:
    from ..domain.translation import reaction_to_slack

    return [name for emoji in sorted(emojis) if (name := reaction_to_slack(emoji))]


def _plain(text: str) -> str:
    """On one line, and nothing of it a mark, a link or a ping."""
    from ..domain.translation import to_slack

    return " ".join(to_slack(text, ()).text.replace("*", " ").replace("_", " ").replace("`", " ").split())
