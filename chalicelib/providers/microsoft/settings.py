"""Microsoft's settings: of signing in, and of our bot in Teams."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...environment import address, hosts


@dataclass(frozen=True, slots=True)
class Microsoft:
    client_id: str
    client_secret: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Teams:
    """`service_hosts` is the allow-list for what a bot's activities may name as their service, and so for where its token goes;
    `file_hosts` the one for where they may say that a file is, which never sees that token.
    """

    app_id: str
    bot_id: str
    bot_secret: str
    bot_tenant: str
    metadata_url: str
    service_hosts: tuple[str, ...]
    link_base: str
    file_hosts: tuple[str, ...] = ("*.sharepoint.com",)


def read_microsoft(environ: Mapping[str, str], stage: str) -> Microsoft:
    return Microsoft(
        client_id=environ.get("MICROSOFT_CLIENT_ID", ""),
        client_secret=environ.get("MICROSOFT_CLIENT_SECRET", ""),
        base_url=address(environ, "MICROSOFT_BASE_URL", stage, "https://login.microsoftonline.com"),
    )


def read_teams(environ: Mapping[str, str], stage: str) -> Teams:
    metadata = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    return Teams(
        app_id=environ.get("TEAMS_APP_ID", ""),
        bot_id=environ.get("TEAMS_BOT_ID", ""),
        bot_secret=environ.get("TEAMS_BOT_SECRET", ""),
        bot_tenant=environ.get("TEAMS_BOT_TENANT", ""),
        metadata_url=address(environ, "BOT_METADATA_URL", stage, metadata),
        service_hosts=tuple(host.strip() for host in environ.get("BOT_SERVICE_HOSTS", "").split(",") if host.strip()),
        link_base=address(environ, "TEAMS_LINK_BASE", stage, "https://teams.microsoft.com"),
        file_hosts=hosts(environ, "TEAMS_FILE_HOSTS", stage, "*.sharepoint.com"),
    )
