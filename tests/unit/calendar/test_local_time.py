from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from models.calendar.local_time import date_of, day_of, local_day, local_moment, midnight, to_datetime, to_moment


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # the caller gives year, month, day and on


def test_a_moment_is_exact_to_the_microsecond() -> None:
    value = datetime(2026, 7, 1, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=-5, minutes=-30)))
    assert to_datetime(to_moment(value)) == value
    assert to_datetime(to_moment(value)).tzinfo is UTC
    assert to_moment(utc(1970, 1, 1)) == 0
    assert to_moment(utc(1969, 12, 31, 23, 59, 59, 999999)) == -1


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without zone"):
        to_moment(datetime(2026, 7, 1))  # noqa: DTZ001


def test_a_local_time_with_a_zone_of_its_own_is_refused() -> None:
    with pytest.raises(ValueError, match="without zone"):
        local_moment(day_of(date(2026, 7, 1)), time(8, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (utc(2026, 1, 1), date(2026, 1, 1)),
        (utc(2026, 6, 30, 22, 59, 59), date(2026, 6, 30)),
        (utc(2026, 6, 30, 23), date(2026, 7, 1)),  # summer time: midnight is 23:00 UTC
        (utc(2026, 10, 24, 23), date(2026, 10, 25)),
        (utc(2026, 10, 25, 23, 59), date(2026, 10, 25)),  # the day of 25 hours
        (utc(2026, 3, 29, 22, 59), date(2026, 3, 29)),  # the day of 23 hours
        (utc(2026, 3, 29, 23), date(2026, 3, 30)),
    ],
)
def test_the_local_day_is_the_date_on_an_english_wall(moment: datetime, day: date) -> None:
    assert date_of(local_day(to_moment(moment))) == day


def test_the_days_of_the_clock_changes_have_23_and_25_hours() -> None:
    spring, autumn = day_of(date(2026, 3, 29)), day_of(date(2026, 10, 25))
    hour = 3_600_000_000
    assert midnight(type(spring)(spring + 1)) - midnight(spring) == 23 * hour
    assert midnight(type(autumn)(autumn + 1)) - midnight(autumn) == 25 * hour


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        (date(2026, 11, 3), time(8, 30), utc(2026, 11, 3, 8, 30)),
        (date(2026, 6, 3), time(8, 30), utc(2026, 6, 3, 7, 30)),
        (date(2026, 3, 29), time(0, 59, 59), utc(2026, 3, 29, 0, 59, 59)),
        (date(2026, 3, 29), time(1, 0), utc(2026, 3, 29, 1)),  # never shown: the moment of the change
        (date(2026, 3, 29), time(1, 59), utc(2026, 3, 29, 1)),
        (date(2026, 3, 29), time(2, 0), utc(2026, 3, 29, 1)),
        (date(2026, 10, 25), time(1, 30), utc(2026, 10, 25, 0, 30)),  # shown twice: the first
        (date(2026, 10, 25), time(1, 30, fold=1), utc(2026, 10, 25, 0, 30)),
        (date(2026, 10, 25), time(2, 0), utc(2026, 10, 25, 2)),
    ],
)
def test_a_local_time_is_when_the_wall_clock_first_shows_it(day: date, at: time, moment: datetime) -> None:
    assert to_datetime(local_moment(day_of(day), at)) == moment
