from datetime import date

from models.calendar.dates import in_words
from models.calendar.local_time import day_of


def test_a_date_in_words_has_no_leading_nought() -> None:
    assert in_words(day_of(date(2026, 11, 3))) == "3 November 2026"
