"""A small language of text tables, for stories of one family: ``tell(table, start)`` gives wire events.

One line is one statement: the day and time at which it is recorded (its ``time``; by the clock on the wall), what is
said, and fields. The order of the lines is the order of receipt.

    +0  Mon 08:00  link      child=A,B family=F1
    +3      21:40  police    ref=N1 child=A:present,B grade=green concerns=neglect
    +4      16:00  marks     child=A on=+0..+4 AM=O PM=/
    +9      10:15  referral  ref=R1 child=B source=2A outcome=no-further-action decided=+9/15:00

``+9`` is a day after the start, ``+9/15:00`` a time on it, ``+0..+4`` the Mondays to Fridays from one day to the other.
A weekday after the day is checked. ``#`` begins a comment. Every line may end in ``retract`` (the statement is taken
back) or ``late`` (it is recorded before the line above it: only then may the time go back). ``again`` sends the line
above once more, byte for byte.

Children are A to Z. Each agency knows a child by its own identifier, so without a ``link`` nothing is joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec

from streams.simulator.sayings import VERBS
from streams.simulator.table_fields import FieldError, Fields, Moments

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class TableError(ValueError):
    """A line of a table cannot be understood. The message names the line, counted from 1, and what to change."""


@dataclass(frozen=True)
class _Line:
    number: int
    at: datetime
    verb: str
    fields: Fields
    flags: frozenset[str]


def tell(table: str, start: date, prefix: str = "story") -> list[dict[str, object]]:
    """The structured CloudEvents that this table tells, day +0 being ``start``; ``prefix`` begins their ids.

    Raises TableError.
    """
    events: list[dict[str, object]] = []
    last: list[dict[str, object]] = []
    before: _Line | None = None
    for number, text in enumerate(table.splitlines(), start=1):
        words = text.partition("#")[0].split()
        if not words:
            continue
        try:
            line = _read(number, words, Moments(start))
            _check_order(line, before)
            if line.verb != "again":
                last = _write(line, prefix)
            elif before is None:
                raise FieldError("nothing stands above it that could be sent again")
            line.fields.finish()
        except FieldError as wrong:
            raise TableError(f"line {number}: {wrong}") from None
        events += last
        before = line
    return events


def to_lines(events: list[dict[str, object]]) -> bytes:
    """These events as a file: one a line."""
    return b"".join(msgspec.json.encode(event) + b"\n" for event in events)


def _read(number: int, words: list[str], moments: Moments) -> _Line:
    day, *rest = words
    if rest and rest[0] in _WEEKDAYS:
        on = moments.day(day)
        if _WEEKDAYS[on.weekday()] != rest[0]:
            raise FieldError(f"{day} is a {_WEEKDAYS[on.weekday()]}, not a {rest[0]}")
        rest = rest[1:]
    if len(rest) < 2:
        raise FieldError("a line needs a day, a time and what is said, as in '+0 08:00 police ...'")
    time, verb, *others = rest
    if verb not in VERBS and verb != "again":
        raise FieldError(f"nobody says '{verb}'; known are again, {', '.join(sorted(VERBS))}")
    flags = frozenset(word for word in others if "=" not in word)
    unknown = flags - {"retract", "late"}
    if unknown:
        raise FieldError(f"'{min(unknown)}' is neither a field (name=value) nor retract nor late")
    fields = Fields((word for word in others if "=" in word), moments)
    return _Line(number, moments.moment(f"{day}/{time}"), verb, fields, flags)


def _check_order(line: _Line, before: _Line | None) -> None:
    if before is not None and line.at < before.at and "late" not in line.flags:
        raise FieldError("its time is before that of the line above; say late, if that is meant")


def _write(line: _Line, prefix: str) -> list[dict[str, object]]:
    said = VERBS[line.verb](line.fields, line.at)
    return [
        {
            "specversion": "1.0",
            "id": f"{prefix}-{line.number:03d}-{place}",
            "source": saying.source,
            "type": f"org.earlyword.{saying.kind}.v1",
            "time": line.at.isoformat(timespec="seconds"),
            "data": ({"action": "retract"} if "retract" in line.flags else {}) | saying.data,
        }
        for place, saying in enumerate(said, start=1)
    ]
