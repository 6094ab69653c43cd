"""Many people who do the same thing at the same moment, over HTTP, on the running system."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

import httpx

from chalicelib.domain import links
from chalicelib.domain.links import Purpose
from tests.support.system import System

PEOPLE = 16
Json = dict[str, Any]


@dataclass
class Caller:
    """One person's program: repeats what was answered 503, as the contract asks for."""

    client: httpx.Client
    token: str = ""
    busy: int = field(default=0)

    def call(self, method: str, path: str, body: Json | None = None, **headers: str) -> httpx.Response:
        sent = headers | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        for _ in range(10):
            answer = self.client.request(method, path, json=body, headers=sent)
            if answer.status_code != 503:
                return answer
            assert int(answer.headers["retry-after"]) > 0
            self.busy += 1
        return answer


@dataclass
class Crowd:
    system: System
    pool: ThreadPoolExecutor
    callers: list[Caller]

    def at_once(self, do: Callable[[Caller], httpx.Response]) -> list[httpx.Response]:
        """Everybody starts together."""
        start = Barrier(len(self.callers))

        def run(caller: Caller) -> httpx.Response:
            start.wait(30)
            return do(caller)

        return list(self.pool.map(run, self.callers))

    def link(self, invitation: Json, purpose: Purpose = Purpose.MAILED) -> str:
        """The token of an invitation's link, as the mail holds it."""
        key = self.system.place.deployed()["environment"]["LINK_KEYS"].partition(",")[0]
        return links.make(key, purpose, invitation["chat_id"], invitation["id"], 1)

    @property
    def busy(self) -> int:
        return sum(caller.busy for caller in self.callers)


def caller(system: System, token: str = "") -> Caller:
    return Caller(httpx.Client(base_url=f"{system.app}/api/v1", timeout=60), token)


def statuses(answers: Sequence[httpx.Response]) -> dict[tuple[int, str], int]:
    """How often each status came, with the code of a refusal."""
    results: dict[tuple[int, str], int] = {}
    for response in answers:
        key = response.status_code, response.json().get("code", "") if response.status_code >= 400 else ""
        results[key] = results.get(key, 0) + 1
    return results
