"""The windows in which people are played: each has an address of its own, which is the application's."""

import pytest

from local.people import PEOPLE, as_public, host_of


def test_each_person_has_a_host_of_their_own() -> None:
    assert host_of("Dana.Smith+x@Acme.example") == "dana-smith-x-acme-example.localhost"
    assert len({host_of(person.email) for person in PEOPLE}) == len(PEOPLE)


def test_a_window_of_a_persona_is_the_applications() -> None:
    assert as_public(f"http://{host_of('owner@pro.example')}:8000") == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://a.localhost:8000",
        "http://localhost:8000",
        "http://a.b.localhost:8000",
        "http://a.localhost.example:8000",
        "http://a.localhost:8000.example",
        "http://a.localhost",
        "http://a.localhost:8000\n",
        "http://evil.example",
    ],
)
def test_no_other_origin_becomes_it(origin: str) -> None:
    assert as_public(origin) == origin
