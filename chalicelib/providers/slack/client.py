"""Calls of Slack's API, through slack-sdk, which is loaded with the first of them."""

from typing import TYPE_CHECKING, Any

from ...gateways import unexpected
from ...ports import ProviderFailed
from .settings import Slack

if TYPE_CHECKING:
    from slack_sdk import WebClient

_TIMEOUT = 7


def client(chosen: Slack, token: str = "") -> "WebClient":
    from slack_sdk import WebClient

    return WebClient(token=token or None, base_url=f"{chosen.base_url}/api/", timeout=_TIMEOUT)


def call(chosen: Slack, method: str, token: str = "", **arguments: Any) -> dict[str, Any]:
    """One call; every way in which it can go wrong is ProviderFailed."""
    from slack_sdk.errors import SlackClientError

    ask = getattr(client(chosen, token), method)
    try:
        with unexpected.odd_answers():
            data = ask(**arguments).data
    except (SlackClientError, *unexpected.UNEXPECTED_RESPONSE_ERRORS) as error:
        raise ProviderFailed(f"{method}: {type(error).__name__}") from error
    if not isinstance(data, dict):
        raise ProviderFailed(f"{method}: no object")
    return data
