"""The publisher never runs further ahead than the rules can bear, and nobody waits for ever."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest

from streams.demo import pacing
from streams.demo.offsets import Offsets
from streams.demo.pacing import NothingMoves, await_drained, pace
from streams.simulator.arrivals import Record

DAY_MS = timedelta(days=1) // timedelta(milliseconds=1)
A_YEAR = tuple(Record("earlyword.in.a.referral.v1", None, b"", (), day * DAY_MS) for day in range(365))
OLDEST_TRIGGER_DAYS = 28  # EVENTS section 4


class Processes:
    """Processes that settle so many records each time somebody asks how far they are."""

    def __init__(self, each_time: int) -> None:
        self.each_time = each_time
        self.settled = 0
        self.published = 0

    def under_way(self, published: int) -> int:
        self.published = published
        self.settled = min(published, self.settled + self.each_time)
        return published - self.settled

    def committed(self) -> dict[str, int]:
        return {"all": self.settled}

    def behind(self) -> int:
        return self.published - self.settled

    def drained(self) -> dict[str, int] | None:
        self.settled = min(self.published, self.settled + self.each_time)
        return {"all": self.settled} if self.settled == self.published else None


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "PAUSE_SECONDS", 0.0)


def offsets_of(processes: Processes) -> Offsets:
    return cast("Offsets", processes)


def nothing() -> None:
    """Every process runs."""


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("each_time", [1, 3, 50])
def test_what_is_under_way_never_spans_as_long_as_a_trigger_may_be_old(each_time: int) -> None:
    processes = Processes(each_time)
    given = []
    for record in pace(A_YEAR, offsets_of(processes), nothing, lambda _: None):
        given.append(record)
        oldest = A_YEAR[processes.settled]
        assert cast("int", record.timestamp_ms) - cast("int", oldest.timestamp_ms) < OLDEST_TRIGGER_DAYS * DAY_MS
    assert tuple(given) == A_YEAR


@pytest.mark.usefixtures("no_pauses")
def test_processes_are_looked_after_while_the_publisher_waits() -> None:
    looked = itertools.count()
    list(pace(A_YEAR, offsets_of(Processes(1)), lambda: cast("None", next(looked)), lambda _: None))
    assert next(looked) > len(A_YEAR) // 2


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(
    "wait",
    [
        lambda offsets: list(pace(A_YEAR, offsets, nothing, lambda _: None)),
        lambda offsets: await_drained(offsets, nothing, lambda _: None),
    ],
)
def test_processes_that_stand_still_are_told_and_not_waited_for(
    wait: Callable[[Offsets], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "STALLED_SECONDS", 0.05)
    stuck = Processes(0)
    stuck.published = 10
    with pytest.raises(NothingMoves, match="have not come any further"):
        wait(offsets_of(stuck))


@pytest.mark.usefixtures("no_pauses")
def test_all_is_drained_when_nothing_is_left_and_it_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "QUIET_SECONDS", 0.05)
    processes = Processes(7)
    processes.published = 100
    told: list[int] = []
    await_drained(offsets_of(processes), nothing, told.append)
    assert processes.settled == 100
    assert told[0] > 0
    assert told[-1] == 0
    assert told == sorted(told, reverse=True)
