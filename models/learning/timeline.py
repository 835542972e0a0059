"""In which order things may happen: nobody learns a label before it was there.

At the moment of an event everything whose label was final by then is learned, then the event is scored. What was not
yet scored cannot be learned, and what matures after the last event is never learned at all: there is nobody left to
score. Labels that become final together are learned by (``t_event``, ``id``), so that the order in a file is without
effect.

*Positives wait too.* Where a positive is known sooner than a negative, a learner that takes each label as it comes sees
the positives of a month without its negatives, and believes that need has risen (LEARNING section 5: a mean score of
.27 where .04 was true). With a ``horizon`` every label waits until ``t_event + horizon``, however early it came.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from statistics import median
from typing import TypeAlias

from msgspec import Struct

from models.learning.examples import Example


class Matured(Struct, frozen=True):
    """The label of this example is final: it may be learned now."""

    example: Example


class Asked(Struct, frozen=True):
    """This example is to be scored, with what was learned so far."""

    example: Example


Step: TypeAlias = Matured | Asked


def unfold(examples: Sequence[Example], horizon: int | None = None) -> Iterator[Step]:
    """Everything that happens, in the order in which it may. ``examples`` must be in order (``put_in_order``)."""
    waiting: list[tuple[int, int, str, Example]] = []
    for example in examples:
        while waiting and waiting[0][0] <= example.t_event:
            yield Matured(heapq.heappop(waiting)[3])
        yield Asked(example)
        final = learnable_at(example, horizon)
        if final is not None:
            heapq.heappush(waiting, (final, example.t_event, example.id, example))


def learnable_at(example: Example, horizon: int | None) -> int | None:
    """From when on this example may be learned; None if never."""
    if example.t_label is None or example.label is None:
        return None
    return example.t_label if horizon is None else max(example.t_label, example.t_event + horizon)


def positives_come_first(examples: Sequence[Example]) -> bool:
    """Whether labels of positives are final sooner than those of negatives, by their median delays."""
    delays: dict[bool, list[int]] = {True: [], False: []}
    for example in examples:
        if example.label is not None and example.t_label is not None:
            delays[example.label].append(example.t_label - example.t_event)
    if not delays[True] or not delays[False]:
        return False
    return median(delays[True]) < 0.95 * median(delays[False])
