"""Made-up families on whom two snapshots of a specification are compared: part of the recipe, never real.

Nothing recorded, each feature half and full, each pair full. Of 30 features that is about 500 vectors, on which no step
of the learner can hide: the logit is a sum, so a change of any weight shows where its feature is full, and a change of
two where both are.
"""

from __future__ import annotations

from itertools import combinations

from models.learning.scorer import Scorer
from models.learning.snapshot import Snapshot
from models.learning.specification import Specification
from models.transforms import FARTHEST, Centred, Flag, Transform


def reference_vectors(specification: Specification) -> tuple[tuple[float, ...], ...]:
    """The vectors, each once, nothing first. A flag has no half."""
    width = len(specification.features)
    full = [_full(feature.transform) for feature in specification.features]

    def recorded(at: dict[int, float]) -> tuple[float, ...]:
        return tuple(at.get(place, 0.0) for place in range(width))

    halves = [
        recorded({place: full[place] / 2})
        for place, feature in enumerate(specification.features)
        if not isinstance(feature.transform, Flag)
    ]
    alone = [recorded({place: full[place]}) for place in range(width)]
    pairs = [recorded({one: full[one], other: full[other]}) for one, other in combinations(range(width), 2)]
    return (recorded({}), *halves, *alone, *pairs)


def largest_change(one: Snapshot, other: Snapshot) -> float:
    """The largest difference of two snapshots' scores on the reference set, 0 to 1. Both are of one specification."""
    before, after = Scorer(one), Scorer(other)
    return max(abs(after.score(vector) - before.score(vector)) for vector in reference_vectors(one.body.specification))


def _full(transform: Transform) -> float:
    return FARTHEST if isinstance(transform, Centred) else 1.0
