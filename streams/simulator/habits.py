"""How much school each pupil misses over the town's days, and how: the published distribution, handed out by rank.

Pupils of a phase are ranked by their family's trouble and chance, and the quantiles of the published distribution are
handed out in that order. So the mean, the heavy tail and the marks of the phase come out right even in a small town,
and the children known to social care miss the most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from random import Random
from typing import Final

from streams.simulator.numbers import AUTHORISED, MARKS_PER_100, OWN_ABSENCE_BANDS, UNAUTHORISED
from streams.simulator.people import Child, Family
from streams.simulator.trouble import Trouble

_CHANCE: Final = 0.75  # beside the logarithm of trouble (standard deviation about 1): ours
_MOST: Final = 0.93  # share of sessions the most absent pupil misses: ours


@dataclass(frozen=True, slots=True)
class Habit:
    """Share of possible sessions missed (0 to 1), and the share of those missed without leave (0 to 1)."""

    absent: float
    unauthorised: float


def hand_out_habits(rng: Random, families: tuple[Family, ...], shocked: Mapping[Child, float]) -> dict[Child, Habit]:
    """A habit for each pupil, so that each phase has its published absence and unauthorised absence.

    ``shocked`` is the share of sessions that a child misses for another cause: that much less is left to habit.
    """
    habits: dict[Child, Habit] = {}
    for phase, marks in MARKS_PER_100.items():
        pupils = _by_rank(rng, phase, families)
        otherwise = sum(shocked.get(pupil, 0.0) for pupil in pupils) / max(len(pupils), 1)
        without_leave = max(_share(marks, UNAUTHORISED) - otherwise, 0.002)
        absent = _absences(len(pupils), _share(marks, AUTHORISED) + without_leave)
        unauthorised = _unauthorised(absent, without_leave)
        for pupil, missed, without_leave in zip(pupils, absent, unauthorised, strict=True):
            habits[pupil] = Habit(missed, without_leave)
    return habits


def _by_rank(rng: Random, phase: str, families: tuple[Family, ...]) -> list[Child]:
    """The pupils of a phase, from least to most trouble, with chance mixed in."""
    scored = [
        (_mean_log(family.trouble) + rng.gauss(0, _CHANCE), child.number, child)
        for family in families
        for child in family.children
        if child.school is not None and child.school.phase == phase
    ]
    return [child for _, _, child in sorted(scored, key=lambda entry: entry[:2])]


def _mean_log(trouble: Trouble) -> float:
    worst = max((bad.factor for bad in trouble.bad_times), default=1.0)
    return log(trouble.base) + 0.3 * log(worst)


def _share(marks: dict[str, float], codes: Iterable[str]) -> float:
    return sum(marks[code] for code in codes) / 100


def _absences(count: int, mean: float) -> list[float]:
    """``count`` shares in rising order, shaped as the published distribution and with this mean."""
    shares = [_quantile((place + 0.5) / count) for place in range(count)]
    for _ in range(30):  # the cap takes from the tail: give it back to all until the mean is right
        scale = mean * count / max(sum(shares), 1e-9)
        shares = [min(share * scale, _MOST) for share in shares]
    return shares


def _quantile(rank: float) -> float:
    """The own absence of the pupil at this rank (0 to 1) of all pupils; even within a band."""
    below, start = 0.0, 0.0
    total = sum(share for _, share in OWN_ABSENCE_BANDS)
    for width, share in OWN_ABSENCE_BANDS:
        if rank * total < below + share:
            return start + width * (rank * total - below) / share
        below += share
        start += width
    return start


def _unauthorised(absent: list[float], mean: float) -> list[float]:
    """Of each pupil's absence the share without leave: greater the more is missed; in all ``mean`` of the sessions."""
    weights = [share**0.45 for share in absent]
    scale = 1.0
    for _ in range(30):
        missed = sum(share * min(scale * weight, 0.9) for share, weight in zip(absent, weights, strict=True))
        scale *= mean * len(absent) / max(missed, 1e-9)
    return [min(scale * weight, 0.9) for weight in weights]
