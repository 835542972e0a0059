"""Notes of a measured process, and the process itself on its leash."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from faust.types import TP

from streams.benchmark.children import BenchmarkFailedError, Child
from streams.benchmark.notes import Notebook, Reading, memory_in_use
from streams.engine.ending import Reason
from streams.engine.progress import BatchSettled, OffsetsCommitted, WorkerEnded, WorkerReady

TOPIC = "earlyword.family-events.v1"


def test_what_the_engine_tells_is_read_by_the_parent(tmp_path: Path) -> None:
    notebook, reading = Notebook(tmp_path / "notes"), Reading(tmp_path / "notes")
    before = time.monotonic()
    notebook.hear(WorkerReady(frozenset({TP(TOPIC, 3)}), 0.1))
    notebook.hear(BatchSettled(TP(TOPIC, 3), 41, 42, 7, 0, 0.01))
    notebook.hear(OffsetsCommitted({TP(TOPIC, 3): 42}, 0.01))
    ready, settled, committed = reading.read_on()
    assert (ready.what, settled.what, committed.what) == ("ready", "settled", "committed")
    assert (settled.topic, settled.partition, settled.offset, settled.records) == (TOPIC, 3, 41, 42)
    assert committed.offset == 42
    assert before <= ready.at <= settled.at <= time.monotonic()
    assert ready.memory > 1_000_000


def test_a_standby_and_the_end_of_a_worker_are_no_notes(tmp_path: Path) -> None:
    notebook, reading = Notebook(tmp_path / "notes"), Reading(tmp_path / "notes")
    notebook.hear(WorkerReady(frozenset(), 0.1))
    notebook.hear(WorkerEnded(Reason.CRASHED))
    assert reading.read_on() == []


def test_a_note_that_is_still_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    Notebook(path).note("begun")
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:20])
    reading = Reading(path)
    assert len(reading.read_on()) == 1
    path.write_bytes(whole + whole)
    assert len(reading.read_on()) == 1
    assert reading.read_on() == []


def test_a_process_that_ends_early_is_reported_with_its_last_words(tmp_path: Path) -> None:
    with (
        pytest.raises(BenchmarkFailedError, match="exit code 1") as failed,
        Child("of-no-use", tmp_path, {}) as child,
    ):
        child.await_note("done", 60)
    assert failed.value.last_words == "no task of-no-use"


def test_memory_in_use_is_that_of_this_process() -> None:
    before = memory_in_use()
    held = bytes(range(256)) * 200_000  # 50 MB
    assert memory_in_use() - before > 40_000_000
    assert len(held) == 51_200_000
