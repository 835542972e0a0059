"""Check digits of the two national identifiers that partners send: they catch a slip of the pen, nothing more.

A number that passes may still belong to nobody, or to somebody else.
"""

import re
from typing import Final

UPN_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"  # 23 letters; I, O and S are left out, they look like digits
_PERMANENT_UPN: Final = re.compile(r"[A-Z][0-9]{12}")
_TEMPORARY_UPN: Final = re.compile(r"[A-Z][0-9]{11}[A-Z]")
_NHS_NUMBER: Final = re.compile(r"[0-9]{10}")


def upn_letter(digits: str) -> str:
    """The first letter that belongs to a UPN's twelve digits.

    Digits are weighted 2 to 13 from the left; the sum modulo 23 picks the letter.
    Source: DfE, unique pupil numbers; design DOMAIN section 2.5.
    """
    return UPN_LETTERS[sum(int(digit) * weight for weight, digit in enumerate(digits, start=2)) % 23]


def upn_is_valid(value: str) -> bool:
    """Whether this is a permanent unique pupil number: upper case, no spaces, its letter the right one.

    A temporary number (last character a letter) is not one: it changes when the pupil moves.
    """
    return _PERMANENT_UPN.fullmatch(value) is not None and value[0] == upn_letter(value[1:])


def upn_is_temporary(value: str) -> bool:
    """Whether this has the form of a temporary unique pupil number: a letter, eleven digits, a letter."""
    return _TEMPORARY_UPN.fullmatch(value) is not None


def nhs_number_is_valid(value: str) -> bool:
    """Whether these ten digits, without spaces, carry the right last one.

    The first nine are weighted 10 to 2; 11 less the sum modulo 11 is the last, 11 counts as 0, and 10 has no number.
    Source: NHS data dictionary, NHS number; design DOMAIN section 2.5.
    """
    if _NHS_NUMBER.fullmatch(value) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(value[:9], range(10, 1, -1), strict=True))
    check = (11 - total % 11) % 11
    return check != 10 and check == int(value[9])
