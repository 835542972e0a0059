"""How fast the learner learns: records as they lie on ``earlyword.examples.v1`` in, snapshots out. No broker.

The rows are those of a simulated town, told again for other families until there are enough; the days stay the town's.
So a day has as many rows as in a large hub. Of few rows, the day's snapshot would be most of the cost, and no matter:
a day's learning would be over in a millisecond. What is counted is the CPU time of this thread alone.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from statistics import median
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from models.calendar.local_time import local_day
from models.learning.learner import Learner
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.snapshot import Snapshot, begin
from models.learning.specification import prepare_vector
from models.learning.study import Study, read_rows_of
from schemas.events import FAMILY_LOG, Origin
from schemas.examples import DayClosed, ExampleRecord, Matured, Scored
from schemas.identifiers import Day
from streams.benchmark.figures import Figure
from streams.codecs import read_example_record
from streams.topics import FAMILY_PARTITIONS

EXAMPLES_A_RUN: Final = 20_000
MADE_BY: Final = {"river": "benchmark", "python": "benchmark"}


class Learned(Struct, frozen=True):
    """One run: so many examples learned, in CPU seconds."""

    examples: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Examples per second of computing."""
        return self.examples / self.seconds


def measure_learning(
    told: Sequence[Scored | Matured], repeat: int, advance_bar: Callable[[int], None], examples: int = EXAMPLES_A_RUN
) -> Figure:
    """Learn these rows, told again until there are so many, so often."""
    log = write_log(told, examples)
    vectors = _vectors(told, examples)
    gc.collect()
    gc.freeze()  # the learner holds no log
    try:
        whole, alone = [], []
        for _ in range(repeat):
            learned, snapshot = _study(log)
            if snapshot.body.learned != len(vectors):
                raise AssertionError("the learner did not learn every row whose outcome is known")
            whole.append(learned)
            alone.append(_learn_alone(vectors))
            advance_bar(1)
    finally:
        gc.unfreeze()
    return describe_learning(whole, alone, records=len(log), days=len(_days(told)))


def describe_learning(whole: Sequence[Learned], alone: Sequence[Learned], *, records: int, days: int) -> Figure:
    """Medians over the rounds."""
    return {
        "examples_per_second": round(median(one.per_second for one in whole)),
        "learn_one_per_second": round(median(one.per_second for one in alone)),
        "us_per_example": round(median(1e6 / one.per_second for one in whole), 2),
        "examples": whole[0].examples,
        "records": records,
        "days": days,
        "runs": [round(one.per_second) for one in whole],
    }


def write_log(told: Sequence[Scored | Matured], examples: int) -> list[bytes]:
    """The records of the topic: on each day what was scored and what matured, then its end from every partition."""
    copies = _copies(told, examples)
    known = {one.row for one in told if isinstance(one, Matured)}
    log: list[ExampleRecord] = []
    for day, rows in groupby(sorted((one for one in told if one.row in known), key=_day), key=_day):
        for row in rows:
            for copy in range(copies):
                elsewhere = replace(row, row=f"{row.row}-{copy}")
                log.append(ExampleRecord(Origin(FAMILY_LOG, len(log), 0), elsewhere))
        log += [ExampleRecord(None, DayClosed(partition, day)) for partition in range(FAMILY_PARTITIONS)]
    return [msgspec.msgpack.encode(record) for record in log]


def _study(log: Sequence[bytes]) -> tuple[Learned, Snapshot]:
    """Everything that the learner does with these records but for sending."""
    newest = begin(NEED_WITHIN_90_DAYS, MADE_BY)
    began = time.thread_time()
    study = Study(newest, read_rows_of(NEED_WITHIN_90_DAYS, newest.body.features_hash), FAMILY_PARTITIONS)
    for offset, record in enumerate(log):
        for closed in study.take(offset, read_example_record(record).event).closed:
            lesson = study.learn(closed, "shadow")
            if lesson.draft is not None:
                newest = lesson.draft.snapshot
                _ = newest.version, newest.bytes  # as for publishing it
    return Learned(newest.body.learned, time.thread_time() - began), newest


def _learn_alone(vectors: Sequence[tuple[tuple[float, ...], bool]]) -> Learned:
    """River's part under our optimiser, and nothing else."""
    learner = Learner(begin(NEED_WITHIN_90_DAYS, MADE_BY))
    began = time.thread_time()
    for vector, label in vectors:
        learner.learn_one(vector, label)
    return Learned(len(vectors), time.thread_time() - began)


def _vectors(told: Sequence[Scored | Matured], examples: int) -> list[tuple[tuple[float, ...], bool]]:
    vector = prepare_vector(NEED_WITHIN_90_DAYS)
    known = sorted(_known(told), key=lambda one: (one.day, one.at))
    return [(vector(one.features), one.state == "positive") for one in known for _ in range(_copies(told, examples))]


def _known(told: Sequence[Scored | Matured]) -> list[Matured]:
    """The rows whose outcome is known: those that teach."""
    return [one for one in told if isinstance(one, Matured) and one.state in ("positive", "negative")]


def _copies(told: Sequence[Scored | Matured], examples: int) -> int:
    return -(-examples // len(_known(told)))


def _days(told: Sequence[Scored | Matured]) -> set[Day]:
    return {one.day for one in _known(told)}


def _day(one: Scored | Matured) -> Day:
    return one.day if isinstance(one, Matured) else local_day(one.at)
