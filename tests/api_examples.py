"""The examples of the page /docs: each route of the API, called in the usual town, with the answer that it really gave.

`python -m tests.api_examples` writes them; `tests/web/test_docs_page.py` fails where the API answers something else by now.
Ids, tokens and other secrets of chance are replaced, so that the same town tells the same story each time.
"""

import ast
import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

import chalicelib
from chalicelib.domain.errors import RefusalKind
from chalicelib.domain.providers import Option
from chalicelib.web import examples as shown
from chalicelib.web.errors import STATUS
from tests.support import picture_samples as samples
from tests.support.app import PASSWORD, Answer, Person
from tests.support.routes import ROUTES, Sample, names
from tests.support.sample_chat import INVITED, Scene, played
from tests.support.slack_colleagues import slack_inviting_of
from tests.support.steps import code_in_mail

Json = dict[str, Any]
SECRETS = {
    "token": "jat3zawvclsk7pck.Yf0…",
    "request_id": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    "policy": "eyJleHBpcmF0aW9uIjog…",
    "x-amz-credential": "…/us-east-1/s3/aws4_request",
    "x-amz-date": "20261123T090000Z",
    "signature": "yFePCOVj.pzoSlHo6…",
    "x-amz-signature": "3bb96256809d…",
}
SOURCE = Path(chalicelib.__file__).parent
_OF_HELPER = {"conflict": RefusalKind.CONFLICT, "too_many": RefusalKind.TOO_MANY, "unfit": RefusalKind.WRONG_FIELD}
WORDS = ["copper", "lantern", "fern"]
_ID = re.compile(r"\b[a-z2-7]{16}\b")
_LINK = re.compile(r"(?<=\w[/=])[\w.-]{30,}")


