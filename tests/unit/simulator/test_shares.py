"""The town's shares against the handbook's published numbers, each with the tolerance that its size allows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache

import pytest

from models.calendar.local_time import day_of
from models.calendar.working_days import working_days_between
from streams.simulator.agencies import SCHOOLS
from streams.simulator.courses import Course
from streams.simulator.days import LONDON
from streams.simulator.numbers import AUTHORISED, MARKS_PER_100, REFERRAL_SOURCES, UNAUTHORISED
from streams.simulator.people import Child
from streams.simulator.statements import Statement
from streams.simulator.town import Life, Town, live, tell

MANY = Town(families=1500, days=1095, with_schools=False)
PUPILS = Town(families=350, days=365, daily_share=0.1)
UNIT = {school.urn for school in SCHOOLS if school.phase == "referral-unit"}
NO_SESSION = {"D", "X", "Q", "Z", "#", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7"}


@cache
def life() -> Life:
    return live(MANY)


@cache
def said() -> list[Statement]:
    return tell(MANY, life())


@cache
def registers() -> dict[str, list[tuple[date, str]]]:
    """The final mark of every possible session, by pupil; of pupils at two schools only the main one."""
    final: dict[tuple[str, str, str], str] = {}
    for statement in sorted(tell(PUPILS, live(PUPILS)), key=lambda statement: statement.recorded_at):
        marks = statement.data.get("marks")
        if not isinstance(marks, list) or statement.data["school"] in UNIT:
            continue
        for mark in marks:
            final[statement.key, mark["date"], mark["session"]] = mark["code"]
    by_pupil: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for (pupil, day, _), code in final.items():
        if code not in NO_SESSION:
            by_pupil[pupil].append((date.fromisoformat(day), code))
    return by_pupil


@cache
def pupils(phase: str) -> tuple[Child, ...]:
    return tuple(
        child
        for family in live(PUPILS).families
        for child in family.children
        if child.school is not None and child.school.phase == phase
    )


def share(codes: tuple[str, ...], phase: str) -> float:
    marks = [code for child in pupils(phase) for _, code in registers()[child.pupil_reference]]
    return sum(code in codes for code in marks) / len(marks)


def own_absence(reference: str) -> float:
    marks = registers()[reference]
    return sum(code in AUTHORISED + UNAUTHORISED for _, code in marks) / len(marks)


@pytest.mark.parametrize(("phase", "tolerance"), [("primary", 0.10), ("secondary", 0.10), ("special", 0.30)])
@pytest.mark.parametrize("codes", [AUTHORISED + UNAUTHORISED, AUTHORISED, UNAUTHORISED])
def test_absence_in_each_phase_is_as_published(phase: str, tolerance: float, codes: tuple[str, ...]) -> None:
    published = sum(MARKS_PER_100[phase][code] for code in codes) / 100
    extra = 0.06 if codes == UNAUTHORISED else 0.0  # a third of absence: as much chance in fewer spells
    assert share(codes, phase) == pytest.approx(published, rel=tolerance + extra)


@pytest.mark.parametrize(
    ("phase", "code", "tolerance"),
    [
        *(("primary", code, 0.08) for code in ("L", "V")),
        *(("secondary", code, 0.08) for code in ("L", "V")),
        ("secondary", "W", 0.15),
        *(("primary", code, 0.15) for code in ("I", "M")),
        *(("secondary", code, 0.15) for code in ("I", "M", "O")),
        ("primary", "O", 0.35),  # what happens at home adds to it
        ("primary", "C", 0.30),
        ("secondary", "C", 0.30),
        ("secondary", "U", 0.45),
    ],
)
def test_marks_are_mixed_as_published(phase: str, code: str, tolerance: float) -> None:
    assert share((code,), phase) == pytest.approx(MARKS_PER_100[phase][code] / 100, rel=tolerance)


def test_fridays_have_a_fifth_more_absence_than_the_middle_of_the_week() -> None:
    absent: Counter[int] = Counter()
    possible: Counter[int] = Counter()
    for marks in registers().values():
        for day, code in marks:
            possible[day.weekday()] += 1
            absent[day.weekday()] += code in AUTHORISED + UNAUTHORISED
    rates = [absent[weekday] / possible[weekday] for weekday in range(5)]
    assert rates[4] / (sum(rates[1:4]) / 3) == pytest.approx(1.19, abs=0.06)
    assert max(rates[:4]) / min(rates[:4]) < 1.1


@pytest.mark.parametrize(("phase", "published"), [("primary", 0.138), ("secondary", 0.238)])
def test_about_as_many_pupils_are_persistently_absent(phase: str, published: float) -> None:
    persistent = [own_absence(child.pupil_reference) >= 0.10 for child in pupils(phase)]
    assert sum(persistent) / len(persistent) == pytest.approx(published, abs=0.05)


def test_few_pupils_miss_most_of_what_is_missed() -> None:
    missed = sorted((own_absence(reference) for reference in registers()), reverse=True)
    assert sum(missed[: len(missed) // 10]) / sum(missed) > 0.3
    assert sum(absence >= 0.5 for absence in missed) / len(missed) == pytest.approx(0.02, abs=0.018)


def test_children_with_a_plan_miss_far_more_school_than_others() -> None:
    with_plan = {
        child.pupil_reference for course in live(PUPILS).courses if course.in_need for child in course.contact.children
    }
    known = [own_absence(reference) for reference in registers() if reference in with_plan]
    others = [own_absence(reference) for reference in registers() if reference not in with_plan]
    assert sum(known) / len(known) == pytest.approx(0.18, abs=0.06)  # handbook: 17.4 % in need, 21.8 % with a plan
    assert sum(known) / len(known) > 2 * sum(others) / len(others)


def referrals(course: Course) -> int:
    return len(course.contact.children)


@pytest.mark.parametrize(
    ("what", "published"),
    [
        ("no further action", 0.065),
        ("assessed and not in need", 0.308),
        ("section 47", 0.364),
        ("conference", 0.114),
        ("looked after", 0.051),
    ],
)
def test_what_becomes_of_referrals_is_as_published(what: str, published: float) -> None:
    ways: dict[str, Callable[[Course], bool]] = {
        "no further action": lambda course: course.decision == "no-further-action",
        "assessed and not in need": lambda course: course.assessed and not course.in_need,
        "section 47": lambda course: course.enquiries,
        "conference": lambda course: course.conference,
        "looked after": lambda course: course.looked_after,
    }
    reached = ways[what]
    total = sum(map(referrals, life().courses))
    assert sum(referrals(course) for course in life().courses if reached(course)) / total == pytest.approx(
        published, abs=0.005
    )


def test_most_conferences_end_in_a_plan() -> None:
    conferences = [course for course in life().courses if course.conference]
    plans = sum(referrals(course) for course in conferences if course.plan)
    assert plans / sum(map(referrals, conferences)) == pytest.approx(0.858, abs=0.03)


def test_a_fifth_of_referrals_are_of_children_referred_in_the_twelve_months_before() -> None:
    days: dict[Child, list[int]] = defaultdict(list)
    again = total = 0
    for contact in life().contacts:
        for child in contact.children:
            if contact.day >= 365:
                total += 1
                again += any(0 < contact.day - day <= 365 for day in days[child])
            days[child].append(contact.day)
    assert again / total == pytest.approx(0.226, abs=0.035)


def test_referrals_come_from_the_published_sources() -> None:
    counts = Counter(_group(contact.source_code) for contact in life().contacts)
    published: Counter[str] = Counter()
    for code, percent in REFERRAL_SOURCES.items():
        published[_group(code)] += percent  # type: ignore[assignment]  # per cent, not whole numbers
    total = sum(counts.values())
    for group, percent in published.items():
        assert counts[group] / total == pytest.approx(percent / 100, abs=0.025), group


def _group(code: str) -> str:
    return code if code in ("10", "4", "6", "7", "8", "9") else code[0]


def test_august_is_quiet_and_september_busy() -> None:
    months = Counter(contact.referred_at.month for contact in life().contacts)
    mean = sum(months.values()) / 12
    assert months[8] / mean < 0.92
    assert months[9] / mean > 1.0


def test_decisions_and_assessments_take_the_working_days_they_take() -> None:
    first: dict[str, date] = {}
    in_time: dict[str, bool] = {}
    for statement in sorted(said(), key=lambda statement: statement.recorded_at):
        if statement.kind == "referral" and not statement.too_old:
            reference, on = str(statement.data["referral_id"]), statement.recorded_at.astimezone(LONDON).date()
            first.setdefault(reference, on)
            if statement.data["outcome"] is not None and reference not in in_time:
                in_time[reference] = working_days_between(day_of(first[reference]), day_of(on)) <= 1
    assert sum(in_time.values()) / len(in_time) == pytest.approx(0.86, abs=0.04)
    lengths = [(_last(statement) - _first(statement)) for statement in said() if _is_completed_assessment(statement)]
    assert sum(days.days for days in lengths) / len(lengths) == pytest.approx(33 * 7 / 5, rel=0.12)


def _is_completed_assessment(statement: Statement) -> bool:
    return statement.data.get("kind") == "assessment-completed"


@cache
def _starts() -> dict[str, date]:
    return {
        str(statement.data["outcome_id"]): date.fromisoformat(str(statement.data["occurred_on"]))
        for statement in said()
        if statement.data.get("kind") == "assessment-started"
    }


def _first(statement: Statement) -> date:
    return _starts()[str(statement.data["outcome_id"])]


def _last(statement: Statement) -> date:
    return date.fromisoformat(str(statement.data["occurred_on"]))


def test_police_notices_are_graded_as_reported_and_half_of_domestic_abuse_has_a_child_present() -> None:
    grades = Counter(found.grade for found in life().occurrences)
    total = sum(grades.values())
    assert 0.65 <= grades["standard"] / total <= 0.75
    assert 0.18 <= grades["medium"] / total <= 0.25
    assert 0.07 <= grades["high"] / total <= 0.12
    domestic = [found.child_present for found in life().occurrences if found.sort == "domestic-abuse"]
    assert sum(domestic) / len(domestic) == pytest.approx(0.5, abs=0.03)


def test_a_few_children_make_most_of_the_missing_episodes_and_most_are_home_in_two_days() -> None:
    missing = [found for found in life().occurrences if found.sort == "missing"]
    counts = sorted(Counter(found.subject for found in missing).values(), reverse=True)
    assert sum(counts[: len(counts) // 10]) / sum(counts) > 0.3
    assert counts[0] > 10
    ended: dict[str, timedelta] = {}
    for statement in said():
        episode = statement.data.get("missing")
        if isinstance(episode, dict) and episode["ended_at"] is not None:
            hours = _lasted(str(episode["started_at"]), str(episode["ended_at"]))
            ended[str(statement.data["notification_id"])] = hours
    assert sum(lasted <= timedelta(hours=48) for lasted in ended.values()) / len(ended) == pytest.approx(0.87, abs=0.03)


def _lasted(start: str, end: str) -> timedelta:
    return datetime.fromisoformat(end) - datetime.fromisoformat(start)


def test_trouble_and_what_the_police_see_of_it_are_heavy_tailed() -> None:
    counts = Counter(found.family for found in life().occurrences)
    each = sorted((counts[family] for family in life().families), reverse=True)
    assert sum(each[: len(each) // 10]) / sum(each) > 0.35
    assert each[len(each) // 2] <= 3  # in three years, where the mean is seven
    assert max(len(family.children) for family in life().families) >= 6


def test_outcomes_follow_the_trouble_that_nobody_sees() -> None:
    def mean(courses: list[Course]) -> float:
        return sum(course.contact.family.trouble.at(course.contact.day) for course in courses) / len(courses)

    with_plan = [course for course in life().courses if course.plan]
    nothing = [course for course in life().courses if course.decision == "no-further-action"]
    in_need = [course for course in life().courses if course.in_need and not course.plan]
    assert mean(with_plan) > 1.5 * mean(in_need)
    assert mean(in_need) > 1.2 * mean(nothing)
