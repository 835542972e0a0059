"""A snapshot as families ask it: raw values in, a score and its exact parts out. It knows nothing of families."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from models.learning.scorer import Scorer
from models.learning.snapshot import Snapshot
from schemas.examples import Mode


class SnapshotJudge:
    """A judge of ``models.family.judge``: any number of processes may ask it while the learner makes the next.

    The thresholds are those of ``schemas.models.Head``.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        mode: Mode,
        threshold: float | None = None,
        threshold_open_case: float | UnsetType | None = UNSET,
    ) -> None:
        self._scorer = Scorer(snapshot)
        self._specification = snapshot.body.specification.name
        self._feature_list = snapshot.body.features_hash
        self._mode = mode
        self._threshold = threshold
        self._threshold_open_case = threshold if threshold_open_case is UNSET else threshold_open_case

    @property
    def mode(self) -> Mode:
        """Nothing; have its scores recorded; also raise a prompt."""
        return self._mode

    @property
    def specification(self) -> str:
        """The name of the recipe."""
        return self._specification

    @property
    def version(self) -> str:
        """The version of the snapshot."""
        return self._scorer.version

    @property
    def feature_list(self) -> str:
        """The name of the list of features that it was made from."""
        return self._feature_list

    def threshold_for(self, *, open_case: bool) -> float | None:
        """The score above which it may raise a prompt about a family with an open plan, or without one; None: none."""
        return self._threshold_open_case if open_case else self._threshold

    def score(self, raw: Sequence[float]) -> float:
        """The score of raw values, 0 to 1."""
        return self._scorer.score(self._scorer.vector(raw))

    def explain(self, raw: Sequence[float]) -> tuple[tuple[str, float], ...]:
        """What each feature adds to the logit; with the intercept they sum to it, exactly."""
        contributions = self._scorer.contributions(self._scorer.vector(raw))
        return tuple((one.feature, one.value) for one in contributions)

    def __repr__(self) -> str:
        return f"SnapshotJudge({self.specification}, {self.version}, {self.mode})"
