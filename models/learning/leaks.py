"""Features that know too much.

Where the label itself was copied into a feature, or the feature was computed after the outcome, one feature alone ranks
about as well as anything could, or nearly everybody whom it puts first turns out positive and hardly anybody of those
next to them: a field that was filled in afterwards, for some. At the base rates of this field no honest feature does
either; a long tail may be nearly all positive, but what comes next to it then nearly is, too.

What merely stands out from all others may be the honest one that everything rests on, or a label with much noise on it:
the figures cannot tell, so it is named for a person to look at, and raises no alarm.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from models.learning.baselines import in_better_direction
from models.learning.measures.average_precision import Ranking, boyd
from models.learning.measures.proportions import wilson

ROOT = 0.2
"""The limit is the fifth root of the base rate: an average precision of .5 at 3 %, .63 at 10 %, .78 at 30 %."""
PUREST_SHARE = 0.8
PUREST_ODDS = 100
"""Of those ranked first, so large a share was positive, at odds so many times those of the base rate. A flag worth four
on the logit's scale, which would be the strongest of its field, has 55 times."""
CLIFF = 2.0
"""And of as many who come next, no more were positive than so many times the base rate."""
TIMES_THE_NEXT = 3
FEWEST_POSITIVES = 10
"""With fewer, chance alone makes one feature three times the next."""


class Alone(Struct, frozen=True):
    """One feature by itself, in its better direction."""

    feature: str
    average_precision: float
    alarm: bool
    """It knows more than an honest feature can."""
    stands_out: bool
    """Without an alarm, it has three times the average precision of the next, beyond what their intervals allow."""


def look_for_leaks(names: Sequence[str], rows: Sequence[Sequence[float]], labels: Sequence[bool]) -> tuple[Alone, ...]:
    """Every feature alone, the best first."""
    positives = sum(labels)
    if not positives or not rows:
        return ()
    prevalence = positives / len(labels)
    told = []
    for name, column in zip(names, zip(*rows, strict=True), strict=True):
        value, ranking = in_better_direction(column, labels)
        knows = value > prevalence**ROOT or _is_pure(ranking, positives, len(labels))
        told.append((value, name, positives >= FEWEST_POSITIVES and knows))
    told.sort(key=lambda one: (-one[0], one[1]))
    best, second = told[0][0], told[1][0] if len(told) > 1 else prevalence
    towers = (
        positives >= FEWEST_POSITIVES
        and best > TIMES_THE_NEXT * second
        and boyd(best, positives).low > boyd(second, positives).high
    )
    return tuple(
        Alone(name, value, alarm, towers and place == 0 and not alarm)
        for place, (value, name, alarm) in enumerate(told)
    )


def _is_pure(ranking: Ranking, positives: int, rows: int) -> bool:
    """Whether nearly all that it ranks first are positive, by Wilson's lower bound, and then comes a cliff."""
    if positives == rows:
        return False
    recalls, precisions = ranking.steps()
    limit = max(PUREST_SHARE, 1 - 1 / (1 + PUREST_ODDS * positives / (rows - positives)))
    found = np.rint(recalls * positives).astype(int)
    asked = np.rint(found / np.where(found, precisions, 1.0)).astype(int)
    for step in np.flatnonzero((found >= FEWEST_POSITIVES) & (precisions >= limit)).tolist()[::-1]:
        hits, first = int(found[step]), int(asked[step])
        if wilson(hits, first).low >= limit:
            then = min(int(np.searchsorted(asked, 2 * first)), len(asked) - 1)
            after = int(asked[then]) - first
            return after > 0 and (int(found[then]) - hits) / after <= CLIFF * positives / rows
    return False
