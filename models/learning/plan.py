"""What is fixed before anything is measured. Its hash stands in every report: a plan made afterwards has another."""

from __future__ import annotations

from msgspec import Struct

from models.learning.canonical import hash_of, to_canonical
from models.learning.specification import FTRL, Sign
from models.transforms import Transform

BAR = 0.65
"""The average precision that the sector's inspectors and vendors name, without naming the base rate beside it."""
WARM_UP = 500
UNDECLARED = FTRL(l2=0.1, averaging=3.0)
"""For a file of which nobody has said what its columns are: larger first steps (.48 for .25), and a longer mean. Nearer
to a batch model, which such a file is held against, and slower after a change than the registered numbers."""
MEASURED_FROM = 0.5


class Declared(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the plan says of one column; what it leaves out is decided by the warm-up."""

    name: str
    transform: Transform | None = None
    sign: Sign = 0


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a set of examples is to be evaluated."""

    features: tuple[Declared, ...]
    """In the order of the columns."""
    bar: float = BAR
    prevalence: float | None = None
    """The registered base rate, from elsewhere; without it that of the warm-up."""
    rule: str | None = None
    """The one-feature rule; without it the best of the warm-up."""
    horizon: int | None = None
    """In ticks: no label is learned sooner after its event."""
    warm_up: int = WARM_UP
    measured_from: float = MEASURED_FROM
    """The share of rows, in order of time, that only teach."""
    per_day: int | None = None
    share: float = 0.05
    """The room for prompts, as a share of rows, where ``per_day`` does not say it."""
    refits: int = 12
    draws: int = 1000
    accepted: tuple[str, ...] = ()
    """Features that a named person has looked at and found honest, however good they are alone."""
    ftrl: FTRL | None = None
    """Without it the registered numbers, or ``UNDECLARED`` where a column's transform is left to the warm-up."""
    intercept_lr: float = 0.02

    def warm_up_of(self, rows: int) -> int:
        """How many matured rows come before the features are frozen: fewer where the file is short."""
        return min(self.warm_up, max(20, rows // 10))


def hash_plan(plan: Plan) -> str:
    """The name of a plan: 16 hexadecimal digits."""
    return hash_of(to_canonical(plan))
