"""AWS clients: one botocore session for all of them, each client made once, with timeouts that fit inside 29 s."""

import functools
from typing import Any

import botocore.session
from botocore.config import Config

_PATIENCE = Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 2, "mode": "standard"})

# So that a bucket's signed addresses have one host, which the pages' policy names.
_IN_ITS_REGION = Config(
    signature_version="s3v4", s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}
)

# The largest picture takes up to 20 s, and what it came to is asked once; a request that waits for it has 28 s.
_LONG = Config(read_timeout=22, retries={"total_max_attempts": 1, "mode": "standard"})
_OF_SERVICES = {"s3": _IN_ITS_REGION, "lambda": _LONG}


@functools.cache
def client(service: str, region: str, endpoint: str | None = None) -> Any:
    config = _PATIENCE.merge(_OF_SERVICES[service]) if service in _OF_SERVICES else _PATIENCE
    return _session().create_client(service, region_name=region, endpoint_url=endpoint, config=config)


@functools.cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()
