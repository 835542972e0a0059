"""An accepted event that its agency recorded more than a day before we got it is late."""

from __future__ import annotations

import pytest

from streams.metrics import LATE_SECONDS, Metrics

NOW = 1_800_000_000.0


@pytest.mark.parametrize(("age", "is_late"), [(-60.0, False), (0.0, False), (LATE_SECONDS, False), (86_401.0, True)])
def test_more_than_a_day_is_late(age: float, is_late: bool) -> None:
    metrics = Metrics(version="0", agencies=("oakfield",))
    metrics.note_receipt("oakfield", NOW, NOW - age, "school-absence")
    line = 'earlyword_events_late_total{agency="oakfield",type="school-absence"} 1.0'
    assert (line in metrics.write().decode().splitlines()) is is_late


def test_made_up_kinds_and_agencies_are_counted_as_other() -> None:
    metrics = Metrics(version="0", agencies=("oakfield",))
    metrics.note_receipt("nobody", NOW, 0.0, "gossip")
    assert 'earlyword_events_late_total{agency="other",type="other"} 1.0' in metrics.write().decode()
