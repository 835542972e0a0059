"""Examples: what was known when somebody was scored, and what an agency recorded later.

An example is one row of an evaluation: the features as they stood at ``t_event``, and the label with the time at which
it was final. Until ``t_label`` nobody may learn from it or measure by it; ``timeline`` keeps that promise.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from msgspec import Struct


class ConflictingExamplesError(ValueError):
    """One id was told twice with different words. Which of the two is true is not ours to choose.

    Operator: find the second of the two lines, and remove the one that is wrong.
    """

    def __init__(self, place: int) -> None:
        super().__init__("the id was told before with other words")
        self.place = place
        """Which of the examples given it was, counted from 0."""


class UnfitExampleError(ValueError):
    """An example that no learner may see: one number that is not finite would spoil a model for good."""


class Example(Struct, frozen=True, kw_only=True):
    """One row. Times are whole ticks, in whatever unit: only their order and differences count."""

    id: str
    t_event: int
    t_label: int | None
    """When the label was final; None while it is pending, or where it will never be known."""
    label: bool | None
    features: tuple[float, ...]
    """Raw values, in the order of the feature list."""
    family: str | None = None
    """Rows of one family are not independent: intervals are drawn over families."""
    t_outcome: int | None = None
    """When the outcome itself happened, for lead times."""

    def __repr__(self) -> str:
        return "Example(...)"

    @property
    def is_labelled(self) -> bool:
        """Whether a label is, or will be, known."""
        return self.label is not None and self.t_label is not None


def check_example(example: Example, width: int) -> None:
    """Refuse what would poison a learner. Raises UnfitExampleError, which says where and never what.

    ``True`` and ``1`` are not the same to River's learner, nor are ``False`` and ``-1``: labels are exact bools.
    """
    if len(example.features) != width:
        raise UnfitExampleError(f"{width} features are expected")
    for number, value in enumerate(example.features, start=1):
        if not isinstance(value, float) or not math.isfinite(value):
            raise UnfitExampleError(f"feature {number} is not a finite number")
    if example.label is not None and not isinstance(example.label, bool):
        raise UnfitExampleError("the label is neither true nor false")
    if (example.label is None) != (example.t_label is None):
        raise UnfitExampleError("a label and its time come together")
    if example.t_label is not None and example.t_label < example.t_event:
        raise UnfitExampleError("the label was known before the event")


def put_in_order(examples: Iterable[Example]) -> tuple[tuple[Example, ...], int]:
    """The examples by (``t_event``, ``id``), each told once, and how many repeats were dropped.

    Order of arrival and repeats change nothing. Raises ConflictingExamplesError where one id says two things.
    """
    told: dict[str, Example] = {}
    repeats = 0
    for place, example in enumerate(examples):
        known = told.get(example.id)
        if known is None:
            told[example.id] = example
        elif known == example:
            repeats += 1
        else:
            raise ConflictingExamplesError(place)
    return tuple(sorted(told.values(), key=lambda one: (one.t_event, one.id))), repeats
