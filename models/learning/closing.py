"""A closed day is learned: which of its rows teach, and the snapshot that follows.

Only rows whose outcome is known teach. In live mode a row does not teach if its family was prompted: what was recorded
then is, in part, what the prompt set going (LEARNING section 5). A day that teaches nothing makes no snapshot, so that
censored and void rows change no hash.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from models.learning.days import ClosedDay
from models.learning.learner import Learner
from models.learning.snapshot import Snapshot
from schemas.examples import Matured

Fate: TypeAlias = Literal["learned", "censored", "void", "prompted", "other_features", "unfit"]
"""What became of a row of a closed day. ``other_features``: frozen under another feature list, which this specification
does not know; ``unfit``: a number that is none, or too few of them."""

Prepare: TypeAlias = Callable[[Sequence[float]], tuple[float, ...]]


class Recipe(Struct, frozen=True, kw_only=True):
    """Which rows a specification can read: those of its feature list, of so many numbers. ``prepare`` makes vectors."""

    feature_list: str
    width: int
    prepare: Prepare


class Learned(Struct, frozen=True):
    """The snapshot to publish, if the day taught anything, and what became of each row, in order."""

    snapshot: Snapshot | None
    fates: tuple[Fate, ...]


def decide_fate(row: Matured, recipe: Recipe, *, live: bool) -> Fate:
    """Whether a row of a closed day teaches, and else why not."""
    match row.state:
        case "censored" | "void":
            return row.state
        case "positive" | "negative":
            if row.feature_list != recipe.feature_list:
                return "other_features"
            if len(row.features) != recipe.width or not all(map(math.isfinite, row.features)):
                return "unfit"
            return "prompted" if live and row.prompted != "none" else "learned"


def learn_day(learner: Learner, closed: ClosedDay, recipe: Recipe, *, live: bool) -> Learned:
    """Teach a learner a closed day. ``live``: the mode in which the day is learned."""
    fates = tuple(decide_fate(row, recipe, live=live) for row in closed.rows)
    for row, fate in zip(closed.rows, fates, strict=True):
        if fate == "learned":
            learner.learn_one(recipe.prepare(row.features), row.state == "positive")
    return Learned(learner.close_day(closed.day) if "learned" in fates else None, fates)
