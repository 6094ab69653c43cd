"""What may be done only so often is done by one worker at a time, and not before its time."""

from datetime import timedelta

from chalicelib.storage.paces import Paces
from tests.support.app import World

PAUSE = timedelta(seconds=60)


def test_one_in_each_pause_for_each_name(world: World) -> None:
    paces = Paces()
    assert [paces.take("replies", PAUSE, world.now()) for _ in range(3)] == [0, 60, 60]
    assert paces.take("history", PAUSE, world.now()) == 0
    world.pass_time(seconds=45)
    assert paces.take("replies", PAUSE, world.now()) == 15
    world.pass_time(seconds=15)
    assert [paces.take("replies", PAUSE, world.now()) for _ in range(2)] == [0, 60]
