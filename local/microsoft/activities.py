"""What the Bot Connector tells the application: activities, each with a token signed as the Bot Framework signs."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape

from local.fake_provider.deliveries import Delivery
from local.fake_provider.state import Json
from local.microsoft import files, seed_data, tokens
from local.microsoft.fake_microsoft import Microsoft

_PATIENCE = 15.0
_LIFE = 3_600


def installed(microsoft: Microsoft, person: Json) -> None:
    """Somebody added the app: two activities, in Teams's order."""
    _installation(microsoft, person, "add")
    bot = {"id": f"28:{microsoft.settings['TEAMS_BOT_ID']}"}
    _send(microsoft, person, {"type": "conversationUpdate", "membersAdded": [bot]})


def removed(microsoft: Microsoft, person: Json) -> None:
    """Somebody took the app out."""
    _installation(microsoft, person, "remove")


def written(microsoft: Microsoft, person: Json, message: Json) -> None:
    _send(microsoft, person, {"type": "message", **_content(microsoft, person, message)}, message)


def edited(microsoft: Microsoft, person: Json, message: Json, event: str = "editMessage") -> None:
    more = {"type": "messageUpdate", **_content(microsoft, person, message)}
    more["channelData"] = {"eventType": event}
    _send(microsoft, person, more, message)


def deleted(microsoft: Microsoft, person: Json, message: Json) -> None:
    more = {"type": "messageDelete", "id": message["id"], "channelData": {"eventType": "softDeleteMessage"}}
    _send(microsoft, person, more, message)


def reacted(microsoft: Microsoft, person: Json, message: Json, kind: str, change: str) -> None:
    """`change` is `reactionsAdded` or `reactionsRemoved`."""
    _send(microsoft, person, {"type": "messageReaction", "replyToId": message["id"], change: [{"type": kind}]}, message)


def token(microsoft: Microsoft) -> str:
    """What an activity brings to prove where it comes from."""
    now = int(time.time())
    claims = {
        "iss": tokens.BOT_ISSUER,
        "aud": microsoft.settings["TEAMS_BOT_ID"],
        "nbf": now,
        "exp": now + _LIFE,
        "serviceurl": microsoft.service_url,
    }
    return microsoft.bots.sign(claims)


def _installation(microsoft: Microsoft, person: Json, action: str) -> None:
    channel = {"settings": {"selectedChannel": {"id": person["conversation"]}}, "source": {"name": "message"}}
    _send(microsoft, person, {"type": "installationUpdate", "action": action, "channelData": channel})


def _content(microsoft: Microsoft, person: Json, message: Json) -> Json:
    """A message's own fields; a quoted message stands in the HTML, as Teams has it."""
    html = f"<p>{escape(message['text'])}</p>{files.images(microsoft, message)}"
    quoted = message.get("quoted")
    if quoted:
        html = (
            f'<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="{quoted["id"]}">\r\n'
            f'<strong itemprop="mri" itemid="{quoted["by"]}">{escape(quoted["name"])}</strong>'
            f'<span itemprop="time" itemid="{quoted["id"]}"></span>\r\n'
            f'<p itemprop="preview">{escape(quoted["text"][:100])}</p>\r\n</blockquote>\r\n{html}'
        )
    return {
        "id": message["id"],
        "text": message["text"],
        "textFormat": "plain",
        "attachments": [
            *files.attachments(microsoft, message),
            {"contentType": "text/html", "content": message.get("html") or html},
        ],
        "localTimezone": "Europe/Berlin",
        "entities": [{"locale": "en-GB", "country": "DE", "platform": "Web", "timezone": "Europe/Berlin",
                      "type": "clientInfo"}],
        "from": {"id": person["user_id"], "name": person["name"], "aadObjectId": person["oid"]},
    }  # fmt: skip


def _send(microsoft: Microsoft, person: Json, more: Json, message: Json | None = None) -> None:
    """Complete the activity and hand it to the courier."""
    activity: Json = {
        "id": f"f:{microsoft.new_id()}",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "channelId": "msteams",
        "serviceUrl": microsoft.service_url,
        "from": {"id": person["user_id"], "aadObjectId": person["oid"]},
        "conversation": {"conversationType": "personal", "tenantId": person["tid"], "id": person["conversation"]},
        "recipient": {"id": f"28:{microsoft.settings['TEAMS_BOT_ID']}", "name": seed_data.APP_NAME},
        "locale": "en-GB",
        **more,
    }
    activity["channelData"] = {"tenant": {"id": person["tid"]}, **more.get("channelData", {})}
    body = json.dumps(activity).encode()

    def parcel(attempt: int, reason: str) -> tuple[Mapping[str, str], bytes]:
        headers = {"Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {token(microsoft)}"}
        return headers, body

    def told(taken: bool) -> None:
        if message is not None:
            with microsoft.changing():
                message["taken"] = taken

    url = f"{microsoft.config.application}/teams/messages"
    microsoft.courier.send(Delivery(activity["id"], activity["type"], url, parcel, _PATIENCE, told=told))
