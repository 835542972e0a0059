"""From `kill -9` of the families process to the first event settled by the next, and what a family takes of memory.

The table holds so many families, each with the story that a family of the simulated town has after its year. The
process that is started again has the instance id of the one that was killed, as a supervisor would start it, and no
supervisor's pause comes in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from statistics import median
from typing import Final

import msgspec

from schemas.events import STATEMENTS_LOG, FamilyRecord, Marked, Origin, Placed
from schemas.facts import Mark, Version
from schemas.identifiers import AgencyId, ChildId, Day, IdentifierId, Moment
from streams.benchmark.bench import FAMILY_TOPICS, RUN_SECONDS, START_SECONDS, Bench
from streams.benchmark.broker import of_keyed
from streams.benchmark.figures import Figure, quantile
from streams.benchmark.load import Keyed, Rows, multiply_rows
from streams.families.agent import NAME as FAMILIES_GROUP
from streams.topics import FAMILY_EVENTS

CHANGELOG: Final = "earlyword-families-families-changelog"
INSTANCE: Final = "families-0"
NUDGES: Final = 48
"""New families told one mark each: some in every partition, so that whoever owns one has something to settle."""
_AT: Final = Moment(1_773_309_600_000_000)  # 12 March 2026, 10:00
_ON: Final = Day(739_687)  # the same day


def measure_recovery(bench: Bench, rows: Rows) -> tuple[Figure, Figure]:
    """The figures of ``restart`` and of ``memory``."""
    families = bench.plan.families
    with bench.bar("emptying the families' topics", None):
        bench.broker.renew([FAMILIES_GROUP], FAMILY_TOPICS)
    with bench.bar("memory of an empty process", None), bench.start("families") as child:
        empty = child.await_note("ready", START_SECONDS).memory
    with bench.bar(f"writing {families:,} families", families) as advance:
        bench.broker.load(of_keyed(CHANGELOG, _counted(multiply_rows(rows, families), advance)))
    restarts: list[float] = []
    with ExitStack() as processes:
        child = processes.enter_context(bench.start("families", instance=INSTANCE))
        with bench.bar(f"reading {families:,} families", None):
            full = child.await_note("ready", RUN_SECONDS).memory
            _nudge(bench, 0)
            child.await_note("settled", START_SECONDS)
        for number in range(1, bench.plan.repeat + 1):
            with bench.bar(f"kill -9, {number} of {bench.plan.repeat}", None):
                child.kill()
                killed_at = time.monotonic()
                child = processes.enter_context(bench.start("families", instance=INSTANCE))
                _nudge(bench, number)
                restarts.append(child.await_note("settled", RUN_SECONDS).at - killed_at)
    restart: Figure = {
        "seconds": round(median(restarts), 2),
        "families": families,
        "runs": [round(seconds, 2) for seconds in restarts],
    }
    return restart, describe_memory(rows, families, full - empty)


def describe_memory(rows: Rows, families: int, more_bytes: int) -> Figure:
    """How big the rows of a town's families are, and what each family adds to a process that holds so many."""
    sizes = [len(row) for row in rows.values()]
    return {
        "row_bytes_median": quantile(sizes, 0.5),
        "row_bytes_p90": quantile(sizes, 0.9),
        "row_bytes_max": max(sizes),
        "row_bytes_mean": round(sum(sizes) / len(sizes)),
        "process_bytes_per_family": round(more_bytes / families),
        "families": families,
    }


def _nudge(bench: Bench, number: int) -> None:
    bench.broker.load(of_keyed(FAMILY_EVENTS, [_mark(number, place) for place in range(NUDGES)]))


def _mark(number: int, place: int) -> Keyed:
    family = f"f-nudge-{number}-{place}"
    marked = Marked(
        at=_AT,
        links=0,
        placed=Placed(IdentifierId(f"i-{family}"), ChildId(f"c-{family}")),
        agency=AgencyId("benchmark-schools"),
        version=Version(_AT, f"M-{number}-{place}", "urn:benchmark-schools"),
        school="900001",
        marks=(Mark(_ON, 0, "/"),),
        retracted=False,
    )
    origin = Origin(STATEMENTS_LOG, number * NUDGES + place, 0)
    return family.encode(), msgspec.msgpack.encode(FamilyRecord(origin, marked))


def _counted(records: Iterable[Keyed], advance: Callable[[int], None]) -> Iterator[Keyed]:
    for record in records:
        advance(1)
        yield record
