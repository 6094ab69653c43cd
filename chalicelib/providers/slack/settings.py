"""Slack's settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...environment import address, hosts


@dataclass(frozen=True, slots=True)
class Slack:
    client_id: str
    client_secret: str
    signing_secret: str
    base_url: str
    file_hosts: tuple[str, ...] = ("files.slack.com",)


def read(environ: Mapping[str, str], stage: str) -> Slack:
    return Slack(
        client_id=environ.get("SLACK_CLIENT_ID", ""),
        client_secret=environ.get("SLACK_CLIENT_SECRET", ""),
        signing_secret=environ.get("SLACK_SIGNING_SECRET", ""),
        base_url=address(environ, "SLACK_BASE_URL", stage, "https://slack.com"),
        file_hosts=hosts(environ, "SLACK_FILE_HOSTS", stage, "files.slack.com"),
    )
