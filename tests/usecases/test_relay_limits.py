"""The relay against the played Slack with its limits on: the real adapter, the real ledger, one clock for both."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.identities import Identity, Installation
from chalicelib.domain.providers import Provider
from chalicelib.providers.slack.relay import READ_EVERY, SlackRelay
from chalicelib.providers.slack.settings import Slack
from chalicelib.storage.paces import Paces
from chalicelib.usecases import deliveries, ending
from tests.support import relay_in_memory
from tests.support.fake_providers import DANA, OLIVIA, FakeProviders, playing
from tests.support.relay_in_memory import Relay, relaying
from tests.support.sample_chat import GUEST

pytestmark = [pytest.mark.slow, pytest.mark.requirement("A26", "A27", "A35")]
ME, OTHER = Identity(Provider.SLACK, "T0ACME", DANA), Identity(Provider.SLACK, "T0ACME", OLIVIA)


@dataclass
class Limited:
    """Mara here, Dana and Olivia in one Slack workspace; each second of waiting is one at Slack, too."""

    relay: Relay
    remote: FakeProviders

    def follow(self) -> None:
        ahead = self.relay.world.now().timestamp() - time.time()
        self.remote.place.clock.write_text(repr(ahead))

    def settle(self) -> float:
        """Until nothing is left to do; the seconds of the system's clock that it took."""
        relay, began = self.relay, self.relay.world.ahead
        while True:
            self.follow()
            relay.once()
            waiting = [relay.free_at[group] for group, bodies in relay.queue.groups.items() if bodies]
            if not waiting:
                return relay.world.ahead - began
            relay.world.pass_time(seconds=max(0.001, (min(waiting) - relay.world.now()).total_seconds()))

    def fails(self, answer: str, **more: Any) -> None:
        self.remote.post("/slack/faults", answer=answer, **more)

    def texts(self, user: str = DANA) -> list[str]:
        shown = self.remote.get(f"/slack/dm/{user}.json")["messages"]
        return [item["text"] for item in shown if item.get("username")]

    def calls(self) -> Counter[str]:
        return Counter(item["method"] for item in self.remote.get("/slack/calls.json")["items"])

    def forget_calls(self) -> None:
        self.remote.http.delete(f"{self.remote.slack}/calls.json")

    def deliveries(self, text: str) -> tuple[str, str]:
        message = self.relay.message(text)
        results = deliveries.of_message(self.relay.world.ports, self.relay.mara, self.relay.chat, message.id)
        return next((str(delivery.state), delivery.detail) for delivery in results if delivery.name == "Dana Smith")


@contextmanager
def limited(folder: Path) -> Iterator[Limited]:
    names, mails = {ME: "Dana Smith", OTHER: "Olivia Park"}, {ME: GUEST, OTHER: "olivia@acme.example"}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(relay_in_memory, "NAMES", relay_in_memory.NAMES | names)
        patched.setattr(relay_in_memory, "MAILS", relay_in_memory.MAILS | mails)
        with playing(folder) as fakes:
            token = fakes.install()["access_token"]
            with relaying(ME, OTHER) as relay:
                relay.world.use(
                    relay_adapters={Provider.SLACK: _side(fakes, token, relay), Provider.MICROSOFT: relay.teams}
                )
                yield Limited(relay, fakes)


def _side(fakes: FakeProviders, token: str, relay: Relay) -> SlackRelay:
    installed = Installation(team_id="T0ACME", team_name="Acme", bot_token=token, bot_user_id="", app_id="", scopes="")
    paces, now = Paces(), relay.world.now
    return SlackRelay(
        Slack("", "", "", fakes.slack),
        lambda team: installed,
        lambda *_: "",
        lambda name, behind: paces.take(name, READ_EVERY, now(), behind),
    )


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Limited]:
    with limited(tmp_path) as item:
        item.relay.writes("begin")
        item.settle()
        item.forget_calls()
        yield item


