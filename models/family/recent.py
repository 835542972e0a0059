"""How old a family's newest concerns are: a cheap look at the state, before any rule is asked.

Most events are marks of families without a recent concern, and these must cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from models.calendar.local_time import local_day
from models.calendar.retention import plan_of, starts_a_plan
from models.family.codes import ABSENT, CODE_OF, UNAUTHORISED
from models.family.facts import unpack_facts
from models.family.settled import Entry, read_entry, split_entries
from models.family.state import FamilyState, Strand
from models.family.told import origin_of
from models.family.weeks import unpack_open
from schemas.facts import Notification, Outcome, Referral
from schemas.identifiers import Day, Moment

_LONG_AGO = Day(0)
_NEVER_WAS = Moment(-(2**61))


class Missed(NamedTuple):
    """Marks of sessions that were missed, with or without leave, and those without. Each at least as many as count."""

    absent: int
    unauthorised: int


class Newest(Struct):
    """The newest of each sort of concern in facts; day 0 where there is none. Not to be changed: many share it.

    ``awaits`` says whether something could be expected on a concern, ``plans`` which plans were started.
    """

    at: Moment = _NEVER_WAS
    concern: Day = _LONG_AGO
    missing: Day = _LONG_AGO
    missing_until: Day = _LONG_AGO
    origins: dict[str, Day] = {}
    concerns: dict[str, Day] = {}
    plans: set[str] = set()
    awaits: bool = False

    def __repr__(self) -> str:
        return "Newest(...)"


class Recent:
    """The newest of each sort of concern that a family was told of, and what its children missed.

    What was corrected under another identifier of a child is counted, too, so a concern may be seen newer than it is:
    this says that a rule cannot hold, never that it does.
    """

    __slots__ = ("_missed", "_state", "newest", "today")

    def __init__(self, state: FamilyState) -> None:
        self._state = state
        self._missed: dict[Day, Missed] = {}
        self.today = local_day(state.clock)
        self.newest = newest_of(state)

    def missed_since(self, first: Day) -> Missed:
        """What all children together missed in weeks that end on this day or later: by letters, no session is seen."""
        found = self._missed.get(first)
        if found is None:
            counts = [
                count
                for strand in self._state.strands.values()
                if strand.weeks or strand.settled
                for count in _counts(strand, first)
            ]
            found = Missed(sum([count.absent for count in counts]), sum([count.unauthorised for count in counts]))
            self._missed[first] = found
        return found


def holds_statements(state: FamilyState) -> bool:
    """Whether partners said anything of this family but marks: without it no rule can hold."""
    for strand in state.strands.values():  # noqa: SIM110  # asked with every mark; any() takes twice as long
        if strand.told:
            return True
    return False


def newest_of(state: FamilyState) -> Newest:
    """The newest that a family was told, whatever of it was corrected under another identifier."""
    return _find_newest(tuple([strand.told for strand in state.strands.values() if strand.told]))


@lru_cache(maxsize=4096)
def _find_newest(told: tuple[bytes, ...]) -> Newest:
    newest = Newest()
    for packed in told:
        for known in unpack_facts(packed).values():
            saying = known.saying
            if isinstance(saying, Referral):
                _note(newest, origin_of(saying.source_code), saying.on, saying.referred_at)
                newest.awaits = newest.awaits or (saying.outcome is None and saying.closed_on is None)
            elif isinstance(saying, Notification):
                newest.awaits = newest.awaits or saying.notice_type == "PPN"
                if saying.notice_type != "ENCOMPASS":
                    _note(newest, "police", saying.on, saying.occurred_at)
                    _note_notification(newest, saying)
            elif isinstance(saying, Outcome) and (plan := plan_of(saying)) is not None and starts_a_plan(saying):
                newest.plans.add(plan)
    return newest


def _note(newest: Newest, origin: str, on: Day, at: Moment) -> None:
    _keep(newest.origins, origin, on)
    newest.concern = max(newest.concern, on)
    newest.at = max(newest.at, at)


def _note_notification(newest: Newest, saying: Notification) -> None:
    for concern in saying.concerns:
        _keep(newest.concerns, concern, saying.on)
    if saying.missing is not None:
        newest.missing = max(newest.missing, saying.on)
        newest.missing_until = max(newest.missing_until, saying.missing.ended_on or saying.missing.started_on)


def _keep(newest: dict[str, Day], word: str, on: Day) -> None:
    newest[word] = max(newest.get(word, on), on)


def _counts(strand: Strand, first: Day) -> Iterator[Missed]:
    """Of each week with a day from this one on, of each school."""
    for monday, packed in strand.weeks.items():
        if monday + 6 >= first:
            yield _count_open(packed)
    if first < strand.settled_before + 6:
        for entry in split_entries(strand.settled):
            if entry.monday + 6 >= first:
                yield _count_settled(entry)


@lru_cache(maxsize=8192)
def _count_open(packed: bytes) -> Missed:
    counts = [_count(week.codes) for week in unpack_open(packed)]
    return Missed(sum(count.absent for count in counts), sum(count.unauthorised for count in counts))


@lru_cache(maxsize=8192)
def _count_settled(entry: Entry) -> Missed:
    return _count(read_entry(entry).codes)


@lru_cache(maxsize=4096)  # most weeks of most children are alike
def _count(letters: str) -> Missed:
    codes = [CODE_OF.get(letter) for letter in letters]
    return Missed(sum(code in ABSENT for code in codes), sum(code in UNAUTHORISED for code in codes))
