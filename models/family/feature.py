"""A feature: what a model may look at, how it is read and bounded, and the sentence it is told in."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct

from models.family.counting import DaysSince, Reads
from models.family.reading import RECENT_DAYS, YEAR
from models.transforms import Transform

ALLOWED: Final = {
    "police-notification": frozenset(
        {"notice_type", "occurrence_ref", "occurred_at", "grade", "concerns", "children.role", "children.present",
         "missing.category"}
    ),
    "referral": frozenset({"source_code", "referred_at", "primary_need", "outcome", "decided_at"}),
    "outcome": frozenset({"kind", "occurred_on", "result"}),
    "school-absence": frozenset({"date", "session", "code"}),
}  # fmt: skip
"""The partners' fields (EVENTS section 2) that features may rest on. None tells of a protected trait."""

Concept: TypeAlias = Literal[
    "the police told of incidents",
    "domestic abuse",
    "abuse, neglect or exploitation",
    "a child was there",
    "a child was missing",
    "referrals",
    "several places",
    "how lately",
    "enquiries and assessments",
    "plans that ended",
    "missed school",
    "no need found",
    "help in place",
    "school attended",
]
"""What features are grouped by before they are compared."""
CONCEPTS: Final[tuple[Concept, ...]] = get_args(Concept)
"""In a prompt they stand in this order."""


class Feature(Struct, frozen=True, kw_only=True):
    """One feature. ``says`` is filled with ``{count} {days} {until} {latest} {places}``, raw values and dates."""

    name: str
    concept: Concept
    reads: Reads
    sources: tuple[str, ...]
    transform: Transform
    sign: Literal[-1, 0, 1]
    says: str

    @property
    def days(self) -> int:
        """How many days it looks back."""
        if isinstance(self.reads, DaysSince):
            return YEAR
        return int(getattr(self.reads, "days", RECENT_DAYS))

    @property
    def is_of_concern(self) -> bool:
        """Whether it counts referrals or notifications: only such a one may lead to a prompt."""
        return any(source.startswith(("referral.", "police-notification.")) for source in self.sources)
