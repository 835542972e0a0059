"""Notices and marks that the rules about missing children and missed school are tried with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemas.facts import Missing, Notification, Part
from schemas.statements import Statement
from tests.saying import day, moment, on_occurrence, said

SUBJECT = Part("subject", False, False)


def missing(
    key: str = "m1", *, at: float, on: float | None = None, category: str = "M", started: float | None = None,
    ended: float | None = None, occurrence: str | None = None, **more: Any,
) -> Statement:  # fmt: skip
    """A notice that a child was missing, from when it was written unless told otherwise."""
    on = at if on is None else on
    started = on if started is None else started
    episode = Missing(
        category, moment(started), day(started),
        None if ended is None else moment(ended), None if ended is None else day(ended),
    )  # fmt: skip
    body = Notification("MISSING", moment(on), day(on), on_occurrence(key, occurrence), None, (), episode)
    children = more.get("children", (("a",),))
    parts = more.pop("parts", tuple(SUBJECT for _ in children))
    return said(body, key=key, at=at, agency="riverton-police", kind="police-notification", parts=parts, **more)


def school_days(first: int, last: int) -> Iterator[int]:
    """Mondays to Fridays; day 0 is a Monday."""
    return (day for day in range(first, last + 1) if day % 7 < 5)


def sessions(first: int, last: int, code: str = "/") -> list[tuple[float, int, str]]:
    """Both sessions of each school day, all with this code."""
    return [(day, half, code) for day in school_days(first, last) for half in (0, 1)]
