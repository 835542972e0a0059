"""Whether some groups' children are missed more often than others'.

The share of positives that were not prompted comes first (missed children), then the share of negatives that were.
A group with fewer than 20 positives, or so few rows that people could be recognised, says "not enough data" and no
count; and where only one group of a trait would be hidden, the next smallest is hidden with it, because the hidden one
could else be had by subtraction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from models.learning.measures.capacity import Share, count_share
from models.learning.measures.interval import Interval
from models.learning.measures.proportions import newcombe

FEWEST_POSITIVES = 20
FEWEST_NEGATIVES = 20


class GroupFigures(Struct, frozen=True, kw_only=True):
    """One group of one trait, against everybody else of whom the trait is known."""

    trait: str
    group: str
    enough: bool
    rows: int | None = None
    positives: int | None = None
    missed: Share | None = None
    prompted_in_vain: Share | None = None
    others_missed: Share | None = None
    """The same of everybody else of whom the trait is known; None where they have too few positives."""
    missed_difference: Interval | None = None
    """The interval of the group's missed share less that of the others; None where the others are too few."""


class _Counts(Struct):
    rows: int = 0
    positives: int = 0
    missed: int = 0
    in_vain: int = 0

    @property
    def negatives(self) -> int:
        return self.rows - self.positives

    @property
    def is_enough(self) -> bool:
        return self.positives >= FEWEST_POSITIVES and self.negatives >= FEWEST_NEGATIVES


def measure_groups(
    groups: Mapping[str, Sequence[str | None]], prompted: Sequence[bool], labels: Sequence[bool]
) -> tuple[GroupFigures, ...]:
    """The figures of each group of each trait; ``groups`` holds, for each trait, the group of each row or None."""
    told: list[GroupFigures] = []
    for trait in sorted(groups):
        counts: dict[str, _Counts] = {}
        for group, asked, label in zip(groups[trait], prompted, labels, strict=True):
            if group is not None:
                one = counts.setdefault(group, _Counts())
                one.rows += 1
                one.positives += label
                one.missed += label and not asked
                one.in_vain += asked and not label
        told.extend(_say(trait, counts))
    return tuple(told)


def _say(trait: str, counts: dict[str, _Counts]) -> list[GroupFigures]:
    hidden = {group for group, one in counts.items() if not one.is_enough}
    if len(hidden) == 1 and len(counts) > 1:
        hidden.add(min(counts.keys() - hidden, key=lambda group: (counts[group].positives, group)))
    positives, missed = sum(one.positives for one in counts.values()), sum(one.missed for one in counts.values())
    said = []
    for group in sorted(counts):
        one = counts[group]
        if group in hidden:
            said.append(GroupFigures(trait=trait, group=group, enough=False))
            continue
        others = positives - one.positives
        said.append(
            GroupFigures(
                trait=trait,
                group=group,
                enough=True,
                rows=one.rows,
                positives=one.positives,
                missed=count_share(one.missed, one.positives),
                prompted_in_vain=count_share(one.in_vain, one.negatives),
                others_missed=count_share(missed - one.missed, others) if others >= FEWEST_POSITIVES else None,
                missed_difference=newcombe(one.missed, one.positives, missed - one.missed, others)
                if others >= FEWEST_POSITIVES
                else None,
            )
        )
    return said
