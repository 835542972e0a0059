"""How much of school a child missed, by the DfE's measures: shares of its own possible sessions, exactly.

*Persistent* absence is 10 % of a pupil's own possible sessions and more, *severe* is 50 % and more (DOMAIN section
2.3). Missed is what counts as the child's absence, with leave or without (EVENTS section 2: C2, E and T do not count).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from models.family.register import Counts

PERSISTENT: Final = Fraction(1, 10)
SEVERE: Final = Fraction(1, 2)


def absent_share(counted: Counts) -> Fraction | None:
    """Missed of possible sessions, 0 to 1; None if there was none to attend."""
    return Fraction(counted.absent, counted.possible) if counted.possible else None


def is_persistent(counted: Counts) -> bool:
    """Whether a tenth of the possible sessions was missed, or more."""
    share = absent_share(counted)
    return share is not None and share >= PERSISTENT


def is_severe(counted: Counts) -> bool:
    """Whether half of the possible sessions was missed, or more."""
    share = absent_share(counted)
    return share is not None and share >= SEVERE
