"""A partner's file, line by line, checked exactly as intake would check it, without a broker.

What one line says of another (duplicates, an id used again) is judged by the same memory that intake keeps. The report
names lines, reasons and pointers, no values, so it may be mailed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import assert_never

from msgspec import Struct

from models.intake.links import LinkMap
from models.intake.listening import Verdict, listen
from models.intake.memory import Memory
from schemas.hub import Hub
from schemas.identifiers import FactKey, Moment
from schemas.wire.dead_letter_v1 import Reason
from streams.intake.accept import Accepted, Door, SetAside
from streams.intake.pseudonyms import PUBLISHED_KEY, HubKey


class LineVerdict(Enum):
    """What intake would do with the line."""

    ACCEPTED = "accepted"
    EXPIRED = "accepted, and older than what is kept"
    DUPLICATE = "a duplicate, ignored"
    REFUSED = "set aside"


class LineReport(Struct, frozen=True):
    """One line of the file, counted from 1; ``reason`` and ``fields`` (JSON pointers) where it is refused."""

    line: int
    verdict: LineVerdict
    reason: Reason | None = None
    fields: tuple[str, ...] = ()


def validate_file(lines: Iterable[bytes], hub: Hub, key: HubKey = PUBLISHED_KEY) -> Iterator[LineReport]:
    """A report for every line of a file of structured CloudEvents; blank lines are not read.

    A line counts as received at the event's own time, or the latest before it if that is later. The key changes no
    verdict.
    """
    door = Door(hub, key)
    nobody_is_linked = LinkMap()
    memories: dict[FactKey, Memory] = {}
    clock: Moment | None = None
    for number, line in enumerate(lines, 1):
        event = line.rstrip(b"\r\n")
        if not event.strip():
            continue
        answer = door.accept_line(event, clock, number)
        match answer:
            case SetAside(reason=reason, fields=fields):
                yield LineReport(number, LineVerdict.REFUSED, reason, fields)
            case Accepted(statement=statement):
                memory = memories.get(statement.key, Memory())
                listened = listen(memory, statement, nobody_is_linked)
                memories[statement.key] = listened.memory
                if listened.verdict is not Verdict.ID_REUSE:
                    clock = statement.received_at
                yield _report(number, listened.verdict)
            case _:
                assert_never(answer)


def _report(number: int, verdict: Verdict) -> LineReport:
    match verdict:
        case Verdict.ACCEPTED:
            return LineReport(number, LineVerdict.ACCEPTED)
        case Verdict.EXPIRED:
            return LineReport(number, LineVerdict.EXPIRED)
        case Verdict.DUPLICATE:
            return LineReport(number, LineVerdict.DUPLICATE)
        case Verdict.ID_REUSE:
            return LineReport(number, LineVerdict.REFUSED, Reason.ID_REUSE, ("/id",))
    assert_never(verdict)
