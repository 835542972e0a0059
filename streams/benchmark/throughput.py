"""Events per second of the stages and of what they are compared with, round by round on the same records.

In a round everything follows closely, so that a busy machine is busy for all. Before each run that writes, its topics
are made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from streams.benchmark.bench import (
    FAMILY_TOPICS,
    INTAKE_TOPICS,
    RUN_SECONDS,
    START_SECONDS,
    Bench,
)
from streams.benchmark.broker import family_like, of_keyed, of_messages
from streams.benchmark.children import Child
from streams.benchmark.figures import Run
from streams.benchmark.load import Keyed
from streams.benchmark.notes import Note
from streams.benchmark.per_event_faust import changelog_of
from streams.families.agent import NAME as FAMILIES_GROUP
from streams.intake.agent import NAME as INTAKE_GROUP
from streams.simulator.arrivals import Record
from streams.topics import FAMILY_EVENTS, STATEMENTS

PARTNERS = "earlyword.in."


class Rounds:
    """Runs each measurement once a round; ``runs`` holds what came of it, by name."""

    def __init__(self, bench: Bench, messages: Sequence[Record], events: list[Keyed], statements: int) -> None:
        self.runs: dict[str, list[Run]] = {}
        self._bench = bench
        self._messages = messages
        self._events = events
        self._statements = statements

    def go(self, measured: Sequence[str]) -> None:
        """All rounds of these measurements, in this order."""
        if "intake" in measured:
            with self._bench.bar("publishing partners' messages", None):
                self._bench.broker.load(of_messages(self._messages))
        for number in range(1, self._bench.plan.repeat + 1):
            self._round(number, measured)

    def _round(self, number: int, measured: Sequence[str]) -> None:
        named = {
            "core": self._core,
            "quix": self._quix,
            "faust-per-event": self._faust,
            "families": self._families,
        }
        if any(name in measured for name in named):
            ends = self._load_families()
            for name, measure in named.items():
                if name in measured:
                    self.runs.setdefault(name, []).append(measure(number, ends))
        if "intake" in measured:
            self.runs.setdefault("intake", []).append(self._intake(number))

    def _load_families(self) -> dict[tuple[str, int], int]:
        with self._bench.bar("filling family-events", None):
            self._bench.broker.renew([FAMILIES_GROUP], FAMILY_TOPICS)
            return self._bench.broker.load(of_keyed(FAMILY_EVENTS, self._events))

    def _core(self, number: int, ends: dict[tuple[str, int], int]) -> Run:
        return self._peer("core", number, sum(ends.values()))

    def _faust(self, number: int, ends: dict[tuple[str, int], int]) -> Run:
        name = f"earlyword-benchmark-faust-{number}"
        self._bench.broker.add(family_like(changelog_of(name)))
        return self._peer("faust-per-event", number, min(self._bench.plan.faust_events, sum(ends.values())), name)

    def _quix(self, number: int, ends: dict[tuple[str, int], int]) -> Run:
        name = f"earlyword-benchmark-quix-{number}"
        events = min(self._bench.plan.quix_events, sum(ends.values()))
        return self._peer("quix", number, events, name, self._bench.folder / name)

    def _peer(self, task: str, number: int, events: int, *arguments: object) -> Run:
        """A process that measures itself from its first event to its last."""
        with self._bar(task, number, events) as advance, self._bench.start(task, events, *arguments) as child:

            def look(fresh: list[Note]) -> bool:
                advance(sum(note.records for note in fresh))
                return any(note.what == "done" for note in fresh)

            child.watch(look, RUN_SECONDS, "it was not done")
            begun, done = child.await_note("begun", 0), child.await_note("done", 0)
            settled = [note.records for note in child.reading.notes if note.what == "settled"]
            return _run(begun, done, sum(settled), len(settled))

    def _families(self, number: int, ends: dict[tuple[str, int], int]) -> Run:
        """From ready to the last record settled; ticks and moves, added meanwhile, lie behind and are not counted."""
        left = dict(ends)
        with self._bar("families", number, sum(ends.values())) as advance, self._bench.start("families") as child:

            def look(fresh: list[Note]) -> bool:
                for note in fresh:
                    end = left.get((note.topic, note.partition))
                    if note.what == "settled" and end is not None and note.offset + 1 >= end:
                        del left[note.topic, note.partition]
                advance(sum(note.records for note in fresh))
                return not left

            ready = child.await_note("ready", START_SECONDS)
            child.watch(look, RUN_SECONDS, "the events were not settled")
            last = _last_settled(child)
            _await_commits(child, ends)
            batches = sum(note.what == "settled" and note.at <= last.at for note in child.reading.notes)
            return _run(ready, last, sum(ends.values()), batches)

    def _intake(self, number: int) -> Run:
        """From ready to the last partner's message through both of intake's steps, its family events acknowledged."""
        with self._bench.bar("emptying intake's topics", None):
            self._bench.broker.renew([INTAKE_GROUP], INTAKE_TOPICS)
        read = compared = 0
        messages = len(self._messages)
        with self._bar("intake", number, messages) as advance, self._start_intake() as child:

            def look(fresh: list[Note]) -> bool:
                nonlocal read, compared
                for note in fresh:
                    if note.topic.startswith(PARTNERS):
                        read += note.records
                    elif note.topic == STATEMENTS:
                        compared += note.records
                        advance(note.records)
                return read >= messages and compared >= self._statements

            ready = child.await_note("ready", START_SECONDS)
            child.watch(look, RUN_SECONDS, "the messages were not settled")
            last = _last_settled(child)
            batches = sum(note.what == "settled" for note in child.reading.notes)
            return _run(ready, last, messages, batches)

    def _start_intake(self) -> Child:
        """By the clock on the wall no tick comes within a run, so what is settled of statements are statements."""
        return self._bench.start("intake", clock="wall")

    def _bar(self, name: str, number: int, total: int) -> AbstractContextManager[Callable[[int], None]]:
        return self._bench.bar(f"{name}, {number} of {self._bench.plan.repeat}", total)


def _last_settled(child: Child) -> Note:
    return max((note for note in child.reading.notes if note.what == "settled"), key=lambda note: note.at)


def _await_commits(child: Child, ends: dict[tuple[str, int], int]) -> None:
    """All of it is to be committed too, though that is not part of the time: commits follow by a timer."""
    left = dict(ends)

    def look(fresh: list[Note]) -> bool:
        for note in fresh:
            at = (note.topic, note.partition)
            if note.what == "committed" and at in left and note.offset >= left[at]:
                del left[at]
        return not left

    child.watch(look, START_SECONDS, "the events were not committed")


def _run(first: Note, last: Note, events: int, batches: int) -> Run:
    return Run(events=events, seconds=last.at - first.at, cpu_seconds=last.cpu - first.cpu, batches=batches)
