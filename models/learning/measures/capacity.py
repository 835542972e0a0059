"""What a team with so much room would have been asked, and what of it was worth it.

Prompts are emitted as the rows come: nobody can wait for the end of the month to see which scores were the highest. A
row is put forward when its score reaches the threshold that would have filled the room in the window before it, and
there is room left. The ideal, picked afterwards from all rows, stands beside it to show what waiting would have been
worth.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence

from msgspec import Struct

from models.learning.measures.anytime import confidence_sequence
from models.learning.measures.interval import Interval
from models.learning.measures.proportions import wilson

WINDOW_DAYS = 28
WINDOW_ROWS = 1000


class Share(Struct, frozen=True):
    """A share with its counts, for one registered look (Wilson) and for every look (confidence sequence)."""

    hits: int
    of: int
    value: float | None
    wilson: Interval
    any_look: Interval


class AtCapacity(Struct, frozen=True, kw_only=True):
    """What came of the prompts that there was room for."""

    per_day: int | None
    share: float | None
    prompts: int
    precision: Share
    recall: Share
    lift: float | None
    """Precision over prevalence."""
    prompts_per_true_positive: float | None


def count_share(hits: int, of: int) -> Share:
    """So many of so many."""
    return Share(hits, of, hits / of if of else None, wilson(hits, of), confidence_sequence(hits, of))


def emit_by_day(scores: Sequence[float], days: Sequence[int], per_day: int) -> list[bool]:
    """For each row, in order: would it have been prompted, with room for so many on each of these days?

    The threshold is the score that filled the room over the 28 days before; until something is known it is open.
    """
    window: deque[tuple[int, float]] = deque()
    ordered: list[float] = []
    emitted: list[bool] = []
    today, used = None, 0
    threshold = float("-inf")
    for score, day in zip(scores, days, strict=True):
        if day != today:
            today, used = day, 0
            while window and window[0][0] < day - WINDOW_DAYS:
                ordered.pop(bisect_left(ordered, window.popleft()[1]))
            room = per_day * min(WINDOW_DAYS, day - window[0][0]) if window else 0
            threshold = ordered[-room] if window and room < len(ordered) else float("-inf")
        prompted = used < per_day and score >= threshold
        used += prompted
        emitted.append(prompted)
        window.append((day, score))
        insort(ordered, score)
    return emitted


def emit_by_share(scores: Sequence[float], share: float) -> list[bool]:
    """For each row, in order: would it have been prompted, with room for this share of all rows so far?

    The threshold is the quantile of the 1,000 scores before it. Where scores are equal the earlier row is taken.
    """
    window: deque[float] = deque()
    ordered: list[float] = []
    emitted: list[bool] = []
    used = 0
    for number, score in enumerate(scores, start=1):
        room = round(share * len(ordered))
        threshold = ordered[-room] if 0 < room <= len(ordered) else float("-inf")
        prompted = used + 1 <= share * number + 1 and score >= threshold
        used += prompted
        emitted.append(prompted)
        window.append(score)
        insort(ordered, score)
        if len(window) > WINDOW_ROWS:
            ordered.pop(bisect_left(ordered, window.popleft()))
    return emitted


def pick_by_day(scores: Sequence[float], days: Sequence[int], per_day: int) -> list[bool]:
    """The highest of each day, seen at its end; among equal scores the earlier."""
    by_day: dict[int, list[int]] = {}
    for row, day in enumerate(days):
        by_day.setdefault(day, []).append(row)
    picked = [False] * len(scores)
    for rows in by_day.values():
        for row in sorted(rows, key=lambda one: -scores[one])[:per_day]:
            picked[row] = True
    return picked


def pick_by_share(scores: Sequence[float], share: float) -> list[bool]:
    """The highest share of all rows, seen at the end; among equal scores the earlier."""
    picked = [False] * len(scores)
    for row in sorted(range(len(scores)), key=lambda one: -scores[one])[: round(share * len(scores))]:
        picked[row] = True
    return picked


def measure_capacity(
    prompted: Sequence[bool], labels: Sequence[bool], *, per_day: int | None = None, share: float | None = None
) -> AtCapacity:
    """Precision and recall of these prompts."""
    prompts, positives = sum(prompted), sum(labels)
    hits = sum(1 for one, label in zip(prompted, labels, strict=True) if one and label)
    precision, recall = count_share(hits, prompts), count_share(hits, positives)
    prevalence = positives / len(labels) if labels else 0.0
    return AtCapacity(
        per_day=per_day,
        share=share,
        prompts=prompts,
        precision=precision,
        recall=recall,
        lift=precision.value / prevalence if precision.value is not None and prevalence else None,
        prompts_per_true_positive=prompts / hits if hits else None,
    )
