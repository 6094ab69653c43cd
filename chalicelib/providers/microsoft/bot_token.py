"""The token by which our bot speaks to the Bot Connector."""

import functools
from typing import TYPE_CHECKING

from ...gateways import unexpected
from .msal_http import PUBLIC, MsalHttp
from .settings import Microsoft, Teams

if TYPE_CHECKING:
    import msal


def bot_token(chosen: Microsoft, teams: Teams) -> str:
    """The bot's token for the connector, from its own tenant; kept by msal until it runs out."""
    with unexpected.odd_answers():
        result = _bot(chosen, teams).acquire_token_for_client(["https://api.botframework.com/.default"])
    if not isinstance(result, dict) or "access_token" not in result:
        raise ValueError("no bot token")
    return str(result["access_token"])


@functools.cache
def _bot(chosen: Microsoft, teams: Teams) -> "msal.ConfidentialClientApplication":
    import msal

    return msal.ConfidentialClientApplication(
        teams.bot_id,
        client_credential=teams.bot_secret,
        authority=f"{PUBLIC}/{teams.bot_tenant}",
        instance_discovery=False,
        http_client=MsalHttp(chosen.base_url),
    )
