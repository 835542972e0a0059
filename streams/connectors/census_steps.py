"""What was done in an episode: assessments, plans, section 47 enquiries, conferences.

A step is known by where it began (``thread``), so that a later census which adds or corrects an end replaces the
earlier statement instead of standing beside it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

from msgspec import Struct

from streams.connectors.census_event import Census
from streams.connectors.census_fields import check_code, need_day, note, read_day, refuse
from streams.connectors.census_shape import FACTORS, RETIRED_FACTORS
from streams.connectors.reports import Lost, Noted, Reason, Refused
from streams.connectors.xml_parts import Part

MAX_FACTORS: Final = 40  # EVENTS section 2; the code set has 42
_RESULTS: Final = {"RC8": "no-further-action", "RC9": "early-help"}


class _Module(Struct, frozen=True):
    """A repeatable part of an episode: its element, the fields of its start and end, and the outcomes they are."""

    element: str
    start: str
    started: str
    end: str | None = None
    ended: str = ""


_ASSESSMENTS: Final = _Module(
    "Assessments",
    "AssessmentActualStartDate",
    "assessment-started",
    "AssessmentAuthorisationDate",
    "assessment-completed",
)
_PLANS: Final = _Module("CINPlanDates", "CINPlanStartDate", "cin-plan-started", "CINPlanEndDate", "cin-plan-ended")
_ENQUIRIES: Final = _Module("Section47", "S47ActualStartDate", "s47-started")
_PROTECTION_PLANS: Final = _Module(
    "ChildProtectionPlans", "CPPstartDate", "cp-plan-started", "CPPendDate", "cp-plan-ended"
)
_CONFERENCE: Final = "DateOfInitialCPC"


class Step(Struct, frozen=True):
    """One outcome of EVENTS section 2, not yet addressed."""

    kind: str
    thread: str
    on: date
    result: str | None = None


class Steps(Struct, frozen=True, kw_only=True):
    """What an episode's modules say."""

    taken: tuple[Step, ...]
    factors: tuple[str, ...]
    """Of all assessments, each once, in the order of the file."""
    remarks: tuple[Refused | Noted, ...]

    has_assessment: bool
    """Whether an assessment is recorded, be its date usable or not."""
    has_enquiry: bool
    """Likewise for a section 47 enquiry."""


def tell_steps(details: Part, opened: date, closed: date | None, closure: str | None, census: Census) -> Steps:
    """Every step of an episode opened on a date and, where known, closed on another with a reason of closure."""
    gathering = _Gathering(opened, census)
    for module in (_ASSESSMENTS, _PLANS, _ENQUIRIES, _PROTECTION_PLANS):
        for part in details.each(module.element):
            gathering.take_part(part, module)
    gathering.take_conference(details, "referral")
    taken = tuple(gathering.taken)
    result = _RESULTS.get(closure or "")
    if result is not None and closed is not None and _was_only_an_assessment(details):
        taken = tuple(_with_result(step, result) if step.on <= closed else step for step in taken)
    return Steps(
        taken=taken,
        factors=tuple(gathering.factors),
        remarks=tuple(gathering.remarks),
        has_assessment=_says_something_of(details, _ASSESSMENTS),
        has_enquiry=_says_something_of(details, _ENQUIRIES),
    )


def _says_something_of(details: Part, module: _Module) -> bool:
    return any(field.text for part in details.each(module.element) for field in part.parts)


def _was_only_an_assessment(details: Part) -> bool:
    """Whether the reason "closed after assessment" can speak of one assessment only, and nothing followed it."""
    others = (_PLANS.element, _ENQUIRIES.element, _PROTECTION_PLANS.element, _CONFERENCE)
    return len(list(details.each(_ASSESSMENTS.element))) == 1 and not any(details.first(name) for name in others)


def _with_result(step: Step, result: str) -> Step:
    return Step(step.kind, step.thread, step.on, result) if step.kind == _ASSESSMENTS.ended else step


class _Gathering:
    """Collects the steps of one episode while its parts are read."""

    def __init__(self, opened: date, census: Census) -> None:
        self.taken: list[Step] = []
        self.factors: dict[str, None] = {}
        self.remarks: list[Refused | Noted] = []
        self._opened = opened
        self._census = census
        self._threads: Counter[str] = Counter()
        self._conferences: set[date] = set()

    def take_part(self, part: Part, module: _Module) -> None:
        """Read one assessment, plan or enquiry. Without a usable start it has no identity and is refused whole."""
        started = need_day(part, module.start, Lost.PART, not_after=self._census.last_day)
        if isinstance(started, Refused):
            self.remarks.append(started)
            return
        self._note_if_early(part, module.start, started)
        same = f"{module.element}:{started.isoformat()}"
        thread = f"{same}:{self._threads[same]}"
        self._threads[same] += 1
        self.taken.append(Step(module.started, thread, started))
        if module.end is not None:
            self._take_end(part, module, started, thread)
        if module is _ENQUIRIES:
            self.take_conference(part, thread)
        for box in part.each("FactorsIdentifiedAtAssessment"):
            for factor in box.each("AssessmentFactors"):
                self._take_factor(factor)

    def take_conference(self, part: Part, thread: str) -> None:
        """Read a child protection conference; the census may say one twice, in the enquiry and in the episode."""
        held = read_day(part, _CONFERENCE, Lost.PART, not_after=self._census.last_day)
        if isinstance(held, Refused):
            self.remarks.append(held)
        elif held is not None and held not in self._conferences:
            self._conferences.add(held)
            self._note_if_early(part, _CONFERENCE, held)
            self.taken.append(Step("icpc", thread, held))

    def _take_end(self, part: Part, module: _Module, started: date, thread: str) -> None:
        # EVENTS lets a plan's end lie ahead; an assessment cannot be authorised tomorrow.
        not_after = self._census.last_day if module is _ASSESSMENTS else None
        name = module.end or ""
        ended = read_day(part, name, Lost.VALUE, not_after=not_after)
        if isinstance(ended, date) and ended < started:
            ended = refuse(part.first(name) or part, Reason.ENDED_BEFORE_STARTED, Lost.VALUE)
        if isinstance(ended, Refused):
            self.remarks.append(ended)
        elif ended is not None:
            self.taken.append(Step(module.ended, thread, ended))

    def _take_factor(self, part: Part) -> None:
        code = check_code(part, Lost.VALUE, FACTORS, RETIRED_FACTORS)
        if isinstance(code, str) and code not in self.factors and len(self.factors) == MAX_FACTORS:
            code = refuse(part, Reason.TOO_MANY, Lost.VALUE)
        if isinstance(code, Refused):
            self.remarks.append(code)
        else:
            self.factors[code] = None

    def _note_if_early(self, part: Part, name: str, day: date) -> None:
        if day < self._opened:
            self.remarks.append(note(part.first(name) or part, Reason.BEFORE_REFERRAL))
