"""A snapshot: one frozen state of a specification, as bytes whose hash is its version.

Everything that the next example's effect hangs on is in the body; what does not is not (no times, no offsets, no host).
So the same set of examples, learned in closed days, gives the same hash, wherever and however often the learner was
killed on the way.
"""

from __future__ import annotations

import json
import math
from functools import cached_property
from typing import Final, Literal

import msgspec
from msgspec import Struct

from models.learning.canonical import hash_of, to_canonical
from models.learning.specification import Specification, hash_features, hash_specification

SCHEMA: Final = 1


class UnsoundSnapshotError(ValueError):
    """These bytes are not a snapshot that may be used. The sentence says which check failed.

    Operator: do not repair it; point the head at an earlier body, and find out who wrote this one.
    """


class OptimiserState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """FTRL's own memory, for each feature that was ever seen and for the intercept: gradients and their squares.

    The optimiser's own weights follow from these and the specification; those of the body are their means, which score.
    """

    z: dict[str, float]
    n: dict[str, float]
    intercept_z: float
    intercept_n: float
    n_iterations: int


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is hashed."""

    schema: Literal[1] = SCHEMA
    specification: Specification
    specification_hash: str
    features_hash: str
    weights: dict[str, float]
    intercept: float
    optimiser: OptimiserState
    learned: int
    positives: int
    closed_day: int | None
    """The last maturity day that is wholly learned."""
    since_closed: int
    """Examples learned after it: 0 in every snapshot that is published."""
    parent: str | None
    """The version of the snapshot of the closed day before."""
    made_by: dict[str, str]
    """The versions of River and Python: other ones may round otherwise."""


class Snapshot(Struct, frozen=True, dict=True):
    """A body with its bytes and its version."""

    body: Body

    @cached_property
    def bytes(self) -> bytes:
        """The canonical bytes."""
        return to_canonical(self.body)

    @cached_property
    def version(self) -> str:
        """The first 16 hexadecimal digits of the sha256 of the bytes."""
        return hash_of(self.bytes)

    def __repr__(self) -> str:
        return f"Snapshot({self.version})"


def begin(specification: Specification, made_by: dict[str, str]) -> Snapshot:
    """The snapshot that has learned nothing: it says the registered prevalence to everybody."""
    return Snapshot(
        Body(
            specification=specification,
            specification_hash=hash_specification(specification),
            features_hash=hash_features(specification),
            weights={feature.name: 0.0 for feature in specification.features},
            intercept=specification.starting_intercept,
            optimiser=OptimiserState(z={}, n={}, intercept_z=0.0, intercept_n=0.0, n_iterations=0),
            learned=0,
            positives=0,
            closed_day=None,
            since_closed=0,
            parent=None,
            made_by=made_by,
        )
    )


def read_snapshot(told: bytes, version: str) -> Snapshot:
    """The snapshot that these bytes are, if every check holds. Raises UnsoundSnapshotError."""
    if hash_of(told) != version:
        raise UnsoundSnapshotError("the bytes do not have the hash that names them")
    try:
        body = msgspec.convert(json.loads(told), type=Body)
    except (ValueError, msgspec.MsgspecError):  # an unsound specification is a ValueError too
        raise UnsoundSnapshotError("the body is not of this schema, or holds an unknown key") from None
    snapshot = Snapshot(body)
    if snapshot.bytes != told:
        raise UnsoundSnapshotError("the body is not written canonically")
    check_body(body)
    return snapshot


def check_body(body: Body) -> None:
    """Refuse a body that breaks its own recipe. Raises UnsoundSnapshotError."""
    if body.specification_hash != hash_specification(body.specification):
        raise UnsoundSnapshotError("the specification does not have the hash that the body names")
    if body.features_hash != hash_features(body.specification):
        raise UnsoundSnapshotError("the feature list does not have the hash that the body names")
    signs = {feature.name: feature.sign for feature in body.specification.features}
    if set(body.weights) != set(signs):
        raise UnsoundSnapshotError("the weights are not those of the feature list")
    if not set(body.optimiser.z) == set(body.optimiser.n) <= set(signs):
        raise UnsoundSnapshotError("the optimiser remembers other features")
    optimiser = body.optimiser
    squares = (*optimiser.n.values(), optimiser.intercept_n)
    numbers = (*body.weights.values(), *optimiser.z.values(), *squares, optimiser.intercept_z, body.intercept)
    if not all(math.isfinite(number) for number in numbers) or any(n < 0 for n in squares):
        raise UnsoundSnapshotError("a number is not finite, or a sum of squares is negative")
    if any(weight * signs[name] < 0 for name, weight in body.weights.items()):
        raise UnsoundSnapshotError("a weight has a sign that the specification does not allow")
    if not 0 <= body.positives <= body.learned or not 0 <= body.since_closed <= body.learned:
        raise UnsoundSnapshotError("the counts contradict each other")
