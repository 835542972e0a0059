"""``earlyword learner``: the learner process, put together.

Single by design: its load is outcomes, not events. Whatever befalls it ends it, exit code 70, and it is started again:
the newest snapshot says where it goes on. A second one by accident makes the same snapshots from the same rows. One
that slept ends before it writes; what was in the socket already is an older head, which readers leave aside.
"""

from __future__ import annotations

import asyncio
import platform
from typing import Any, Final, NoReturn

from msgspec import Struct

from models.calendar.school_days import SchoolCalendar
from models.desk.policy import policy_of
from models.learning.challengers import Challengers
from models.learning.learner import RIVER
from models.learning.shelf import Shelf
from models.learning.snapshot import begin
from models.learning.specification import Specification, hash_specification
from models.learning.study import NO_SCHOOL_DAYS, Study, read_rows_of
from models.learning.threshold import Budgets
from schemas.challengers import Standings
from schemas.hub import Hub, Source
from streams.engine import Batch, EngineSettings, Follower
from streams.engine.broker import reach_broker
from streams.engine.ending import Reason, end
from streams.engine.lease import Lease
from streams.engine.progress import WorkerEnded
from streams.engine.worker import STOP_SIGNALS
from streams.hub import read_hub
from streams.learner.challenging import find_standings
from streams.learner.publishing import Publisher
from streams.learner.reading import read_examples
from streams.learner.shelving import shelve
from streams.learner.worker import Worker
from streams.logs import get_logger
from streams.process import engine_settings
from streams.settings import Settings
from streams.topics import FAMILY_PARTITIONS, MODELS
from streams.watch import Watch

READ_BACK_SECONDS: Final = 30.0


class Assignment(Struct, frozen=True):
    """What is to be learned, and from which rows: those of the feature list of this name."""

    specification: Specification
    feature_list: str


async def learn(settings: Settings, watch: Watch, assignment: Assignment) -> None:
    """Learn until told to stop."""
    loop = asyncio.get_running_loop()
    told_to_stop = asyncio.Event()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, told_to_stop.set)
    stopping = asyncio.create_task(told_to_stop.wait())
    working = asyncio.create_task(_Process(settings, watch, assignment).run())
    await asyncio.wait({stopping, working}, return_when=asyncio.FIRST_COMPLETED)
    if not told_to_stop.is_set():
        cause = working.exception()
        _give_up(watch, Reason.CRASHED, cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else cause)
    for task in (stopping, working):
        task.cancel()
    await asyncio.gather(stopping, working, return_exceptions=True)


class _Process:
    def __init__(self, settings: Settings, watch: Watch, assignment: Assignment) -> None:
        self._settings = settings
        self._engine: EngineSettings = engine_settings(settings)
        self._watch = watch
        self._assignment = assignment
        self._lease: Lease | None = None
        self._read_to = 0
        self._was_read = asyncio.Event()
        specification = assignment.specification
        self._shelf = Shelf(specification.name, hash_specification(specification))
        self._standings: Standings | None = None

    async def run(self) -> None:
        """Read the models' topic whole, then the examples; follow both for ever."""
        watch = self._watch
        await reach_broker(self._engine, watch.listener)
        watch.readiness.rebalance_started()  # /ready says "recovering" until all rows are read
        watch.readiness.partitions_assigned(1)
        self._lease = Lease(self._settings.session_seconds)
        follower = Follower(self._engine, MODELS, take=self._shelve, listener=watch.listener)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_pulse(self._lease))
            group.create_task(follower.run())
            await follower.caught_up.wait()
            await self._work()

    def _shelve(self, batch: Batch) -> None:
        shelve(self._shelf, batch)
        self._standings = find_standings(batch, self._assignment.specification.name, self._standings)
        self._read_to = batch.offset + 1
        self._was_read.set()

    async def _read_back(self, offset: int) -> None:
        """Wait until everything on the models' topic up to this offset is on the shelf. Raises TimeoutError."""
        async with asyncio.timeout(READ_BACK_SECONDS):
            while self._read_to <= offset:
                self._was_read.clear()
                await self._was_read.wait()

    async def _work(self) -> None:
        assignment, watch = self._assignment, self._watch
        newest = self._shelf.newest()
        resume_offset = 0 if newest is None else self._shelf.resume_offset(newest.version)
        if newest is None:
            newest = begin(assignment.specification, {"python": platform.python_version(), "river": RIVER})
        elif newest.body.made_by.get("river") != RIVER:
            get_logger().warning("snapshot_of_another_river", version=newest.version)
        recipe = read_rows_of(assignment.specification, assignment.feature_list)
        async with Publisher(self._engine) as publisher:
            worker = Worker(
                name=assignment.specification.name,
                shelf=self._shelf,
                study=Study(newest, recipe, FAMILY_PARTITIONS, _schools(self._settings), _sources(self._settings)),
                newest=newest,
                challengers=Challengers(newest, recipe, self._standings),
                standings=self._standings,
                publisher=publisher,
                metrics=watch.metrics,
                budgets=budgets_of(None if self._settings.hub is None else read_hub(self._settings.hub)),
                frozen=self._settings.model_freeze,
                resume_offset=resume_offset,
                may_write=self._insist_on_wakefulness,
                read_back=self._read_back,
            )
            await worker.begin()

            async def caught_up() -> None:
                await worker.caught_up()
                watch.readiness.worker_ready(1)
                get_logger().info("worker_ready", count=1)

            async def take(records: Any) -> None:
                await worker.take(records)
                watch.readiness.committed()

            await read_examples(self._engine, resume_offset, take, caught_up, watch.listener)

    async def _keep_pulse(self, lease: Lease) -> None:
        await lease.beat()
        _give_up(self._watch, Reason.SLEPT)

    def _insist_on_wakefulness(self) -> None:
        if self._lease is not None and self._lease.slept():
            _give_up(self._watch, Reason.SLEPT)


def budgets_of(hub: Hub | None) -> Budgets:
    """The budgets of the two teams that prompts go to; none where no hub is told."""
    if hub is None:
        return Budgets(first=None, open_case=None, is_one_team=True)
    policy = policy_of(hub)
    first, open_case = policy.team_for(open_case=False), policy.team_for(open_case=True)
    return Budgets(first=policy.budget_of(first), open_case=policy.budget_of(open_case), is_one_team=first == open_case)


def _schools(settings: Settings) -> SchoolCalendar:
    """The school days of the hub: on a school day more episodes begin, and that is no drift."""
    if settings.hub is None:
        return NO_SCHOOL_DAYS
    hub = read_hub(settings.hub)
    return SchoolCalendar(hub.terms, hub.closures)


def _sources(settings: Settings) -> tuple[Source, ...]:
    """The feeds of the hub: only who knows them notices that one is silent."""
    return () if settings.hub is None else read_hub(settings.hub).sources


def _give_up(watch: Watch, reason: Reason, cause: BaseException | None = None) -> NoReturn:
    try:
        watch.listener(WorkerEnded(reason))
    finally:
        end(reason, cause)
