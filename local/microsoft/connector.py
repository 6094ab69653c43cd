"""The Bot Connector: how the application writes into Teams chats, and the keys that its activities are signed with."""

import json
import re
from typing import Any
from urllib.parse import unquote

import jwt

from local.fake_provider import web
from local.fake_provider.state import Json
from local.http import Answer, Request
from local.microsoft import seed_data, tokens
from local.microsoft.fake_microsoft import Microsoft

_ENDORSEMENTS = ["msteams", "webchat", "directline", "emulator"]
_KNOWN = frozenset(
    [
        "type", "id", "timestamp", "localTimestamp", "localTimezone", "callerId", "serviceUrl", "channelId", "from",
        "conversation", "recipient", "textFormat", "attachmentLayout", "membersAdded", "membersRemoved",
        "reactionsAdded", "reactionsRemoved", "topicName", "historyDisclosed", "locale", "text", "speak", "inputHint",
        "summary", "suggestedActions", "attachments", "entities", "channelData", "action", "replyToId", "label",
        "valueType", "value", "name", "relatesTo", "code", "expiration", "importance", "deliveryMode", "listenFor",
        "textHighlights", "semanticAction",
    ]
)  # fmt: skip
"""The fields of an activity, by the Bot Framework's activity schema."""
_LARGEST = 100 * 1024
_REACTION = re.compile("[a-z0-9_]{1,80}(?:-tone[1-5])?")
_QUOTED = re.compile(r'<quoted messageId="([^"<>]{1,100})"\s?/>\s?')
"""The form of an id of the "Teams reactions reference"."""
_CARD = "application/vnd.microsoft.card.adaptive"
_ACTIONS = {"Action.OpenUrl": "url", "Action.Submit": "data"}


class ConnectorError(Exception):
    """A status, a code and a sentence, in the connector's form."""

    def __init__(self, status: int, code: str, words: str, headers: list[tuple[str, str]] | None = None) -> None:
        super().__init__(words)
        self.status, self.code, self.words, self.headers = status, code, words, headers or []

    def answer(self) -> Answer:
        return web.answer({"error": {"code": self.code, "message": self.words}}, self.status, self.headers)


