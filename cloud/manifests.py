"""`make manifests`: the Slack app's manifest and the Teams app's package, from the configuration of an installation.

Reads PUBLIC_URL, TEAMS_APP_ID and TEAMS_BOT_ID; writes build/slack-manifest.json and build/teams-app.zip.
"""

import json
import os
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chalicelib.providers.slack.installation import BOT_SCOPES
from cloud.package import ROOT

Json = dict[str, Any]
_NAME, _SHORT = "Webtop Chat", "Chat with people outside, from your own application."
_LONG = (
    "Somebody invites you into one chat by your address. You read and write it here, in your own application, "
    "and never become a member of their workspace."
)
SLACK_EVENTS = [
    *("message.im", "reaction_added", "reaction_removed", "app_home_opened"),
    *("app_uninstalled", "tokens_revoked", "team_access_revoked"),
]
_SCHEMA = "https://developer.microsoft.com/json-schemas/teams/v1.16/MicrosoftTeams.schema.json"
_ICONS = {"color.png": "chalicelib/web/static/icon-192.png", "outline.png": "cloud/teams-outline.png"}


def slack(public_url: str) -> Json:
    """Slack's app manifest: sign-in, the bot with the least scopes, the messages tab open for writing, signed events."""
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {"name": _NAME, "description": _SHORT, "background_color": "#0B6367"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Webtop", "always_online": True},
        },
        "oauth_config": {
            "redirect_urls": [
                f"{public_url}/oauth/slack/callback",
                f"{public_url}/oauth/slack/installed",
                f"{public_url}/oauth/slack/admin/callback",
            ],
            "scopes": {"bot": list(BOT_SCOPES), "user": ["openid", "email", "profile"]},
        },
        "settings": {
            "event_subscriptions": {"request_url": f"{public_url}/slack/events", "bot_events": SLACK_EVENTS},
            "interactivity": {"is_enabled": True, "request_url": f"{public_url}/slack/interactions"},
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }


def teams(public_url: str, app_id: str, bot_id: str) -> Json:
    """The Teams app's manifest: one personal bot, nothing else."""
    return {
        "$schema": _SCHEMA,
        "manifestVersion": "1.16",
        "version": "1.0.0",
        "id": app_id,
        "packageName": "example.webtop.chat",
        "developer": {
            "name": _NAME,
            "websiteUrl": public_url,
            "privacyUrl": f"{public_url}/docs",
            "termsOfUseUrl": f"{public_url}/docs",
        },
        "name": {"short": _NAME, "full": _NAME},
        "description": {"short": _SHORT, "full": _LONG},
        "icons": {name.removesuffix(".png"): name for name in _ICONS},
        "accentColor": "#0B6367",
        "bots": [{"botId": bot_id, "scopes": ["personal"], "supportsFiles": True, "isNotificationOnly": False}],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(public_url).netloc],
    }


def write(environ: Mapping[str, str], out: Path) -> list[Path]:
    """Both files; refuses what isn't set, by name."""
    values = [environ.get(name, "") for name in ("PUBLIC_URL", "TEAMS_APP_ID", "TEAMS_BOT_ID")]
    if not all(values) or not values[0].startswith("https://"):
        raise SystemExit(
            "Set PUBLIC_URL (https://…), TEAMS_APP_ID and TEAMS_BOT_ID; docs/configuration.md says what they hold."
        )
    public_url, app_id, bot_id = values[0].rstrip("/"), values[1], values[2]
    out.mkdir(parents=True, exist_ok=True)
    manifest, package = out / "slack-manifest.json", out / "teams-app.zip"
    manifest.write_text(json.dumps(slack(public_url), indent=2) + "\n")
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(teams(public_url, app_id, bot_id), indent=2))
        for name, source in _ICONS.items():
            archive.write(ROOT / source, name)
    return [manifest, package]


if __name__ == "__main__":
    for path in write(os.environ, ROOT / "build"):
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
