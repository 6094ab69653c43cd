"""The embedded AWS as the other parts see it: starting it, its clients, its mailbox."""

import http.client
import json
import os
import secrets
import shutil
import subprocess
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config

from local import leash
from local.place import ACCOUNT, HOST, REGION, CannotStart, Place

_PYTHON = Path(__file__).resolve().parent.parent / ".venv-aws" / "bin" / "python"
_SERVICES = (
    "apigateway,cloudformation,dynamodb,events,iam,kms,lambda,logs,monitoring,s3,secretsmanager,ses,sns,sqs,ssm,sts"
)


def start(place: Place) -> subprocess.Popen[bytes]:
    """Start ministack; it is there once `wait` returns."""
    state, scratch = place.data / "aws", fresh_scratch(place)
    state.mkdir(parents=True, exist_ok=True)
    environment = {
        **place.environment(),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "GATEWAY_PORT": str(place.aws_port),
        "SERVICES": _SERVICES,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state),
        "S3_DATA_DIR": str(scratch / "s3"),
        "TMPDIR": str(scratch),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nowhere",
        "AUTH": "true",
        "LOG_LEVEL": os.environ.get("AWS_LOG_LEVEL", "WARNING"),
    }
    return leash.start([str(_PYTHON), "-m", "local.embedded"], environment, place.logs / "aws.log")


def fresh_scratch(place: Place) -> Path:
    """An empty folder for the functions' code. The last run's is only moved aside: a slow disk takes a minute to empty it."""
    scratch = place.data / "scratch"
    if scratch.exists():
        place.left.mkdir(exist_ok=True)
        scratch.rename(place.left / secrets.token_hex(8))
    scratch.mkdir(parents=True)
    return scratch


def sweep(place: Place) -> threading.Thread:
    """Begin to remove what earlier runs left; what isn't done at the end is left to the next run."""
    sweeper = threading.Thread(target=shutil.rmtree, args=(place.left, True), daemon=True, name="sweeper")
    sweeper.start()
    return sweeper


def wait(place: Place, process: subprocess.Popen[bytes], patience: float = 60) -> None:
    """Return once the embedded AWS answers."""
    deadline = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < deadline:
        try:
            ask(place, "GET", "/_ministack/ready")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise CannotStart(f"The embedded AWS didn't start; {place.logs / 'aws.log'} says why.")


def ask(place: Place, method: str, path: str) -> Any:
    """The JSON that one of the emulator's own addresses answers."""
    connection = http.client.HTTPConnection(HOST, place.aws_port, timeout=30)
    try:
        connection.request(method, path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def save(place: Place) -> None:
    """Write the state to disk now; it is written at the end too, but the end may be a power cut."""
    ask(place, "POST", "/_local/save")


def credentials(place: Place, function: str) -> dict[str, str]:
    """The environment variables by which a process acts with the rights of this function's role."""
    found: dict[str, str] = ask(place, "GET", f"/_local/credentials?function={function}")
    return found


def rights_used(place: Place) -> dict[str, dict[str, dict[str, int]]]:
    """By function and action, how often the function's role was `allowed` and `refused` it since the start."""
    used: dict[str, dict[str, dict[str, int]]] = ask(place, "GET", "/_local/rights")
    return used


@cache
def client(place: Place, service: str) -> Any:
    """A client of one service, on the embedded AWS."""
    return _session().create_client(
        service,
        region_name=REGION,
        endpoint_url=place.aws,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106  # the emulator knows no other
        config=Config(retries={"total_max_attempts": 1}, read_timeout=310, max_pool_connections=50),
    )


@cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()
