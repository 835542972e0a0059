"""What scoring and learning cost: worked out within a round, on records that the learner would really be given."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from models.calendar.local_time import midnight
from models.family.features import FEATURE_LIST, FEATURES
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.snapshot import begin
from models.learning.study import Study, read_rows_of
from schemas.examples import DayClosed, Matured, RowState, Scored
from schemas.identifiers import Day, FamilyId
from streams.benchmark.bench import key_of_benchmarks
from streams.benchmark.learning import Learned, describe_learning, measure_learning, write_log
from streams.benchmark.load import Intake, Keyed, cut_into_batches, write_messages
from streams.benchmark.scoring import MADE_BY, Rated, describe_scoring, hear_examples, measure_scoring
from streams.codecs import read_example_record
from streams.process import read_pack
from streams.simulator.town import SMALL
from streams.topics import FAMILY_PARTITIONS

RAW = tuple(float(place % 3 == 0) for place in range(len(FEATURES)))


def matured(row: str, day: int, state: RowState) -> Matured:
    at = midnight(Day(day))
    return Matured(row, FamilyId("f-1"), at, Day(day), state, None, "none", FEATURE_LIST, RAW)


def scored(row: str, day: int) -> Scored:
    at = midnight(Day(day))
    return Scored(row, FamilyId("f-1"), at, FEATURE_LIST, RAW, "v", 0.1, (), None, "shadow", None)


TOLD = (
    *(scored("a", 19_000), scored("b", 19_001), scored("c", 19_002), scored("waits", 19_003)),
    *(matured("a", 19_104, "positive"), matured("b", 19_104, "negative"), matured("c", 19_106, "void")),
)


def test_what_a_judge_costs_is_against_silence_in_the_same_round() -> None:
    # the machine was ten times slower in the second round: both sides of the difference were
    rounds = [
        Rated({"silent": 50.0, "shadow": 51.0, "live": 53.0}, 30.0, 2.0),
        Rated({"silent": 500.0, "shadow": 510.0, "live": 530.0}, 300.0, 20.0),
        Rated({"silent": 40.0, "shadow": 41.5, "live": 44.0}, 20.0, 3.0),
    ]
    figure = describe_scoring(rounds, events=1000, in_shadow=5, live=20)
    assert figure["runs"] == [3.0, 30.0, 4.0]
    assert (figure["shadow_us_per_event"], figure["live_us_per_event"]) == (1.5, 4.0)
    assert (figure["features_us"], figure["vector_us"]) == (30.0, 3.0)


def test_the_rate_of_learning_is_the_median_of_its_runs() -> None:
    figure = describe_learning(
        [Learned(100, 0.01), Learned(100, 0.05), Learned(100, 0.02)], [Learned(100, 0.001)] * 3, records=300, days=2
    )
    assert figure["examples_per_second"] == 5_000
    assert figure["us_per_example"] == 200
    assert figure["learn_one_per_second"] == 100_000


def test_the_log_is_one_that_a_learner_learns_to_its_last_row() -> None:
    log = [read_example_record(record).event for record in write_log(TOLD, 10)]
    first = begin(NEED_WITHIN_90_DAYS, MADE_BY)
    study = Study(first, read_rows_of(NEED_WITHIN_90_DAYS, first.body.features_hash), FAMILY_PARTITIONS)
    outcomes: dict[Any, int] = {}
    for offset, event in enumerate(log):
        studied = study.take(offset, event)
        assert studied.outcome is None
        for closed in studied.closed:
            for outcome, count in study.learn(closed, "shadow").outcomes.items():
                outcomes[outcome] = outcomes.get(outcome, 0) + count
    assert outcomes == {"learned": 10, "void": 5}
    assert sum(isinstance(event, DayClosed) for event in log) == 5 * FAMILY_PARTITIONS
    assert sum(isinstance(event, Scored) for event in log) == 15  # what still waits for its outcome is left out


def test_every_row_with_an_outcome_is_learned_in_each_run() -> None:
    figure: Any = measure_learning(TOLD, 2, lambda by: None, examples=11)
    assert figure["examples"] == 12  # whole towns alone
    assert figure["days"] == 1
    assert len(figure["runs"]) == 2
    assert all(rate > 0 for rate in figure["runs"])


@pytest.fixture(scope="module")
def events() -> list[Keyed]:
    return list(Intake(SMALL.hub(), key_of_benchmarks()).take(write_messages(SMALL), lambda by: None))


def test_batches_hold_every_event_once_and_each_partition_in_order(events: list[Keyed]) -> None:
    batches = cut_into_batches(events, 500)
    told = [(record.key, record.value) for batch in batches for record in batch]
    assert sorted(told) == sorted(events)
    ends: dict[int, int] = {}
    for batch in batches:
        assert batch.start == ends.get(batch.tp.partition, -1) + 1
        assert [record.offset for record in batch] == list(range(batch.start, batch.offset + 1))
        ends[batch.tp.partition] = batch.offset


def test_each_judge_is_told_the_same_and_a_live_one_is_asked_at_least_as_often(events: list[Keyed]) -> None:
    rules = read_pack()
    examples = hear_examples(events, rules)
    figure: Any = measure_scoring(events, examples, rules, 1, lambda words, total: nullcontext(lambda by: None))
    assert 0 < figure["scored_in_shadow"] <= figure["scored_live"] < figure["events"] == len(events)
    assert figure["silent_us_per_event"] > 0
    assert 0 < figure["vector_us"] < figure["features_us"]
