"""What is played: a year of the town, and the weeks after it, which are left for the live part."""

from __future__ import annotations

import time
from bisect import bisect_left
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from streams.simulator.arrivals import Arrival, Record, to_record
from streams.simulator.days import local
from streams.simulator.town import Town, arrivals

LIVE_DAYS: Final = 28


@dataclass(frozen=True)
class Programme:
    """Every message of the town in the order of its receipt: first those that are replayed, then those played live.

    ``seconds`` is what it took to write, beside the start of the broker.
    """

    replayed: tuple[Arrival, ...]
    records: tuple[Record, ...]
    live: tuple[Arrival, ...]
    seconds: float


def plan_town(families: int, days: int, seed: int) -> Town:
    """The town: these days, and the weeks after them."""
    return Town(seed=seed, families=families, days=days + LIVE_DAYS)


def write_programme(town: Town, days: int) -> Programme:
    """The messages of a town, cut after the days that are replayed."""
    began = time.monotonic()
    told = arrivals(town)
    end_ms = int(local(town.start + timedelta(days=days), 0).timestamp() * 1000)
    cut = bisect_left(told, end_ms, key=lambda arrival: arrival.received_ms)
    replayed = tuple(told[:cut])
    records = tuple(map(to_record, replayed))
    return Programme(replayed, records, tuple(told[cut:]), time.monotonic() - began)


def begin_programme(town: Town, days: int) -> Future[Programme]:
    """Write the programme beside other work: it is all computing, while a broker starts."""
    writers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="programme")
    future = writers.submit(write_programme, town, days)
    writers.shutdown(wait=False)
    return future
