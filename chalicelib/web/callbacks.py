"""Calls of providers to us: authenticated over the raw bytes before anything is parsed, remembered, and answered at once."""

import logging
from collections.abc import Callable

import msgspec
from chalice.app import Blueprint, Response

from .. import wiring
from ..domain.errors import Refusal
from ..domain.providers import Provider
from ..providers import registry
from ..providers.specification import Callback, CallbackRequest
from ..usecases import provider_events
from . import requests
from .errors import problem, unexpected

routes = Blueprint(__name__)
log = logging.getLogger(__name__)


def _answering(provider: Provider, callback: Callback) -> Callable[[], Response]:
    def answer() -> Response:
        try:
            return _answer(provider, callback, requests.incoming(routes.current_request))
        except Refusal as refusal:
            return problem(refusal, "")
        except Exception:  # a bug: noted once, here; the provider will send it again
            log.exception("callback failed: %s", callback.name)
            return problem(unexpected(), "")

    answer.__name__ = callback.name
    return answer


def _answer(provider: Provider, callback: Callback, incoming: requests.Incoming) -> Response:
    specification = wiring.configured().providers[provider]
    answer = callback.read(specification, CallbackRequest(incoming.headers, incoming.body))
    if answer is None:
        log.warning("callback without a good signature refused")
        return Response('{"error":"not signed"}', headers={"Content-Type": "application/json"}, status_code=401)
    provider_events.receive(wiring.ports(), answer.events)
    return Response(msgspec.json.encode(answer.body).decode(), headers={"Content-Type": "application/json"})


for _provider, _callback in registry.callbacks():
    routes.route(_callback.path, methods=["POST"], content_types=["*/*"], name=_callback.name)(
        _answering(_provider, _callback)
    )