def metadata(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    base = f"{microsoft.config.playground}/microsoft/botframework/v1/.well-known"
    answer = {
        "issuer": tokens.BOT_ISSUER,
        "authorization_endpoint": "https://invalid.botframework.com",
        "jwks_uri": f"{base}/keys",
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    }
    return web.answer(answer)


def keys(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    return web.answer({"keys": [microsoft.bots.public(x5t=microsoft.bots.id, endorsements=_ENDORSEMENTS)]})


def blocked() -> Answer:
    """What Teams answers when somebody blocked the bot or took it out."""
    inner = {
        "subCode": "MessageWritesBlocked",
        "details": "Thread is blocked from message writes.",
        "errorCode": None,
        "errorSubCode": None,
    }
    return web.answer({"errorCode": 209, "message": json.dumps(inner, indent=2).replace("\n", "\r\n")}, 403)


def create(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """`POST /v3/conversations`: only with somebody who has the app."""
    given = _checked(microsoft, request)
    members = given.get("members")
    tenant = (given.get("channelData") or {}).get("tenant", {}).get("id") or given.get("tenantId")
    if not isinstance(members, list) or len(members) != 1 or not isinstance(members[0], dict):
        raise ConnectorError(400, "BadSyntax", "Exactly one member is needed.")
    wanted = members[0].get("id")
    for person in microsoft.data["people"].values():
        if wanted in (person["user_id"], person["oid"]) and person["tid"] == tenant:
            if not person["has_app"]:
                raise ConnectorError(403, "ForbiddenOperationException", "The app is not installed for this user.")
            return web.answer({"id": person["conversation"]}, 201)
    raise ConnectorError(404, "NotFound", "There is no such user in this tenant.")


def post(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """`POST …/activities` and `POST …/activities/{id}`, the second one in answer to an activity."""
    given = _checked(microsoft, request)
    person = _reachable(microsoft, parts[0])
    if person is None:
        return blocked()
    if given.get("type") == "typing":
        return web.answer({"id": microsoft.new_id()}, 202)
    content = _quoting(person, _content(given))
    message = {"id": microsoft.new_id(), "by": "bot", **content, "reply_to": given.get("replyToId") or parts[1]}
    person["messages"].append(message)
    return web.answer({"id": message["id"]}, 201)


def update(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    given = _checked(microsoft, request)
    person = _reachable(microsoft, parts[0])
    if person is None:
        return blocked()
    message = _own(person, parts[1])
    message.update(_quoting(person, _content(given)), edited=True)
    return web.answer({"id": message["id"]})


def delete(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    authorize(microsoft, request)
    person = _reachable(microsoft, parts[0])
    if person is None:
        return blocked()
    _own(person, parts[1])["deleted"] = True
    return Answer(200, [])


def react(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    """`PUT` and `DELETE …/activities/{id}/reactions/{id}`, without a body: the bot's own, and the same twice is as once."""
    authorize(microsoft, request)
    if request.body:
        raise ConnectorError(400, "BadSyntax", "A reaction has no body.")
    if not _REACTION.fullmatch(parts[2]):
        raise ConnectorError(400, "BadArgument", "There is no such reaction.")
    person = _reachable(microsoft, parts[0])
    if person is None:
        return blocked()
    if wait := microsoft.reaction_limit.wait():
        raise ConnectorError(429, "TooManyRequests", "Two reactions a second.", [("Retry-After", str(wait))])
    message = _standing(person, parts[1])
    reactions: list[str] = message.setdefault("bot_reactions", [])
    if request.method == "PUT" and parts[2] not in reactions:
        reactions.append(parts[2])
    elif request.method == "DELETE" and parts[2] in reactions:
        reactions.remove(parts[2])
    return Answer(200, [])


def members(microsoft: Microsoft, request: Request, parts: tuple[str, ...]) -> Answer:
    authorize(microsoft, request)
    person = _of(microsoft, parts[0])
    if not person["has_app"]:
        raise ConnectorError(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
    if parts[1] and parts[1] not in (person["user_id"], person["oid"]):
        raise ConnectorError(404, "MemberNotFoundInConversation", "There is no such member.")
    first, _, last = person["name"].partition(" ")
    answer = {
        "id": person["user_id"],
        "name": person["name"],
        "givenName": first,
        "surname": last,
        "objectId": person["oid"],
        "aadObjectId": person["oid"],
        "email": person["email"],
        "userPrincipalName": person["login"],
        "tenantId": person["tid"],
        "userRole": "user",
    }
    return web.answer(answer if parts[1] else [answer])


def authorize(microsoft: Microsoft, request: Request) -> None:
    """Only with a token that this machine's Microsoft gave the bot."""
    kind, _, value = dict(request.headers).get("authorization", "").partition(" ")
    try:
        if kind.lower() != "bearer":
            raise jwt.InvalidTokenError
        claims = microsoft.logins.read(value, tokens.BOT_AUDIENCE)
    except jwt.PyJWTError:
        raise ConnectorError(401, "Unauthorized", "Authorization has been denied for this request.") from None
    if claims.get("appid") != microsoft.settings["TEAMS_BOT_ID"]:
        raise ConnectorError(403, "Forbidden", "This application is not the bot.")


def _checked(microsoft: Microsoft, request: Request) -> Json:
    authorize(microsoft, request)
    if len(request.body) > _LARGEST:
        raise ConnectorError(413, "MessageSizeTooBig", "The message is too big.")
    try:
        given = json.loads(request.body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ConnectorError(400, "BadSyntax", "Bad format of the activity.")
    return given


def _content(given: Json) -> dict[str, Any]:
    """What of an activity becomes a message; checked against the activity schema."""
    unknown = sorted(set(given) - _KNOWN)
    if unknown:
        raise ConnectorError(400, "BadSyntax", f"Unknown fields: {', '.join(unknown)}.")
    if given.get("type") != "message":
        raise ConnectorError(400, "BadSyntax", "The type of the activity is missing or unknown.")
    text, attachments = given.get("text") or "", given.get("attachments") or []
    if not isinstance(text, str) or not isinstance(attachments, list) or not (text.strip() or attachments):
        raise ConnectorError(400, "BadSyntax", "Activity must have text or attachments.")
    if not all(_is_card(attachment) for attachment in attachments):
        raise ConnectorError(400, "BadSyntax", "An attachment is no adaptive card that Teams can show.")
    form = given.get("textFormat") or "markdown"
    if form not in ("markdown", "plain", "xml"):
        raise ConnectorError(400, "BadSyntax", "textFormat must be markdown, plain or xml.")
    return {"text": text, "format": form, "attachments": attachments, "activity": given}


def _quoting(person: Json, content: Json) -> Json:
    """With the message that it quotes: `<quoted messageId="…"/>` in the text and an entity of the same id, as Microsoft's SDK
    writes it. A quote of what isn't there is refused with 400; what Teams answers then is documented nowhere.
    """
    entities = content["activity"].get("entities") or []
    wanted = [entity["quotedReply"]["messageId"] for entity in entities if entity.get("type") == "quotedReply"]
    if wanted != _QUOTED.findall(content["text"]):
        raise ConnectorError(400, "BadSyntax", "A quote stands in the text, and in an entity.")
    if not wanted:
        return {**content, "quoted": None}
    quoted = next((item for item in person["messages"] if item["id"] == wanted[0] and not item.get("deleted")), None)
    if quoted is None or len(wanted) > 1:
        raise ConnectorError(400, "BadArgument", "The quoted message is not there.")
    name = seed_data.APP_NAME if quoted["by"] == "bot" else person["name"]
    shown = {"id": wanted[0], "by": quoted["by"], "name": name, "text": quoted["text"].replace("**", "")[:100]}
    return {**content, "text": _QUOTED.sub("", content["text"]), "quoted": shown}


def _is_card(attachment: Any) -> bool:
    """All that the application attaches are cards: of version 1.0 to 1.5, whose actions have a title and something to do."""
    card = (
        attachment.get("content") if isinstance(attachment, dict) and attachment.get("contentType") == _CARD else None
    )
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard" or not isinstance(card.get("body"), list):
        return False
    actions = card.get("actions", [])
    return card.get("version") in ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5") and all(
        _is_action(item) for item in actions
    )


def _is_action(action: Any) -> bool:
    needed = _ACTIONS.get(str(action.get("type"))) if isinstance(action, dict) else None
    if needed is None or not action.get("title") or not action.get(needed):
        return False
    return needed != "url" or str(action["url"]).startswith(("https://", "http://"))


def _of(microsoft: Microsoft, conversation: str) -> Json:
    for person in microsoft.data["people"].values():
        if person["conversation"] == unquote(conversation):
            results: Json = person
            return results
    raise ConnectorError(404, "ConversationNotFound", "Conversation not found.")


def _reachable(microsoft: Microsoft, conversation: str) -> Json | None:
    person = _of(microsoft, conversation)
    if not person["seen"]:
        raise ConnectorError(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
    return None if person["blocked"] or not person["has_app"] else person


def _own(person: Json, number: str) -> Json:
    message = _standing(person, number)
    if message["by"] != "bot":
        raise ConnectorError(404, "ActivityNotFoundInConversation", "The activity was not found.")
    return message


def _standing(person: Json, number: str) -> Json:
    for message in person["messages"]:
        if message["id"] == number and not message.get("deleted"):
            results: Json = message
            return results
    raise ConnectorError(404, "ActivityNotFoundInConversation", "The activity was not found.")