@dataclass
class Names:
    """The same stand-in for the same thing of chance, in the order in which they come."""

    known: dict[str, str] = field(default_factory=dict)

    def plain(self, value: Any, name: str = "") -> Any:
        """The value without anything that chance made."""
        if isinstance(value, dict):
            return {key: self.plain(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            people = all(isinstance(inner, dict) and "account_id" in inner for inner in value)
            ordered = sorted(value, key=lambda person: str(person["name"])) if people else value
            if all(isinstance(inner, dict) and "actor" in inner for inner in value):
                ordered = sorted(value, key=lambda entry: str((entry["kind"], entry.get("subject"), entry["details"])))
            if all(isinstance(inner, dict) and "current" in inner for inner in value):
                ordered = sorted(value, key=lambda session: (not session["current"], str(session["via"])))
            return WORDS if name == "three_words" else [self.plain(inner, name) for inner in ordered]
        if not isinstance(value, str):
            return value
        if re.fullmatch(r"\d{13}[0-9a-f]{16}", value):
            return "1795424400000f2b…"
        if re.fullmatch(r"\d{6}", value):
            return "713384"
        return SECRETS[name] if name in SECRETS else _LINK.sub("Qm7…", _ID.sub(self._id, value))

    def _id(self, match: re.Match[str]) -> str:
        digest = hashlib.sha256(f"example {len(self.known)}".encode()).digest()
        return self.known.setdefault(match[0], base64.b32encode(digest).decode().lower()[:16])


def _code(scene: Scene) -> Json:
    assert scene.world.call("POST", f"/join/{scene.link}/code").status == 202
    scene.world.settle()
    return {"code": code_in_mail(scene.world, INVITED)}


def _later(scene: Scene) -> None:
    scene.world.pass_time(minutes=11)


def _over(scene: Scene) -> None:
    assert scene.owner.delete(f"/calls/{scene.call}").status == 204


def _all_gone(scene: Scene) -> None:
    """No member is in the chat any more."""
    for person in (scene.member, scene.owner):
        assert person.delete(f"{scene.base}/participants/{person.id}").status == 204
    scene.world.settle()


def _mail_comes_in(scene: Scene) -> None:
    scene.world.use(configured=frozenset({Option.MAIL}))


BEFORE: dict[str, Callable[[Scene], Json | None]] = {
    "POST /join/{token}/code/confirm": _code,
    "POST /join/{token}/mail": _mail_comes_in,
    "POST /chats/{chat}/invitations/{invitation}/resend": _later,
    "POST /chats/{chat}/calls": _over,
    "POST /chats/{chat}/take-over": _all_gone,
    "POST /chats/{chat}/close": _all_gone,
}
"""What has to happen first; it may answer the body to send."""

SLACK = (
    Sample("GET", "/slack/workspace"),
    Sample("POST", "/slack/invitations", {"emails": ["ida@nord.example"], "kind": "members", "channel_ids": ["C2"]}),
)


def examples() -> Json:
    """By method and path of the document: what was asked, and what came back."""
    existing: Json = {}
    stand_ins = Names()
    with played() as scene:
        stand_ins.plain([scene.owner.id, *names(scene).values()])
    for sample, ask in _asked():
        path, body, answer = ask
        assert answer.status < 400, f"{sample.name}: {answer.text}"
        is_file = "json" not in answer.headers.get("content-type", "")
        content = json.loads(answer.text) if not is_file and not sample.path.startswith("/openapi") else None
        existing[f"{sample.method} {_shape(sample.path)}"] = {
            "path": stand_ins.plain(path),
            "body": _typed(stand_ins.plain(body)),
            "status": answer.status,
            "answer": stand_ins.plain(content),
        }
    return existing


def _asked() -> Iterator[tuple[Sample, tuple[str, Json | None, Answer]]]:
    for sample in ROUTES:
        with played() as scene:
            before = BEFORE.get(sample.name)
            body = (before(scene) if before else None) or sample.body_in(scene)
            yield sample, _call(sample, scene, _caller(sample, scene), body)
    with played() as scene:
        slack = slack_inviting_of(scene)
        slack.connect()
        for sample in SLACK:
            yield sample, _call(sample, slack.scene, slack.olaf, sample.body)


def _caller(sample: Sample, scene: Scene) -> Person:
    """Whoever would do it: an invited person joins, the owner does the rest."""
    if sample.path == "/join/{token}/ask":
        return scene.stranger
    if sample.name == "DELETE /me":  # an owner would name another first
        return scene.guest
    if sample.open_to_all:
        return Person(scene.world, "", "", "")
    return scene.world.signs_up(INVITED, "Olaf Nord", "Nord") if sample.name == "POST /join/{token}" else scene.owner


def _call(sample: Sample, scene: Scene, caller: Person, body: Json | None) -> tuple[str, Json | None, Answer]:
    path = sample.path_in(scene)
    if sample.takes_file:
        media, content = ("image/png", samples.png(300, 300)) if path == "/me/picture" else ("text/csv", LIST.encode())
        headers = {"Content-Type": media, "Authorization": f"Bearer {caller.token}"}
        return path, None, scene.world.request(sample.method, f"/api/v1{path}", content, headers)
    call = getattr(caller, sample.method.lower())
    return path, body, call(path) if body is None else call(path, body)


LIST = "Name,E-mail\nIda Fjord,ida@fjord.example\nnobody,\n"


def _typed(body: Json | None) -> Json | None:
    """No example shows a password that somebody could copy."""
    return body and {name: "a few words of yours" if value == PASSWORD else value for name, value in body.items()}


def _shape(path: str) -> str:
    """The path with its parameters nameless, as the page looks for it."""
    parts = path.partition("?")[0].split("/")
    return "/".join("{}" if part.startswith(("{", "%")) else part for part in parts)


def refusals() -> dict[str, list[Any]]:
    """By code: the status, and what a refusal with it says, as the source has them."""
    result: dict[str, list[Any]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and (refused := _refused(node)):
                code, kind, sentence = refused
                result[code] = [STATUS[kind], re.sub(r"{\w+}", "…", sentence)]
    return dict(sorted(result.items()))


def _refused(call: ast.Call) -> tuple[str, RefusalKind, str] | None:
    """Code, kind and sentence of a call that makes a refusal; None for any other."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first, *given = [*call.args, None][: 4 if name == "unfit" else 3]
    kind = _OF_HELPER.get(name) or (RefusalKind[first.attr] if _is_kind(first) else None)
    words = [item.value for item in (first, *given) if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    if kind is None or len(words) < 2:
        return None
    return words[-2], kind, words[-1]


def _is_kind(node: ast.expr | None) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and node.attr in RefusalKind.__members__


def written() -> str:
    told = {"operations": examples(), "refusals": refusals()}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    shown.FILE.write_text(written())
    sys.stdout.write(f"Wrote {shown.FILE}.\n")
