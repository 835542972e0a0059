"""The register codes of school attendance in England, each in its one class.

DfE register codes in force since 19 August 2024 (DOMAIN section 2.3); which of them count as absent is said in EVENTS
section 2. A code that is in no class is refused at the door (``schemas.wire.school_absence_v1``).
"""

from __future__ import annotations

from typing import Final

UNAUTHORISED: Final = frozenset({"G", "N", "O", "U"})
"""Missed without leave: holiday not granted, no reason yet, other, late after the register closed."""
AUTHORISED: Final = frozenset({"C1", "M", "J1", "S", "C", "R", "I"})
"""Missed with leave, and the child's absence."""
NOT_COUNTED: Final = frozenset({"C2", "E", "T"})
"""Possible sessions that are not the child's absence: part-time timetable, excluded, Traveller child travelling."""
PRESENT: Final = frozenset({"/", "\\", "L", "K", "V", "P", "W", "B"})
"""In school, or where the school or the council sent the child (K)."""
IMPOSSIBLE: Final = frozenset({"D", "X", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "#"})
"""Not a possible session: never counted for or against a child."""

ABSENT: Final = UNAUTHORISED | AUTHORISED

# fmt: off
CODES: Final = (
    "#", "/", "B", "C", "C1", "C2", "D", "E", "G", "I", "J1", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U",
    "V", "W", "X", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "\\",
)
# fmt: on
"""Every code, in the order of the letters that stories keep them under. A stored format: append only."""

LETTERS: Final = dict(zip(CODES, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", strict=False))
CODE_OF: Final = {letter: code for code, letter in LETTERS.items()}
NOTHING: Final = "."
"""The letter of a session of which nothing is known."""
TAKEN_BACK: Final = "-"
"""The letter of a session whose mark was retracted."""

RANK: Final = {
    **dict.fromkeys(UNAUTHORISED, 4),
    **dict.fromkeys(AUTHORISED, 3),
    **dict.fromkeys(NOT_COUNTED, 2),
    **dict.fromkeys(PRESENT, 1),
    **dict.fromkeys(IMPOSSIBLE, 0),
}
"""Of several schools' marks for one session the highest counts (EVENTS section 2)."""
