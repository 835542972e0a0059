"""Laws of the simulated town, over seeds and sizes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.check_digits import nhs_number_is_valid, upn_is_valid
from streams.hub import parse_hub
from streams.intake.accept import Door
from streams.intake.pseudonyms import PUBLISHED_KEY
from streams.simulator.arrivals import to_line, to_record
from streams.simulator.identifiers import (
    as_temporary,
    nhs_check_digit,
    pupil_number,
    with_wrong_digit,
    with_wrong_letter,
)
from streams.simulator.town import SMALL, Town, arrivals, balance
from tests.unit.simulator.reading import at_the_door, name_of, on_the_broker, rehearse_arrivals


def a_town(seed: int, families: int, start: int, days: int, malformed: float) -> Town:
    first = date(2024, 9, 1) + timedelta(days=start)
    return replace(SMALL, seed=seed, families=families, start=first, days=days, malformed=malformed)


TOWNS = st.builds(
    a_town,
    seed=st.integers(0, 10**6),
    families=st.integers(1, 8),
    start=st.integers(0, 700),
    days=st.integers(1, 45),
    malformed=st.floats(0, 0.3),
)


@settings(max_examples=15)
@given(TOWNS)
def test_a_town_is_a_function_of_its_seed(town: Town) -> None:
    once, again = arrivals(town), arrivals(replace(town))
    assert [to_line(arrival) for arrival in once] == [to_line(arrival) for arrival in again]
    assert list(map(to_record, once)) == list(map(to_record, again))


@settings(max_examples=min(25, settings().max_examples))
@given(TOWNS)
def test_intake_answers_every_message_of_any_town_as_the_town_says(town: Town) -> None:
    door = Door(parse_hub(town.hub()), PUBLISHED_KEY)
    for arrival in arrivals(town):
        assert name_of(on_the_broker(door, arrival)) == at_the_door(arrival.fate), arrival


@settings(max_examples=12)
@given(TOWNS)
def test_the_ledger_of_any_town_is_that_of_its_rehearsal(town: Town) -> None:
    arrived = arrivals(town)
    drawn = rehearse_arrivals(arrived, parse_hub(town.hub())).balance()
    ledger = balance(arrived, "file")
    assert {name: getattr(drawn, name) for name in ledger} == ledger


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 999))
def test_a_pupil_number_passes_and_its_spoilt_forms_do_not(establishment: int, year: int, serial: int) -> None:
    upn = pupil_number(establishment, year, serial)
    assert upn_is_valid(upn)
    assert not upn_is_valid(with_wrong_letter(upn))
    assert not upn_is_valid(as_temporary(upn))


@given(st.integers(0, 999_999))
def test_an_nhs_number_of_the_test_range_passes_and_with_another_digit_does_not(number: int) -> None:
    first_nine = f"999{number:06d}"
    check = nhs_check_digit(first_nine)
    if check is None:
        assert not any(nhs_number_is_valid(f"{first_nine}{digit}") for digit in range(10))
        return
    assert nhs_number_is_valid(f"{first_nine}{check}")
    assert not nhs_number_is_valid(with_wrong_digit(f"{first_nine}{check}"))
