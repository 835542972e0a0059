"""The check digits of pupil and NHS numbers."""

import pytest

from schemas.check_digits import nhs_number_is_valid, upn_is_temporary, upn_is_valid, upn_letter


@pytest.mark.parametrize(("digits", "letter"), [("999400124001", "W"), ("999400124012", "Y"), ("999400124003", "Z")])
def test_the_worked_pupil_numbers_have_their_letters(digits: str, letter: str) -> None:
    assert upn_letter(digits) == letter
    assert upn_is_valid(letter + digits)


@pytest.mark.parametrize("number", ["9990000018", "9990000050"])
def test_the_worked_nhs_numbers_pass(number: str) -> None:
    assert nhs_number_is_valid(number)


def test_an_nhs_number_whose_check_digit_would_be_ten_does_not_exist() -> None:
    assert not any(nhs_number_is_valid(f"999000000{last}") for last in range(10))


@pytest.mark.parametrize(
    "value",
    ["", "w999400124001", "A999400124001", "W99940012400", "W9994001240010", " W999400124001", "W999400124001\n"],
)
def test_no_other_form_of_pupil_number_passes(value: str) -> None:
    assert not upn_is_valid(value)


def test_digits_of_other_scripts_are_not_digits() -> None:
    assert not upn_is_valid("W99940012400\u0661")
    assert not nhs_number_is_valid("999000001\u0668")


@pytest.mark.parametrize("value", ["", "999 000 0018", "9990000019", "99900000180", "999000001\n"])
def test_no_other_form_of_nhs_number_passes(value: str) -> None:
    assert not nhs_number_is_valid(value)


def test_a_temporary_pupil_number_is_told_from_a_permanent_one() -> None:
    assert upn_is_temporary("X98765432123B")
    assert not upn_is_valid("X98765432123B")
    assert not upn_is_temporary("W999400124001")


def test_every_slip_of_one_digit_and_every_swap_of_neighbours_is_caught() -> None:
    good = "W999400124001"
    slips = {good[:at] + digit + good[at + 1 :] for at in range(1, 13) for digit in "0123456789"} - {good}
    swaps = {good[:at] + good[at + 1] + good[at] + good[at + 2 :] for at in range(1, 12)} - {good}
    assert not any(upn_is_valid(value) for value in slips | swaps)
