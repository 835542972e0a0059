"""A partition of ``earlyword.statements.v1`` in memory: a log, batches of it, crashes, and what was counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from faust.types import TP
from msgspec import Struct

from models.calendar.local_time import HOUR, midnight
from models.intake.links import LinkMap
from schemas.events import Origin, TimePassed
from schemas.examples import ExampleRecord, FeedsCounted
from schemas.identifiers import Day, Moment
from schemas.statements import Statement
from streams.engine import Batch
from streams.intake.accept import Accepted
from streams.intake.statements import StatementRecord, step
from streams.process import TICK_KEY, as_family_record
from streams.setting_aside import set_aside_statement
from streams.topics import EXAMPLES, STATEMENTS
from tests.unit.intake.told import a_door, data_of, record_of

FIRST = Day(date(2026, 3, 2).toordinal())
KEYS = {"referral": "referral_id", "police-notification": "notification_id"}


class Record(Struct):
    """A record as the engine hands it over."""

    key: bytes
    value: bytes
    offset: int = 0
    headers: tuple[()] = ()


def a_statement(kind: str = "referral", number: int = 1, *, day: int = 0, revision: int = 0) -> Statement:
    """What Oakfield said about one matter, received so many days after the first one."""
    data = data_of(kind, **{KEYS[kind]: f"X-{number}"})
    answer = a_door().accept(record_of(kind, data, id=f"{kind}-{number}-{revision}"))
    assert isinstance(answer, Accepted)
    return received(answer.statement, day)


def received(statement: Statement, day: int) -> Statement:
    """The same words, received on that day at noon."""
    return msgspec.structs.replace(statement, received_at=Moment(midnight(Day(FIRST + day)) + 12 * HOUR))


def said(statement: Statement, place: int) -> Record:
    """A statement on the log; ``place`` is where the partner's record lies, the same for a record keyed again."""
    return Record(statement.key.encode(), msgspec.msgpack.encode(StatementRecord(Origin(1_000, place, 0), statement)))


def tick(day: int) -> Record:
    """The time: a minute past midnight of that day."""
    return Record(TICK_KEY, as_family_record(TimePassed(Moment(midnight(Day(FIRST + day)) + HOUR // 60))))


class Partition:
    """One partition with its table, whose rows are written in the order in which the step writes them."""

    def __init__(self, log: Iterable[Record], number: int = 3) -> None:
        self.log = [msgspec.structs.replace(record, offset=offset) for offset, record in enumerate(log)]
        self.number = number
        self.rows: dict[bytes, bytes] = {}
        self.settled = 0
        self.told: list[bytes] = []
        """The values of all records for the learner that reached the brokers, repeats included."""

    def take(self, count: int) -> None:
        """Settle the next records as one batch."""
        writes, outputs = self._step(count)
        self._write(writes)
        self.told += outputs
        self.settled = min(len(self.log), self.settled + count)

    def crash_in(self, count: int, *, rows: int, outputs: int) -> None:
        """Only so many of the batch's rows and outputs reach the brokers, and nothing is committed."""
        writes, told = self._step(count)
        self._write(writes[:rows])
        self.told += told[:outputs]

    def counted(self) -> list[FeedsCounted]:
        """What was told, each once."""
        events = [msgspec.msgpack.decode(value, type=ExampleRecord).event for value in dict.fromkeys(self.told)]
        return [event for event in events if isinstance(event, FeedsCounted)]

    def _step(self, count: int) -> tuple[list[tuple[bytes, bytes | None]], list[bytes]]:
        table = _Table(self.rows)
        records: Sequence[Any] = self.log[self.settled : self.settled + count]
        if not records:
            return [], []
        done = step(
            table, Batch(TP(STATEMENTS, self.number), records, self.settled), LinkMap(), set_aside_statement, _fail
        )
        return table.writes, [one.value or b"" for one in done.outputs if one.topic == EXAMPLES]

    def _write(self, writes: Iterable[tuple[bytes, bytes | None]]) -> None:
        for key, row in writes:
            if row is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = row


class _Table:
    """A table as far as a step needs it; what it writes is kept in order, and read by nobody in the same batch."""

    def __init__(self, rows: dict[bytes, bytes]) -> None:
        self._rows = rows
        self.writes: list[tuple[bytes, bytes | None]] = []

    def get(self, key: bytes) -> bytes | None:
        return self._rows.get(key)

    def due(self, partition: int, until: int) -> list[bytes]:
        del partition, until
        return []

    def __setitem__(self, key: bytes, row: bytes) -> None:
        self.writes.append((key, row))

    def __delitem__(self, key: bytes) -> None:
        self.writes.append((key, None))


def _fail(record: object) -> Any:
    raise AssertionError("a record was set aside as a bug")
