"""How long before the outcome the prompt came."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from models.transforms import quantile


class LeadTime(Struct, frozen=True, kw_only=True):
    """Over the true positives that were prompted, in the unit of the times given."""

    known_for: int
    lower_quartile: float
    median: float
    upper_quartile: float
    share_not_before: float
    """The share that told us what we knew: the outcome came first, or with the prompt."""


def measure_lead_time(leads: Sequence[float]) -> LeadTime | None:
    """The lead times' spread; None where none is known."""
    if not leads:
        return None
    ordered = sorted(leads)
    return LeadTime(
        known_for=len(ordered),
        lower_quartile=quantile(ordered, 0.25),
        median=quantile(ordered, 0.5),
        upper_quartile=quantile(ordered, 0.75),
        share_not_before=sum(lead <= 0 for lead in ordered) / len(ordered),
    )
