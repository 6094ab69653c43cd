"""A Matrix server (Synapse, SQLite) of the benchmarks' own: empty, without rate limits, on a free port."""

import hashlib
import hmac
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local import child_process
from local.config import HOST, free_ports

_PINNED = Path(__file__).parent / "synapse" / "requirements.txt"
_FOLDER = Path(__file__).resolve().parents[1] / "build" / "synapse"
_NAME, _SECRET = "bench.example", "of this benchmark alone"
_PATIENCE = 120
_AT_ONCE = {"per_second": 1_000_000, "burst_count": 1_000_000}
_LIMITS = ("rc_message", "rc_registration", "rc_room_creation")
_MORE_LIMITS: dict[str, tuple[str, ...]] = {
    "rc_login": ("address", "account", "failed_attempts"),
    "rc_joins": ("local", "remote"),
    "rc_invites": ("per_room", "per_user", "per_issuer"),
}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Homeserver:
    address: str

    def register(self, name: str) -> str:
        """The access token of a new person."""
        path = f"{self.address}/_synapse/admin/v1/register"
        nonce = httpx.get(path).json()["nonce"]
        proof = hmac.new(_SECRET.encode(), b"\0".join(map(str.encode, (nonce, name, name, "notadmin"))), hashlib.sha1)
        body = {"nonce": nonce, "username": name, "password": name, "admin": False, "mac": proof.hexdigest()}
        answer: Json = httpx.post(path, json=body, timeout=60).raise_for_status().json()
        return str(answer["access_token"])


def person(name: str) -> str:
    """How Matrix calls whoever is registered by this name."""
    return f"@{name}:{_NAME}"


@contextmanager
def homeserver() -> Iterator[Homeserver]:
    python, port = _installed(), free_ports()[0]
    with tempfile.TemporaryDirectory() as folder:
        config = _configured(python, Path(folder), port)
        command = [str(python), "-m", "synapse.app.homeserver", "--config-path", str(config)]
        process = child_process.start(command, {"PATH": "/usr/bin:/bin"}, Path(folder) / "out.log")
        try:
            server = Homeserver(f"http://{HOST}:{port}")
            _wait(server, process, Path(folder) / "out.log")
            yield server
        finally:
            child_process.stop([process])


def _installed() -> Path:
    """The Python of an environment under `build/` with what is locked; made where it isn't there or has changed."""
    python, kept = _FOLDER / "bin" / "python", _FOLDER / "requirements.txt"
    if not kept.exists() or kept.read_text() != _PINNED.read_text():
        print("Installing Synapse.", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", _FOLDER], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", _PINNED], check=True)
        shutil.copy(_PINNED, kept)
    return python


def _configured(python: Path, folder: Path, port: int) -> Path:
    """Synapse's own configuration, with nothing changed but where it listens, and what it would limit or report."""
    made = folder / "made.yaml"
    command = [str(python), "-m", "synapse.app.homeserver", "--generate-config", "--config-path", str(made)]
    subprocess.run(
        [*command, "--server-name", _NAME, "--report-stats", "no"], cwd=folder, check=True, capture_output=True
    )
    ours: Json = {
        "server_name": _NAME,
        "listeners": [{"port": port, "type": "http", "bind_addresses": [HOST], "resources": [{"names": ["client"]}]}],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "log_config": str(folder / f"{_NAME}.log.config"),
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / f"{_NAME}.signing.key"),
        "registration_shared_secret": _SECRET,
        "macaroon_secret_key": _SECRET,
        "form_secret": _SECRET,
        "report_stats": False,
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        **dict.fromkeys(_LIMITS, _AT_ONCE),
        **{name: dict.fromkeys(parts, _AT_ONCE) for name, parts in _MORE_LIMITS.items()},
    }
    config = folder / "homeserver.yaml"
    config.write_text(json.dumps(ours))  # which is YAML
    return config


def _wait(server: Homeserver, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"{server.address}/health")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"Synapse didn't start.\n{log.read_text()}")
