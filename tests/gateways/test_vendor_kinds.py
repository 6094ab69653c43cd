"""Whatever Slack and Teams document that they may send is answered well, and left where the relay makes nothing of it."""

import sys
from collections import Counter
from typing import Any

import pytest

from chalicelib.domain.provider_events import ConversationOpened
from chalicelib.providers.microsoft import callbacks as microsoft
from chalicelib.providers.microsoft import events as teams_events
from tests.support import vendor_kinds, vendor_payloads

pytestmark = pytest.mark.requirement("A25", "A39")
SLACK, TEAMS = list(vendor_kinds.slack_events()), list(vendor_kinds.teams_activities())


@pytest.mark.parametrize(("name", "body"), TEAMS, ids=[name for name, _ in TEAMS])
def test_every_kind_of_activity_is_left_but_for_where_somebody_is(name: str, body: Any) -> None:
    assert {type(event) for event in microsoft.provider_events(body)} <= {ConversationOpened}
    identity = microsoft.identity_of(body)
    assert identity
    assert teams_events.inbound_events(body, identity) == []


def test_that_is_more_than_three_hundred_payloads(capsys: pytest.CaptureFixture[str]) -> None:
    """With those that are understood, and those that break the documents."""
    counted = Counter(
        {
            "Slack: understood": len(vendor_payloads.UNDERSTOOD),
            "Slack: known, and left": len(vendor_payloads.IGNORED) + len(SLACK),
            "Slack: of no documented shape, and left": len(vendor_payloads.ODD),
            "Slack: interactions, left": len(list(vendor_kinds.slack_interactions())),
            "Teams: understood": sum(bool(events) for *_, events in vendor_payloads.ACTIVITIES),
            "Teams: known, and left": sum(not events for *_, events in vendor_payloads.ACTIVITIES) + len(TEAMS),
            "Teams: of no documented shape, and left": len(vendor_payloads.ODD_ACTIVITIES),
        }
    )
    with capsys.disabled():
        sys.stdout.write("".join(f"\n{count:5} {outcome}" for outcome, count in counted.items()) + "\n")
    assert counted.total() >= 300
