"""Every register code in its one class (DOMAIN section 2.3, EVENTS section 2)."""

from __future__ import annotations

from typing import get_args

import pytest

from models.family.codes import AUTHORISED, CODES, IMPOSSIBLE, LETTERS, NOT_COUNTED, PRESENT, TAKEN_BACK, UNAUTHORISED
from models.family.codes import NOTHING as NOTHING_KNOWN
from models.family.register import Counts
from models.family.view import View
from schemas.wire.school_absence_v1 import RegisterCode
from tests.saying import day, marks
from tests.telling import tell

PRESENT_THERE = Counts(1, 0, 0)
WITH_LEAVE = Counts(1, 1, 0)
WITHOUT_LEAVE = Counts(1, 1, 1)
NOT_THE_CHILDS_ABSENCE = Counts(1, 0, 0)
NOT_POSSIBLE = Counts(0, 0, 0)

COUNTED = {
    "/": PRESENT_THERE,
    "\\": PRESENT_THERE,
    "L": PRESENT_THERE,
    "K": PRESENT_THERE,
    "V": PRESENT_THERE,
    "P": PRESENT_THERE,
    "W": PRESENT_THERE,
    "B": PRESENT_THERE,
    "C1": WITH_LEAVE,
    "M": WITH_LEAVE,
    "J1": WITH_LEAVE,
    "S": WITH_LEAVE,
    "C": WITH_LEAVE,
    "R": WITH_LEAVE,
    "I": WITH_LEAVE,
    "C2": NOT_THE_CHILDS_ABSENCE,
    "E": NOT_THE_CHILDS_ABSENCE,
    "T": NOT_THE_CHILDS_ABSENCE,
    "G": WITHOUT_LEAVE,
    "N": WITHOUT_LEAVE,
    "O": WITHOUT_LEAVE,
    "U": WITHOUT_LEAVE,
    "D": NOT_POSSIBLE,
    "X": NOT_POSSIBLE,
    "Q": NOT_POSSIBLE,
    "Y1": NOT_POSSIBLE,
    "Y2": NOT_POSSIBLE,
    "Y3": NOT_POSSIBLE,
    "Y4": NOT_POSSIBLE,
    "Y5": NOT_POSSIBLE,
    "Y6": NOT_POSSIBLE,
    "Y7": NOT_POSSIBLE,
    "Z": NOT_POSSIBLE,
    "#": NOT_POSSIBLE,
}


@pytest.mark.parametrize("code", get_args(RegisterCode))
def test_every_code_that_a_partner_may_send_counts_as_its_class(code: str) -> None:
    (state,) = tell(marks((0, 0, code), at=1)).families.values()
    view = View(state)
    (child,) = view.children
    assert [session.code for session in view.sessions(child, day(0), day(0))] == [code]
    assert view.register(child, day(0)).count_days(day(0), day(0)) == COUNTED[code]


def test_every_code_has_one_class_and_one_letter() -> None:
    classes = (UNAUTHORISED, AUTHORISED, NOT_COUNTED, PRESENT, IMPOSSIBLE)
    assert sorted(code for codes in classes for code in codes) == sorted(CODES) == sorted(get_args(RegisterCode))
    assert len(set(LETTERS.values()) | {NOTHING_KNOWN, TAKEN_BACK}) == len(CODES) + 2


def test_letters_are_those_of_the_stories_already_told() -> None:
    assert "".join(f"{letter}{code} " for code, letter in LETTERS.items()) == (
        "A# B/ CB DC EC1 FC2 GD HE IG JI KJ1 LK ML NM ON PO QP RQ SR TS UT VU WV XW YX "
        "ZY1 aY2 bY3 cY4 dY5 eY6 fY7 gZ h\\ "
    )
