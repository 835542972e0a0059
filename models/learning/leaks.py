"""Features that know too much.

Where the label itself was copied into a feature, or the feature was computed after the outcome, one feature alone ranks
about as well as anything could. At the base rates of this field no honest feature does.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from models.learning.baselines import best_alone
from models.learning.measures.average_precision import boyd

ROOT = 0.2
"""The limit is the fifth root of the base rate: an average precision of .5 at 3 %, .63 at 10 %, .78 at 30 %."""
TIMES_THE_NEXT = 3
FEWEST_POSITIVES = 10
"""With fewer, chance alone makes one feature three times the next."""


class Alone(Struct, frozen=True):
    """One feature by itself, in its better direction."""

    feature: str
    average_precision: float
    alarm: bool


def look_for_leaks(names: Sequence[str], rows: Sequence[Sequence[float]], labels: Sequence[bool]) -> tuple[Alone, ...]:
    """Every feature alone, the best first.

    The alarm is raised above the limit of ``ROOT``, and where the best has three times the average precision of the
    next, beyond what their intervals allow.
    """
    positives = sum(labels)
    if not positives or not rows:
        return ()
    prevalence = positives / len(labels)
    columns = zip(*rows, strict=True)
    ranked = sorted(
        ((best_alone(column, labels), name) for name, column in zip(names, columns, strict=True)),
        key=lambda one: (-one[0], one[1]),
    )
    limit = prevalence**ROOT
    return tuple(
        Alone(name, value, positives >= FEWEST_POSITIVES and (value > limit or _towers(ranked, place, positives)))
        for place, (value, name) in enumerate(ranked)
    )


def _towers(ranked: Sequence[tuple[float, str]], place: int, positives: int) -> bool:
    """Whether the best feature has three times the average precision of the second, beyond chance."""
    if place or len(ranked) < 2:
        return False
    best, second = ranked[0][0], ranked[1][0]
    return best > TIMES_THE_NEXT * second and boyd(best, positives).low > boyd(second, positives).high
