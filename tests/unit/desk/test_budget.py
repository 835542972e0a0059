from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from models.desk.clocks import wake_at

Desk = Any  # the desk of conftest.py, which cannot be imported
When = Callable[..., Any]


@pytest.fixture
def desk(desk_with: Any) -> Desk:
    """A desk whose teams have a budget of two prompts a day."""
    return desk_with(budget=2)


def statuses(desk: Desk, moments: list[Any], **said: Any) -> list[str]:
    return [
        desk.raised(f"r-{moment}-{number}", moment, family=f"f-{moment}-{number}", **said)[0].status
        for number, moment in enumerate(moments)
    ]


def test_prompts_open_within_the_budget_and_wait_above_it(desk: Desk, when: When) -> None:
    assert statuses(desk, [when(3)] * 4) == ["open", "open", "waiting", "waiting"]


def test_without_a_budget_everything_opens(desk_with: Any, when: When) -> None:
    assert statuses(desk_with(), [when(3)] * 9) == ["open"] * 9


def test_each_team_has_a_budget_of_its_own(desk: Desk, when: When) -> None:
    statuses(desk, [when(3)] * 3)
    assert statuses(desk, [when(3, 11)] * 3, open_case=True) == ["open", "open", "waiting"]


def test_waiting_prompts_open_at_midnight_oldest_first(desk: Desk, when: When) -> None:
    statuses(desk, [when(3, hour) for hour in (8, 9, 10, 11, 12)])
    waiting = [one for one in desk.published if one.status == "waiting"]
    assert wake_at(desk.state) == when(4, 0)
    assert desk.wait_until(when(3, 23, 59)) == ()
    released = desk.wait_until(when(4, 0))
    assert [one.prompt_id for one in released] == [one.prompt_id for one in waiting[:2]]
    assert {(one.status, one.revision) for one in released} == {("open", 2)}
    assert {one.updated_at for one in released} == {released[0].updated_at}


def test_the_budget_of_every_missed_midnight_counts(desk: Desk, when: When) -> None:
    statuses(desk, [when(3)] * 7)
    released = desk.wait_until(when(6))
    assert [one.updated_at.day for one in released] == [4, 4, 5, 5, 6]
    assert statuses(desk, [when(6)] * 2) == ["open", "waiting"]


def test_the_day_of_the_budget_is_the_local_one(desk: Desk, when: When) -> None:
    assert statuses(desk, [when(1, 23, 30, month=7)] * 3) == ["open", "open", "waiting"]  # 22:30 UTC
    desk.wait_until(when(2, 0, month=7))  # 23:00 UTC, still the first of July there
    assert desk.published[-1].status == "open"


def test_nobody_overtakes_one_that_waits(desk: Desk, when: When) -> None:
    statuses(desk, [when(3, 8)] * 5)
    desk.wait_until(when(4, 0))
    assert statuses(desk, [when(4)]) == ["waiting"]
    first_of_the_day = desk.wait_until(when(5, 0))
    assert [one.raised_at.day for one in first_of_the_day] == [3, 4]


def test_one_that_comes_back_at_midnight_does_not_overtake_an_older_one(desk: Desk, when: When) -> None:
    statuses(desk, [when(3, hour) for hour in (6, 7, 8, 9, 10)])
    last = desk.published[-1]
    desk.act("snoozed", last, when(3, 11), until=when(4, 0))
    desk.wait_until(when(4, 0))
    assert desk.latest(last).status == "waiting"


def test_what_bypasses_the_budget_opens_at_once_and_counts(desk: Desk, when: When) -> None:
    assert statuses(desk, [when(3)] * 4, bypasses_budget=True) == ["open"] * 4
    assert statuses(desk, [when(3, 11)]) == ["waiting"]


def test_a_reason_that_bypasses_opens_the_prompt_that_waits(desk: Desk, when: When) -> None:
    statuses(desk, [when(3, 8)] * 3)
    (opened,) = desk.raised("r-red", when(3), family=desk.published[-1].family, bypasses_budget=True)
    assert (opened.status, opened.revision) == ("open", 2)


