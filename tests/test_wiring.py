"""The parts of the providers: built when they are asked for, once, and only where a provider has them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from chalicelib import settings, wiring
from chalicelib.domain.providers import Provider
from chalicelib.providers.specification import ProviderSpecification
from tests.support.app import ENVIRONMENT


class Quiet(ProviderSpecification):
    """A provider that says nothing but who it is."""

    provider: ClassVar[Provider] = Provider.MICROSOFT


class Telling(ProviderSpecification):
    """One with a feature, which counts how often it is built."""

    provider: ClassVar[Provider] = Provider.SLACK

    def __init__(self, environ: Mapping[str, str], stage: str) -> None:
        self.built = 0

    def feature(self, public_url: str) -> str:
        self.built += 1
        return f"the feature at {public_url}"


def of(*specifications: ProviderSpecification) -> settings.Settings:
    return replace(settings.read(ENVIRONMENT), providers={item.provider: item for item in specifications})


def test_a_part_is_built_once_when_it_is_asked_for() -> None:
    telling = Telling({}, "local")
    features = wiring._Each(of(telling, Quiet({}, "local")), lambda own: own.feature("http://chat.test"))
    assert telling.built == 0
    assert [features[Provider.SLACK] for _ in range(3)] == ["the feature at http://chat.test"] * 3
    assert telling.built == 1
    assert (list(features), len(features), features.get(Provider.MICROSOFT)) == ([Provider.SLACK], 1, None)


def test_a_provider_may_have_no_part_at_all() -> None:
    quiet = Quiet({}, "local")
    assert list(wiring._Each(of(quiet), lambda own: own.sign_in(""))) == []
    assert list(wiring._Each(of(quiet), lambda own: own.installer(""))) == []
    assert wiring._ways(of(quiet)) == frozenset()
    assert (quiet.inbound_events({}), quiet.is_configured) == ([], False)
