"""Faults on demand, on both sides; state that outlives a restart; nothing for other machines."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError

from local.fake_provider.state import Store
from tests.support.fake_providers import DANA, JONAS, FakeProviders

Json = dict[str, Any]


def test_the_next_calls_fail_and_then_no_more(fakes: FakeProviders) -> None:
    bot = fakes.bot()
    fakes.post("/slack/faults", answer="429", times=2, seconds=7, path="chat.")
    assert bot.auth_test()["ok"]
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            bot.chat_postMessage(channel=DANA, text="Hello")
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "7"
    assert bot.chat_postMessage(channel=DANA, text="Hello")["ok"]
    assert len(fakes.get(f"/slack/dm/{DANA}.json")["messages"]) == 1


@pytest.mark.parametrize("answer", ["500", "502", "503", "garbage", "fatal_error", "token_revoked"])
def test_every_answer_can_be_played(fakes: FakeProviders, answer: str) -> None:
    bot = fakes.bot()
    fakes.post("/slack/faults", answer=answer)
    with pytest.raises(
        (SlackApiError, UnicodeDecodeError)
    ):  # the latter is all that slack_sdk says to bytes of no text
        bot.auth_test()
    assert bot.auth_test()["ok"]


def test_a_call_can_work_and_fail_all_the_same(fakes: FakeProviders) -> None:
    bot = fakes.bot()
    fakes.post("/slack/faults", answer="500", done=True, path="chat.postMessage")
    with pytest.raises(SlackApiError):
        bot.chat_postMessage(channel=DANA, text="Hello")
    assert len(fakes.get(f"/slack/dm/{DANA}.json")["messages"]) == 1


def test_slow_and_silent(fakes: FakeProviders) -> None:
    token = fakes.install()["access_token"]
    address, headers = f"{fakes.slack}/api/auth.test", {"Authorization": f"Bearer {token}"}
    fakes.post("/slack/faults", answer="slow", seconds=0.3)
    answer = fakes.http.post(address, headers=headers)
    assert answer.json()["ok"]
    assert answer.elapsed.total_seconds() > 0.3
    fakes.post("/slack/faults", answer="timeout", seconds=1)
    with pytest.raises(httpx.ReadTimeout):
        fakes.http.post(address, headers=headers, timeout=0.2)


def test_chance_is_repeatable(fakes: FakeProviders) -> None:
    token = fakes.install()["access_token"]

    def statuses() -> list[int]:
        fakes.http.delete(f"{fakes.slack}/faults")
        fakes.post("/slack/faults", answer=["429", "500"], times=1000, chance=0.5, seed=7)
        headers = {"Authorization": f"Bearer {token}"}
        return [fakes.http.post(f"{fakes.slack}/api/auth.test", headers=headers).status_code for _ in range(30)]

    first = statuses()
    assert set(first) == {200, 429, 500}
    assert statuses() == first
    fakes.http.delete(f"{fakes.slack}/faults")


def test_unknown_faults_are_refused(fakes: FakeProviders) -> None:
    wrong: list[Json] = [{"answer": "418"}, {"answer": []}, {"answer": "500", "times": -1}, {"double": "x"}]
    for body in [*wrong, {"answer": "500", "seconds": "x"}, {"retries": 1}]:
        assert fakes.refused("/slack/faults", **body) == "invalid"
    assert fakes.refused("/microsoft/faults", answer="no_such") == "invalid"


@pytest.mark.parametrize(
    ("provider", "window"), [("slack", f"/slack/dm/{DANA}"), ("microsoft", f"/microsoft/teams/chat/{JONAS}")]
)
def test_events_twice_late_and_out_of_order(fakes: FakeProviders, provider: str, window: str) -> None:
    fakes.install()
    fakes.post(f"/microsoft/teams/chat/{JONAS}/install")
    fakes.quiet("microsoft")

    def texts(count: int) -> list[str]:
        fakes.app.requests.clear()
        for number in range(count):
            fakes.post(f"{window}/messages", text=str(number))
        fakes.quiet(provider)
        return [event["text"] for event in fakes.app.events()]

    fakes.post(f"/{provider}/faults", double=1)
    assert texts(2) == ["0", "0", "1"]
    fakes.post(f"/{provider}/faults", reverse=3)
    assert texts(4) == ["2", "1", "0", "3"]
    fakes.post(f"/{provider}/faults", delay=0.4)
    assert texts(2) == ["0", "1"]
    fakes.http.delete(f"{fakes.place.playground}/{provider}/faults")
    assert texts(1) == ["0"]


def test_events_can_come_together(fakes: FakeProviders) -> None:
    fakes.install()
    fakes.post("/slack/faults", parallel=True)
    fakes.app.delay = 0.5
    for number in range(6):
        fakes.post(f"/slack/dm/{DANA}/messages", text=str(number))
    fakes.until(lambda: len(fakes.app.requests) == 6, "sixth event", patience=2)
    fakes.http.delete(f"{fakes.slack}/faults")
    fakes.quiet()


@pytest.mark.parametrize(("answer", "status"), [("429", 429), ("412", 412), ("504", 504), ("blocked", 403)])
def test_the_connector_fails_too(fakes: FakeProviders, answer: str, status: int) -> None:
    fakes.post("/microsoft/faults", answer=answer, path="connector", seconds=3)
    response = fakes.http.get(f"{fakes.microsoft}/connector/emea/v3/conversations/a/members")
    assert response.status_code == status
    assert response.headers.get("retry-after") == ("3" if status == 429 else None)
    assert fakes.http.get(f"{fakes.microsoft}/connector/emea/v3/conversations/a/members").status_code == 401


def test_calls_are_counted(fakes: FakeProviders) -> None:
    fakes.bot().auth_test()
    with pytest.raises(SlackApiError):
        fakes.client("x").auth_test()
    fakes.http.get(f"{fakes.slack}/openid/connect/keys")
    calls = [(call["method"], call["answer"]) for call in fakes.get("/slack/calls.json")["items"]]
    assert calls == [("oauth.v2.access", "ok"), ("auth.test", "ok"), ("auth.test", "invalid_auth"), ("keys", "ok")]


def test_state_outlives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    first = Store(path, dict)
    with first.lock:
        first.data["token"] = "kept"
        first.changed()
    first.close()
    again = Store(path, dict)
    assert again.data == {"token": "kept"}
    again.reset()
    again.close()
    assert Store(path, dict).data == {}


@pytest.mark.parametrize("path", ["/slack/", "/microsoft/", "/slack/api/auth.test"])
def test_other_sites_may_not_use_it(fakes: FakeProviders, path: str) -> None:
    address = f"{fakes.place.playground}{path}"
    assert fakes.http.get(address, headers={"Origin": "https://evil.example"}).status_code == 403
    assert fakes.http.get(address, headers={"Host": "evil.example"}).status_code == 403
