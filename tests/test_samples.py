"""Payloads that others published: how `bench/samples.py` finds them, and what it says of each."""

import json
import re

import pytest

from bench import samples
from chalicelib.events import relay

EVENT = {"type": "event_callback", "team_id": "T9", "event": {"type": "emoji_changed"}}
PRESSED = {"type": "block_actions", "user": {"id": "U1"}, "actions": []}
ACTIVITY = {"type": "message", "text": "Hi", "conversation": {"id": "a:1"}, "serviceUrl": "https://elsewhere.example/"}
FILES = {
    "a/b.json": json.dumps([EVENT, EVENT, {"type": "nothing of theirs"}]),
    "a/rtm/c.json": json.dumps({"type": "hello"}),
    "docs/d.md": f"Text\n```json\n{json.dumps(ACTIVITY)}\n```\n```json\n{{ ... }}\n```\n",
    "tests/e.py": f"BODY = {PRESSED!r}\nTEXT = {json.dumps(json.dumps(EVENT))}\nOTHER = {{'type': name}}\n",
}
LISTED = "".join(f"somebody/something {'0' * 40} {path}\n" for path in FILES)


def test_each_payload_of_each_kind_of_file_is_taken_once_and_comes_from_where_we_know() -> None:
    taken = list(samples.payloads(LISTED, lambda repository, commit, path: FILES[path]))
    kinds = [kind for _, kind, _ in taken]
    assert kinds == ["Slack event", "Slack event", "Teams activity", "Slack interaction"]
    assert taken[0][0] == "somebody/something a/b.json"
    activity = taken[2][2]
    assert (activity["text"], activity["channelId"]) == ("Hi", "msteams")
    assert activity["serviceUrl"] != ACTIVITY["serviceUrl"]


def test_what_becomes_of_each_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with samples._listening() as send:
        for _, kind, payload in samples.payloads(LISTED, lambda repository, commit, path: FILES[path]):
            assert send(kind, payload) in ("left", "understood")
        assert send("Teams activity", {"type": "message", "serviceUrl": "https://evil.example/"}) == "401"
        monkeypatch.setattr(relay, "_work", _bug)
        said = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": "Hi", "ts": "1.1"}
        assert send("Slack event", {**EVENT, "event": said}).startswith("the worker failed: ZeroDivisionError")


def _bug(body: object) -> None:
    raise ZeroDivisionError(body)


def test_the_list_names_files_by_repository_commit_and_path_and_holds_nothing_of_them() -> None:
    lines = samples.LIST.read_text().splitlines()
    assert [
        line for line in lines if not re.fullmatch(r"[\w.-]+/[\w.-]+ [0-9a-f]{40} [\w./-]+\.(json|md|py)", line)
    ] == []
    assert len(set(lines)) == len(lines) > 100
