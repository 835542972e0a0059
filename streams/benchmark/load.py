"""What the stages are given: a simulated town's messages, and the family events that intake makes of them. Pure.

The town is `streams.simulator`'s: mostly school marks, as in a real hub. The family events come out of the product's
own steps of intake, told the messages in the order of their receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

import msgspec
from faust.types import TP
from msgspec.structs import replace as change

from models.family.judge import SILENT
from models.family.rules import RulePack
from models.intake.links import LinkMap
from models.intake.moving import moves_of
from schemas.events import LINKS_LOG, FamilyRecord, Moved, Origin
from schemas.identifiers import FamilyId
from streams.codecs import read_family_record, read_link, write
from streams.delivery import Sent
from streams.engine.batch import Batch
from streams.engine.header import pack, unpack
from streams.engine.partitioner import partition_for
from streams.families.step import FamilyRow
from streams.families.step import step as step_families
from streams.hub import parse_hub
from streams.intake.accept import Door
from streams.intake.door import answer
from streams.intake.pseudonyms import HubKey
from streams.intake.statements import step as step_statements
from streams.setting_aside import set_aside_statement
from streams.simulator.arrivals import Record, to_record
from streams.simulator.town import DEMO, Town, arrivals
from streams.topics import FAMILY_EVENTS, FAMILY_PARTITIONS, LINKS, PARTNER_PARTITIONS, STATEMENTS

MESSAGES_A_FAMILY: Final = 180
"""Of the demo's town in its year, roughly."""

Rates: TypeAlias = Literal["town", "authority"]
AUTHORITY_REFERRALS: Final = 0.11
"""A year and family: 623 referrals for 10,000 children, as one authority of four has (DOMAIN section 4), 1.8 children a
family. The town has seven times as many, and what the police tell of is three times that in both."""

Keyed: TypeAlias = tuple[bytes, bytes]
"""Key and value of a record."""


@dataclass(frozen=True, slots=True)
class Line:
    """A record as it would lie on a topic: what a step looks at."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes
    value: bytes | None
    headers: Any = ()


class Rows(dict[bytes, bytes]):
    """A table in memory."""

    def due(self, partition: int, until: int) -> list[bytes]:
        """Nobody ticks here, so nothing is ever asked."""
        raise NotImplementedError

    def __delitem__(self, key: bytes) -> None:
        """Also where there is none, as in the engine's table."""
        self.pop(key, None)


