"""Notices that a child was missing: of those whom such a notice names, only its subjects were."""

from __future__ import annotations

from collections.abc import Iterator

from models.family.view import Concern, View
from schemas.facts import Missing, Notification
from schemas.identifiers import ChildId, Day


def missing_of(concern: Concern, category: str) -> Missing | None:
    """The missing episode of this category that a notice tells of; None for all else."""
    saying = concern.saying
    if not isinstance(saying, Notification) or saying.notice_type != "MISSING" or saying.missing is None:
        return None
    return saying.missing if saying.missing.category == category else None


def who_was_missing(concern: Concern) -> set[ChildId]:
    """The children whom such a notice names as its subject."""
    return {about.child for about in concern.about if about.part is not None and about.part.role == "subject"}


def episodes(view: View, category: str) -> Iterator[tuple[Concern, Missing]]:
    """All notices of this category, in order of time."""
    for concern in view.concerns:
        missing = missing_of(concern, category)
        if missing is not None:
            yield concern, missing


def looked_for_until(missing: Missing, days: int) -> Day:
    """So many days after the return; where that is not known, after the first day."""
    return Day((missing.ended_on or missing.started_on) + days)
