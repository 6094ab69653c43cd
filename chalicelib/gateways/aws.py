"""AWS clients: one botocore session for all of them, each client made once, with timeouts that fit inside 29 s."""

import functools
from typing import Any

import botocore.session
from botocore.config import Config

_PATIENCE = Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 2, "mode": "standard"})


@functools.cache
def client(service: str, region: str, endpoint: str | None = None) -> Any:
    return _session().create_client(service, region_name=region, endpoint_url=endpoint, config=_PATIENCE)


@functools.cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()
