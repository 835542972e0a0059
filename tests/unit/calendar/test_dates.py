from datetime import date

import pytest

from models.calendar.dates import in_words, months_after
from models.calendar.local_time import date_of, day_of


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2025-11-03", 13, "2026-12-03"),
        ("2025-01-31", 13, "2026-02-28"),
        ("2027-01-29", 13, "2028-02-29"),
        ("2025-12-31", 1, "2026-01-31"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-01-15", 0, "2026-01-15"),
    ],
)
def test_a_month_later_is_the_same_date_or_the_last_of_a_shorter_month(day: str, months: int, later: str) -> None:
    assert date_of(months_after(day_of(date.fromisoformat(day)), months)).isoformat() == later


def test_a_date_in_words_has_no_leading_nought() -> None:
    assert in_words(day_of(date(2026, 11, 3))) == "3 November 2026"
