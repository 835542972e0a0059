"""Draws that ``random.Random`` lacks. The generator is always an argument: a seed decides everything."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from math import exp
from random import Random
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


def poisson(rng: Random, mean: float) -> int:
    """A Poisson number by multiplying uniforms (Knuth); meant for means below about 50."""
    limit, product, count = exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def geometric(rng: Random, mean: float) -> int:
    """A whole number from 1 with this mean (at least 1), falling off geometrically."""
    stop, count = 1 / max(mean, 1.0), 1
    while rng.random() > stop:
        count += 1
    return count


class Wheel(Generic[Thing]):
    """Things with weights, to be picked many times: the running sums are worked out once."""

    def __init__(self, weights: Mapping[Thing, float]) -> None:
        """Keep the things whose weight is above 0. Raises ValueError if there is none."""
        self._things = tuple(thing for thing, weight in weights.items() if weight > 0)
        self._sums = tuple(accumulate(weight for weight in weights.values() if weight > 0))
        if not self._things:
            raise ValueError("a wheel needs at least one thing with a weight above 0")

    def pick(self, rng: Random) -> Thing:
        """One of the things, each as often as its weight says."""
        return rng.choices(self._things, cum_weights=self._sums)[0]


def pick_between(rng: Random, bands: Wheel[tuple[int, int]]) -> int:
    """A whole number from one of the bands, even within the band, both ends included."""
    first, last = bands.pick(rng)
    return rng.randint(first, last)
