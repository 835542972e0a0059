"""A year of a town through the whole of earlyword, as one story: prepare, play, wait, count."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from msgspec import Struct

from streams.demo.balance import Balance, find_faults
from streams.demo.folder import DemoFolder, furnish
from streams.demo.homes import CHANGELOG, Homes, count_homes
from streams.demo.learning import await_learned, await_model
from streams.demo.model import ModelSummary
from streams.demo.pacing import await_drained, pace
from streams.demo.programme import Programme, begin_programme, plan_town
from streams.demo.prompts import PromptTally
from streams.demo.reading import read_topic
from streams.demo.stages import Reach, Stages
from streams.demo.stand import Stand, set_up
from streams.demo.told import READ, Told
from streams.settings import Settings
from streams.simulator.publisher import publish
from streams.simulator.town import balance as ledger_of

REACH_EVERY: Final = 500
COUNTED: Final = (*READ, CHANGELOG)


class Asked(Struct, frozen=True, kw_only=True):
    """The town that somebody asked for."""

    families: int
    days: int
    seed: int


class Result(Struct, frozen=True, kw_only=True):
    """What a demo has to show. ``faults`` are sentences, none when the balance holds exactly."""

    balance: Balance
    faults: tuple[str, ...]
    homes: Homes
    tally: PromptTally
    model: ModelSummary
    seconds: dict[str, float]
    restarts: int
    first_day: date
    days: int

    @property
    def holds(self) -> bool:
        """Whether all is accounted for, and somebody was asked to look at something."""
        return not self.faults and self.tally.prompts > 0

    @property
    def events_per_second(self) -> float:
        """Partners' events through every process, from the first one published to the last one settled."""
        return self.balance.published / self.seconds["replay"]


class Played(Struct, frozen=True):
    """A demo whose year is over: everything still runs."""

    stand: Stand
    programme: Programme
    told: Told
    result: Result


@contextmanager
def play(folder: DemoFolder, settings: Settings, stages: Stages, asked: Asked) -> Iterator[Played]:
    """Play the days asked for; everything runs on while the block lasts."""
    began = time.monotonic()
    town = plan_town(asked.families, asked.days, asked.seed)
    furnish(folder, town.hub())
    coming = begin_programme(town, asked.days)
    with set_up(folder, settings, stages) as stand:
        with stages.stage("town", f"drawing a town of {asked.families} families"):
            programme = coming.result()
        with stages.stage("model", "waiting for a model that knows nothing yet"):
            await_model(stand)
        replay = _replay(stand, programme, stages)
        told = Told()
        with stages.stage(
            "counting", "counting what lies on the topics", sum(stand.offsets.ends(*COUNTED).values())
        ) as reach:
            homes = _count(stand, told, reach)
        with stages.stage("learning", "learning what became final, and measuring it"):
            model = await_learned(stand)
        balance = told.balance(stand.offsets.published())
        ledger = ledger_of(programme.replayed, "broker")
        faults = find_faults(balance, told.listener, told.letters, ledger)
        if not model.agrees:
            faults = (*faults, "The learner's snapshot is not the one that its rows give.")
        seconds = {**stages.seconds, "town": programme.seconds, "replay": replay, "total": time.monotonic() - began}
        yield Played(
            stand,
            programme,
            told,
            Result(
                balance=balance,
                faults=faults,
                homes=homes,
                tally=told.prompts.tally(),
                model=model,
                seconds={name: round(took, 3) for name, took in seconds.items()},
                restarts=stand.supervisor.restarts,
                first_day=town.start,
                days=asked.days,
            ),
        )


def describe_machine() -> dict[str, object]:
    """The machine that the figures belong to."""
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(pages * page / 2**30, 1),
        "load_1m": round(os.getloadavg()[0], 1),
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }


def _replay(stand: Stand, programme: Programme, stages: Stages) -> float:
    """Publish the year and wait until no more comes of it; seconds from the first record to the last one settled."""
    check = stand.supervisor.check
    began = time.monotonic()
    with stages.stage("playing", "playing the year to the partners' topics", len(programme.records)) as reach:
        paced = pace(programme.records, stand.offsets, check, reach)
        publish(paced, stand.broker, stand.client)
    with stages.stage("judging", "judging what is under way", stand.offsets.behind()) as reach:
        begun = stand.offsets.behind()
        settled = await_drained(stand.offsets, check, lambda behind: reach(max(0, begun - behind)))
    return settled - began


def _count(stand: Stand, told: Told, reach: Reach) -> Homes:
    """Read back what lies on the topics now."""
    read = 0

    def records(topic: str) -> Iterator[Any]:
        nonlocal read
        for record in read_topic(stand.broker, topic, stand.client):
            read += 1
            if read % REACH_EVERY == 0:
                reach(read)
            yield record

    for topic in READ:
        for record in records(topic):
            told.take(record)
    return count_homes(records(CHANGELOG))
