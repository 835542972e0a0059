"""A file of examples: comma-separated, its first line naming ``id, t_event, t_label, label`` and then features.

Times are RFC 3339 with an offset, or dates (00:00 in Europe/London), or plain numbers of whatever unit; one file, one
kind. A label is 0 or 1 (or true, false); where it is not known yet, or never will be, ``t_label`` and ``label`` are
both empty. Everything else is refused with its line and column, never its value. An empty feature is refused too:
nobody but the sender knows whether it means 0.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from typing import Final

from msgspec import Struct

from models.calendar.local_time import local_day, midnight, to_moment
from models.learning.examples import (
    ConflictingExamplesError,
    Example,
    UnfitExampleError,
    check_example,
    put_in_order,
)
from schemas.identifiers import Day, Moment

NEEDED: Final = ("id", "t_event", "t_label", "label")
LABELS: Final = {"0": False, "0.0": False, "false": False, "1": True, "1.0": True, "true": True}
TICKS: Final = 1_000_000
"""In one second, or in one unit of a file whose times are numbers."""
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?\Z")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


class ExamplesError(ValueError):
    """A file that cannot be evaluated. The text is one sentence with the place, and repeats no value.

    Operator: mend the line that is named; nothing was evaluated.
    """


class Clock(Enum):
    """What the times of a file are."""

    TIMES = "times"
    DATES = "dates"
    NUMBERS = "numbers"

    @property
    def ticks_a_day(self) -> int:
        """Ticks in what is called a day in the figures; for numbers, their unit."""
        return TICKS if self is Clock.NUMBERS else 86_400 * TICKS

    def day_of(self) -> Callable[[int], int] | None:
        """The local day of a tick; None where the times are numbers, which have no days."""
        return None if self is Clock.NUMBERS else lambda tick: int(local_day(Moment(tick)))


class ExamplesFile(Struct, frozen=True, kw_only=True):
    """What a file held, in order of time."""

    examples: tuple[Example, ...]
    features: tuple[str, ...]
    clock: Clock
    repeats: int


def read_examples(path: Path, *, family: str | None = None, outcome_time: str | None = None) -> ExamplesFile:
    """The examples of a file. ``family`` and ``outcome_time`` name columns that are not features.

    Raises ExamplesError.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(file, family, outcome_time)
    except UnicodeDecodeError:
        raise ExamplesError("the file is not UTF-8 text") from None
    except OSError:
        raise ExamplesError("the file cannot be read") from None


def _read(file: Iterable[str], family: str | None, outcome_time: str | None) -> ExamplesFile:
    rows = _rows(file)
    _, header = next(rows, (1, []))
    header = [name.strip() for name in header]
    features = _check_header(header, [name for name in (family, outcome_time) if name is not None])
    places = [header.index(name) for name in features]
    clock: Clock | None = None
    read: list[Example] = []
    lines: list[int] = []
    for line, cells in rows:
        if len(cells) != len(header):
            raise ExamplesError(f"line {line} has {len(cells)} columns, the first line {len(header)}")
        row = _Row(line, cells, header)
        t_event, told = row.time("t_event", clock)
        clock = told
        example = Example(
            id=row.text("id"),
            t_event=t_event,
            t_label=row.time("t_label", clock)[0] if row.is_filled("t_label") else None,
            label=row.label() if row.is_filled("label") else None,
            features=tuple(row.number(place) for place in places),
            family=None if family is None else row.text(family),
            t_outcome=row.time(outcome_time, clock)[0] if outcome_time and row.is_filled(outcome_time) else None,
        )
        try:
            check_example(example, len(features))
        except UnfitExampleError as unfit:
            raise ExamplesError(f"line {line}: {unfit}") from None
        read.append(example)
        lines.append(line)
    if clock is None:
        raise ExamplesError("the file holds no examples")
    try:
        ordered, repeats = put_in_order(read)
    except ConflictingExamplesError as conflict:
        raise ExamplesError(
            f"line {lines[conflict.place]}: the id was told on an earlier line with other words"
        ) from None
    return ExamplesFile(examples=ordered, features=features, clock=clock, repeats=repeats)


