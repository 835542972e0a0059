"""The model as families see it: a guest that may be asked, and that never learns while it is asked.

Rules never depend on it, nor does any row that a model is learned from. Until a head says otherwise the judge is
``SILENT``, which costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from schemas.examples import Mode


class Judge(Protocol):
    """An immutable snapshot of a specification, and what it may do."""

    @property
    def mode(self) -> Mode:
        """Nothing; have its scores recorded; also raise a prompt."""

    @property
    def specification(self) -> str:
        """The name of the recipe."""

    @property
    def version(self) -> str:
        """Which snapshot this is; the same version always scores the same."""

    @property
    def feature_list(self) -> str:
        """The name of the list of features that it was made from; it is not asked about another."""

    def threshold_for(self, *, open_case: bool) -> float | None:
        """The score above which it may raise a prompt about a family with an open plan, or without one; None: none."""

    def score(self, raw: Sequence[float]) -> float:
        """The score of raw values, 0 to 1. It stays inside: no prompt, log or metric ever holds it."""

    def explain(self, raw: Sequence[float]) -> tuple[tuple[str, float], ...]:
        """What each feature adds to the logit, against nothing recorded, in the order of the list; zeros left out."""


class Silent(Struct, frozen=True):
    """A judge that has nothing to say, and is never asked."""

    mode: Mode = "silent"
    specification: str = ""
    version: str = ""
    feature_list: str = ""

    def threshold_for(self, *, open_case: bool) -> float | None:
        """None: it raises nothing."""
        del open_case
        return None

    def score(self, raw: Sequence[float]) -> float:
        """Nobody asks for it."""
        raise NotImplementedError("a silent judge is not asked")

    def explain(self, raw: Sequence[float]) -> tuple[tuple[str, float], ...]:
        """Nobody asks for it."""
        raise NotImplementedError("a silent judge is not asked")


SILENT = Silent()
