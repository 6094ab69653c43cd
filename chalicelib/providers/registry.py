"""Each provider of `domain/providers.py` as this deployment has set it up: its package is called as it is."""

import functools
from collections.abc import Mapping
from importlib import import_module

from ..domain.providers import Provider
from .specification import Callback, ProviderSpecification

Providers = Mapping[Provider, ProviderSpecification]


@functools.cache
def specification(provider: Provider) -> type[ProviderSpecification]:
    package = import_module(f".{provider}.specification", __package__)
    result: type[ProviderSpecification] = package.SPECIFICATION
    return result


def set_up(environ: Mapping[str, str], stage: str) -> Providers:
    """Raises `SettingsWrong` on the first setting that can't be used."""
    return {provider: specification(provider)(environ, stage) for provider in Provider}


def callbacks() -> list[tuple[Provider, Callback]]:
    """Every address that a provider calls."""
    return [(provider, callback) for provider in Provider for callback in specification(provider).callbacks]
