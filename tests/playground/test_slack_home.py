"""The played Slack's Home tab: what Slack documents of `views.publish` and `app_home_opened`, and what it refuses."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.support.fake_providers import DANA, GITA, FakeProviders

SECTION = {"type": "section", "text": {"type": "plain_text", "text": "Hello"}}


@pytest.fixture
def bot(fakes: FakeProviders) -> Iterator[WebClient]:
    fakes.post("/slack/reset")
    yield fakes.bot()
    fakes.post("/slack/reset")


def view(blocks: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": "home", "blocks": [SECTION] * blocks, **more}


def openings(fakes: FakeProviders) -> list[dict[str, Any]]:
    return [event for event in fakes.app.events() if event.get("type") == "app_home_opened"]


def refusal(bot: WebClient, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        bot.views_publish(**{"user_id": DANA, "view": view(), **arguments})
    return str(refused.value.response["error"])


def test_a_view_stands_there_until_the_next(fakes: FakeProviders, bot: WebClient) -> None:
    first = bot.views_publish(user_id=DANA, view=view())["view"]
    second = bot.views_publish(user_id=DANA, view=view(2), hash=first["hash"])["view"]
    assert refusal(bot, hash=first["hash"]) == "hash_conflict"
    shown = fakes.get(f"/slack/dm/{DANA}.json")["home"]
    assert (shown["hash"], len(shown["blocks"])) == (second["hash"], 2)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"view": view(101)}, "invalid_arguments"),
        ({"view": view(type="modal")}, "invalid_arguments"),
        ({"view": view(private_metadata="x" * 3_001)}, "invalid_arguments"),
        ({"view": view(callback_id="x" * 256)}, "invalid_arguments"),
        (
            {
                "view": {
                    "type": "home",
                    "blocks": [{**SECTION, "text": {"type": "plain_text", "text": "x" * 2_900}}] * 90,
                }
            },
            "view_too_large",
        ),
        ({"view": {"type": "home", "blocks": [{"type": "section"}]}}, "invalid_arguments"),
        ({"user_id": "U0NOBODY"}, "user_not_found"),
        ({"user_id": GITA}, "user_not_found"),
    ],
)
def test_what_slack_refuses_of_a_view(bot: WebClient, arguments: dict[str, Any], code: str) -> None:
    assert refusal(bot, **arguments) == code


def test_each_opening_is_told_of_the_home_tab_with_its_view(fakes: FakeProviders, bot: WebClient) -> None:
    fakes.post(f"/slack/dm/{DANA}/open", tab="home")
    bot.views_publish(user_id=DANA, view=view())
    for tab in ("messages", "home"):
        fakes.post(f"/slack/dm/{DANA}/open", tab=tab)
    events = fakes.until(lambda: openings(fakes)[2:] and openings(fakes), "three openings")
    told = [(event["tab"], "view" in event) for event in events]
    assert told == [("home", False), ("messages", False), ("home", True)]
    assert {event["user"] for event in events} == {DANA}


def test_where_the_app_is_not_installed_it_hears_of_nothing(fakes: FakeProviders, bot: WebClient) -> None:
    assert fakes.refused(f"/slack/dm/{GITA}/open", tab="home") == "app_not_installed"
    assert fakes.refused(f"/slack/dm/{DANA}/open", tab="about") == "invalid"


def test_the_window_shows_what_stands_on_the_home_tab(fakes: FakeProviders, bot: WebClient) -> None:
    label = {"type": "plain_text", "text": "Open"}
    button = {"type": "button", "action_id": "a", "text": label, "url": "https://chat.test/chats/c"}
    row = {"type": "actions", "elements": [{**button, "action_id": "b", "url": "https://chat.test/new"}]}
    bot.views_publish(user_id=DANA, view={"type": "home", "blocks": [SECTION, {**SECTION, "accessory": button}, row]})
    page = fakes.http.get(f"{fakes.slack}/dm/{DANA}")
    assert page.status_code == 200
    assert all(f'href="{address}"' in page.text for address in ("https://chat.test/chats/c", "https://chat.test/new"))
