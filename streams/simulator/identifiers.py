"""Made-up identifiers that pass the partners' checks: none of them can belong to a person.

NHS numbers come from the range kept for tests (999 ...), pupil numbers from the authority code 999 that no authority
has.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.check_digits import UPN_LETTERS, upn_letter


def pupil_number(establishment: int, year: int, serial: int) -> str:
    """A unique pupil number (UPN): check letter, 999, establishment (4 digits), year (2), serial (3)."""
    digits = f"999{establishment:04d}{year:02d}{serial:03d}"
    return upn_letter(digits) + digits


def with_wrong_letter(upn: str) -> str:
    """The same pupil number under the next check letter: well formed, and wrong."""
    return UPN_LETTERS[(UPN_LETTERS.index(upn[0]) + 1) % len(UPN_LETTERS)] + upn[1:]


def as_temporary(upn: str) -> str:
    """The same pupil number as a temporary one, with a final letter: refused at the door."""
    return upn[:12] + "A"


def nhs_numbers() -> Iterator[str]:
    """Every valid NHS number of the test range 999, in a fixed order that does not look like counting."""
    for count in range(1_000_000):
        first_nine = f"999{count * 618_033 % 1_000_000:06d}"
        check = nhs_check_digit(first_nine)
        if check is not None:
            yield f"{first_nine}{check}"


def nhs_check_digit(first_nine: str) -> int | None:
    """The tenth digit: first nine times 10 to 2, 11 minus the sum modulo 11; 11 gives 0, for 10 there is none."""
    remainder = 11 - sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), first_nine, strict=True)) % 11
    return None if remainder == 10 else remainder % 11


def with_wrong_digit(nhs_number: str) -> str:
    """The same NHS number with the next check digit: well formed, and wrong."""
    return nhs_number[:9] + str((int(nhs_number[9]) + 1) % 10)
