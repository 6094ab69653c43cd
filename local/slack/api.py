"""The Web API's front: which method, whose token, enough scopes, the arguments of the reference, faults, the answer."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from local.fake_provider import web
from local.fake_provider.faults import Fault, play
from local.fake_provider.state import Json
from local.http import Answer, Request
from local.slack import chat, conversations, files, home, invitations, oauth, people
from local.slack.calls import Call
from local.slack.fake_slack import Slack, SlackError, TooManyRequests
from local.slack.reference import METHODS, Method

_JSON_TYPES = ("application/json", "text/json")
_FORM_TYPES = ("application/x-www-form-urlencoded", "", "text/plain")

_RUN: Mapping[str, Callable[[Call], Json]] = {
    **chat.METHODS,
    **conversations.METHODS,
    **people.METHODS,
    **invitations.METHODS,
    **files.METHODS,
    **home.METHODS,
}


def answer(slack: Slack, request: Request, name: str) -> Answer:
    """The answer to one call of a method."""
    return noted(slack, name, lambda: _work(slack, request, name))


def noted(slack: Slack, name: str, work: Callable[[], Answer]) -> Answer:
    """The work's answer or a fault's, noted for those who count calls."""
    done = play(slack.faults, name, work, _fault)
    said = json.loads(done.body) if done.status == 200 and done.body[:1] == b"{" else {}
    with slack.store.lock:
        slack.note_call(name, str(said.get("error") or ("ok" if said else "")), done.status)
    return done


def _fault(kind: str, rule: Fault) -> Answer:
    if kind == "429":
        return _too_many(max(1, round(rule.seconds)))
    if kind.isdecimal():
        return Answer(int(kind), [("Content-Type", "text/html")], b"<html><body>Server Error</body></html>")
    return web.answer({"ok": False, "error": kind})


def _too_many(seconds: int) -> Answer:
    return web.answer({"ok": False, "error": "ratelimited"}, 429, [("Retry-After", str(seconds))])


def _work(slack: Slack, request: Request, name: str) -> Answer:
    headers: list[tuple[str, str]] = []
    try:
        with slack.changing():
            answer = {"ok": True, **_run(slack, request, name, headers)}
    except TooManyRequests as error:
        return _too_many(error.seconds)
    except SlackError as error:
        answer = {"ok": False, "error": error.code, **error.more}
    return web.answer(answer, headers=headers)


def _run(slack: Slack, request: Request, name: str, headers: list[tuple[str, str]]) -> Json:
    method = METHODS.get(name)
    if method is None or request.method not in ("GET", "POST"):
        raise SlackError("unknown_method")
    args = _arguments(request, method)
    authorization = dict(request.headers).get("authorization", "")
    if not method.token:
        _check(method, args)
        return _without_token(slack, name, args, authorization)
    token = _token(args, authorization)
    about = _about(slack, token)
    headers.append(("X-OAuth-Scopes", ",".join(about["scopes"])))
    _allow(method, about)
    _check(method, args)
    args.pop("token", None)
    call = Call(slack, token, about, args)
    if wait := slack.limits.wait(name, call.team_id, call.text("channel")):
        raise TooManyRequests(wait)
    return _RUN[name](call)


def _without_token(slack: Slack, name: str, args: Json, authorization: str) -> Json:
    if name == "openid.connect.token":
        return oauth.openid_token(slack, args, authorization)
    if name == "oauth.v2.access":
        return oauth.install_token(slack, args, authorization)
    if args.get("error"):
        raise SlackError(str(args["error"]), args=args)
    return {"args": args}


def _arguments(request: Request, method: Method) -> Json:
    args: dict[str, Any] = web.query(request)
    kind = web.content_type(request)
    if kind in _JSON_TYPES:
        return args | (_json(request) if method.json else {})
    if kind not in _FORM_TYPES:
        raise SlackError("invalid_post_type")
    try:
        return args | dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        raise SlackError("invalid_form_data") from None


def _json(request: Request) -> Json:
    try:
        sent = json.loads(request.body or b"{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(sent, dict):
        raise SlackError("json_not_object")
    return sent


def _token(args: Json, authorization: str) -> str:
    kind, _, value = authorization.partition(" ")
    token = value.strip() if kind.lower() == "bearer" else str(args.get("token") or "")
    if not token:
        raise SlackError("not_authed")
    return token


def _about(slack: Slack, token: str) -> Json:
    about: Json | None = slack.data["tokens"].get(token)
    if about is None:
        raise SlackError("invalid_auth")
    if about["revoked"]:
        raise SlackError(about["revoked"])
    if slack.user(about["user"])["deleted"]:
        raise SlackError("account_inactive")
    return about


def _allow(method: Method, about: Json) -> None:
    needed = method.scopes(about["kind"])
    if needed is None:
        raise SlackError("not_allowed_token_type")
    if needed and not set(needed) & set(about["scopes"]):
        raise SlackError("missing_scope", needed=",".join(needed), provided=",".join(about["scopes"]))


def _check(method: Method, args: Json) -> None:
    """Slack's own words for arguments that are missing; unknown ones are refused too, because they are our mistake."""
    missing = [name for name in method.required.split() if args.get(name) in (None, "")]
    unknown = sorted(set(args) - method.known)
    messages = [f"[ERROR] missing required field: {name}" for name in missing]
    messages += [f"[ERROR] unknown field: {name}" for name in unknown]
    if messages:
        raise SlackError("invalid_arguments", response_metadata={"messages": messages})
