"""What the tests of taking part by mail share."""

import pytest

from chalicelib.domain.providers import Option
from tests.support.incoming_mails import Mailroom
from tests.support.sample_chat import Scene


@pytest.fixture
def room(scene: Scene) -> Mailroom:
    """Mail comes in, and every way to join is configured."""
    room = Mailroom(scene.world)
    scene.world.use(configured=frozenset(Option))
    return room
