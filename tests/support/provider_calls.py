"""What providers tell us, as if it came authenticated through their callbacks."""

from collections.abc import Mapping
from typing import Any

from chalicelib.ports import Ports
from chalicelib.providers.microsoft import callbacks as microsoft
from chalicelib.providers.slack import callbacks as slack
from chalicelib.usecases import provider_events


def receive_slack(ports: Ports, envelope: Mapping[str, Any], tries: int = 0) -> None:
    provider_events.receive(ports, slack.provider_events(envelope, tries))


def receive_teams(ports: Ports, activity: Mapping[str, Any]) -> None:
    provider_events.receive(ports, microsoft.provider_events(activity))
