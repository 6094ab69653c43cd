"""A start doesn't wait for what the last run left on the disk."""

from pathlib import Path

from local import aws
from local.config import LocalConfig


def test_what_the_last_run_left_is_moved_aside_and_removed_later(tmp_path: Path) -> None:
    config = LocalConfig(8000, 8002, 8003, tmp_path)
    for run in ("first", "second"):
        scratch = aws.fresh_scratch(config)
        assert list(scratch.iterdir()) == []
        (scratch / run).mkdir()
    assert [path.name for path in config.left.glob("*/*")] == ["first"]
    aws.sweep(config).join()
    assert not config.left.exists()
    assert (scratch / "second").exists()


def test_there_may_be_nothing_to_remove(tmp_path: Path) -> None:
    aws.sweep(LocalConfig(8000, 8002, 8003, tmp_path)).join()
