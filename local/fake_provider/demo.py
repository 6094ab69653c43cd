"""The settings that make the application use the playground's Slack and Microsoft. For one machine only."""

import os
from urllib.parse import urlsplit

from local.config import LocalConfig

_APP = "5f0c8f1e-7d2b-4c55-9a3e-0b1f6d2a9c01"
_BOT = "5f0c8f1e-7d2b-4c55-9a3e-0b1f6d2a9c02"
_TEAMS_APP = "5f0c8f1e-7d2b-4c55-9a3e-0b1f6d2a9c03"
_OWN_TENANT = "5f0c8f1e-7d2b-4c55-9a3e-0b1f6d2a9c04"


def environment(config: LocalConfig) -> dict[str, str]:
    """Each variable as the application has it: the shell's where it is set, else the playground's."""
    slack, microsoft = f"{config.playground}/slack", f"{config.playground}/microsoft"
    played = {
        "SLACK_CLIENT_ID": "100000000001.200000000002",
        "SLACK_CLIENT_SECRET": "slack-demo-secret-of-this-machine",
        "SLACK_SIGNING_SECRET": "slack-demo-signing-secret-of-this-machine",
        "SLACK_BASE_URL": slack,
        "SLACK_FILE_HOSTS": urlsplit(config.playground).netloc,
        "MICROSOFT_CLIENT_ID": _APP,
        "MICROSOFT_CLIENT_SECRET": "microsoft-demo-secret-of-this-machine",
        "MICROSOFT_BASE_URL": microsoft,
        "TEAMS_APP_ID": _TEAMS_APP,
        "TEAMS_BOT_ID": _BOT,
        "TEAMS_BOT_SECRET": "teams-demo-secret-of-this-machine",
        "TEAMS_BOT_TENANT": _OWN_TENANT,
        "TEAMS_LINK_BASE": f"{microsoft}/teams",
        "BOT_METADATA_URL": f"{microsoft}/botframework/v1/.well-known/openidconfiguration",
        "BOT_SERVICE_HOSTS": urlsplit(config.playground).netloc,
        "TEAMS_FILE_HOSTS": urlsplit(config.playground).netloc,
    }
    return {name: os.environ.get(name, value) for name, value in played.items()}


def application(config: LocalConfig) -> str:
    """Where people reach the application: the only place that consent pages send anybody back to."""
    return (os.environ.get("PUBLIC_URL") or config.application).rstrip("/")


def is_registered(config: LocalConfig, redirect_uri: str) -> bool:
    """Whether the application's registration holds this redirect address."""
    return redirect_uri.startswith(application(config) + "/")
