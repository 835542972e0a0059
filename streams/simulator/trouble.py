"""How much is wrong in a family: the one hidden number from which everything in the town follows.

No partner sees it. It decides how often police come, how often somebody refers, how much school is missed, what an
assessment finds and how long a plan lasts. That is why patterns across agencies occur, and why outcomes can be learned
from what went before. Its mean over the town is 1; families differ by a factor of a hundred, and bad times come and go.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from streams.simulator.dice import poisson
from streams.simulator.numbers import PER_DECILE

_SPREAD = 1.0  # standard deviation of the logarithm, before deprivation: ours
_MOST = 14.0  # no family is worse than this, or one of them would be half the town: ours


@dataclass(frozen=True, slots=True)
class BadTime:
    """A stretch of days, from ``first`` up to but without ``end``, in which trouble is ``factor`` times as great."""

    first: int
    end: int
    factor: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """The trouble of one family over the days of the town."""

    base: float
    bad_times: tuple[BadTime, ...]

    def levels(self, days: int) -> list[float]:
        """Trouble for each day, from day 0."""
        levels = [self.base] * days
        for bad in self.bad_times:
            for day in range(max(bad.first, 0), min(bad.end, days)):
                levels[day] = max(levels[day], self.base * bad.factor)
        return levels

    def at(self, day: int) -> float:
        """Trouble on this day."""
        return self.base * max((bad.factor for bad in self.bad_times if bad.first <= day < bad.end), default=1.0)


def draw_troubles(rng: Random, families: int, days: int) -> tuple[Trouble, ...]:
    """A trouble for each family, with mean base 1 over the town."""
    weights = [rng.lognormvariate(0, _SPREAD) * PER_DECILE ** (rng.randint(1, 10) - 5.5) for _ in range(families)]
    mean = sum(weights) / max(families, 1)
    bases = [min(max(weight / mean, 0.02), _MOST) for weight in weights]
    return tuple(Trouble(base, _draw_bad_times(rng, base, days)) for base in bases)


def _draw_bad_times(rng: Random, base: float, days: int) -> tuple[BadTime, ...]:
    """Bad times of three to sixteen weeks, more of them where trouble is greater. Ours."""
    count = poisson(rng, 0.6 * min(base, 4.0) ** 0.5 * (days + 112) / 365)
    starts = sorted(rng.randrange(-112, days) for _ in range(count))
    return tuple(BadTime(start, start + rng.randint(21, 112), rng.uniform(2.0, 6.0)) for start in starts)
