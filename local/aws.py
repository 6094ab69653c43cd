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

from local import child_process
from local.config import ACCOUNT, HOST, REGION, CannotStart, LocalConfig

_PYTHON = Path(__file__).resolve().parent.parent / ".venv-aws" / "bin" / "python"
_SERVICES = (
    "apigateway,cloudformation,dynamodb,dynamodbstreams,events,iam,kms,lambda,logs,monitoring,"
    "s3,secretsmanager,ses,sns,sqs,ssm,sts"
)


def start(config: LocalConfig) -> subprocess.Popen[bytes]:
    """Start ministack; it is there once `wait` returns."""
    state, scratch = config.data / "aws", fresh_scratch(config)
    state.mkdir(parents=True, exist_ok=True)
    environment = {
        **config.environment(),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "GATEWAY_PORT": str(config.aws_port),
        "SERVICES": _SERVICES,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "TMPDIR": str(scratch),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nowhere",
        "AUTH": "true",
        "LOG_LEVEL": os.environ.get("AWS_LOG_LEVEL", "WARNING"),
    }
    return child_process.start([str(_PYTHON), "-m", "local.embedded"], environment, config.logs / "aws.log")


def fresh_scratch(config: LocalConfig) -> Path:
    """An empty folder for the functions' code. The last run's is only moved aside: a slow disk takes a minute to empty it."""
    scratch = config.data / "scratch"
    if scratch.exists():
        config.left.mkdir(exist_ok=True)
        scratch.rename(config.left / secrets.token_hex(8))
    scratch.mkdir(parents=True)
    return scratch


def sweep(config: LocalConfig) -> threading.Thread:
    """Begin to remove what earlier runs left; what isn't done at the end is left to the next run."""
    sweeper = threading.Thread(target=shutil.rmtree, args=(config.left, True), daemon=True, name="sweeper")
    sweeper.start()
    return sweeper


def wait(config: LocalConfig, process: subprocess.Popen[bytes], patience: float = 60) -> None:
    """Return once the embedded AWS answers."""
    deadline = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < deadline:
        try:
            ask(config, "GET", "/_ministack/ready")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise CannotStart(f"The embedded AWS didn't start; {config.logs / 'aws.log'} says why.")


def ask(config: LocalConfig, method: str, path: str) -> Any:
    """The JSON that one of the emulator's own addresses answers."""
    connection = http.client.HTTPConnection(HOST, config.aws_port, timeout=30)
    try:
        connection.request(method, path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def save(config: LocalConfig) -> None:
    """Write the state to disk now; it is written at the end too, but the end may be a power cut."""
    ask(config, "POST", "/_local/save")


def credentials(config: LocalConfig, function: str) -> dict[str, str]:
    """The environment variables by which a process acts with the rights of this function's role."""
    results: dict[str, str] = ask(config, "GET", f"/_local/credentials?function={function}")
    return results


def rights_used(config: LocalConfig) -> dict[str, dict[str, dict[str, int]]]:
    """By function and action, how often the function's role was `allowed` and `refused` it since the start."""
    used: dict[str, dict[str, dict[str, int]]] = ask(config, "GET", "/_local/rights")
    return used


@cache
def client(config: LocalConfig, service: str) -> Any:
    """A client of one service, on the embedded AWS."""
    return _session().create_client(
        service,
        region_name=REGION,
        endpoint_url=config.aws,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106  # the emulator knows no other
        config=Config(retries={"total_max_attempts": 1}, read_timeout=310, max_pool_connections=50),
    )


@cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()
