"""What the police write: one or more notices about each occurrence, regraded, completed, corrected, taken back.

Schools are told before their next morning (Encompass) of most domestic-abuse occurrences, whether or not a child was
present; of some too late, of some never.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from streams.simulator.agencies import MISSING_UNIT, POLICE, System
from streams.simulator.days import Calendar
from streams.simulator.dice import Wheel
from streams.simulator.numbers import MISSING_MEAN_HOURS, MISSING_WITH_EXPLOITATION
from streams.simulator.occurrences import Grade, Occurrence
from streams.simulator.people import Child
from streams.simulator.statements import Data, Statement, retraction

# Shares of notices; all ours.
_CATEGORY_M: Final = 0.72
_TOLD_TO_SCHOOL_IN_TIME: Final = 0.86
_TOLD_TO_SCHOOL_LATE: Final = 0.06
_SECOND_NOTICE: Final = 0.14
_REGRADED: Final = 0.06
_OTHER_CHILDREN: Final = 0.015
_TAKEN_BACK: Final = 0.012
_UNGRADED: Final = 0.03
_STILL_MISSING_WHEN_TOLD: Final = 0.6

_COLOURS: Final[dict[Grade, str]] = {"standard": "green", "medium": "amber", "high": "red"}
_OTHER_CONCERNS: Final[Wheel[tuple[str, ...]]] = Wheel({
    ("neglect",): 18.0, ("mental-health-adult",): 16.0, ("substance-misuse-adult",): 13.0, ("other",): 20.0,
    ("physical-abuse",): 8.0, ("mental-health-child", "self-harm"): 7.0, ("criminal-exploitation",): 5.0,
    ("sexual-exploitation",): 3.0, ("weapons", "offending-child"): 4.0, ("emotional-abuse",): 4.0,
    ("sexual-abuse",): 2.0,
})  # fmt: skip


class Desk:
    """The police desk: numbers occurrences and notices, and writes them."""

    def __init__(self, rng: Random, calendar: Calendar) -> None:
        self._rng = rng
        self._calendar = calendar
        self._notices = 0
        self._occurrences = 0

    def tell(self, occurrence: Occurrence) -> Iterator[Statement]:
        """Every statement about this occurrence, in the order in which they are written."""
        self._occurrences += 1
        reference = f"OC-{self._occurrences:07d}"
        if occurrence.sort == "missing":
            yield from self._tell_missing(occurrence, reference)
            return
        written_at = occurrence.at + timedelta(hours=min(self._rng.lognormvariate(1.6, 0.8), 60))
        first = self._notice(occurrence, reference)
        yield self._statement(POLICE, written_at, first)
        yield from self._second_thoughts(written_at, first)
        if self._rng.random() < _SECOND_NOTICE:
            later = written_at + timedelta(hours=self._rng.uniform(1, 30))
            yield self._statement(POLICE, later, self._notice(occurrence, reference))
        if occurrence.sort == "domestic-abuse":
            yield from self._tell_school(occurrence, reference)

    def _notice(self, occurrence: Occurrence, reference: str) -> Data:
        notice_type = "CUSTODY" if occurrence.sort == "custody" else "PPN"
        if occurrence.sort == "other" and self._rng.random() < 0.3:
            notice_type = "OTHER"
        return self._data(
            occurrence,
            reference,
            notice_type,
            grade=None if self._rng.random() < _UNGRADED else self._grade(occurrence),
            concerns=self._concerns(occurrence),
            children=self._children(occurrence),
        )

    def _data(
        self,
        occurrence: Occurrence,
        reference: str,
        notice_type: str,
        *,
        grade: str | None,
        concerns: list[str],
        children: list[Data],
        missing: Data | None = None,
    ) -> Data:
        self._notices += 1
        return {
            "notification_id": f"NT-{self._notices:07d}",
            "occurrence_ref": reference,
            "notice_type": notice_type,
            "occurred_at": POLICE.write_time(occurrence.at),
            "grade": grade,
            "concerns": concerns,
            "children": children,
            "missing": missing,
        }

    def _grade(self, occurrence: Occurrence) -> str:
        """Domestic abuse is graded in words, everything else in colours."""
        return occurrence.grade if occurrence.sort == "domestic-abuse" else _COLOURS[occurrence.grade]

    def _concerns(self, occurrence: Occurrence) -> list[str]:
        rng = self._rng
        if occurrence.sort == "custody":
            return ["offending-child"]
        if occurrence.sort == "other":
            return list(_OTHER_CONCERNS.pick(rng))
        also = ["substance-misuse-adult"] if rng.random() < 0.2 else []
        also += ["mental-health-adult"] if rng.random() < 0.15 else []
        return ["domestic-abuse", *also]

    def _children(self, occurrence: Occurrence) -> list[Data]:
        if occurrence.subject is not None and occurrence.sort == "custody":
            return [self._named(occurrence.subject, "subject", present=True)]
        here = occurrence.child_present
        at_home = [
            self._named(child, "present" if here else "resident", present=here) for child in occurrence.family.children
        ]
        return at_home + [self._named(child, "present", present=True) for child in occurrence.guests]

    def _named(self, child: Child, role: str, *, present: bool) -> Data:
        spoken_to = present and self._rng.random() < 0.6
        named = child.for_police(nominal=0 if self._rng.random() < 0.7 else 1)
        return named | {"role": role, "present": present, "spoken_to": spoken_to}

    def _tell_school(self, occurrence: Occurrence, reference: str) -> Iterator[Statement]:
        """Encompass: before the next school morning, or late, or not at all."""
        luck = self._rng.random()
        told_at = occurrence.at + timedelta(hours=self._rng.uniform(0.5, 9))
        morning = self._calendar.next_school_morning(occurrence.at)
        if luck < _TOLD_TO_SCHOOL_IN_TIME and morning is not None:
            told_at = min(told_at, morning - timedelta(minutes=25))
        elif luck < _TOLD_TO_SCHOOL_IN_TIME + _TOLD_TO_SCHOOL_LATE and morning is not None:
            told_at = morning + timedelta(hours=self._rng.uniform(1, 30))
        elif morning is not None:
            return
        told_at = max(told_at, occurrence.at + timedelta(minutes=2))
        children = self._children(occurrence)
        data = self._data(
            occurrence, reference, "ENCOMPASS", grade=None, concerns=["domestic-abuse"], children=children
        )
        yield self._statement(POLICE, told_at, data)

    def _tell_missing(self, occurrence: Occurrence, reference: str) -> Iterator[Statement]:
        rng = self._rng
        if occurrence.subject is None:
            return
        hours = rng.expovariate(1 / MISSING_MEAN_HOURS)
        ended_at = occurrence.at + timedelta(hours=min(max(hours, 0.5), 24 * 20))
        told_at = occurrence.at + timedelta(hours=rng.uniform(0.7, 5))
        category = "M" if rng.random() < _CATEGORY_M else "A"
        episode: Data = {"category": category, "started_at": POLICE.write_time(occurrence.at), "ended_at": None}
        found = episode | {"ended_at": POLICE.write_time(ended_at)}
        open_when_told = told_at < ended_at and rng.random() < _STILL_MISSING_WHEN_TOLD
        concerns = ["criminal-exploitation"] if rng.random() < MISSING_WITH_EXPLOITATION else []
        data = self._data(
            occurrence,
            reference,
            "MISSING",
            grade=self._grade(occurrence),
            concerns=concerns,
            children=[self._named(occurrence.subject, "subject", present=False)],
            missing=episode if open_when_told else found,
        )
        home_at = max(ended_at, told_at) + timedelta(minutes=rng.randint(5, 240))
        yield self._statement(MISSING_UNIT, told_at if open_when_told else home_at, data)
        if open_when_told:
            yield self._statement(MISSING_UNIT, home_at, data | {"missing": found})

    def _second_thoughts(self, written_at: datetime, data: Data) -> Iterator[Statement]:
        """Later statements under the same notification: another grade, other children, or taken back."""
        luck = self._rng.random()
        later = written_at + timedelta(hours=self._rng.uniform(3, 120))
        children = data["children"]
        if luck < _TAKEN_BACK:
            yield self._statement(POLICE, later, retraction(data))
        elif luck < _TAKEN_BACK + _OTHER_CHILDREN and isinstance(children, list) and len(children) > 1:
            yield self._statement(POLICE, later, data | {"children": children[1:]}, key=_first_nominal(data))
        elif luck < _TAKEN_BACK + _OTHER_CHILDREN + _REGRADED and data["grade"] is not None:
            graver = {"standard": "medium", "medium": "high", "high": "medium"}
            colours = {"green": "amber", "amber": "green", "red": "amber"}
            yield self._statement(POLICE, later, data | {"grade": (graver | colours)[str(data["grade"])]})

    def _statement(self, system: System, recorded_at: datetime, data: Data, key: str | None = None) -> Statement:
        return Statement("police-notification", system, recorded_at, key or _first_nominal(data), data)


def _first_nominal(data: Data) -> str:
    """The police's own reference of the first child named."""
    children = data["children"]
    return str(children[0]["identifiers"][0]["value"]) if isinstance(children, list) else ""
