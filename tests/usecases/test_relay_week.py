"""A day of the week that `python -m bench week` plays: nothing is lost, doubled, out of order, or otherwise than its state says."""

from pathlib import Path

import pytest

from tests.support.relay_week import Size, judged, week


@pytest.mark.slow
@pytest.mark.requirement("A26", "A27", "A35")
def test_a_day_with_an_outage_on_each_side_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with week(Size(days=1, messages=50, chats=2, seed=7), tmp_path) as played:
        played.play()
        verdict = judged(played)
        wrong = (verdict.lost, verdict.doubled, verdict.reordered, verdict.untrue)
        assert wrong == ([], [], [], [])
        assert {"written here", "written in Slack", "written in Teams", "edit"} <= set(played.done)
        assert verdict.places > 80
        assert sum(played.refused[method] for method in played.refused if "conversations" in method) == 0
