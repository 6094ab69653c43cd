"""One played Microsoft: its state, its keys, and looking things up."""

import hashlib
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from local.config import LocalConfig
from local.fake_provider import demo
from local.fake_provider.deliveries import Courier
from local.fake_provider.faults import Faults
from local.fake_provider.keys import Signer
from local.fake_provider.state import Json, Store
from local.http import not_found
from local.microsoft import seed_data
from local.playground import clock

SHARED = ("organizations", "common", "consumers")
"""Words that stand in the place of a tenant's id."""
FAULTS = (
    "slow",
    "timeout",
    "garbage",
    "409",
    "429",
    "412",
    "500",
    "501",
    "502",
    "503",
    "504",
    "blocked",
    "no_id",
    "invalid_grant",
)


class ReactionLimit:
    """Two a second over all conversations of the bot ("Bot reactions", as of July 2026)."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now, self._last = now, deque[float](maxlen=2)

    def wait(self) -> int:
        """0 if one more is within the limit, and counted then; else the seconds until it would be."""
        now = self._now()
        if len(self._last) == 2 and now - self._last[0] < 1:
            return 1
        self._last.append(now)
        return 0

    def reset(self) -> None:
        self._last.clear()


class Microsoft:
    """The state behind every page and address. Hold the lock, through `changing`, while using `data`."""

    def __init__(self, config: LocalConfig) -> None:
        self.config = config
        self.settings = demo.environment(config)
        self.base = self.settings["MICROSOFT_BASE_URL"]
        self.store = Store(config.data / "microsoft.json", seed_data.fresh)
        self.logins = Signer(config.data / "microsoft.pem")
        self.bots = Signer(config.data / "botframework.pem")
        self.courier = Courier()
        self.faults = Faults(lambda kind: kind in FAULTS)
        self.reaction_limit = ReactionLimit(self.now)
        self.calls: list[Json] = []

    @property
    def data(self) -> Json:
        return self.store.data

    @property
    def service_url(self) -> str:
        """Where the connector is, as activities say it."""
        return f"{self.config.playground}/microsoft/connector/emea/"

    @contextmanager
    def changing(self) -> Iterator[None]:
        with self.store.lock:
            yield
            self.store.changed()

    def now(self) -> float:
        """Seconds since 1970 by the system's one clock, which people may have moved."""
        return time.time() + clock.ahead(self.config)

    def person(self, oid: str) -> Json:
        results: Json | None = self.data["people"].get(oid)
        if results is None:
            raise not_found()
        return results

    def tenant(self, tid: str) -> Json:
        results: Json | None = self.data["tenants"].get(tid)
        if results is None:
            raise not_found()
        return results

    def check_tenant(self, tenant: str) -> None:
        """Refuse an address of a tenant that isn't there; the bot's own is."""
        if tenant not in (*SHARED, *self.data["tenants"], self.settings["TEAMS_BOT_TENANT"]):
            raise not_found()

    def people(self, tid: str) -> list[Json]:
        return [person for person in self.data["people"].values() if person["tid"] == tid]

    def new_id(self) -> str:
        """The id of an activity: milliseconds, and later than any before."""
        number = max(int(time.time() * 1_000), int(self.data["last_id"]) + 1)
        self.data["last_id"] = number
        return str(number)

    def keep(self, file_id: str, content: bytes) -> None:
        folder = self.config.data / "microsoft-files"
        folder.mkdir(exist_ok=True)
        (folder / file_id).write_bytes(content)

    def kept(self, file_id: str) -> bytes:
        return (self.config.data / "microsoft-files" / file_id).read_bytes()

    def note_call(self, path: str, notice: str, status: int) -> None:
        """For tests that count calls."""
        self.calls.append({"at": time.time(), "method": path, "answer": notice, "status": status})
        del self.calls[:-5_000]


def pairwise(person: Json, client_id: str) -> str:
    """The `sub` of a person for one application: another one for each."""
    return hashlib.sha256(f"{client_id}|{person['oid']}".encode()).hexdigest()[:43]


def new_guid() -> str:
    return str(uuid.uuid4())


@lru_cache(maxsize=8)
def of(config: LocalConfig) -> Microsoft:
    """The one Microsoft of this place."""
    return Microsoft(config)
