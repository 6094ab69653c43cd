"""What a person does at the playground's Slack and Microsoft, by HTTP alone: the consent pages, and their own windows."""

from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.support.system import System

Json = dict[str, Any]
DANA, OLIVIA, ADAM, TOM, TESS, GITA = "UACMEDANA", "UACMEOLIVIA", "UACMEADAM", "UTINYTOM", "UTINYTESS", "UGRIDGITA"
JONAS = "7b2e4c90-1d3f-4a6b-8c5d-000000000001"
SLACK, MICROSOFT = "slack", "microsoft"


def come_in(system: System, provider: str, join: str, user: str) -> str:
    """Through the provider with an invitation's link, by the person `user` there; the new session's token."""
    with httpx.Client(base_url=system.app, trust_env=False, timeout=30) as browser:
        asks = browser.get(f"/oauth/{provider}/start", params={"join": join} if join else None)
        back = consent(browser, asks, user)
        assert back.headers["location"] == (f"/join/{join}" if join else "/chats"), back.headers["location"]
        return str(browser.cookies["session"])


def add_to_slack(system: System, token: str, user: str) -> str:
    """ "Chat from Slack": the app is installed in the person's own team; where the browser goes on."""
    with httpx.Client(base_url=system.app, cookies={"session": token}, trust_env=False, timeout=30) as browser:
        return consent(browser, browser.get("/oauth/slack/install"), user).headers["location"]


def consent(browser: httpx.Client, asks: httpx.Response, user: str, decision: str = "allow") -> httpx.Response:
    """Our answer to the way back from a consent page on which this person pressed a button."""
    assert asks.status_code == 303, asks.text
    decided = httpx.post(
        asks.headers["location"], data={"user": user, "decision": decision}, trust_env=False, timeout=30
    )
    assert decided.status_code == 303, decided.text
    parts = urlsplit(decided.headers["location"])
    back = browser.get(f"{parts.path}?{parts.query}")
    assert back.status_code == 303, back.text
    return back


def play(system: System, path: str, body: Json | None = None) -> Any:
    """What the JSON twin of a button at the playground answers."""
    done = httpx.post(system.playground + path, json=body or {}, trust_env=False, timeout=30)
    assert done.is_success, f"{path}: {done.status_code} {done.text}"
    return done.json()


def in_slack(system: System, user: str) -> list[Json]:
    """The messages in this person's window in Slack."""
    messages: list[Json] = system.call("GET", f"/slack/dm/{user}.json")["messages"]
    return messages


def in_teams(system: System, user: str) -> list[Json]:
    messages: list[Json] = system.call("GET", f"/microsoft/teams/chat/{user}.json")["messages"]
    return messages


def arrived_in_slack(system: System, user: str, text: str) -> Json:
    """The message with this text, waited for."""
    look = lambda: [item for item in in_slack(system, user) if text in item["text"]]  # noqa: E731
    return system.until(look, f"“{text}” in Slack", 40)[0]


def arrived_in_teams(system: System, user: str, text: str) -> Json:
    look = lambda: [team for team in in_teams(system, user) if text in team["text"]]  # noqa: E731
    return system.until(look, f"“{text}” in Teams", 40)[0]


def write_in_slack(system: System, user: str, text: str, thread: str) -> Json:
    written: Json = play(system, f"/slack/dm/{user}/messages", {"text": text, "thread_ts": thread})
    return written


def write_in_teams(system: System, user: str, text: str) -> Json:
    written: Json = play(system, f"/microsoft/teams/chat/{user}/messages", {"text": text})
    return written
