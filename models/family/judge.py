"""The model as families see it: a guest that may be asked, and that never learns while it is asked.

Rules never depend on it. Until a specification is live the judge stays silent; ``SILENT`` is that judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct


class Judge(Protocol):
    """An immutable snapshot of a model."""

    @property
    def version(self) -> str:
        """Which snapshot this is; the same version always scores the same."""

    def score(self, features: Sequence[float]) -> float:
        """The score of these features, 0 to 1. It stays inside: no prompt, log or metric ever holds it."""


class ConstantJudge(Struct, frozen=True):
    """A snapshot that knows nothing and scores all families alike."""

    version: str = "constant/1"
    value: float = 0.0

    def score(self, features: Sequence[float]) -> float:
        """The same for everybody."""
        del features
        return self.value


SILENT = ConstantJudge()
