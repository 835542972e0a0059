"""A snapshot's hash is a function of the set of rows, whatever the order, the repeats, the processes, the kills."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.learning.snapshot import Snapshot
from models.learning.study import Draft
from schemas.examples import ExampleEvent, FeedsCounted, Mode
from schemas.identifiers import Day
from tests.unit.learning.rows import FIRST_DAY, a_study, follow, send, throw_rows

PARTITIONS = st.sampled_from((1, 2, 3, 12))
MODES: st.SearchStrategy[Mode] = st.sampled_from(("shadow", "live"))
seeds = st.integers(0, 10**6)


def study(log: list[ExampleEvent], partitions: int, mode: Mode = "shadow", begin_at: int = 0) -> list[Draft]:
    """Every snapshot that one undisturbed learner makes of this log."""
    learner = a_study(partitions=partitions)
    return [draft for offset, event in enumerate(log, begin_at) for draft in follow(learner, offset, event, mode)]


@given(seeds, st.lists(st.tuples(seeds, PARTITIONS), min_size=1, max_size=3), MODES)
def test_order_repeats_and_partitions_change_no_hash(thrown: int, sent: list[tuple[int, int]], mode: Mode) -> None:
    rows = throw_rows(random.Random(thrown))
    expected = [draft.snapshot.version for draft in study(send(random.Random(0), rows, 1), 1, mode)]
    for seed, partitions in sent:
        log = send(random.Random(seed), rows, partitions)
        assert [draft.snapshot.version for draft in study(log, partitions, mode)] == expected


@given(seeds, seeds, PARTITIONS)
def test_counts_of_feeds_among_the_rows_change_no_hash(thrown: int, sent: int, partitions: int) -> None:
    dice = random.Random(sent)
    log = send(dice, throw_rows(random.Random(thrown)), partitions)
    expected = [draft.snapshot.version for draft in study(log, partitions)]
    for day in range(8):
        counts = FeedsCounted(
            dice.randrange(partitions + 1), Day(FIRST_DAY + day), (("a/referral", dice.randrange(9)),)
        )
        log.insert(dice.randrange(len(log) + 1), counts)
    assert [draft.snapshot.version for draft in study(log, partitions)] == expected


@given(seeds, seeds, PARTITIONS, st.lists(st.integers(0, 200), max_size=4), MODES)
def test_killed_anywhere_and_begun_again_from_the_newest_snapshot_every_hash_is_the_same(
    thrown: int, sent: int, partitions: int, kills: list[int], mode: Mode
) -> None:
    log = send(random.Random(sent), throw_rows(random.Random(thrown)), partitions)
    published: dict[int, Snapshot] = {}
    for stop in [*sorted(min(kill, len(log)) for kill in kills), len(log)]:
        learner = a_study(published[max(published)] if published else None, partitions)
        for offset, event in enumerate(log[:stop]):
            for draft in follow(learner, offset, event, mode):
                assert draft.day not in published
                published[draft.day] = draft.snapshot
    expected = {draft.day: draft.snapshot.version for draft in study(log, partitions, mode)}
    assert {day: snapshot.version for day, snapshot in published.items()} == expected


@given(seeds, seeds, PARTITIONS, st.integers(0, 5))
def test_nothing_before_the_resume_offset_is_needed_to_learn_on(
    thrown: int, sent: int, partitions: int, which: int
) -> None:
    log = send(random.Random(sent), throw_rows(random.Random(thrown)), partitions)
    drafts = study(log, partitions)
    draft = drafts[which % len(drafts)]
    learner = a_study(draft.snapshot, partitions)
    left = [
        later.snapshot.version
        for offset, event in enumerate(log)
        if offset >= draft.resume_offset
        for later in follow(learner, offset, event)
    ]
    assert left == [later.snapshot.version for later in drafts if later.day > draft.day]


@given(seeds, seeds, PARTITIONS)
def test_where_reading_goes_on_never_goes_back(thrown: int, sent: int, partitions: int) -> None:
    offsets = [
        draft.resume_offset
        for draft in study(send(random.Random(sent), throw_rows(random.Random(thrown)), partitions), partitions)
    ]
    assert offsets == sorted(offsets)


PROGRAM = """
import json, random
from tests.properties.test_learning_days import study
from tests.unit.learning.rows import send, throw_rows
log = send(random.Random(5), throw_rows(random.Random(4), rows=120), 12)
print(json.dumps([(draft.snapshot.version, draft.resume_offset) for draft in study(log, 12)]))
"""


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_another_process_and_another_hash_seed_make_the_same_snapshots(seed: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    log = send(random.Random(5), throw_rows(random.Random(4), rows=120), 12)
    assert json.loads(told.stdout) == [[one.snapshot.version, one.resume_offset] for one in study(log, 12)]
