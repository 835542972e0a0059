"""A specification: the registered recipe that successive snapshots are states of.

It changes only by a named person's decision; its hash is in every snapshot, so that a snapshot of another recipe cannot
be taken for one of this.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from models.learning.canonical import hash_of, to_canonical
from models.transforms import Transform, is_sound, prepare, tabulate

Sign: TypeAlias = Literal[-1, 0, 1]
"""The sign that practitioners allow a weight: with 1 it is never negative, with -1 never positive, with 0 free."""


class UnsoundSpecificationError(ValueError):
    """A recipe that cannot be worked by. The sentence says what to change."""


class Feature(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One feature: its name, how a raw value becomes a bounded one, and the sign its weight may have."""

    name: str
    transform: Transform
    sign: Sign = 0


class FTRL(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The optimiser's numbers. One example moves a fresh weight by at most 1 / ((1 + beta) / alpha + l2) = .25, where
    the feature lies between 0 and 1; the intercept, the weight of a feature that all have, by the correction more."""

    alpha: float = 1.0
    beta: float = 1.0
    l1: float = 0.0
    l2: float = 2.0
    averaging: float = 5.0
    """What scores is the mean of the weights after each example, the t-th counting as t to this power: with 5 a seventh
    of all examples has come, in the mean, since a weight that counts."""


class Specification(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A recipe: features in the order of their names, the registered prevalence, and how to learn."""

    name: str
    features: tuple[Feature, ...]
    prevalence: float
    ftrl: FTRL = FTRL()
    intercept_lr: float = 0.02
    """Of what a score was off by, this share corrects the intercept: the base rate follows the world."""

    def __post_init__(self) -> None:
        names = [feature.name for feature in self.features]
        if names != sorted(set(names)) or "" in names:
            raise UnsoundSpecificationError("features have names, each its own, and are in their order")
        if not all(is_sound(feature.transform) for feature in self.features):
            raise UnsoundSpecificationError("a transform needs a cap of at least 1, a scale above 0, or low below high")
        if not 0 < self.prevalence < 1:
            raise UnsoundSpecificationError("the registered prevalence lies between 0 and 1")
        ftrl = self.ftrl
        numbers = (ftrl.alpha, ftrl.beta, ftrl.l1, ftrl.l2, ftrl.averaging, self.intercept_lr)
        if not all(math.isfinite(number) and number >= 0 for number in numbers) or ftrl.alpha == 0:
            raise UnsoundSpecificationError("the optimiser's numbers are finite and not negative, alpha above 0")

    @property
    def starting_intercept(self) -> float:
        """The logit of the registered prevalence: who knows nothing says the base rate."""
        return math.log(self.prevalence / (1 - self.prevalence))


def hash_specification(specification: Specification) -> str:
    """Its name among all specifications: 16 hexadecimal digits."""
    return hash_of(to_canonical(specification))


def hash_features(specification: Specification) -> str:
    """The name of its feature list alone."""
    return hash_of(to_canonical(specification.features))


def prepare_vector(specification: Specification) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """Raw values, in the order of the specification's features, to its vector."""
    each = [(tabulate(feature.transform), prepare(feature.transform)) for feature in specification.features]

    def vector(raw: Sequence[float]) -> tuple[float, ...]:
        return tuple(
            [
                table[value] if value in table else transform(value)
                for (table, transform), value in zip(each, raw, strict=True)
            ]
        )

    return vector
