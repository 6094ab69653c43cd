"""One played Slack: its state, its key, its app, and looking things up."""

import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from local.config import LocalConfig
from local.fake_provider import demo
from local.fake_provider.deliveries import Courier
from local.fake_provider.faults import Faults
from local.fake_provider.keys import Signer
from local.fake_provider.state import Json, Store
from local.playground import clock
from local.slack import seed_data
from local.slack.limits import Limits

_PLAYED = ("slow", "timeout", "garbage", "429", "500", "502", "503")
RETRIES = (0.0, 60.0, 300.0)


class SlackError(Exception):
    """What the Web API answers as `error`; `more` are further fields of the answer."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code, self.more = code, more


class TooManyRequests(SlackError):
    """A 429: more calls than a limit allows."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds


class Slack:
    """The state behind every page and method. Hold the lock, through `reading` or `changing`, while using `data`."""

    def __init__(self, config: LocalConfig) -> None:
        self.config = config
        self.settings = demo.environment(config)
        self.base = self.settings["SLACK_BASE_URL"]
        self.store = Store(config.data / "slack.json", seed_data.fresh)
        self.signer = Signer(config.data / "slack.pem")
        self.courier = Courier()
        self.faults = Faults(lambda kind: kind in _PLAYED or kind.replace("_", "").isalpha())
        self.limits = Limits(self.now)
        self.retries: tuple[float, ...] = RETRIES
        self.calls: list[Json] = []

    @property
    def data(self) -> Json:
        return self.store.data

    @contextmanager
    def changing(self) -> Iterator[None]:
        with self.store.lock:
            yield
            self.store.changed()

    def now(self) -> float:
        """Seconds since 1970 by the system's one clock, which people may have moved."""
        return time.time() + clock.ahead(self.config)

    def team(self, team_id: str) -> Json:
        return self._find("teams", team_id, "team_not_found")

    def user(self, user_id: str, team_id: str | None = None) -> Json:
        results = self._find("users", user_id, "user_not_found")
        if team_id and results["team_id"] != team_id:
            raise SlackError("user_not_found")
        return results

    def people(self, team_id: str) -> list[Json]:
        """Everybody of a workspace, without the app's own bot."""
        return [user for user in self.data["users"].values() if user["team_id"] == team_id and not user.get("app")]

    def install(self, team_id: str) -> Json | None:
        """The app's installation in a workspace, its own or that of its organisation."""
        installs: Json = self.data["installs"]
        results: Json | None = installs.get(team_id)
        return results

    def bot_user(self, team_id: str) -> Json:
        """The app's own user in a workspace, made when it is first needed."""
        bot_id = f"U{team_id[2:]}APP"
        if bot_id not in self.data["users"]:
            base = next(user for user in self.data["users"].values() if user["is_bot"] and user["team_id"] == team_id)
            self.data["users"][bot_id] = {
                **base,
                "id": bot_id,
                "name": "webtop",
                "real_name": seed_data.APP_NAME,
                "first": seed_data.APP_NAME,
                "last": "",
                "email": "",
                "app": True,
            }
        bot: Json = self.data["users"][bot_id]
        return bot

    def new_token(self, prefix: str, about: Json) -> str:
        token = f"{prefix}-{about.get('team_id') or about.get('enterprise_id')}-{secrets.token_hex(12)}"
        self.data["tokens"][token] = {"revoked": None, **about}
        return token

    def new_ts(self) -> str:
        """A time stamp that names one message: later than any before."""
        micros = max(int(self.now() * 1_000_000), int(self.data["last_ts"]) + 1)
        self.data["last_ts"] = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06}"

    def keep(self, file_id: str, content: bytes) -> None:
        folder = self.config.data / "slack-files"
        folder.mkdir(exist_ok=True)
        (folder / file_id).write_bytes(content)

    def kept(self, file_id: str) -> bytes:
        return (self.config.data / "slack-files" / file_id).read_bytes()

    def forget(self, file_id: str) -> None:
        (self.config.data / "slack-files" / file_id).unlink(missing_ok=True)

    def note_call(self, method: str, notice: str, status: int) -> None:
        """For tests that count calls."""
        self.calls.append({"at": time.time(), "method": method, "answer": notice, "status": status})
        del self.calls[:-5_000]

    def _find(self, kind: str, key: str, error: str) -> Json:
        results: Json | None = self.data[kind].get(key)
        if results is None:
            raise SlackError(error)
        return results


def event_id() -> str:
    """Never the same one twice, also after a reset: the application remembers them."""
    return f"Ev{secrets.token_hex(5).upper()}"


def short(*parts: str) -> str:
    """A short id that is always the same for the same parts."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:9].upper()


@lru_cache(maxsize=8)
def of(config: LocalConfig) -> Slack:
    """The one Slack of this place."""
    return Slack(config)
