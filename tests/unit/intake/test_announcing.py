"""Intake tells the desk once a day of each feed that it was heard, and never loses that to a crash."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import msgspec
from faust.types import TP

from models.calendar.local_time import HOUR
from models.intake.links import LinkMap
from schemas.desk_events import DeskRecord, Heard
from schemas.events import STATEMENTS_LOG, Origin
from schemas.identifiers import Moment
from schemas.statements import Statement
from streams.engine import Batch
from streams.intake.accept import Accepted
from streams.intake.statements import Announced, StatementRecord, step
from streams.setting_aside import set_aside_statement
from streams.topics import DESK_EVENTS, STATEMENTS
from tests.unit.intake.told import a_door, data_of, record_of

DAY = 24 * HOUR


def a_statement(kind: str = "referral", number: int = 1, *, days: int = 0, **changes: Any) -> Statement:
    key = {"referral": "referral_id", "police-notification": "notification_id"}[kind]
    record = record_of(kind, data_of(kind, **{key: f"X-{number}"}, **changes), id=f"oakfield-{kind}-{number}")
    answer = a_door().accept(record)
    assert isinstance(answer, Accepted)
    return msgspec.structs.replace(answer.statement, received_at=Moment(answer.statement.received_at + days * DAY))


class Rows(dict[bytes, bytes]):
    """A table as far as a step needs it."""

    def due(self, partition: int, until: int) -> list[bytes]:
        del partition, until
        return []


def batch(statements: Iterable[Statement], start: int = 0) -> Batch:
    records = [
        SimpleNamespace(
            key=statement.key.encode(),
            value=msgspec.msgpack.encode(StatementRecord(Origin(1_000, place, 0), statement)),
            offset=place,
            headers=(),
        )
        for place, statement in enumerate(statements, start)
    ]
    return Batch(TP(STATEMENTS, 3), records, start)


def heard(rows: Rows, told: Batch, announced: Announced | None) -> list[tuple[Origin, Heard]]:
    done = step(rows, told, LinkMap(), set_aside_statement, _fail, announced)
    found = []
    for output in done.outputs:
        if output.topic == DESK_EVENTS:
            record = msgspec.msgpack.decode(output.value or b"", type=DeskRecord)
            assert output.partition == 0
            assert record.origin is not None
            assert isinstance(record.event, Heard)
            found.append((record.origin, record.event))
    return found


def _fail(record: object) -> Any:
    raise AssertionError("a record was set aside as a bug")


def test_each_feed_is_announced_once_a_day() -> None:
    told = [
        a_statement(number=1),
        a_statement(number=2),
        a_statement("police-notification", number=3),
        a_statement(number=4, days=1),
        a_statement(number=5, days=1),
    ]
    found = heard(Rows(), batch(told), Announced())
    assert [(one.kind, one.day - found[0][1].day) for _, one in found] == [
        ("referral", 0),
        ("police-notification", 0),
        ("referral", 1),
    ]
    assert [origin.log for origin, _ in found] == [STATEMENTS_LOG + 3] * 3
    assert [(origin.offset, origin.index) for origin, _ in found] == sorted((o.offset, o.index) for o, _ in found)


def test_the_next_batch_does_not_say_it_again() -> None:
    rows, announced = Rows(), Announced()
    assert len(heard(rows, batch([a_statement(number=1)]), announced)) == 1
    assert heard(rows, batch([a_statement(number=2)], 1), announced) == []


def test_what_is_a_duplicate_tells_of_no_feed() -> None:
    rows = Rows()
    heard(rows, batch([a_statement(number=1)]), Announced())
    assert heard(rows, batch([a_statement(number=1)], 1), Announced()) == []


def test_after_a_crash_the_same_batch_says_the_same() -> None:
    rows, told = Rows(), batch([a_statement(number=1), a_statement(number=2)])
    first = heard(rows, told, Announced())
    assert heard(rows, told, Announced()) == first  # the rows are there, the outputs may not be: they are sent again


def test_a_new_process_may_say_it_again_and_the_desk_knows_it_already() -> None:
    rows = Rows()
    ((_, one),) = heard(rows, batch([a_statement(number=1)]), Announced())
    ((_, other),) = heard(rows, batch([a_statement(number=2)], 1), Announced())
    assert one == other


def test_who_listens_for_no_desk_announces_nothing() -> None:
    assert heard(Rows(), batch([a_statement(number=1)]), None) == []