def _rows(file: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it ends; blank lines are not rows."""
    reader = csv.reader(file, strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error:
        raise ExamplesError(f"line {reader.line_num} is not comma-separated text") from None


def _check_header(header: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """The names of the features. A file without a header would have its first row named here: nothing is repeated."""
    missing = [name for name in (*NEEDED, *others) if name not in header]
    if missing:
        raise ExamplesError(f"the first line does not name the column {missing[0]}")
    if len(set(header)) != len(header) or "" in header:
        raise ExamplesError("the first line names a column twice, or leaves one without a name")
    features = tuple(name for name in header if name not in NEEDED and name not in others)
    if not features:
        raise ExamplesError("the first line names no feature")
    return features


class _Row:
    """One row, and where it is."""

    def __init__(self, line: int, cells: Sequence[str], header: Sequence[str]) -> None:
        self._line, self._cells, self._header = line, cells, header

    def _refuse(self, place: int, why: str) -> ExamplesError:
        return ExamplesError(f"line {self._line}, column {place + 1}: {why}")

    def is_filled(self, column: str) -> bool:
        return self._cells[self._header.index(column)].strip() != ""

    def text(self, column: str) -> str:
        place = self._header.index(column)
        if not self.is_filled(column):
            raise self._refuse(place, "it is empty")
        return self._cells[place].strip()

    def label(self) -> bool:
        place = self._header.index("label")
        told = LABELS.get(self._cells[place].strip().lower())
        if told is None:
            raise self._refuse(place, "a label is 0 or 1")
        return told

    def number(self, place: int) -> float:
        text = self._cells[place].strip()
        if not text:
            raise self._refuse(place, "it is empty; write 0 where nothing is recorded")
        if text.lower() in {"true", "false"}:
            return float(text.lower() == "true")
        try:
            value = float(text)
        except ValueError:
            raise self._refuse(place, "it is not a number") from None
        if not math.isfinite(value) or "_" in text:
            raise self._refuse(place, "it is not a finite number")
        return value

    def time(self, column: str, clock: Clock | None) -> tuple[int, Clock]:
        place = self._header.index(column)
        text = self.text(column)
        try:
            tick, told = _read_time(text)
        except ValueError as why:
            raise self._refuse(place, str(why)) from None
        if clock is not None and told is not clock:
            raise self._refuse(place, f"the times of this file are {clock.value}")
        return tick, told


def _read_time(text: str) -> tuple[int, Clock]:
    """Ticks, and what kind of time it was. Raises ValueError with a sentence that holds no value."""
    if _NUMBER.match(text):
        try:
            ticks = Decimal(text) * TICKS
        except InvalidOperation:
            raise ValueError("it is not a time") from None
        if abs(ticks) > 10**24:
            raise ValueError("it is not a time")
        return round(ticks), Clock.NUMBERS
    try:
        if _DATE.match(text):
            return int(midnight(Day(date.fromisoformat(text).toordinal()))), Clock.DATES
        moment = datetime.fromisoformat(text.upper().replace(" ", "T", 1))
    except (ValueError, OverflowError):
        raise ValueError("it is neither a time with an offset, nor a date, nor a number") from None
    if moment.tzinfo is None:
        raise ValueError("a time needs its offset, as 2026-09-02T08:30:00+01:00")
    try:
        return int(to_moment(moment)), Clock.TIMES
    except OverflowError:
        raise ValueError("it is outside the calendar") from None


def read_groups(path: Path) -> dict[str, dict[str, str]]:
    """A file of groups for the audit: ``id`` and a column per trait. It gives, for each trait, the group of an id.

    An empty group is unknown. The file is read apart from the examples, and never reaches a learner or a
    scorer. Raises ExamplesError.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = _rows(file)
            _, header = next(rows, (1, []))
            if len(header) < 2 or header[0].strip() != "id" or len(set(header)) != len(header):
                raise ExamplesError("the groups' first line names id and then the traits, each once")
            groups: dict[str, dict[str, str]] = {trait.strip(): {} for trait in header[1:]}
            for line, cells in rows:
                if len(cells) != len(header):
                    raise ExamplesError(f"groups, line {line}: {len(cells)} columns, the first line {len(header)}")
                for trait, group in zip(header[1:], cells[1:], strict=True):
                    if group.strip():
                        groups[trait.strip()][cells[0].strip()] = group.strip()
            return groups
    except UnicodeDecodeError:
        raise ExamplesError("the groups' file is not UTF-8 text") from None
    except OSError:
        raise ExamplesError("the groups' file cannot be read") from None
