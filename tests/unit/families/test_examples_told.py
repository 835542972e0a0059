"""What the families process tells the learner: each row once, and the end of a day after the last of its rows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from faust.types import TP

from models.family.judge import SILENT
from schemas.events import FAMILY_LOG, FamilyRecord, Moved, Origin, Placed, TimePassed, Told
from schemas.examples import DayClosed, ExampleRecord, Matured
from schemas.facts import Notification, Version
from schemas.identifiers import AgencyId, ChildId, Day, FactKey, FamilyId, IdentifierId
from streams.delivery import Sent
from streams.engine.batch import Batch
from streams.engine.header import unpack
from streams.engine.outputs import Output
from streams.families.step import NONE_CLOSED, TICK_KEY, Step, step
from streams.topics import EXAMPLES, FAMILY_EVENTS
from tests.saying import day, moment
from tests.telling import DEFAULT_PACK

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(ExampleRecord).decode
PARTITION = 3
OPENED, FINAL = 10, 114


class Rows(dict[bytes, bytes]):
    """A table in memory that knows who is due."""

    def due(self, partition: int, until: int) -> list[bytes]:
        return [key for key, row in self.items() if unpack(row).wake_at <= until]


def concern(family: str, at: float = OPENED + 0.5) -> tuple[bytes, bytes]:
    """A family event that opens a row."""
    notified = Notification("PPN", moment(at), day(at), f"o{family}", 1, (), None)
    version = Version(moment(at), f"e{family}{at}", "urn:police")
    placed = Placed(IdentifierId(f"i{family}"), ChildId(f"c{family}"))
    key = FactKey(f"n{family}{at}")
    agency = AgencyId("police")
    told = Told(moment(at), 0, key, agency, "police-notification", version, notified, day(at), (placed,), ())
    return family.encode(), _encode(FamilyRecord(None, told))


def tick(at: float) -> tuple[bytes, bytes]:
    return TICK_KEY, _encode(FamilyRecord(None, TimePassed(moment(at))))


def take(rows: Rows, *records: tuple[bytes, bytes], start: int = 0, closed: Day = NONE_CLOSED) -> Step:
    lines: Any = [SimpleNamespace(key=k, value=v, offset=start + n) for n, (k, v) in enumerate(records)]
    return step(rows, Batch(TP(FAMILY_EVENTS, PARTITION), lines, start), SILENT, DEFAULT_PACK, _no_bug, closed)


def _no_bug(record: object) -> Sent:
    raise AssertionError(record)


def told(outputs: list[Output]) -> list[Any]:
    return [_decode(output.value or b"").event for output in outputs if output.topic == EXAMPLES]


def test_a_row_goes_to_the_learner_before_the_end_of_its_day() -> None:
    rows = Rows()
    take(rows, concern("f1"), concern("f2"))
    done = take(rows, tick(FINAL - 0.01), tick(FINAL + 0.01), start=2)
    first, *matured, closed = told(done.outputs)
    assert first == DayClosed(PARTITION, day(FINAL - 1))
    assert {row.family for row in matured} == {"f1", "f2"}
    assert all(isinstance(row, Matured) and row.day == day(FINAL) for row in matured)
    assert closed == DayClosed(PARTITION, day(FINAL))
    assert done.closed == day(FINAL)


def test_where_it_came_from_is_told_and_never_twice_the_same() -> None:
    rows = Rows()
    take(rows, concern("f1"), concern("f2"))
    done = take(rows, tick(FINAL), start=2)
    origins = [_decode(output.value or b"").origin for output in done.outputs if output.topic == EXAMPLES]
    assert origins.pop() is None
    assert len(set(origins)) == 2
    assert {(o.log, o.offset) for o in origins if isinstance(o, Origin)} == {(FAMILY_LOG + PARTITION, 2)}


def test_a_day_is_closed_once_and_again_after_a_restart() -> None:
    rows = Rows()
    first = take(rows, tick(5.1), tick(5.2))
    assert told(first.outputs) == [DayClosed(PARTITION, day(5))]
    assert told(take(rows, tick(5.3), start=2, closed=first.closed).outputs) == []
    assert told(take(rows, tick(4.9), start=3, closed=first.closed).outputs) == []
    assert told(take(rows, tick(5.4), start=4).outputs) == [DayClosed(PARTITION, day(5))]
    assert told(take(rows, tick(6.0), start=5, closed=first.closed).outputs) == [DayClosed(PARTITION, day(6))]


def test_an_event_may_mature_a_row_before_the_tick_does() -> None:
    rows = Rows()
    take(rows, concern("f1"))
    done = take(rows, concern("f1", FINAL + 0.2), tick(FINAL + 0.3), start=1)
    kinds = [type(example) for example in told(done.outputs)]
    assert kinds == [Matured, DayClosed]


def test_what_a_crash_may_have_lost_is_sent_again_in_the_same_bytes() -> None:
    rows = Rows()
    take(rows, concern("f1"))
    once = take(rows, tick(FINAL), start=1)  # the rows were stored, the outputs perhaps not
    again = take(rows, tick(FINAL), start=1)
    assert [output.value for output in again.outputs] == [output.value for output in once.outputs]
    assert told(take(rows, tick(FINAL + 0.1), start=2, closed=again.closed).outputs) == []
    assert rows.get(b"f1") is not None


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_however_a_partition_is_cut_the_examples_are_the_same(cut: int) -> None:
    records = [concern("f1"), concern("f2", 11), tick(FINAL), tick(FINAL + 1)]
    whole = told(take(Rows(), *records).outputs)
    rows = Rows()
    first = take(rows, *records[:cut])
    rest = take(rows, *records[cut:], start=cut, closed=first.closed)
    assert told(first.outputs) + told(rest.outputs) == whole
    assert len(whole) == 4


def moves(family: str, to: str, at: float) -> tuple[bytes, bytes]:
    """All that a family holds goes to another."""
    placed = Placed(IdentifierId(f"i{family}"), ChildId(f"c{family}"))
    return family.encode(), _encode(FamilyRecord(None, Moved(moment(at), 1, placed, FamilyId(to))))


@pytest.mark.parametrize("crashed", ["before", "after", "both"])
def test_a_row_that_moves_is_told_once_whichever_process_is_killed(crashed: str) -> None:
    rows = Rows()
    take(rows, concern("f1"))
    sent = take(rows, moves("f1", "f2", OPENED + 2), start=1)
    if crashed != "after":  # the rows were stored, the outputs perhaps not
        again = take(rows, moves("f1", "f2", OPENED + 2), start=1)
        assert [output.value for output in again.outputs] == [output.value for output in sent.outputs]
    joined = [(o.key or b"", o.value or b"") for o in sent.outputs if o.topic == FAMILY_EVENTS]
    assert [key for key, _ in joined] == [b"f2"]
    arrived = take(rows, *joined, *(joined if crashed != "after" else ()), start=2)
    if crashed != "before":
        assert take(rows, *joined, start=2).outputs == arrived.outputs
    done = take(rows, tick(FINAL + 0.1), start=4)
    (row, closed) = told(done.outputs)
    assert (row.family, row.was_in, row.state) == ("f2", ("f1",), "negative")
    assert closed == DayClosed(PARTITION, day(FINAL))
    assert told(take(rows, tick(FINAL + 1), start=5, closed=done.closed).outputs) == [
        DayClosed(PARTITION, day(FINAL + 1))
    ]
