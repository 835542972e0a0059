"""Alarms for drift: which are open, by the report that is in force, and a line for each, once."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from models.freshness.heard import split_feed_key
from models.learning.admission import find_report
from models.learning.drift import Alarm, Watched
from models.learning.judge import SnapshotJudge
from models.learning.listening import Listening
from models.learning.shelf import Shelf
from models.learning.snapshot import UnsoundSnapshotError
from schemas.identifiers import Day
from streams.logs import get_logger
from streams.metrics import Metrics
from streams.topics import partner_topic

NEVER: Final = Day(0)


class Alarms:
    """What the watch for drift has found. Before ``counted_from`` an earlier life of the learner told it."""

    def __init__(self, listening: Listening, shelf: Shelf, metrics: Metrics, counted_from: int) -> None:
        self._listening = listening
        self._shelf = shelf
        self._metrics = metrics
        self._counted_from = counted_from
        self._told: dict[tuple[Watched, str | None], Day] = {}
        """By what is watched, the newest day on which an alarm was told. Who asks as of another day finds the same
        change on about the same days, and that is no news."""
        self._signed: SnapshotJudge | None = None

    def find(self) -> tuple[Alarm, ...]:
        """The alarms that are open: found since the report of the head in force was made, or ever, where none is."""
        head = self._shelf.head
        report = None if head is None else find_report(self._shelf, head)
        if report is None:
            return self._listening.alarms(NEVER)
        return self._listening.alarms(Day(report.until + 1), self._signed_by(report.version))

    def tell(self, offset: int) -> None:
        """A line for each that is new. Which episode, which score: nothing of that is told."""
        for alarm in self.find():
            what = (alarm.watched, alarm.name)
            if alarm.day <= self._told.get(what, NEVER):
                continue
            self._told[what] = alarm.day
            if offset >= self._counted_from:
                self._metrics.count_drift(alarm.watched)
                get_logger().warning("drift_found", kind=alarm.watched, topic=_topic_of(alarm))

    def _signed_by(self, version: str) -> SnapshotJudge | None:
        """The snapshot that a report is about; None where it cannot be used, which breaks a rail of its own."""
        if self._signed is None or self._signed.version != version:
            with suppress(UnsoundSnapshotError):
                snapshot = self._shelf.snapshot(version)
                self._signed = None if snapshot is None else SnapshotJudge(snapshot, "shadow")
        return self._signed if self._signed is not None and self._signed.version == version else None


def _topic_of(alarm: Alarm) -> str | None:
    """Where the feed comes in whose count has changed; it stands in the hub's agreements, and says nothing of a row."""
    agency, kind = split_feed_key(alarm.name or "")
    return partner_topic(agency, kind) if kind else None