def found_town(messages: int, rates: Rates = "town") -> Town:
    """A town that sends about so many messages, with the demo's concerns or as few as an authority has."""
    town = replace(DEMO, families=max(2, messages // MESSAGES_A_FAMILY))
    if rates == "town":
        return town
    return replace(town, referrals_a_year=AUTHORITY_REFERRALS, occurrences_a_year=AUTHORITY_REFERRALS * 3)


def write_messages(town: Town) -> list[Record]:
    """All that the agencies of a town send in a year, in order of receipt."""
    return [to_record(arrival) for arrival in arrivals(town)]


class Intake:
    """The intake of one hub without a broker: messages in, family events out. Counts what a broker would be sent."""

    def __init__(self, hub: str, key: HubKey) -> None:
        self.statements = 0
        self._door = Door(parse_hub(hub), key)
        self._links = LinkMap()
        self._memories = Rows()
        self._ends: dict[TP, int] = {}

    def take(self, messages: Iterable[Record], advance: Callable[[int], None]) -> Iterator[Keyed]:
        """The family events that follow from these messages, in order."""
        for place, message in enumerate(messages, 1):
            yield from self._take(message)
            if place % 1000 == 0:
                advance(1000)

    def _take(self, message: Record) -> Iterator[Keyed]:
        told = self._line(message.topic, PARTNER_PARTITIONS, message.key or b"", message.value, message)
        for statement in answer(self._door, _alone(told)).outputs:
            if statement.topic != STATEMENTS:
                continue
            self.statements += 1
            heard = self._line(STATEMENTS, FAMILY_PARTITIONS, statement.key or b"", statement.value, message)
            done = step_statements(self._memories, _alone(heard), self._links, set_aside_statement, refuse_bug)
            for output in done.outputs:
                if output.topic == LINKS:
                    yield from self._move(output.value or b"")
                elif output.topic == FAMILY_EVENTS:
                    yield output.key or b"", output.value or b""

    def _move(self, link: bytes) -> Iterator[Keyed]:
        offset = self._links.links
        for index, forwarded in enumerate(moves_of(self._links, read_link(link))):
            yield forwarded.family.encode(), write(FamilyRecord(Origin(LINKS_LOG, offset, index), forwarded.event))

    def _line(self, topic: str, partitions: int, key: bytes, value: bytes | None, message: Record) -> Line:
        tp = TP(topic, partition_for(key, partitions))
        offset = self._ends[tp] = self._ends.get(tp, -1) + 1
        headers = message.headers if topic == message.topic else ()
        return Line(topic, tp.partition, offset, message.timestamp_ms or 0, key, value, headers)


def settle_more_towns(events: list[Keyed], at_least: int) -> list[Keyed]:
    """These events, and the same again for other families until there are enough; the towns take turns."""
    towns = max(1, -(-at_least // max(1, len(events))))
    return [_elsewhere(event, town) for event in events for town in range(towns)]


def cut_into_batches(events: Sequence[Keyed], at_once: int) -> list[Batch]:
    """The batches that a stage would be given of these family events if it fetched so many at a time."""
    ends: dict[int, int] = {}
    batches: list[Batch] = []
    for start in range(0, len(events), max(1, at_once)):
        lines: dict[int, list[Line]] = {}
        for key, value in events[start : start + at_once]:
            partition = partition_for(key, FAMILY_PARTITIONS)
            offset = ends[partition] = ends.get(partition, -1) + 1
            lines.setdefault(partition, []).append(Line(FAMILY_EVENTS, partition, offset, 0, key, value))
        batches += [Batch(TP(FAMILY_EVENTS, partition), _as_records(told)) for partition, told in lines.items()]
    return batches


def tell_families(events: Iterable[Keyed], rules: RulePack) -> Rows:
    """The rows, at rest, of the families that are told these events."""
    rows = Rows()
    told = list(events)
    for batch in cut_into_batches(told, len(told)):
        step_families(rows, batch, SILENT, rules, refuse_bug)
    for key, row in rows.items():
        rows[key] = _copy(row)
    return rows


def multiply_rows(rows: Rows, families: int) -> Iterator[Keyed]:
    """Rows of so many families, each a copy of one of these under an id of its own, as if told nothing yet here."""
    kept = list(rows.values())
    for number in range(families):
        family = FamilyId(f"f-benchmark-{number:08d}")
        yield family.encode(), _copy(kept[number % len(kept)], family, guard=0)


def _copy(row: bytes, family: FamilyId | None = None, guard: int | None = None) -> bytes:
    """The row as it is once its last outputs are sent for certain: its outbox is empty."""
    header = unpack(row)
    kept = _read_row(header.payload)
    story = kept.story if family is None else change(kept.story, family=family)
    payload = write(FamilyRow(kept.hops, (), story))
    return pack(payload, guard=header.guard if guard is None else guard, wake_at=header.wake_at, schema=header.schema)


def refuse_bug(record: object) -> Sent:
    """What the steps call for an event that they stumble over: here that ends the benchmark."""
    del record
    raise AssertionError("an event of the simulated town could not be taken: earlyword rehearse would tell more")


def _elsewhere(event: Keyed, town: int) -> Keyed:
    """The event as it happens to the same family of another town."""
    key, value = event
    if town == 0:
        return event
    ending = f"-{town}"
    told = read_family_record(value)
    if isinstance(told.event, Moved):
        moved = change(told.event, family=FamilyId(told.event.family + ending))
        value = write(FamilyRecord(told.origin, moved))
    return key + ending.encode(), value


def _alone(line: Line) -> Batch:
    return Batch(TP(line.topic, line.partition), _as_records([line]))


def _as_records(lines: list[Line]) -> Any:
    """A line has all that the steps look at of a record."""
    return lines


_read_row = msgspec.msgpack.Decoder(FamilyRow).decode