def test_two_hundred_messages_with_every_trouble_are_there_within_five_minutes(
    slack: Limited, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once each, in order, in a Slack that keeps to its limits; what it took is printed."""
    ending.remove(slack.relay.world.ports, slack.relay.mara, slack.relay.chat, slack.relay.account(OTHER).id)
    troubles: dict[int, dict[str, Any]] = {
        20: {"answer": "429", "seconds": 3},
        60: {"answer": "500"},
        100: {"answer": "500", "done": True},
        140: {"answer": "brand_new_code"},
        180: {"answer": "internal_error", "done": True},
    }
    code, took = "char *p = *q;\n" * 280, 0.0
    edited = slack.relay.writes("to be edited")
    for number in range(200):
        slack.relay.writes(f"message {number}")
        if number == 120:
            slack.relay.edits(edited, code)
        if number in troubles:
            slack.fails(path="chat.postMessage", **troubles[number])
            took += slack.settle()
    took += slack.settle()
    calls, items = slack.calls(), slack.remote.get("/slack/calls.json")["items"]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{took:.0f} s: {', '.join(f'{method} {count}' for method, count in sorted(calls.items()))}\n"
        )
    numbers = [text for text in slack.texts() if text.startswith("message")]
    assert numbers == [f"message {number}" for number in range(200)]
    assert sum(text.count("char") for text in slack.texts()) == 280
    assert took <= 5 * 60
    refused = [item for item in items if item["status"] == 429 and item["method"] != "chat.postMessage"]
    assert (refused, calls["conversations.replies"] <= 4, calls["conversations.history"]) == ([], True, 0)


def test_a_refusal_is_never_searched_for_and_holds_up_nothing(slack: Limited) -> None:
    for code in ("ratelimited", "no_text", "metadata_too_large", "restricted_action_thread_locked"):
        slack.fails(code, path="chat.postMessage")
        slack.relay.writes(code)
        slack.settle()
    slack.relay.writes("after")
    assert slack.settle() < 30
    assert slack.texts(OLIVIA)[-1] == slack.texts()[-1] == "after"
    assert slack.calls()["conversations.replies"] == 0


def test_two_doubts_in_one_workspace_are_settled_within_three_minutes(slack: Limited) -> None:
    slack.fails("500", path="chat.postMessage", times=2, done=True)
    slack.relay.writes("in doubt twice")
    took = slack.settle()
    assert slack.texts() == slack.texts(OLIVIA) == ["begin", "in doubt twice"]
    reads = [
        item for item in slack.remote.get("/slack/calls.json")["items"] if item["method"] == "conversations.replies"
    ]
    assert [read["answer"] for read in reads] == ["ok", "ok"], "none was refused: they keep to one a minute"
    assert took <= 180


def test_an_edit_to_much_code_and_a_deletion_reach_all_that_stands_there(slack: Limited) -> None:
    message = slack.relay.writes("short")
    slack.settle()
    code = "char *p = *q;\n" * 280
    slack.relay.edits(message, code)
    slack.relay.writes("after")
    assert slack.settle() < 60
    begin, *parts, after = slack.texts()
    assert (begin, after, len(parts) > 1) == ("begin", "after", True)
    assert sum(part.count("char") for part in parts) == 280
    assert slack.deliveries(slack.relay.messages()[1].text) == ("delivered", "")
    slack.relay.edits(slack.relay.messages()[1], "short again")
    slack.settle()
    assert slack.texts() == ["begin", "short again", "after"]
    slack.relay.edits(slack.relay.messages()[1], code)
    slack.relay.deletes(slack.relay.messages()[1])
    slack.settle()
    assert slack.texts() == ["begin", "after"]
    assert slack.calls()["conversations.replies"] == 0


def test_a_closed_conversation_is_opened_anew(slack: Limited) -> None:
    slack.fails("channel_not_found", path="chat.postMessage")
    slack.relay.writes("one")
    slack.settle()
    assert (slack.texts()[-1], slack.deliveries("one")) == ("one", ("delivered", ""))
    slack.fails("is_archived", path="chat.postMessage")
    slack.fails("user_disabled", path="conversations.open")
    slack.relay.writes("two")
    slack.settle()
    assert len(slack.relay.told("relay.cut_off")) == 1
