"""What is uploaded to Slack and Microsoft: made from the configuration, and of the shape that they take."""

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import jsonschema_rs
import pytest

from chalicelib.providers.slack.installation import BOT_SCOPES
from cloud import manifests
from cloud.package import ROOT

ENVIRONMENT = {
    "PUBLIC_URL": "https://chat.example.com/",
    "TEAMS_APP_ID": "5f0c8f1e-7d2b-4c55-9a3e-0b1f6d2a9c03",
    "TEAMS_BOT_ID": "5f0c8f1e-7d2b-4c55-9a3e-0b1f6d2a9c02",
}
_SCHEMAS = "@microsoft/app-manifest@1.1.2"


def test_the_slack_manifest_asks_for_the_scopes_that_the_application_uses(tmp_path: Path) -> None:
    manifest, _ = manifests.write(ENVIRONMENT, tmp_path)

    result = json.loads(manifest.read_text())

    assert result["oauth_config"]["scopes"]["bot"] == list(BOT_SCOPES)
    assert "https://chat.example.com/oauth/slack/callback" in result["oauth_config"]["redirect_urls"]
    assert result["settings"]["event_subscriptions"]["request_url"] == "https://chat.example.com/slack/events"
    assert result["features"]["app_home"]["messages_tab_read_only_enabled"] is False


def test_what_is_not_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="TEAMS_BOT_ID"):
        manifests.write({**ENVIRONMENT, "TEAMS_BOT_ID": ""}, tmp_path)


@pytest.mark.slow
def test_the_teams_package_holds_to_microsofts_schema(tmp_path: Path) -> None:
    """The schema is Microsoft's own, from npm; nothing of it is kept here."""
    if shutil.which("npm") is None:
        pytest.skip("npm isn't here to fetch Microsoft's schema")
    folder = ROOT / "build" / "app-manifest"
    folder.mkdir(parents=True, exist_ok=True)
    install = ["npm", "install", "--prefix", str(folder), "--silent", "--no-audit", "--no-fund", _SCHEMAS]
    subprocess.run(install, cwd=folder, check=True)  # by its prefix, else it goes to the package.json above
    schema = next(
        folder.glob("node_modules/@microsoft/app-manifest/build/json-schemas/teams/v1.16/MicrosoftTeams.schema.json")
    )
    _, package = manifests.write(ENVIRONMENT, tmp_path)

    with zipfile.ZipFile(package) as archive:
        jsonschema_rs.validate(json.loads(schema.read_text()), json.loads(archive.read("manifest.json")))
        assert set(archive.namelist()) == {"manifest.json", "color.png", "outline.png"}