def test_an_ordinary_further_reason_leaves_a_waiting_prompt_waiting(desk: Desk, when: When) -> None:
    statuses(desk, [when(3, 8)] * 3)
    (still,) = desk.raised("r-more", when(3), family=desk.published[-1].family)
    assert (still.status, still.revision) == ("waiting", 2)


def test_closing_a_prompt_frees_no_place(desk: Desk, when: When) -> None:
    statuses(desk, [when(3, 8)] * 2)
    desk.act("disposed", desk.published[0], when(3, 9))
    assert statuses(desk, [when(3)]) == ["waiting"]


def test_taking_up_a_waiting_prompt_opens_it(desk: Desk, when: When) -> None:
    statuses(desk, [when(3, 8)] * 3)
    for action in ("acknowledged", "assigned"):
        (opened,) = desk.act(action, desk.published[-1], when(3))
        assert opened.status == "open"


def test_a_snoozed_prompt_that_never_opened_needs_room_when_it_comes_back(desk: Desk, when: When) -> None:
    statuses(desk, [when(3, 8)] * 3)
    desk.act("snoozed", desk.published[-1], when(3, 9), until=when(3, 11))
    (back,) = desk.wait_until(when(3, 11))
    assert back.status == "waiting"
    (opened,) = desk.wait_until(when(4, 0))
    assert opened.status == "open"


def test_a_snoozed_prompt_that_was_open_needs_no_second_place(desk: Desk, when: When) -> None:
    statuses(desk, [when(3, 8)] * 2)
    desk.act("snoozed", desk.published[0], when(3, 9), until=when(3, 11))
    (back,) = desk.wait_until(when(3, 11))
    assert back.status == "open"


def test_a_waiting_prompt_can_be_answered_without_having_opened(desk: Desk, when: When) -> None:
    statuses(desk, [when(3, 8)] * 3)
    (closed,) = desk.act("disposed", desk.published[-1], when(3, 9))
    assert closed.status == "closed"
    assert wake_at(desk.state) is None


def test_a_team_with_a_budget_of_none_at_all_keeps_everything_waiting(desk_with: Any, when: When) -> None:
    desk = desk_with(budget=0)
    assert statuses(desk, [when(3)]) == ["waiting"]
    assert desk.wait_until(when(20)) == ()


def hours_of(days: str, closing: str = "17:30") -> Any:
    """Working hours on these days: o open, - closed, Monday first."""
    opens, closes = time(8, 30), time.fromisoformat(closing)
    return tuple((opens, closes) if day == "o" else None for day in days)


def test_what_waits_opens_on_a_day_on_which_the_team_works(desk_with: Any, when: When) -> None:
    desk = desk_with(budget=1, hours=hours_of("ooooo--"))
    assert statuses(desk, [when(6)] * 4) == ["open", "waiting", "waiting", "waiting"]  # a Friday
    later = desk.wait_until(when(10, 12))
    assert [(one.status, one.updated_at.day) for one in later] == [("open", 9), ("open", 10)]


def test_a_team_of_office_hours_opens_nothing_on_a_bank_holiday(desk_with: Any, when: When) -> None:
    desk = desk_with(budget=1, hours=hours_of("ooooo--"))
    assert statuses(desk, [when(24, month=12)] * 2) == ["open", "waiting"]  # a Thursday; Boxing Day is kept on the 28th
    (opened,) = desk.wait_until(when(30, month=12))
    assert opened.updated_at.day == 29


def test_a_team_that_works_on_sundays_works_on_bank_holidays(desk_with: Any, when: When) -> None:
    desk = desk_with(budget=1, hours=hours_of("ooooooo"))
    assert statuses(desk, [when(24, month=12)] * 2) == ["open", "waiting"]
    (opened,) = desk.wait_until(when(30, month=12))
    assert opened.updated_at.day == 25


def test_what_is_raised_on_a_free_day_opens_within_the_budget_of_that_day(desk_with: Any, when: When) -> None:
    desk = desk_with(budget=1, hours=hours_of("ooooo--"))
    assert statuses(desk, [when(7), when(7), when(8)]) == ["open", "waiting", "waiting"]  # nobody overtakes
    assert [one.updated_at.day for one in desk.wait_until(when(10, 12))] == [9, 10]
