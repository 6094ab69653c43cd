"""A start doesn't wait for what the last run left on the disk."""

from pathlib import Path

from local import aws
from local.place import Place


def test_what_the_last_run_left_is_moved_aside_and_removed_later(tmp_path: Path) -> None:
    place = Place(8000, 8002, 8003, tmp_path)
    for run in ("first", "second"):
        scratch = aws.fresh_scratch(place)
        assert list(scratch.iterdir()) == []
        (scratch / run).mkdir()
    assert [path.name for path in place.left.glob("*/*")] == ["first"]
    aws.sweep(place).join()
    assert not place.left.exists()
    assert (scratch / "second").exists()


def test_there_may_be_nothing_to_remove(tmp_path: Path) -> None:
    aws.sweep(Place(8000, 8002, 8003, tmp_path)).join()
