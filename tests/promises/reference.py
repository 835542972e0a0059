"""What ought to be on the topics and in the tables, calculated one record after another, and compared with what is.

Three stages, each against its own input log, and the whole against the partners' records:

* intake: every partner record is a statement or a dead letter, once; every statement that counts reached families, and
  is counted for its feed;
* families: the log of family events, told in order, gives the states in the table byte for byte, and the events for
  the desk and the examples for the learner byte for byte; a repeat on the log has the same origin and the same bytes,
  and no row comes after the end of its day was told;
* desk: the log of desk events, told in order, gives the prompts byte for byte;
* whole: the facts held of every child are those of a hub that was told the partners' records one by one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from models.calendar.local_time import local_day
from models.desk.policy import policy_of
from models.desk.state import DeskState
from models.desk.transition import advance as advance_desk
from models.family.judge import SILENT
from models.family.state import FamilyState, canonical
from models.family.transition import advance, wake_at
from models.hub.sequence import Sequence
from models.intake.links import LinkMap
from models.intake.listening import Verdict, listen
from models.intake.memory import Memory
from schemas.desk_events import DeskRecord
from schemas.events import FAMILY_LOG, STATEMENTS_LOG, FamilyRecord, Marked, Origin, TimePassed, Told
from schemas.examples import DayClosed, ExampleRecord, FeedsCounted, Matured, Scored
from schemas.hub import Hub
from schemas.identifiers import Day, FamilyId, Moment
from streams.codecs import write_json
from streams.families.step import first_place
from streams.intake.accept import Accepted, Door, PartnerRecord
from streams.intake.door import log_of
from streams.intake.statements import StatementRecord
from streams.process import read_pack
from tests.telling import stories

_encode = msgspec.msgpack.Encoder().encode
_family_record = msgspec.msgpack.Decoder(FamilyRecord).decode
_example_record = msgspec.msgpack.Decoder(ExampleRecord).decode
_desk_record = msgspec.msgpack.Decoder(DeskRecord).decode
_statement = msgspec.msgpack.Decoder(StatementRecord).decode

Position = tuple[int, int, int]


@dataclass
class Evidence:
    """All that was found on the broker after a run; lists of records in order."""

    partners: list[Any]
    statements: list[Any]
    dead_letters: list[Any]
    family_events: list[Any]
    desk_events: list[Any]
    prompts: list[Any]
    examples: list[Any]
    states: dict[str, FamilyState]


@dataclass
class Findings:
    """What is not as it ought to be; empty when all is well. ``repeats`` are harmless, and counted."""

    wrong: list[str] = field(default_factory=list)
    repeats: int = 0

    def expect(self, what: str, found: Any, wanted: Any) -> None:
        """Note a difference, by count and never whole."""
        if found == wanted:
            return
        if isinstance(found, dict) and isinstance(wanted, dict):
            missing, extra = wanted.keys() - found.keys(), found.keys() - wanted.keys()
            other = sum(1 for key in found.keys() & wanted.keys() if found[key] != wanted[key])
            self.wrong.append(f"{what}: {len(missing)} missing, {len(extra)} too many, {other} different")
        elif isinstance(found, set) and isinstance(wanted, set):
            self.wrong.append(f"{what}: {len(wanted - found)} missing, {len(found - wanted)} too many")
        else:
            self.wrong.append(f"{what}: {found} instead of {wanted}")


def compare(evidence: Evidence, hub: Hub, door: Door, *, whole: bool = True) -> Findings:
    """Everything that is wrong with a run; without ``whole`` each stage alone, against its own input."""
    findings = Findings()
    _compare_intake(evidence, findings)
    _compare_families(evidence, hub, findings)
    _compare_desk(evidence, hub, findings)
    if whole:
        compare_facts(evidence, hub, door, findings)
    return findings


def _compare_intake(evidence: Evidence, findings: Findings) -> None:
    published = {(log_of(r.topic, r.partition), r.offset) for r in evidence.partners}
    told = [_statement(r.value) for r in evidence.statements if not r.key.startswith(b"__tick")]
    answered = {(s.origin.log, s.origin.offset) for s in told}
    notes = [dict(r.headers) for r in evidence.dead_letters]
    aside = {_coordinates(note): note["earlyword-dead-letter-reason"] for note in notes}
    findings.repeats += len(told) - len(answered) + len(notes) - len(aside)
    at_the_door = {place for place, reason in aside.items() if reason != b"ID_REUSE"}
    findings.expect("partner records answered", answered | at_the_door, published)
    findings.expect("partner records answered twice over", len(answered & at_the_door), 0)
    verdicts, expected = _listen_to(evidence.statements)
    reused = {place for place, reason in aside.items() if reason == b"ID_REUSE"}
    findings.expect("ids used again", reused, verdicts[Verdict.ID_REUSE])
    findings.expect("statements told to families", _told_versions(evidence.family_events), expected)
    compare_counts(evidence.statements, evidence.examples, findings)


def _listen_to(records: list[Any]) -> tuple[dict[Verdict, set[Any]], set[Any]]:
    """Verdicts by partner coordinates, and the versions that families have to hear of; links change neither."""
    memories: dict[str, Memory] = {}
    hops: dict[tuple[str, int], tuple[int, int]] = {}
    verdicts: dict[Verdict, set[Any]] = defaultdict(set)
    expected: set[Any] = set()
    nobody = LinkMap()
    for record in records:
        if record.key.startswith(b"__tick"):
            continue
        told = _statement(record.value)
        statement, origin = told.statement, told.origin
        seen = (statement.key, origin.log)
        if (origin.offset, origin.index) <= hops.get(seen, (-1, -1)):
            continue
        hops[seen] = (origin.offset, origin.index)
        listened = listen(memories.get(statement.key, Memory()), statement, nobody)
        memories[statement.key] = listened.memory
        verdicts[listened.verdict].add((origin.log, origin.offset))
        expected |= {version for forward in listened.for_families for version in _versions(forward.event)}
    return verdicts, expected


def compare_counts(statements: list[Any], examples: list[Any], findings: Findings) -> None:
    """What each partition told of its feeds is what its log of statements gives, and a repeat says the same."""
    found: dict[tuple[int, int], FeedsCounted] = {}
    for record in examples:
        event = _example_record(record.value).event
        if isinstance(event, FeedsCounted) and found.setdefault((event.partition, event.day), event) != event:
            findings.wrong.append("counts of feeds were repeated with other numbers")
    wanted: dict[tuple[int, int], FeedsCounted] = {}
    for partition in sorted({record.partition for record in statements}):
        log = [record for record in statements if record.partition == partition]
        wanted |= {(partition, event.day): event for event in _count_feeds(partition, log)}
    findings.expect("counts of feeds", found, wanted)


def _count_feeds(partition: int, log: list[Any]) -> Iterator[FeedsCounted]:
    """What is told of the feeds in one partition: of each day when a week has passed after it, of the first none."""
    memories: dict[str, Memory] = {}
    hops: dict[tuple[str, int], tuple[int, int]] = {}
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    told_through: int | None = None
    for record in log:
        if record.key.startswith(b"__tick"):
            today = local_day(_family_record(record.value).event.at)
            told_through = today if told_through is None else told_through
            over = today - 8
            if over <= told_through:
                continue
            for day in sorted({*(day for day in counts if told_through < day <= over), over}):
                yield FeedsCounted(partition, Day(day), tuple(sorted(counts[day].items())))
            told_through = over
            continue
        told = _statement(record.value)
        statement, origin = told.statement, told.origin
        if (origin.offset, origin.index) <= hops.get((statement.key, origin.log), (-1, -1)):
            continue
        hops[statement.key, origin.log] = (origin.offset, origin.index)
        listened = listen(memories.get(statement.key, Memory()), statement, LinkMap())
        memories[statement.key] = listened.memory
        day = local_day(statement.received_at)
        if listened.verdict is Verdict.ACCEPTED and listened.memory.forgotten_on > day:
            told_through = day if told_through is None else told_through
            if day > told_through:
                counts[day][f"{statement.agency}/{statement.kind}"] += 1


def _told_versions(records: list[Any]) -> set[Any]:
    decoded = (_family_record(r.value) for r in records if not r.key.startswith(b"__tick"))
    return {
        version
        for record in decoded
        if record.origin is not None and record.origin.log < FAMILY_LOG and record.origin.log >= STATEMENTS_LOG
        for version in _versions(record.event)
    }


def _versions(event: Any) -> set[Any]:
    match event:
        case Told():
            return {(event.fact, event.version, one.identifier) for one in (*event.named, *event.dropped)}
        case Marked():
            return {(event.placed.identifier, event.version)}
        case _:
            return set()


def _compare_families(evidence: Evidence, hub: Hub, findings: Findings) -> None:
    pack = read_pack(hub=hub)
    states: dict[str, FamilyState] = {}
    homes: dict[str, int] = {}
    hops: dict[tuple[str, int], tuple[int, int]] = {}
    wanted: dict[Position, bytes] = {}
    forwarded: dict[Position, bytes] = {}
    taught: dict[Position, bytes] = {}

    def tell(family: str, event: Any, partition: int, offset: int, index: int = 0) -> None:
        state = states.get(family) or FamilyState(FamilyId(family))
        transition = advance(state, event, SILENT, pack)
        states[family], homes[family] = transition.state, partition
        log = FAMILY_LOG + partition
        for told in transition.for_desk:
            wanted[log, offset, index] = _encode(DeskRecord(Origin(log, offset, index), told))
            index += 1
        for forward in transition.forwards:
            forwarded[log, offset, index] = _encode(FamilyRecord(Origin(log, offset, index), forward.event))
            index += 1
        for example in transition.examples:
            taught[log, offset, index] = _encode(ExampleRecord(Origin(log, offset, index), example))
            index += 1

    for record in evidence.family_events:
        told = _family_record(record.value)
        if isinstance(told.event, TimePassed):
            here = [(family, wake_at(state)) for family, state in states.items() if homes[family] == record.partition]
            for family in [family for family, wake in here if wake is not None and wake <= told.event.at]:
                tell(family, told.event, record.partition, record.offset, first_place(family.encode()))
            continue
        family, origin = record.key.decode(), told.origin
        if origin is not None:
            if (origin.offset, origin.index) <= hops.get((family, origin.log), (-1, -1)):
                findings.repeats += 1
                continue
            hops[family, origin.log] = (origin.offset, origin.index)
        tell(family, told.event, record.partition, record.offset)
    held = {f: canonical(s) for f, s in states.items() if not s.is_over}
    findings.expect("states of families", {f: canonical(s) for f, s in evidence.states.items()}, held)
    on_desk = _by_origin(evidence.desk_events, _desk_record, FAMILY_LOG, findings)
    findings.expect("events for the desk", on_desk, wanted)
    on_families = _by_origin(evidence.family_events, _family_record, FAMILY_LOG, findings)
    findings.expect("stories sent on between families", on_families, forwarded)
    examples = _by_origin(evidence.examples, _example_record, FAMILY_LOG, findings)
    findings.expect("examples for the learner", examples, taught)
    _compare_days(evidence.examples, findings)


def _compare_days(records: list[Any], findings: Findings) -> None:
    """A row that comes after the end of its day must be a repeat of one that came before."""
    closed: dict[int, int] = {}
    seen: set[str] = set()
    for record in records:
        told = _example_record(record.value)
        match told.event:
            case DayClosed(partition, day):
                closed[partition] = max(day, closed.get(partition, 0))
            case Matured() as row:
                partition = -1 if told.origin is None else told.origin.log - FAMILY_LOG
                if row.row not in seen and row.day <= closed.get(partition, 0):
                    findings.wrong.append("a row came after the end of its day")
                seen.add(row.row)
            case Scored():
                findings.wrong.append("a score, though no model was in force")


def _by_origin(records: list[Any], decode: Any, first_log: int, findings: Findings) -> dict[Position, bytes]:
    """The records of these logs by origin; a repeat must be the same bytes."""
    found: dict[Position, bytes] = {}
    for record in records:
        origin = decode(record.value).origin
        if origin is None or not first_log <= origin.log < first_log + 100:
            continue
        place = (origin.log, origin.offset, origin.index)
        if found.setdefault(place, record.value) != record.value:
            findings.wrong.append("a repeat differs from the record that it repeats")
    return found


def _compare_desk(evidence: Evidence, hub: Hub, findings: Findings) -> None:
    desk, policy = DeskState(), policy_of(hub, closes_at_due=True)
    hops: dict[int, tuple[int, int]] = {}
    wanted: dict[tuple[str, int], bytes] = {}
    for record in evidence.desk_events:
        told = _desk_record(record.value)
        origin = told.origin
        if origin is not None:
            if (origin.offset, origin.index) <= hops.get(origin.log, (-1, -1)):
                continue
            hops[origin.log] = (origin.offset, origin.index)
        transition = advance_desk(desk, told.event, policy)
        desk = transition.desk
        wanted |= {(p.prompt_id, p.revision): write_json(p) for p in transition.prompts}
    found: dict[tuple[str, int], bytes] = {}
    for record in evidence.prompts:
        prompt = msgspec.json.decode(record.value)
        key = (prompt["prompt_id"], prompt["revision"])
        if found.setdefault(key, record.value) != record.value:
            findings.wrong.append("a prompt was repeated with other words")
    findings.expect("prompts", found, wanted)


def compare_facts(evidence: Evidence, hub: Hub, door: Door, findings: Findings) -> None:
    """Told one by one in the order of their stamps, the partners' records give the same facts of every child."""
    sequence = Sequence(policy_of(hub), read_pack(hub=hub), SILENT)
    for record in sorted(evidence.partners, key=lambda r: (r.timestamp, r.topic, r.partition, r.offset)):
        fields = (record.topic, record.partition, record.offset, record.timestamp, record.key, record.value)
        answer = door.accept(PartnerRecord(*fields, record.headers))
        if isinstance(answer, Accepted):
            sequence.hear(answer.statement)
    latest = max(record.timestamp for record in evidence.partners)
    sequence.let_time_pass(Moment(latest * 1000))
    findings.expect("facts", stories(evidence.states.values()), stories(sequence.families.values()))


def _coordinates(note: dict[str, bytes]) -> tuple[int, int]:
    topic = note["earlyword-dead-letter-topic"].decode()
    partition = int(note["earlyword-dead-letter-partition"])
    return log_of(topic, partition), int(note["earlyword-dead-letter-offset"])
