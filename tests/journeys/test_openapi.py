"""schemathesis against the running system: whatever it makes of the OpenAPI document, no 5xx and no undocumented answer. A32."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from local.seeds import PASSWORD
from tests.support.effort import LONG, share
from tests.support.system import System

pytestmark = [pytest.mark.embedded, pytest.mark.slow, pytest.mark.requirement("A32")]
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
SECONDS, EXAMPLES = share(800), share(250)


def test_schemathesis_finds_no_5xx_and_no_undocumented_answer(own_system: System, tmp_path: Path) -> None:
    """Against a system of its own: so many failed sign-ins close the door to everybody from there for a while."""
    api = f"{own_system.app}/api/v1"
    credentials = {"email": "owner@enterprise.example", "password": PASSWORD}
    token = httpx.post(f"{api}/sessions", json=credentials).json()["token"]
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{api}/openapi.json", *_options(token)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )
    assert done.returncode == 0, done.stdout[-30000:] + done.stderr[-2000:]


def _options(token: str) -> list[str]:
    return [
        f"--header=Authorization: Bearer {token}",
        f"--checks={','.join(CHECKS)}",
        # Signing out would end the run's own session.
        "--exclude-path=/api/v1/sessions/current",
        "--phases=examples,coverage,fuzzing",
        f"--max-examples={EXAMPLES}",
        f"--max-time={SECONDS}",
        *(() if LONG else ("--generation-deterministic",)),
        "--suppress-health-check=all",
        "--continue-on-failure",
        "--warnings=off",
        "--workers=2",
        "--no-color",
    ]
