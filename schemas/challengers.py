"""What ``earlyword.models.v1`` holds under ``challengers/<specification>``: which are open, and how they do.

Counts and words alone: no score, no weight and no evidence as a number. Their snapshots are not published: whoever
knows on which day a challenger was opened makes it again from the examples.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from msgspec import Struct

from schemas.identifiers import Day

CHALLENGERS: Final = "challengers/"

Why: TypeAlias = Literal["drift", "quarter"]
"""Why a challenger was opened: an alarm for drift, or a calendar quarter began."""

Verdict: TypeAlias = Literal["open", "ahead", "behind"]
"""How a challenger does beside the model in force: nothing can be said; better beyond chance; worse beyond chance."""


class Standing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A challenger: the first maturity day that it learned, its newest snapshot, and how many labels judged it."""

    opened_on: Day
    why: Why
    version: str
    learned: int
    positives: int
    judged: int
    verdict: Verdict


class Standings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The challengers of a specification that are open once the day ``through`` is closed, the oldest first.

    Of two such records that with the lower ``through`` is the older one, whatever their order on the topic.
    """

    specification: str
    through: Day
    open: tuple[Standing, ...]
