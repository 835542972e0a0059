"""A fact is kept up to the day 13 calendar months after its latest date, and is gone the day after."""

from __future__ import annotations

from datetime import date

import pytest

from models.calendar.local_time import date_of, day_of
from models.calendar.retention import gone_on
from tests.saying import moment, outcome
from tests.telling import tell


@pytest.mark.parametrize(
    ("latest", "gone"),
    [
        (date(2025, 1, 15), date(2026, 2, 16)),
        (date(2025, 1, 31), date(2026, 3, 1)),
        (date(2023, 1, 31), date(2024, 3, 1)),  # a leap year: kept on 29 February
        (date(2024, 11, 30), date(2025, 12, 31)),
        (date(2024, 12, 31), date(2026, 2, 1)),
        (date(9999, 12, 31), date(9999, 12, 31)),
        (date(9998, 11, 30), date(9999, 12, 31)),
    ],
)
def test_thirteen_months_and_a_day(latest: date, gone: date) -> None:
    assert date_of(gone_on(day_of(latest))) == gone


def test_a_fact_is_there_on_its_last_day_and_gone_the_day_after() -> None:
    told = tell(outcome("o1", at=0, on=0, what="s47-started"))  # 2 March 2026, kept to 2 April 2027
    told.let_time_pass(moment(396))
    assert told.families
    told.let_time_pass(moment(397))
    assert not told.families


def test_the_start_of_a_plan_stays_until_thirteen_months_after_its_end() -> None:
    told = tell(outcome("o1", at=0, on=0, what="cin-plan-started"))
    told.let_time_pass(moment(2000))
    assert told.families
    told.hear(outcome("o2", at=2001, on=2001, what="cin-plan-ended"))
    told.let_time_pass(moment(2001 + 390))
    assert told.families
    told.let_time_pass(moment(2001 + 400))
    assert not told.families


def test_an_end_too_old_to_be_kept_still_closes_its_plan() -> None:
    told = tell(
        outcome("o1", at=600, on=0, what="cin-plan-started"), outcome("o2", at=601, on=5, what="cin-plan-ended")
    )
    assert not told.families
