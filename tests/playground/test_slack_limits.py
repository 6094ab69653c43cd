"""The played Slack has the limits that Slack documents, on unless somebody turns them off."""

from collections.abc import Iterator

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from local.slack.errors import METHOD_ERRORS, documented
from local.slack.fake_slack import of
from local.slack.limits import Limits
from tests.support.fake_providers import DANA, MAYA, FakeProviders

pytestmark = pytest.mark.requirement("A39")


@pytest.fixture
def bot(fakes: FakeProviders) -> Iterator[WebClient]:
    fakes.post("/slack/reset")
    yield fakes.bot()
    fakes.post("/slack/reset")


def window(bot: WebClient, user: str = DANA) -> str:
    return str(bot.conversations_open(users=[user])["channel"]["id"])


def thread(fakes: FakeProviders, bot: WebClient, channel: str, replies: int) -> str:
    """The limits are off for as long as it is written."""
    fakes.post("/slack/limits", on=False)
    root = str(bot.chat_postMessage(channel=channel, text="Root")["ts"])
    for number in range(replies):
        bot.chat_postMessage(channel=channel, text=str(number), thread_ts=root)
    fakes.post("/slack/limits", on=True)
    return root


def refusal(call: object, **arguments: object) -> SlackApiError:
    with pytest.raises(SlackApiError) as refused:
        call(**arguments)  # type: ignore[operator]
    return refused.value


def answered(bot: WebClient, channel: str) -> str:
    try:
        bot.chat_postMessage(channel=channel, text="again")
    except SlackApiError as error:
        return f"{error.response['error']} after {error.response.headers['Retry-After']}"
    return "ok"


@pytest.mark.parametrize("method", ["conversations_replies", "conversations_history"])
def test_a_history_is_read_once_a_minute_and_fifteen_at_a_time(
    fakes: FakeProviders, bot: WebClient, method: str
) -> None:
    channel = window(bot)
    root = thread(fakes, bot, channel, 20)
    if method == "conversations_history":
        fakes.post("/slack/limits", on=False)
        for number in range(20):
            bot.chat_postMessage(channel=channel, text=str(number))
        fakes.post("/slack/limits", on=True)
    arguments = {"channel": channel, "limit": 200} | ({"ts": root} if method == "conversations_replies" else {})
    page = getattr(bot, method)(**arguments)
    assert (len(page["messages"]), page["has_more"]) == (15, True)
    second = refusal(getattr(bot, method), **arguments)
    assert (second.response.status_code, second.response["error"]) == (429, "ratelimited")
    assert 1 <= int(second.response.headers["Retry-After"]) <= 60
    fakes.post("/clock", advance_seconds=60)
    rest = getattr(bot, method)(**arguments, cursor=page["response_metadata"]["next_cursor"])
    assert 0 < len(rest["messages"]) <= 15


def test_limits_hold_for_each_method_and_each_workspace(fakes: FakeProviders, bot: WebClient) -> None:
    channel = window(bot)
    root = thread(fakes, bot, channel, 1)
    bot.conversations_replies(channel=channel, ts=root)
    bot.conversations_history(channel=channel)
    other = fakes.bot(MAYA)
    other.conversations_history(channel=window(other, MAYA))
    assert refusal(bot.conversations_history, channel=channel).response.status_code == 429


def test_posting_is_once_a_second_for_each_channel_with_short_bursts(fakes: FakeProviders, bot: WebClient) -> None:
    channel, other, clock = window(bot), window(bot, "UACMEOLIVIA"), [100.0]
    slack = of(fakes.place)
    slack.limits = Limits(lambda: clock[0])
    assert [answered(bot, channel) for _ in range(7)] == ["ok"] * 5 + ["ratelimited after 1"] * 2
    bot.chat_postMessage(channel=other, text="elsewhere")
    clock[0] += 1
    bot.chat_postMessage(channel=channel, text="a second later")
    slack.limits = Limits(slack.now)


def test_a_burst_is_five_and_then_each_second_gives_one() -> None:
    clock = [100.0]
    limits = Limits(lambda: clock[0])
    waits = [limits.wait("chat.postMessage", "T", "D") for _ in range(7)]
    assert waits == [0, 0, 0, 0, 0, 1, 1]
    clock[0] += 2
    assert [limits.wait("chat.postMessage", "T", "D") for _ in range(3)] == [0, 0, 1]
    assert limits.wait("conversations.replies", "T", "D") == 0
    clock[0] += 20
    assert limits.wait("conversations.replies", "T", "another") == 40


def test_a_change_takes_four_thousand_characters_and_a_message_forty(bot: WebClient) -> None:
    channel = window(bot)
    posted = bot.chat_postMessage(channel=channel, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    assert posted["response_metadata"]["warnings"] == ["message_truncated"]
    bot.chat_update(channel=channel, ts=posted["ts"], text="x" * 4_000)
    too_long = refusal(bot.chat_update, channel=channel, ts=posted["ts"], text="x" * 4_001)
    assert too_long.response["error"] == "msg_too_long"


def test_limits_can_be_turned_off_and_a_reset_turns_them_on(fakes: FakeProviders, bot: WebClient) -> None:
    channel = window(bot)
    fakes.post("/slack/limits", on=False)
    for _ in range(3):
        bot.conversations_history(channel=channel)
    fakes.post("/slack/reset")
    assert fakes.get("/slack/limits.json")["on"] is True


@pytest.mark.parametrize("method", sorted(METHOD_ERRORS))
def test_every_documented_code_can_be_played_for_its_method(fakes: FakeProviders, bot: WebClient, method: str) -> None:
    assert set(fakes.get("/slack/errors.json")["methods"][method]) == documented(method)
    for code in sorted(documented(method)):
        fakes.post("/slack/faults", answer=code, path=method)
        assert bot.auth_test()["ok"], "other methods are not meant"
        assert refusal(bot.api_call, api_method=method).response["error"] == code


def test_the_page_has_a_button_for_each_method(fakes: FakeProviders) -> None:
    page = httpx.get(f"{fakes.slack}/", trust_env=False).text
    for method, codes in METHOD_ERRORS.items():
        assert f'name="path" value="{method}"' in page
        assert all(f"<option>{code}</option>" in page for code in codes)
