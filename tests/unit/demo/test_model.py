"""What the demo says of the model is learned and measured again, from what lies on the topics."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import pytest

from models.learning.learner import RIVER
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.snapshot import Snapshot, begin
from models.learning.specification import hash_features
from models.learning.study import Study, read_rows_of
from schemas.examples import DayClosed, ExampleEvent, ExampleRecord, Matured, RowState, Scored
from schemas.identifiers import Day, FamilyId, Moment
from schemas.models import RESUME_OFFSET, SNAPSHOT
from streams.demo.model import ModelTold
from streams.demo.summary import say_model
from streams.topics import EXAMPLES, FAMILY_PARTITIONS, MODELS

FIRST = 739_000
DAY = 86_400_000_000
LIST = hash_features(NEED_WITHIN_90_DAYS)
WIDTH = len(NEED_WITHIN_90_DAYS.features)


@dataclass
class Record:
    topic: str
    offset: int
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]] = ()


def rows(count: int) -> list[ExampleEvent]:
    """Episodes of a year: who was told much of is followed by a plan more often."""
    dice = random.Random(5)
    told: list[ExampleEvent] = []
    for number in range(count):
        day = FIRST + number
        much = dice.random() < 0.4
        features = tuple(float(dice.randrange(4)) if much and dice.random() < 0.5 else 0.0 for _ in range(WIDTH))
        state: RowState = "positive" if dice.random() < (0.5 if much else 0.05) else "negative"
        row, family = f"x-{number:04}", FamilyId(f"family-{number}")
        at = Moment((day - 719_163) * DAY)
        told.append(Scored(row, family, at, LIST, features, "a version", 0.1, (), None, "shadow", None))
        final = Day(day + 104)
        outcome = Day(day + 40) if state == "positive" else None
        told.append(Matured(row, family, at, final, state, outcome, "none", LIST, features))
        told += [DayClosed(partition, final) for partition in range(FAMILY_PARTITIONS)]
    return told


def learned(events: Sequence[ExampleEvent]) -> Snapshot:
    """What a learner makes of them."""
    first = begin(NEED_WITHIN_90_DAYS, {"python": "test", "river": RIVER})
    study, newest = Study(first, read_rows_of(NEED_WITHIN_90_DAYS, LIST), FAMILY_PARTITIONS), first
    for offset, event in enumerate(events):
        for closed in study.take(offset, event).closed:
            draft = study.learn(closed, "shadow").draft
            newest = newest if draft is None else draft.snapshot
    return newest


def tell(events: Sequence[ExampleEvent], snapshot: Snapshot) -> ModelTold:
    """Both topics as they would lie there."""
    told = ModelTold()
    for offset, event in enumerate(events):
        told.take(Record(EXAMPLES, offset, b"", msgspec.msgpack.encode(ExampleRecord(None, event))))
    key = (SNAPSHOT + snapshot.version).encode()
    told.take(Record(MODELS, 0, key, snapshot.bytes, ((RESUME_OFFSET, b"0"),)))
    return told


@pytest.fixture(scope="module")
def year() -> list[ExampleEvent]:
    return rows(160)


def test_the_learners_snapshot_is_the_one_that_its_rows_give(year: list[ExampleEvent]) -> None:
    summed = tell(year, learned(year)).sum_up()
    assert summed.agrees
    assert (summed.rows, summed.learned) == (160, 160)
    assert summed.states == {"negative": 160 - summed.positives, "positive": summed.positives}
    assert summed.measured is not None
    assert summed.measured.average_precision is not None
    assert summed.measured.base_rate < summed.measured.average_precision
    assert not summed.measured.passed
    assert "papers: the model card is missing" in summed.measured.missing
    assert not any("specification" in missing for missing in summed.measured.missing)


def test_a_row_that_the_learner_did_not_learn_is_noticed(year: list[ExampleEvent]) -> None:
    behind = learned(year[: len(year) // 2])
    summed = tell(year, behind).sum_up()
    assert not summed.agrees
    assert "the same snapshot: NO." in " ".join(say_model(summed))


def test_where_nothing_is_final_nothing_is_measured(year: list[ExampleEvent]) -> None:
    young = [event for event in year if isinstance(event, Scored)][:3]
    summed = tell(young, learned(young)).sum_up()
    assert (summed.states, summed.learned, summed.measured) == ({"pending": 3}, 0, None)
    assert "Nothing was learned: no label was final before the year was over." in list(say_model(summed))


def test_the_base_rate_stands_beside_the_average_precision_and_the_gate_says_what_is_missing(
    year: list[ExampleEvent],
) -> None:
    said = " ".join(say_model(tell(year, learned(year)).sum_up()))
    assert "where knowing nothing gives 0." in said
    assert "The gate: not passed, for want of" in said
