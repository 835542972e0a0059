"""The calendar against slow and obvious references."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.calendar.local_time import date_of, day_of, local_day, local_moment, midnight, to_datetime, to_moment
from models.calendar.school_days import SchoolCalendar
from models.calendar.working_days import due_at, is_working_day, next_working_day_after, working_days_between
from schemas.hub import Period
from schemas.identifiers import Day, Moment

LONDON = ZoneInfo("Europe/London")
MOMENTS = st.datetimes(datetime(1972, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(date(1972, 1, 1), date(2099, 1, 1)).map(day_of)
CHANGES = st.sampled_from(
    [  # within a day and a half of a change of the clocks, where mistakes live
        datetime(2026, 3, 29, 1, tzinfo=UTC) + timedelta(hours=hours, microseconds=beside)
        for hours in range(-36, 37)
        for beside in (-1, 0, 1)
    ]
    + [
        datetime(2026, 10, 25, 1, tzinfo=UTC) + timedelta(hours=hours, microseconds=beside)
        for hours in range(-36, 37)
        for beside in (-1, 0, 1)
    ]
)


@given(MOMENTS | CHANGES)
def test_moments_and_datetimes_are_one_to_one(value: datetime) -> None:
    assert to_datetime(to_moment(value)) == value
    assert to_moment(value.astimezone(LONDON)) == to_moment(value)


@given(MOMENTS | CHANGES)
def test_the_local_day_is_that_of_the_zone_database(value: datetime) -> None:
    assert date_of(local_day(to_moment(value))) == value.astimezone(LONDON).date()


@given(MOMENTS | CHANGES)
def test_a_moment_lies_between_the_midnights_of_its_day(value: datetime) -> None:
    moment = to_moment(value)
    day = local_day(moment)
    assert midnight(day) <= moment < midnight(Day(day + 1))
    assert local_moment(day, time()) == midnight(day)


@given(CHANGES, st.times(), st.times())
def test_an_earlier_wall_time_never_gives_a_later_moment(value: datetime, one: time, other: time) -> None:
    day = local_day(to_moment(value))
    first, second = sorted((one.replace(fold=0), other.replace(fold=0)))
    assert local_moment(day, first) <= local_moment(day, second)


@given(MOMENTS | CHANGES)
def test_a_wall_time_gives_the_first_moment_that_shows_it(value: datetime) -> None:
    wall = value.astimezone(LONDON)
    moment = local_moment(day_of(wall.date()), wall.time())
    assert to_datetime(moment).astimezone(LONDON).time() == wall.time()
    assert moment == to_moment(value) - (3_600_000_000 if wall.fold else 0)


@given(DAYS)
def test_the_next_working_day_is_the_first_that_one_finds_by_looking(day: Day) -> None:
    following = next_working_day_after(day)
    assert is_working_day(following)
    assert not any(is_working_day(Day(between)) for between in range(day + 1, following))
    assert working_days_between(day, following) == 1
    assert following - day <= 5


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_working_days_add_up(day: Day, first: int, second: int) -> None:
    middle, last = Day(day + first), Day(day + first + second)
    assert working_days_between(day, last) == working_days_between(day, middle) + working_days_between(middle, last)


@given(MOMENTS | CHANGES)
def test_a_due_time_is_a_local_midnight_one_to_six_days_on(value: datetime) -> None:
    due = to_datetime(due_at(to_moment(value))).astimezone(LONDON)
    assert due.time() == time()
    assert timedelta(days=2) <= due.date() - value.astimezone(LONDON).date() <= timedelta(days=6)
    assert is_working_day(day_of(due.date() - timedelta(days=1)))


PERIODS = st.builds(
    lambda first, length: Period(first=first, last=first + timedelta(days=length)),
    st.dates(date(2026, 8, 1), date(2027, 7, 31)),
    st.integers(0, 60),
)


@given(
    st.lists(PERIODS, max_size=4),
    st.lists(PERIODS, max_size=3),
    st.datetimes(datetime(2026, 6, 1), datetime(2027, 9, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_the_next_school_morning_is_the_first_that_one_finds_by_looking(
    terms: list[Period], closures: list[Period], value: datetime
) -> None:
    def is_school_day(day: date) -> bool:
        return (
            any(term.first <= day <= term.last for term in terms)
            and not any(closure.first <= day <= closure.last for closure in closures)
            and is_working_day(day_of(day))
        )

    today = value.astimezone(LONDON).date()
    mornings = (
        datetime.combine(day, time(8, 30), LONDON)
        for day in (today + timedelta(days=ahead) for ahead in range(121))
        if is_school_day(day)
    )
    expected: Moment | None = next((to_moment(morning) for morning in mornings if morning > value), None)
    assert SchoolCalendar(terms, closures).first_school_day_moment_after(to_moment(value)) == expected
