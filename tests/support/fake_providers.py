"""The playground's Slack and Microsoft in a server of their own, and a stand-in for the application that listens."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from slack_sdk import WebClient

from local.config import HOST, LocalConfig, free_ports
from local.fake_provider import demo
from local.http import Answer, Request, Server
from local.playground.__main__ import answer

Json = dict[str, Any]
Found = TypeVar("Found")

DANA, OLIVIA, GUS = "UACMEDANA", "UACMEOLIVIA", "UACMEGUS"
GITA, MAYA = "UGRIDGITA", "UGRIDMAYA"
JONAS = "7b2e4c90-1d3f-4a6b-8c5d-000000000001"
PAT = "7b2e4c90-1d3f-4a6b-8c5d-000000000007"
BOT_SCOPES = (
    "chat:write chat:write.customize im:write im:history users:read users:read.email team:read team.billing:read "
    "channels:read reactions:read reactions:write files:read files:write conversations.connect:write"
)


@dataclass
class Listener:
    """What the application would hear; `status` is what it answers, after `delay` seconds."""

    requests: list[Request] = field(default_factory=list)
    status: int = 200
    delay: float = 0

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        time.sleep(self.delay)
        return Answer(self.status, [("Content-Type", "text/html")], b"<title>The application</title>")

    def events(self) -> list[Json]:
        """Slack's events or Teams's activities, in the order they came."""
        bodies = [json.loads(request.body) for request in self.requests if request.method == "POST"]
        return [body.get("event", body) for body in bodies]


@dataclass
class FakeProviders:
    """A running playground, and what a test does with it."""

    place: LocalConfig
    app: Listener
    http: httpx.Client

    @property
    def slack(self) -> str:
        return f"{self.place.playground}/slack"

    @property
    def microsoft(self) -> str:
        return f"{self.place.playground}/microsoft"

    @property
    def settings(self) -> dict[str, str]:
        return demo.environment(self.place)

    def redirect_uri(self, path: str = "/oauth/slack/callback") -> str:
        return self.place.application + path

    def get(self, path: str) -> Any:
        return self.http.get(self.place.playground + path).raise_for_status().json()

    def post(self, path: str, /, **body: Any) -> Any:
        response = self.http.post(self.place.playground + path, json=body).raise_for_status()
        return response.json() if response.content else None

    def refused(self, path: str, /, **body: Any) -> str:
        """The code that a twin answers where something isn't possible."""
        response = self.http.post(self.place.playground + path, json=body)
        assert response.status_code >= 400, response.text
        return str(response.json()["code"])

    def decide(self, address: str, user: str, decision: str = "allow", **more: str) -> dict[str, str]:
        """What the application's address gets when this person presses a button on the page that asks."""
        done = self.http.post(address, data={"user": user, "decision": decision, **more})
        assert done.status_code == 303, done.text
        return {name: values[0] for name, values in parse_qs(urlsplit(done.headers["location"]).query).items()}

    def slack_address(self, flow: str, **more: str) -> str:
        wanted = {"client_id": self.settings["SLACK_CLIENT_ID"], "redirect_uri": self.redirect_uri(), **more}
        return f"{self.slack}/{flow}/authorize?{urlencode(wanted)}"

    def client(self, token: str | None = None) -> WebClient:
        return WebClient(base_url=f"{self.slack}/api/", token=token)

    def redeem(self, code: str) -> Json:
        """What `oauth.v2.access` gives for a code."""
        settings = self.settings
        response = self.client().oauth_v2_access(
            client_id=settings["SLACK_CLIENT_ID"],
            client_secret=settings["SLACK_CLIENT_SECRET"],
            code=code,
            redirect_uri=self.redirect_uri(),
        )
        return dict(response.data) if isinstance(response.data, dict) else {}

    def install(self, user: str = DANA, scopes: str = BOT_SCOPES, user_scope: str = "") -> Json:
        address = self.slack_address("oauth/v2", scope=scopes, user_scope=user_scope, state="s")
        return self.redeem(self.decide(address, user)["code"])

    def bot(self, user: str = DANA, scopes: str = BOT_SCOPES) -> WebClient:
        """A client with the bot token of the person's workspace."""
        return self.client(self.install(user, scopes)["access_token"])

    def quiet(self, provider: str = "slack") -> None:
        """Return once everything was delivered."""
        self.until(lambda: self.get(f"/{provider}/deliveries.json")["idle"], "quiet")

    def until(self, look: Callable[[], Found], what: str, patience: float = 60) -> Found:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if result := look():
                return result
            time.sleep(0.01)
        raise AssertionError(f"No {what} within {patience:.0f} s.")


@contextmanager
def playing(data: Path) -> Iterator[FakeProviders]:
    """A playground without the rest of the system."""
    port, playground_port, aws_port = free_ports()
    config, listener = LocalConfig(port=port, playground_port=playground_port, aws_port=aws_port, data=data), Listener()
    servers = [
        Server((HOST, port), listener.answer),
        Server((HOST, playground_port), lambda request: answer(config, request)),
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    with httpx.Client(trust_env=False, timeout=30) as client:
        yield FakeProviders(config, listener, client)
    for server in servers:
        server.shutdown()
        server.server_close()


def headers_of(request: Request) -> Mapping[str, str]:
    return dict(request.headers)
