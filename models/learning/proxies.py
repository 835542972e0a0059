"""The proxy audit: whether a protected trait, which no feature may be, can be told from the features all the same.

For each trait, each group against everybody else of whom the trait is known: a logistic prediction from the vector is
fitted on half of the families and held against the other half. Leaving a trait out is not fairness; whoever uses a
vector that tells it has to write down why. The labels of the rows have no part in this.

No count is told, and figures are told to three places, from which none can be had: so no group has to hide another
that would else be had by subtraction, and a proxy is never hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from models.learning.baselines import Vector, fit_logistic
from models.learning.canonical import hash_of
from models.learning.measures.auc import auc, auc_interval
from models.learning.measures.interval import Interval

MOST_TOLD: Final = 0.70
"""Above it a vector tells the trait, and the gate waits for a written justification (LEARNING section 10)."""
FEWEST_FAMILIES: Final = 20
"""So many in the group and so many outside, in either half; with fewer nothing is said."""
PLACES: Final = 3


class ProxyFigures(Struct, frozen=True, kw_only=True):
    """How well one group of one trait is told from the vector; None where there is not enough data."""

    trait: str
    group: str | None
    """None where no row's group is known: the trait was named, and nothing could be audited."""
    enough: bool
    auc: float | None = None
    """Of the families that nothing was fitted on: .5 tells nothing, 1 everything."""
    interval: Interval | None = None
    proxy: bool | None = None
    """Whether it is above ``MOST_TOLD``, before anything is rounded."""


def audit_proxies(
    groups: Mapping[str, Sequence[str | None]], rows: Sequence[Vector], families: Sequence[str]
) -> tuple[ProxyFigures, ...]:
    """The figures by trait and group; ``groups`` holds, for each trait, the group of each row, or None."""
    design = np.asarray(rows, dtype=np.float64).reshape(len(rows), -1) if rows else np.empty((0, 0))
    said = []
    for trait in sorted(groups):
        told = groups[trait]
        if len(told) != len(rows) or len(families) != len(rows):
            raise ValueError("every row has one family, and one group or None")
        known = [place for place, group in enumerate(told) if group is not None]
        if not known:
            said.append(ProxyFigures(trait=trait, group=None, enough=False))
        fitted_on = _choose_half({families[place] for place in known})
        halves = (
            [place for place in known if families[place] in fitted_on],
            [place for place in known if families[place] not in fitted_on],
        )
        for group in sorted({one for one in told if one is not None}):
            labels = [one == group for one in told]
            enough = all(_is_enough(half, labels, families) for half in halves)
            said.append(
                _audit(trait, group, design, labels, families, halves)
                if enough
                else ProxyFigures(trait=trait, group=group, enough=False)
            )
    return tuple(said)


def _choose_half(families: set[str]) -> set[str]:
    """A half of them that hangs on nothing but their ids, and is as good as thrown."""
    ordered = sorted(families, key=lambda family: (hash_of(family.encode()), family))
    return set(ordered[: len(ordered) // 2])


def _is_enough(places: Sequence[int], labels: Sequence[bool], families: Sequence[str]) -> bool:
    within = {families[place] for place in places if labels[place]}
    without = {families[place] for place in places if not labels[place]}
    return min(len(within), len(without)) >= FEWEST_FAMILIES


def _audit(
    trait: str,
    group: str,
    design: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    labels: Sequence[bool],
    families: Sequence[str],
    halves: tuple[Sequence[int], Sequence[int]],
) -> ProxyFigures:
    fitted_on, asked = halves
    weights, _ = fit_logistic(design[fitted_on], [labels[place] for place in fitted_on])
    scores = (design[asked] @ weights).tolist()
    truth = [labels[place] for place in asked]
    value = auc(scores, truth)
    interval = auc_interval(scores, truth, [families[place] for place in asked])
    return ProxyFigures(
        trait=trait,
        group=group,
        enough=True,
        auc=round(value, PLACES),
        interval=Interval(round(interval.low, PLACES), round(interval.high, PLACES)),
        proxy=value > MOST_TOLD,
    )
