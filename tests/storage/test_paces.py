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


def test_what_can_wait_comes_behind_whoever_waits_for_the_same(world: World) -> None:
    """Both were told the same moment, and a comparison of many pages held up every message whose reply was lost."""
    paces, behind = Paces(), timedelta(seconds=15)
    assert paces.take("replies", PAUSE, world.now(), behind) == 0, "nobody else wants it"
    assert paces.take("replies", PAUSE, world.now(), behind) == 75
    assert paces.take("replies", PAUSE, world.now()) == 60
    world.pass_time(seconds=60)
    assert paces.take("replies", PAUSE, world.now(), behind) == 15, "it doesn't take what the other one waits for"
    assert paces.take("replies", PAUSE, world.now()) == 0
    world.pass_time(seconds=75)
    assert paces.take("replies", PAUSE, world.now(), behind) == 0
