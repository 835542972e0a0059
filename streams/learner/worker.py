"""The learner at work: rows in, snapshots published, and after each closed day the question what serves from now on."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from models.calendar.local_time import midnight
from models.learning.challengers import Challengers
from models.learning.days import ClosedDay
from models.learning.deciding import Now, decide
from models.learning.shelf import Shelf
from models.learning.snapshot import Snapshot
from models.learning.study import ALARMING, Outcome, Study
from models.learning.threshold import Budgets
from schemas.challengers import Standings
from schemas.examples import ExampleEvent, FeedsCounted, Mode, Scored
from schemas.identifiers import Day
from schemas.models import SNAPSHOT, Head
from streams.codecs import UnreadableRecord, read_example_record
from streams.learner.alarms import Alarms
from streams.learner.challenging import count_challengers, tell_news
from streams.learner.publishing import Publisher
from streams.logs import get_logger
from streams.metrics import Metrics
from streams.topics import EXAMPLES


class Worker:
    """One learner, with what it reads of the models' topic on its shelf.

    ``may_write`` is asked before each write; it ends the process where it slept. ``read_back`` waits until the shelf
    holds everything up to an offset. ``budgets`` are the teams' daily rooms for prompts; ``standings`` is what an
    earlier life told of the challengers.
    """

    def __init__(
        self,
        *,
        name: str,
        shelf: Shelf,
        study: Study,
        newest: Snapshot,
        challengers: Challengers,
        standings: Standings | None,
        publisher: Publisher,
        metrics: Metrics,
        budgets: Budgets,
        frozen: bool,
        resume_offset: int,
        may_write: Callable[[], None],
        read_back: Callable[[int], Awaitable[None]],
    ) -> None:
        self._name = name
        self._shelf = shelf
        self._study = study
        self._newest = newest
        self._challengers = challengers
        self._standings = standings
        self._publisher = publisher
        self._metrics = metrics
        self._budgets = budgets
        self._frozen = frozen
        self._resume_offset = resume_offset
        self._counted_from = resume_offset
        self._may_write = may_write
        self._read_back = read_back
        self._closed_through: Day | None = None
        self._alarms = Alarms(study.listening, shelf, metrics, resume_offset)
        self._is_undecided = True

    async def begin(self) -> None:
        """Where nothing serves yet, publish what knows nothing: it says the registered prevalence to everybody."""
        if self._newest.body.closed_day is None:
            await self._publish(self._newest, 0, self._mode())
        self._tell_state()
        count_challengers(self._standings, self._metrics)
        if self._shelf.head is None:
            await self._decide(Day(0))

    async def take(self, records: Sequence[Any]) -> None:
        """Learn what these records close, publish it, and decide. Nothing is taken before that is acknowledged."""
        self._tell_state()  # a person may have decided
        for record in records:
            event = self._read(record)
            if event is not None:
                await self._study_one(record.offset, event)

    async def caught_up(self) -> None:
        """All that was there is read, so all evidence is together."""
        await self._make_up()

    async def _study_one(self, offset: int, event: ExampleEvent) -> None:
        studied = self._study.take(offset, event)
        if studied.outcome is not None and offset >= self._counted_from:  # before it an earlier life counted
            self._count(studied.outcome, 1, offset)
        if isinstance(event, Scored):
            self._challengers.hear(event)
        through = studied.closed_through
        has_news = through is not None and through != self._closed_through
        if has_news or isinstance(event, FeedsCounted):
            self._alarms.tell(offset)
        if has_news:
            self._challengers.close(studied.closed, studied.closed_through, self._alarms.find())
        for closed in studied.closed:
            await self._learn(offset, closed)
        if has_news:
            await self._tell_challengers()
        if through is not None and has_news:
            self._closed_through = through
            self._metrics.set_closed_day(midnight(Day(through + 1)) / 1_000_000)
            if not self._is_undecided and through not in {closed.day for closed in studied.closed}:
                await self._decide(through)  # no row matured on it: rails and budgets are asked all the same

    async def _learn(self, offset: int, closed: ClosedDay) -> None:
        if not closed.is_learned:
            await self._make_up()
        mode = self._mode()
        lesson = self._study.learn(closed, mode)
        for outcome, count in lesson.outcomes.items():
            self._count(outcome, count, offset)
        if lesson.draft is not None:
            snapshot = lesson.draft.snapshot
            self._may_write()
            await self._publish(snapshot, lesson.draft.resume_offset, mode)
            self._count_snapshot(snapshot, self._newest)
            self._newest, self._resume_offset = snapshot, lesson.draft.resume_offset
            self._tell_state()
        if not closed.is_learned:
            await self._decide(closed.day)  # a rail may also break on a day that taught nothing

    async def _make_up(self) -> None:
        """Who was killed between a snapshot and its head decides before anything more is learned, as it would have."""
        if self._is_undecided:
            self._is_undecided = False
            await self._decide(Day(self._newest.body.closed_day or 0))

    def _read(self, record: Any) -> ExampleEvent | None:
        try:
            return read_example_record(record.value or b"").event
        except UnreadableRecord:
            if record.offset >= self._counted_from:
                self._metrics.count_left_out("unreadable")
                get_logger().error("example_unreadable", topic=EXAMPLES, partition=0, offset=record.offset)
            return None

    async def _publish(self, snapshot: Snapshot, resume_offset: int, mode: Mode) -> None:
        offset = await self._publisher.publish_snapshot(snapshot, resume_offset=resume_offset, learned_in=mode)
        self._shelf.take(offset, SNAPSHOT + snapshot.version, snapshot.bytes, resume_offset)

    async def _decide(self, today: Day) -> None:
        decision = decide(self._name, self._shelf, self._newest, self._now(today))
        if decision.breach is not None:
            self._metrics.count_refusal(decision.breach.rail)
            get_logger().error("model_not_adopted", reason=decision.breach.rail, version=self._newest.version)
        if decision.head is not None:
            await self._write(decision.head)

    async def _write(self, head: Head) -> None:
        self._may_write()
        base = self._shelf.head_offset
        offset = await self._publisher.publish_head(head)
        get_logger().info("model_head", version=head.version, kind=head.mode)
        await self._read_back(offset)
        self._tell_state()
        decided = self._shelf.person_between(base, offset)
        if decided is not None:  # while we wrote, and we did not know: it is written again, on top of ours
            get_logger().warning("model_decision_put_back", version=decided.version, kind=decided.mode)
            await self._write(replace(decided, resume_offset=max(decided.resume_offset, head.resume_offset)))

    async def _tell_challengers(self) -> None:
        """How they stand, once a day that nobody told of is closed."""
        before, now = self._standings, self._challengers.standings()
        if now is None or (before is not None and now.through <= before.through):
            return
        self._may_write()
        await self._publisher.publish_standings(now)
        self._standings = now
        count_challengers(now, self._metrics)
        tell_news(before, now, self._challengers.lost)

    def _mode(self) -> Mode:
        return "shadow" if self._shelf.head is None else self._shelf.head.mode

    def _now(self, today: Day) -> Now:
        return Now(
            gathering=self._study.gathering,
            drift_alarm=bool(self._alarms.find()),
            thresholds=self._study.recent.thresholds(self._budgets),
            today=today,
            at=datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            resume_offset=self._resume_offset,
            frozen=self._frozen,
        )

    def _count(self, outcome: Outcome, count: int, offset: int) -> None:
        if outcome == "learned":
            return  # the snapshot says it
        self._metrics.count_left_out(outcome, count)
        if outcome in ALARMING:
            get_logger().error(
                "example_not_learned", topic=EXAMPLES, partition=0, offset=offset, reason=outcome, count=count
            )

    def _count_snapshot(self, snapshot: Snapshot, parent: Snapshot) -> None:
        body, before = snapshot.body, parent.body
        positives = body.positives - before.positives
        self._metrics.count_snapshot()
        self._metrics.count_learned(positives=positives, negatives=body.learned - before.learned - positives)
        get_logger().info("snapshot_published", version=snapshot.version, count=body.learned)

    def _tell_state(self) -> None:
        body, head = self._newest.body, self._shelf.head
        self._metrics.set_matured(positives=body.positives, negatives=body.learned - body.positives)
        if head is not None:
            self._metrics.set_model(head.mode, frozen=head.frozen or self._frozen)
