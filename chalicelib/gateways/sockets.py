"""Live events out, through API Gateway's management endpoint of the WebSocket API."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .aws import client

log = logging.getLogger(__name__)
_AT_ONCE = 16


class ApiGatewaySockets:
    def __init__(self, socket_url: str, region: str) -> None:
        self._endpoint = "http" + socket_url.removeprefix("ws")
        self._region = region

    def send(self, connection_ids: Sequence[str], texts: Sequence[str]) -> list[str]:
        """The ids of connections that are gone. A socket that can't be reached now misses an event and catches up by `seq`."""
        if not connection_ids:
            return []
        with ThreadPoolExecutor(min(_AT_ONCE, len(connection_ids))) as pool:
            existing = list(pool.map(self._reached, connection_ids, texts))
        return [identifier for identifier, reached in zip(connection_ids, existing, strict=True) if not reached]

    def hang_up(self, connection_id: str) -> None:
        try:
            self._client().delete_connection(ConnectionId=connection_id)
        except (ClientError, BotoCoreError):
            log.info("socket not hung up")

    def _reached(self, connection_id: str, text: str) -> bool:
        try:
            self._client().post_to_connection(ConnectionId=connection_id, Data=text.encode())
        except ClientError as error:
            return error.response["Error"]["Code"] not in ("GoneException", "ForbiddenException")
        except BotoCoreError:
            log.warning("socket not reached")
        return True

    def _client(self) -> Any:
        return client("apigatewaymanagementapi", self._region, self._endpoint)
